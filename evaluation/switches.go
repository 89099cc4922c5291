package evaluation

import "slices"

// Switch is something about people that is evaluated only where it was agreed on.
type Switch string

// The switches.
const (
	// AtRisk judges who needs support: lists, reasons and numbers.
	AtRisk Switch = "at-risk"
	// IdleDays tells when single people were active last, and for how many days they
	// have not been.
	IdleDays Switch = "idle-days"
	// Hours tells at which hours of the day people learn.
	Hours Switch = "hours"
	// Timelines tell what single people did when.
	Timelines Switch = "timelines"
	// Answers are what single people answered to questions.
	Answers Switch = "answers"
)

// Switches are all of them, in the order in which they are shown.
var Switches = []Switch{AtRisk, IdleDays, Hours, Timelines, Answers}

// Settings are the switches of a tenant. The zero value is what holds until
// somebody changes something: everything is off.
type Settings struct {
	AtRisk, IdleDays, Hours, Timelines, Answers bool
	// Version rises with every change; 0 where there was none.
	Version int64
}

// Everything is everything switched on: for who looks at her own figures, which is
// no evaluation by others.
var Everything = Settings{AtRisk: true, IdleDays: true, Hours: true, Timelines: true, Answers: true}

// field is where a switch stands; nil for none that there is.
func (s *Settings) field(sw Switch) *bool {
	switch sw {
	case AtRisk:
		return &s.AtRisk
	case IdleDays:
		return &s.IdleDays
	case Hours:
		return &s.Hours
	case Timelines:
		return &s.Timelines
	case Answers:
		return &s.Answers
	}
	return nil
}

// On tells whether a switch is on. One that there is not is off.
func (s Settings) On(sw Switch) bool {
	on := s.field(sw)
	return on != nil && *on
}

// With is s with a switch on or off.
func (s Settings) With(sw Switch, on bool) Settings {
	if to := s.field(sw); to != nil {
		*to = on
	}
	return s
}

// Missing is the first of several switches that is off; "" when all are on.
func (s Settings) Missing(needs ...Switch) Switch {
	for _, sw := range needs {
		if !s.On(sw) {
			return sw
		}
	}
	return ""
}

// Moments are the switches that have to be on for single points in time of single
// people to be told to the minute.
var Moments = []Switch{Timelines, Hours}

// Known tells whether there is such a switch.
func Known(sw Switch) bool { return slices.Contains(Switches, sw) }

// SmallGroup is how many people figures have to be about, at least, that would tell
// of fewer what a switch that is off keeps from being told of one.
const SmallGroup = 5
