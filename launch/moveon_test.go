package launch

import (
	"slices"
	"testing"

	"lernspur/content/manifest"
	"lernspur/documents"

	"pgregory.net/rapid"
)

func document(contentType, content string) *documents.Document {
	return &documents.Document{ContentType: contentType, Content: []byte(content)}
}

// TestMoveOn is the table of 13.1.4 (moveOn), and 9.3.9 for what was waived.
func TestMoveOn(t *testing.T) {
	tests := []struct {
		moveOn                       string
		none, completed, passed, all bool
	}{
		{"NotApplicable", true, true, true, true},
		{"", true, true, true, true},
		{"Passed", false, false, true, true},
		{"Completed", false, true, false, true},
		{"CompletedAndPassed", false, false, false, true},
		{"CompletedOrPassed", false, true, true, true},
	}
	for _, test := range tests {
		t.Run("13.1.4 "+test.moveOn, func(t *testing.T) {
			got := []bool{
				AU{}.met(test.moveOn), AU{Completed: true}.met(test.moveOn), AU{Passed: true}.met(test.moveOn), AU{Completed: true, Passed: true}.met(test.moveOn),
			}
			if want := []bool{test.none, test.completed, test.passed, test.all}; !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
			if !(AU{Waived: true}).met(test.moveOn) {
				t.Error("9.3.9: one that was waived counts")
			}
		})
	}
}

// course is a course with a nested block: a block of an AU and a block of two,
// and an AU of its own.
func course() *manifest.Item {
	au := func(id, moveOn string) *manifest.Item {
		return &manifest.Item{Type: manifest.AU, ID: id, MoveOn: moveOn}
	}
	return &manifest.Item{Type: manifest.Course, ID: "course", Children: []*manifest.Item{
		{Type: manifest.Block, ID: "outer", Children: []*manifest.Item{
			au("a", moveOnCompleted),
			{Type: manifest.Block, ID: "inner", Children: []*manifest.Item{au("b", moveOnPassed), au("c", moveOnNotApplicable)}},
		}},
		au("d", moveOnCompletedAndPassed),
	}}
}

func TestSatisfy(t *testing.T) {
	s := &State{AUs: map[string]AU{}}
	steps := []struct {
		name string
		id   string
		au   AU
		want []string
	}{
		{"9.6.1 nothing yet", "c", AU{}, nil},
		{"9.3.9 the inner block, once its AUs are", "b", AU{Passed: true}, []string{"inner"}},
		{"9.3.9 the outer block", "a", AU{Waived: true}, []string{"outer"}},
		{"9.3.9 half of what an AU needs", "d", AU{Passed: true}, nil},
		{"9.3.9 the course", "d", AU{Passed: true, Completed: true}, []string{"course"}},
		{"9.3.9 nothing twice", "a", AU{Completed: true}, nil},
	}
	for _, step := range steps {
		s.AUs[step.id] = step.au
		var got []string
		for _, item := range s.satisfy(course()) {
			got = append(got, item.ID)
		}
		if !slices.Equal(got, step.want) {
			t.Errorf("%s: %v, want %v", step.name, got, step.want)
		}
	}
	one := &State{AUs: map[string]AU{"a": {Completed: true}, "b": {Passed: true}, "d": {Waived: true}}}
	var order []string
	for _, item := range one.satisfy(course()) {
		order = append(order, item.ID)
	}
	if want := []string{"inner", "outer", "course"}; !slices.Equal(order, want) {
		t.Errorf("inner ones come first: %v, want %v", order, want)
	}
}

// TestWhateverIsSent: whatever a client sends, over several sessions of a
// registration, what is taken keeps the rules of 9.3, counted independently of
// the code that judges.
func TestWhateverIsSent(t *testing.T) {
	verbs := []string{verbInitialized, verbCompleted, verbPassed, verbFailed, verbTerminated, experienced}
	rapid.Check(t, func(t *rapid.T) {
		s := session(rapid.SampledFrom([]string{modeNormal, modeNormal, modeBrowse, modeReview}).Draw(t, "mode"))
		var inRegistration []string
		for range rapid.IntRange(1, 4).Draw(t, "sessions") {
			var taken []string // "d" and "a" say whether it was defined
			for range rapid.IntRange(0, 14).Draw(t, "statements") {
				verb := rapid.SampledFrom(verbs).Draw(t, "verb")
				v := allowed(verb)
				kind := "a "
				if rapid.Bool().Draw(t, "defined") {
					v, kind = defined(verb), "d "
				}
				if s.take(registration, v) == nil {
					taken = append(taken, kind+verb)
				}
			}
			holdSession(t, s.Session.Mode, taken)
			inRegistration = append(inRegistration, taken...)
			holdRegistration(t, inRegistration)
			mode := s.Session.Mode
			s.Session = session(mode).Session
		}
	})
}

func count(list []string, verb string) (n int) {
	for _, v := range list {
		if v == "d "+verb {
			n++
		}
	}
	return n
}

func holdSession(t *rapid.T, mode string, taken []string) {
	for i, v := range taken {
		switch {
		case i == 0 && v != "d "+verbInitialized:
			t.Fatalf("7.1.1: the first is %s", v)
		case v == "d "+verbTerminated && i != len(taken)-1:
			t.Fatalf("7.1.2: after terminated came %s", taken[i+1])
		case mode != modeNormal && v[0] == 'd' && v != "d "+verbInitialized && v != "d "+verbTerminated:
			t.Fatalf("10.2.2: %s in %s", v, mode)
		}
	}
	for _, verb := range []string{verbInitialized, verbCompleted, verbPassed, verbFailed, verbTerminated} {
		if count(taken, verb) > 1 {
			t.Fatalf("9.3: %s twice", verb)
		}
	}
	if count(taken, verbPassed)+count(taken, verbFailed) > 1 {
		t.Fatal("9.3: passed and failed")
	}
}

func holdRegistration(t *rapid.T, taken []string) {
	if count(taken, verbCompleted) > 1 || count(taken, verbPassed) > 1 {
		t.Fatal("9.3: completed or passed twice in a registration")
	}
	if i := slices.Index(taken, "d "+verbPassed); i >= 0 && slices.Contains(taken[i:], "d "+verbFailed) {
		t.Fatal("9.3: failed after passed in a registration")
	}
}
