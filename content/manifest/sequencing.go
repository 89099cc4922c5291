package manifest

import (
	"strconv"
	"strings"

	"lernspur/content/markup"
)

// collect finds the sequencing that items may refer to.
func (s *scormReader) collect() {
	s.collection = map[string]*markup.Node{}
	for n := range s.root.Child("sequencingCollection").Each("sequencing") {
		if id := n.Attr("ID"); id != "" && s.collection[id] == nil {
			s.collection[id] = n
		}
	}
}

// sequencing reads what an item or organization says; nil without anything. What
// it refers to by IDRef holds where it says nothing itself, element by element.
func (s *scormReader) sequencing(item *markup.Node) *Sequencing {
	n := item.Child("sequencing")
	q := &Sequencing{
		ObjectivesGlobalToSystem: s.flag(item, "objectivesGlobalToSystem"),
		SharedDataGlobalToSystem: s.flag(item, "sharedDataGlobalToSystem"),
	}
	if n == nil && q.ObjectivesGlobalToSystem == nil && q.SharedDataGlobalToSystem == nil {
		return nil
	}
	shared := map[string]*markup.Node{}
	if ref := n.Attr("IDRef"); ref != "" {
		if c := s.collection[ref]; c != nil {
			q.IDRef = ref
			shared = parts(c)
		} else {
			s.note("sequencing-ref", n, "The sequencing refers to %q, which the sequencing collection does not have.", ref)
		}
	}
	own := parts(n)
	for _, p := range sequencingParts {
		part := own[p.name]
		if part == nil {
			part = shared[p.name]
		}
		if part != nil {
			p.read(s, part, q)
		}
	}
	return q
}

// parts are the elements of a sequencing by name; those of ADL that have the
// name of one of IMS have "adlseq" before it.
func parts(n *markup.Node) map[string]*markup.Node {
	m := map[string]*markup.Node{}
	if n == nil {
		return m
	}
	for _, c := range n.Children {
		name := strings.ToLower(c.Name)
		if name == "objectives" && c.In("adlseq") {
			name = "adlseq objectives"
		}
		if m[name] == nil {
			m[name] = c
		}
	}
	return m
}

// sequencingParts are the elements of a sequencing and what reads them. ADL's
// objectives add to those of IMS, which must be there by then.
var sequencingParts = []struct {
	name string
	read func(*scormReader, *markup.Node, *Sequencing)
}{
	{"controlmode", (*scormReader).controlMode},
	{"sequencingrules", (*scormReader).sequencingRules},
	{"limitconditions", (*scormReader).limits},
	{"rolluprules", (*scormReader).rollupRules},
	{"objectives", (*scormReader).objectives},
	{"randomizationcontrols", (*scormReader).randomization},
	{"deliverycontrols", (*scormReader).delivery},
	{"constrainedchoiceconsiderations", (*scormReader).constrained},
	{"rollupconsiderations", (*scormReader).considerations},
	{"auxiliaryresources", (*scormReader).auxiliary},
	{"adlseq objectives", (*scormReader).adlObjectives},
}

func (s *scormReader) controlMode(n *markup.Node, q *Sequencing) {
	q.Controls = &ControlMode{
		Choice:                         s.flag(n, "choice"),
		ChoiceExit:                     s.flag(n, "choiceExit"),
		Flow:                           s.flag(n, "flow"),
		ForwardOnly:                    s.flag(n, "forwardOnly"),
		UseCurrentAttemptObjectiveInfo: s.flag(n, "useCurrentAttemptObjectiveInfo"),
		UseCurrentAttemptProgressInfo:  s.flag(n, "useCurrentAttemptProgressInfo"),
	}
}

func (s *scormReader) constrained(n *markup.Node, q *Sequencing) {
	q.Constrained = &ConstrainedChoice{PreventActivation: s.flag(n, "preventActivation"), ConstrainChoice: s.flag(n, "constrainChoice")}
}

func (s *scormReader) delivery(n *markup.Node, q *Sequencing) {
	q.Delivery = &Delivery{
		Tracked:                s.flag(n, "tracked"),
		CompletionSetByContent: s.flag(n, "completionSetByContent"),
		ObjectiveSetByContent:  s.flag(n, "objectiveSetByContent"),
	}
}

func (s *scormReader) limits(n *markup.Node, q *Sequencing) {
	q.AttemptLimit = s.count(n, "attemptLimit")
	q.AttemptAbsoluteDurationLimit = n.Attr("attemptAbsoluteDurationLimit")
	q.ActivityAbsoluteDurationLimit = n.Attr("activityAbsoluteDurationLimit")
	q.BeginTimeLimit, q.EndTimeLimit = n.Attr("beginTimeLimit"), n.Attr("endTimeLimit")
}

func (s *scormReader) randomization(n *markup.Node, q *Sequencing) {
	q.Randomization = &Randomization{
		RandomizationTiming: s.oneOf(n, "randomizationTiming", timings),
		SelectionTiming:     s.oneOf(n, "selectionTiming", timings),
		SelectCount:         s.count(n, "selectCount"),
		ReorderChildren:     s.flag(n, "reorderChildren"),
	}
}

func (s *scormReader) considerations(n *markup.Node, q *Sequencing) {
	q.Considerations = &RollupConsiderations{
		RequiredForSatisfied:        s.oneOf(n, "requiredForSatisfied", requirements),
		RequiredForNotSatisfied:     s.oneOf(n, "requiredForNotSatisfied", requirements),
		RequiredForCompleted:        s.oneOf(n, "requiredForCompleted", requirements),
		RequiredForIncomplete:       s.oneOf(n, "requiredForIncomplete", requirements),
		MeasureSatisfactionIfActive: s.flag(n, "measureSatisfactionIfActive"),
	}
}

func (s *scormReader) auxiliary(n *markup.Node, q *Sequencing) {
	for a := range n.Each("auxiliaryResource") {
		q.AuxiliaryResources = append(q.AuxiliaryResources, AuxiliaryResource{a.Attr("auxiliaryResourceID"), a.Attr("purpose")})
	}
}

// flag is a boolean attribute, nil when it is not there.
func (s *scormReader) flag(n *markup.Node, name string) *bool {
	text, found := n.Lookup(name)
	if !found {
		return nil
	}
	value := false
	switch strings.ToLower(text) {
	case "true", "1":
		value = true
	case "false", "0":
	default:
		s.note("value", n, "%s is %q; it must be true or false.", name, text)
		return nil
	}
	return &value
}

func (s *scormReader) flagOr(n *markup.Node, name string, otherwise bool) bool {
	if v := s.flag(n, name); v != nil {
		return *v
	}
	return otherwise
}

// count is an attribute that is a number of things, nil when it is not there.
func (s *scormReader) count(n *markup.Node, name string) *int {
	text, found := n.Lookup(name)
	if !found {
		return nil
	}
	value, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		s.note("value", n, "%s is %q; it must be a whole number.", name, text)
		return nil
	}
	whole := int(value)
	return &whole
}

// number is an attribute or text between two bounds, nil when it is not there.
func (s *scormReader) number(n *markup.Node, name, text string, least, most float64) *float64 {
	if text == "" {
		return nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value >= least && value <= most) {
		s.note("value", n, "%s is %q; it must be a number from %v to %v.", name, text, least, most)
		return nil
	}
	return &value
}

// oneOf is an attribute with a list of values, empty when it is not there.
func (s *scormReader) oneOf(n *markup.Node, name string, values []string) string {
	text, found := n.Lookup(name)
	if !found {
		return ""
	}
	for _, v := range values {
		if strings.EqualFold(v, text) {
			return v
		}
	}
	s.note("value", n, "%s is %q; it must be one of %s.", name, text, strings.Join(values, ", "))
	return ""
}

var (
	timings      = []string{"never", "once", "onEachNewAttempt"}
	requirements = []string{"always", "ifAttempted", "ifNotSkipped", "ifNotSuspended"}
)
