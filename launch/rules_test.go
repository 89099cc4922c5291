package launch

import (
	"encoding/json"
	"errors"
	"maps"
	"testing"

	"github.com/google/uuid"
)

var (
	registration = uuid.MustParse("760e3480-ba55-4991-94b0-01820dbd23a2")
	sessionID    = uuid.MustParse("2f7a2b1c-0d0e-4a65-9f6a-2f40c9b3a001")
)

const (
	learnerID  = "account|https://town.example|1625378"
	auActivity = "https://lrs.example/courses/fire/au/1"
	publisher  = "https://publisher.example/au/1"
)

func number(f float64) *float64 { return &f }

// session is a State with a session in which these verbs were used.
func session(mode string, verbs ...string) *State {
	s := &State{Identifier: learnerID, Session: &Session{
		ID: sessionID, Item: publisher, Activity: auActivity, Mode: mode, Mastery: number(0.9),
		Grouping: []string{publisher, "https://lrs.example/courses/fire"}, Preferences: true,
	}}
	for _, verb := range verbs {
		s.note(defined(verb))
	}
	return s
}

// allowed is a cmi5 allowed statement that keeps every rule.
func allowed(verb string) *view {
	return &view{
		id: uuid.New(), idGiven: true, utc: true, verb: verb, actor: learnerID, agent: true, account: true,
		activity: "https://publisher.example/page/2", registration: registration, context: true,
		grouping:   []string{"https://lrs.example/courses/fire", publisher, "https://publisher.example/more"},
		extensions: map[string]json.RawMessage{extensionSession: json.RawMessage(`"` + sessionID.String() + `"`)},
	}
}

// defined is a cmi5 defined statement of the verb that keeps every rule.
func defined(verb string) *view {
	v := allowed(verb)
	v.activity, v.categories = auActivity, []string{categoryCmi5}
	v.duration = verb != verbInitialized
	switch verb {
	case verbPassed, verbFailed:
		scaled := 0.9
		if verb == verbFailed {
			scaled = 0.89
		}
		v.success, v.succeeded = true, verb == verbPassed
		v.score = &score{number(scaled), number(scaled * 100), number(0), number(100)}
		v.extensions[extensionMastery] = json.RawMessage("0.9")
	case verbCompleted:
		v.completion, v.isComplete = true, true
	}
	if v.success || v.completion {
		v.categories = append(v.categories, categoryMoveOn)
	}
	return v
}

// with is a statement with a change.
func with(v *view, change func(v *view)) *view {
	change(v)
	return v
}

const experienced = verbADL + "experienced"

func TestRules(t *testing.T) {
	open := func() *State { return session(modeNormal, verbInitialized) }
	tests := []struct {
		name    string
		state   *State
		v       *view
		section string // of the rule that it breaks; empty when it is taken
	}{
		{"7.1.1 initialized comes first", session(modeNormal), defined(verbInitialized), ""},
		{"7.1.1 an allowed statement before initialized", session(modeNormal), allowed(experienced), "9.3"},
		{"7.1.1 an allowed initialized is not initialized", session(modeNormal), allowed(verbInitialized), "9.3"},
		{"9.3 completed before initialized", session(modeNormal), defined(verbCompleted), "9.3"},
		{"9.3 initialized twice", open(), defined(verbInitialized), "9.3"},
		{"7.1.3 an allowed statement of any verb", open(), allowed(experienced), ""},
		{"7.1.3 an allowed statement with a verb of cmi5, twice", session(modeNormal, verbInitialized, verbCompleted), allowed(verbCompleted), ""},
		{"7.1.3 an allowed statement without an account", open(), with(allowed(experienced), func(v *view) { v.account = false }), ""},
		{"7.1.2 an allowed statement after terminated", session(modeNormal, verbInitialized, verbTerminated), allowed(experienced), "9.3.8"},
		{"9.3.8 terminated twice", session(modeNormal, verbInitialized, verbTerminated), defined(verbTerminated), "9.3.8"},
		{"11.0 the preferences were not read", func() *State { s := session(modeNormal); s.Session.Preferences = false; return s }(), defined(verbInitialized), "11.0"},
		{"9.3.6 after abandoned", func() *State { s := open(); s.Session.Ended = abandoned; return s }(), allowed(experienced), "9.3.6"},

		{"9.1 without an id", open(), with(allowed(experienced), func(v *view) { v.idGiven = false }), "9.1"},
		{"6.3 voiding", open(), with(allowed(experienced), func(v *view) { v.voiding = true }), "6.3"},
		{"9.7 without a timestamp in UTC", open(), with(allowed(experienced), func(v *view) { v.utc = false }), "9.7"},
		{"8.1.3 another actor", open(), with(allowed(experienced), func(v *view) { v.actor = "mbox|mailto:x@y.example" }), "8.1.3"},
		{"9.2 a Group", open(), with(defined(verbPassed), func(v *view) { v.agent = false }), "9.2"},
		{"9.2 no account", open(), with(defined(verbPassed), func(v *view) { v.account = false }), "9.2"},

		{"9.4 another object", open(), with(defined(verbPassed), func(v *view) { v.activity = publisher }), "9.4"},
		{"9.6 no context", open(), with(defined(verbPassed), func(v *view) { v.context = false }), "9.6"},
		{"9.6.1 another registration", open(), with(defined(verbPassed), func(v *view) { v.registration = uuid.New() }), "9.6.1"},
		{"9.6.3.1 no session id", open(), with(allowed(experienced), func(v *view) { delete(v.extensions, extensionSession) }), "9.6.3.1"},
		{"9.6.3.1 another session id", open(), with(allowed(experienced), func(v *view) { v.extensions[extensionSession] = json.RawMessage(`"x"`) }), "9.6.3.1"},
		{"10.2.1 without the publisher's id", open(), with(allowed(experienced), func(v *view) { v.grouping = v.grouping[:1] }), "10.2.1"},
		{"9.6.2.2 moveOn with an allowed statement", open(), with(allowed(experienced), func(v *view) { v.categories = []string{categoryMoveOn} }), "9.6.2.2"},
		{"9.6.2.2 moveOn with terminated", open(), with(defined(verbTerminated), func(v *view) { v.categories = append(v.categories, categoryMoveOn) }), "9.6.2.2"},
		{"9.6.2.2 completed without moveOn", open(), with(defined(verbCompleted), func(v *view) { v.categories = v.categories[:1] }), "9.6.2.2"},

		{"9.3 a verb that is none of an AU's", open(), defined(experienced), "9.3"},
		{"9.3.9 satisfied is the LMS's", open(), defined(verbSatisfied), "9.3"},
		{"10.2.2 completed in Browse", session(modeBrowse, verbInitialized), defined(verbCompleted), "10.2.2"},
		{"10.2.2 passed in Review", session(modeReview, verbInitialized), defined(verbPassed), "10.2.2"},
		{"10.2.2 failed in Browse", session(modeBrowse, verbInitialized), defined(verbFailed), "10.2.2"},
		{"10.2.2 terminated in Browse", session(modeBrowse, verbInitialized), defined(verbTerminated), ""},
		{"10.2.2 an allowed statement in Review", session(modeReview, verbInitialized), allowed(experienced), ""},

		{"9.3.3 completed", open(), defined(verbCompleted), ""},
		{"9.3 completed twice in a session", session(modeNormal, verbInitialized, verbCompleted), defined(verbCompleted), "9.3"},
		{"9.3.3 completed again in the registration", again(AU{Completed: true}), defined(verbCompleted), "9.3.3"},
		{"9.3.4 passed", open(), defined(verbPassed), ""},
		{"9.3.4 passed after completed", session(modeNormal, verbInitialized, verbCompleted), defined(verbPassed), ""},
		{"9.3.4 passed again in the registration", again(AU{Passed: true}), defined(verbPassed), "9.3.4"},
		{"9.3 failed after passed in the registration", again(AU{Passed: true}), defined(verbFailed), "9.3"},
		{"9.3 completed after passed in the registration", again(AU{Passed: true}), defined(verbCompleted), ""},
		{"9.3.5 failed", open(), defined(verbFailed), ""},
		{"9.3 failed twice", session(modeNormal, verbInitialized, verbFailed), defined(verbFailed), "9.3"},
		{"9.3 passed after failed in a session", session(modeNormal, verbInitialized, verbFailed), defined(verbPassed), "9.3"},
		{"9.3 failed after passed in a session", session(modeNormal, verbInitialized, verbPassed), defined(verbFailed), "9.3"},

		{"9.3.4 below the masteryScore", open(), with(defined(verbPassed), func(v *view) { v.score = &score{Scaled: number(0.89)} }), "9.3.4"},
		{"9.3.5 at the masteryScore", open(), with(defined(verbFailed), func(v *view) { v.score = &score{Scaled: number(0.9)} }), "9.3.5"},
		{"9.3.5 above the masteryScore", open(), with(defined(verbFailed), func(v *view) { v.score = &score{Scaled: number(0.91)} }), "9.3.5"},
		{"9.3.4 without a score", open(), with(defined(verbPassed), func(v *view) { v.score = nil; delete(v.extensions, extensionMastery) }), ""},
		{"9.6.3.2 without the extension", open(), with(defined(verbPassed), func(v *view) { delete(v.extensions, extensionMastery) }), "9.6.3.2"},
		{"9.6.3.2 another masteryScore", open(), with(defined(verbPassed), func(v *view) { v.extensions[extensionMastery] = json.RawMessage("0.8") }), "9.6.3.2"},
		{"9.6.3.2 null", open(), with(defined(verbPassed), func(v *view) { v.extensions[extensionMastery] = json.RawMessage("null") }), "9.6.3.2"},

		{"9.5.1 a score with completed", open(), with(defined(verbCompleted), func(v *view) { v.score = &score{Scaled: number(0.5)} }), "9.5.1"},
		{"9.5.1 scaled below 0", open(), with(defined(verbFailed), func(v *view) { v.score = &score{Scaled: number(-0.5)} }), "9.5.1"},
		{"9.5.1 raw without min", open(), with(defined(verbPassed), func(v *view) { v.score.Min = nil }), "9.5.1"},
		{"9.5.1 raw without max", open(), with(defined(verbPassed), func(v *view) { v.score.Max = nil }), "9.5.1"},
		{"9.5.2 passed without success", open(), with(defined(verbPassed), func(v *view) { v.success, v.categories = false, v.categories[:1] }), "9.5.2"},
		{"9.5.2 passed without success, with moveOn", open(), with(defined(verbPassed), func(v *view) { v.success = false }), "9.6.2.2"},
		{"9.5.2 passed with success false", open(), with(defined(verbPassed), func(v *view) { v.succeeded = false }), "9.5.2"},
		{"9.5.2 failed with success true", open(), with(defined(verbFailed), func(v *view) { v.succeeded = true }), "9.5.2"},
		{"9.5.2 success with completed", open(), with(defined(verbCompleted), func(v *view) { v.success, v.succeeded = true, true }), "9.5.2"},
		{"9.5.3 completed with completion false", open(), with(defined(verbCompleted), func(v *view) { v.isComplete = false }), "9.5.3"},
		{"9.5.3 completion with passed", open(), with(defined(verbPassed), func(v *view) { v.completion, v.isComplete = true, true }), "9.5.3"},
		{"9.5.4.1 terminated without a duration", open(), with(defined(verbTerminated), func(v *view) { v.duration = false }), "9.5.4.1"},
		{"9.5.4.1 completed without a duration", open(), with(defined(verbCompleted), func(v *view) { v.duration = false }), "9.5.4.1"},
		{"9.5.4.1 passed without a duration", open(), with(defined(verbPassed), func(v *view) { v.duration = false }), "9.5.4.1"},
		{"9.5.4.1 failed without a duration", open(), with(defined(verbFailed), func(v *view) { v.duration = false }), "9.5.4.1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, _ := json.Marshal(test.state)
			err := test.state.take(registration, test.v)
			var refused *Refused
			switch {
			case test.section == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.section == "":
			case !errors.As(err, &refused):
				t.Errorf("%v, want a refusal by %s", err, test.section)
			case refused.Section != test.section:
				t.Errorf("refused by %s (%s), want %s", refused.Section, refused.Message, test.section)
			}
			if after, _ := json.Marshal(test.state); err != nil && string(before) != string(after) {
				t.Errorf("a refusal changed the state from %s to %s", before, after)
			}
		})
	}
}

// again is a State in a later session of a registration.
func again(au AU) *State {
	s := session(modeNormal, verbInitialized)
	s.AUs = map[string]AU{publisher: au}
	return s
}

// TestRepeated: a client that lost an answer sends the same again.
func TestRepeated(t *testing.T) {
	s := session(modeNormal, verbInitialized)
	completed := defined(verbCompleted)
	for range 2 {
		if err := s.take(registration, completed); err != nil {
			t.Fatal(err)
		}
	}
	end := defined(verbTerminated)
	for range 2 {
		if err := s.take(registration, end); err != nil {
			t.Fatal(err)
		}
	}
	other := *completed
	other.digest[0]++
	if err := s.take(registration, &other); err == nil {
		t.Error("another statement under the same id was taken")
	}
}

// TestClone: what was kept is never changed.
func TestClone(t *testing.T) {
	s := session(modeNormal, verbInitialized, verbCompleted)
	said, aus := maps.Clone(s.Session.Said), maps.Clone(s.AUs)
	c := s.clone()
	if err := c.take(registration, defined(verbPassed)); err != nil {
		t.Fatal(err)
	}
	c.Satisfied = append(c.Satisfied, "x")
	if !maps.Equal(said, s.Session.Said) || !maps.Equal(aus, s.AUs) || len(s.Satisfied) != 0 {
		t.Error("the copy shares what it has with the original")
	}
}

func TestPreferences(t *testing.T) {
	tests := []struct {
		name, contentType, content string
		section                    string
	}{
		{"11.0 both", "application/json", `{"languagePreference":"en-US,fr-FR,fr-BE","audioPreference":"on"}`, ""},
		{"11.0 no JSON", "text/plain", `just some text`, "11.0"},
		{"11.0 another type", "text/plain;charset=UTF-8", `{"languagePreference":"en","audioPreference":"on"}`, "11.0"},
		{"11.0 no language", "application/json", `{"audioPreference":"on"}`, "11.0"},
		{"11.0 no audio", "application/json", `{"languagePreference":"en"}`, "11.0"},
		{"11.1 no list", "application/json", `{"languagePreference":"not comma separated","audioPreference":"on"}`, "11.1"},
		{"11.1 empty", "application/json", `{"languagePreference":"","audioPreference":"on"}`, "11.1"},
		{"11.2 another audio", "application/json", `{"languagePreference":"de","audioPreference":"loud"}`, "11.2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := preferences(document(test.contentType, test.content))
			var refused *Refused
			if errors.As(err, &refused) != (test.section != "") || refused != nil && refused.Section != test.section {
				t.Errorf("%v, want section %q", err, test.section)
			}
		})
	}
	if preferences(nil) == nil {
		t.Error("they can be deleted")
	}
}
