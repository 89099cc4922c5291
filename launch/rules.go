package launch

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/google/uuid"
)

// take judges a statement of the AU, in the State that those before it made, and
// takes it down. The error is *Refused; then s is as it was.
func (s *State) take(registration uuid.UUID, v *view) error {
	if s.Session.repeated(v) {
		return nil
	}
	for _, rule := range [...]func(uuid.UUID, *view) error{s.mayTalk, s.form, s.template, s.order} {
		if err := rule(registration, v); err != nil {
			return err
		}
	}
	if !v.defined() {
		return nil
	}
	for _, rule := range [...]func(*view) error{s.subject, s.vocabulary, s.once, s.result, s.mastery} {
		if err := rule(v); err != nil {
			return err
		}
	}
	s.note(v)
	return nil
}

// mayTalk holds a statement against where the session is.
func (s *State) mayTalk(_ uuid.UUID, _ *view) error {
	if err := s.alive(s.Session.ID); err != nil {
		return err
	}
	if !s.Session.Preferences {
		return refuse("11.0", "the learner preferences (agent profile %s) have to be read first", preferencesID)
	}
	return nil
}

// form is what every statement has to have.
func (s *State) form(_ uuid.UUID, v *view) error {
	switch {
	case !v.idGiven:
		return refuse("9.1", "a statement needs an id that the AU has given it")
	case v.voiding:
		return refuse("6.3", "an AU may not void statements")
	case !v.utc:
		return refuse("9.7", "a statement needs a timestamp, in UTC")
	case v.actor != s.Identifier:
		return refuse("8.1.3", "the actor is not the one of the launch")
	case !v.agent:
		return refuse("9.2", "the actor has to be an Agent")
	}
	return nil
}

// template holds the context against that of the launch data (9.6, 10.2.1).
func (s *State) template(registration uuid.UUID, v *view) error {
	session := s.Session
	switch {
	case !v.context:
		return refuse("9.6", "a statement needs a context")
	case v.registration != registration:
		return refuse("9.6.1", "the registration is not the one of the launch")
	case v.text(extensionSession) != session.ID.String():
		return refuse("9.6.3.1", "the extension %s is not the session id of the launch data", extensionSession)
	}
	for _, id := range session.Grouping {
		if !slices.Contains(v.grouping, id) {
			return refuse("10.2.1", "contextActivities.grouping has no %s, which the contextTemplate has", id)
		}
	}
	if slices.Contains(v.categories, categoryMoveOn) && !(v.defined() && (v.success || v.completion)) {
		return refuse("9.6.2.2", "the category moveOn is for cmi5 defined statements with success or completion")
	}
	return nil
}

// order is initialized first (7.1.1, 9.3.2); what comes last, mayTalk sees.
func (s *State) order(_ uuid.UUID, v *view) error {
	_, initialized := s.Session.Said[verbInitialized]
	if !initialized && !(v.defined() && v.verb == verbInitialized) {
		return refuse("9.3", "initialized has to be the first statement of a session")
	}
	return nil
}

// subject is whom and what a cmi5 defined statement is about.
func (s *State) subject(v *view) error {
	switch {
	case !v.account:
		return refuse("9.2", "the actor has to have an account")
	case v.activity != s.Session.Activity:
		return refuse("9.4", "the object is not the activity of the launch")
	}
	return nil
}

// vocabulary is which verbs an AU may use in cmi5 defined statements, and in which
// launch mode (9.3, 10.2.2).
func (s *State) vocabulary(v *view) error {
	switch v.verb {
	case verbInitialized, verbTerminated:
		return nil
	case verbCompleted, verbPassed, verbFailed:
		if s.Session.Mode != modeNormal {
			return refuse("10.2.2", "in launch mode %s only initialized and terminated are allowed of the cmi5 defined statements", s.Session.Mode)
		}
		return nil
	}
	return refuse("9.3", "%s is no verb of the cmi5 defined statements of an AU", v.verb)
}

// once is what can be said a single time (9.3).
func (s *State) once(v *view) error {
	said := s.Session.Said
	if _, twice := said[v.verb]; twice {
		return refuse("9.3", "this verb was used before in this session")
	}
	_, passed := said[verbPassed]
	_, failed := said[verbFailed]
	if (v.verb == verbPassed || v.verb == verbFailed) && (passed || failed) {
		return refuse("9.3", "a session has one of passed and failed, and one was sent before")
	}
	au := s.AUs[s.Session.Item]
	switch {
	case v.verb == verbCompleted && au.Completed:
		return refuse("9.3.3", "this AU was completed before in this registration")
	case v.verb == verbPassed && au.Passed:
		return refuse("9.3.4", "this AU was passed before in this registration")
	case v.verb == verbFailed && au.Passed:
		return refuse("9.3", "failed must not follow passed in a registration")
	}
	return nil
}

// result is which properties go with which verb (9.5).
func (s *State) result(v *view) error {
	judged := v.verb == verbPassed || v.verb == verbFailed
	switch {
	case judged && !v.success, v.success && v.succeeded != (v.verb == verbPassed) && judged:
		return refuse("9.5.2", "success has to be true with passed and false with failed")
	case !judged && v.success:
		return refuse("9.5.2", "success goes with passed and failed only")
	case v.verb == verbCompleted && !v.isComplete:
		return refuse("9.5.3", "completion has to be true with completed")
	case v.verb != verbCompleted && v.completion:
		return refuse("9.5.3", "completion goes with completed only")
	case v.verb != verbInitialized && !v.duration:
		return refuse("9.5.4.1", "the statement needs a duration")
	case (v.success || v.completion) && !slices.Contains(v.categories, categoryMoveOn):
		return refuse("9.6.2.2", "a statement with success or completion needs the category moveOn")
	case v.score == nil:
		return nil
	case !judged:
		return refuse("9.5.1", "a score goes with passed and failed only")
	case v.score.Scaled != nil && (*v.score.Scaled < 0 || *v.score.Scaled > 1):
		return refuse("9.5.1", "scaled has to be from 0 to 1")
	case v.score.Raw != nil && (v.score.Min == nil || v.score.Max == nil):
		return refuse("9.5.1", "raw needs min and max")
	}
	return nil
}

// mastery holds a score against masteryScore (9.3.4, 9.3.5, 9.6.3.2).
func (s *State) mastery(v *view) error {
	limit := s.Session.Mastery
	if limit == nil || v.verb != verbPassed && v.verb != verbFailed {
		return nil
	}
	value, given := v.extensions[extensionMastery]
	if !given && v.score != nil {
		return refuse("9.6.3.2", "a statement with a score needs the extension %s", extensionMastery)
	}
	var number float64
	if given && (bytes.HasPrefix(value, []byte("null")) || json.Unmarshal(value, &number) != nil || number != *limit) {
		return refuse("9.6.3.2", "the extension %s is not the masteryScore of the launch data", extensionMastery)
	}
	if v.score == nil || v.score.Scaled == nil {
		return nil
	}
	if enough := *v.score.Scaled >= *limit; enough && v.verb == verbFailed {
		return refuse("9.3.5", "failed with a score that reaches the masteryScore")
	} else if !enough && v.verb == verbPassed {
		return refuse("9.3.4", "passed with a score below the masteryScore")
	}
	return nil
}
