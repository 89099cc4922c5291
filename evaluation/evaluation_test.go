package evaluation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lernspur/documents"
	"lernspur/web/visitor"
)

// drawer keeps records in memory.
type drawer struct {
	mu   sync.Mutex
	docs map[documents.Key]*documents.Document
	// fail is what a change ends with; kept tells whether it is kept all the same.
	fail error
	kept bool
}

func (d *drawer) Load(_ context.Context, yield func(*documents.Document) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, doc := range d.docs {
		if err := yield(doc); err != nil {
			return err
		}
	}
	return nil
}

func (d *drawer) Replace(_ context.Context, shelf documents.Shelf, docs []*documents.Document) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil && !d.kept {
		return d.fail
	}
	for _, doc := range docs {
		doc.Shelf = shelf
		d.docs[doc.Key] = doc
	}
	return d.fail
}

var testNow = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func open(t *testing.T, d *drawer) *Service {
	t.Helper()
	if d.docs == nil {
		d.docs = map[documents.Key]*documents.Document{}
	}
	s, err := Open(t.Context(), Dependencies{Records: d, Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func of(t *testing.T, s *Service, tenant string) Settings {
	t.Helper()
	settings, err := s.Of(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// TestOffUntilSwitchedOn: everything is off, for every tenant by itself, until
// somebody names the ground; and a restart changes nothing.
func TestOffUntilSwitchedOn(t *testing.T) {
	d := &drawer{}
	s := open(t, d)
	if got := of(t, s, "town"); got != (Settings{}) {
		t.Fatalf("at first %+v", got)
	}
	for _, sw := range Switches {
		before := of(t, s, "town")
		if _, err := s.Change(t.Context(), "town", "ada", -1, []Edit{{Switch: sw, On: true, Ground: "Dienstvereinbarung\r\nvom 1.2.2026 "}}); err != nil {
			t.Fatal(err)
		}
		got := of(t, s, "town")
		if want := before.With(sw, true); !got.On(sw) || got.Version != before.Version+1 || got.Missing(Switches...) != want.Missing(Switches...) {
			t.Errorf("%s: %+v", sw, got)
		}
	}
	if got := of(t, s, "village"); got != (Settings{}) {
		t.Errorf("another tenant has %+v", got)
	}
	again := open(t, d)
	if got := of(t, again, "town"); got != of(t, s, "town") || got.Missing(Switches...) != "" {
		t.Errorf("after a restart %+v", got)
	}
	state, err := again.State(t.Context(), "town")
	if err != nil || state.Switches[2] != (Standing{Hours, true, "Dienstvereinbarung\nvom 1.2.2026", testNow.UnixMicro(), "ada"}) {
		t.Errorf("%+v %v", state, err)
	}
	if got := (Settings{}).With("no such", true); got != (Settings{}) || got.On("no such") {
		t.Errorf("a switch that there is not: %+v", got)
	}
}

// TestChangesThatCannotBe: nothing of them is kept.
func TestChangesThatCannotBe(t *testing.T) {
	s := open(t, &drawer{})
	for name, edits := range map[string][]Edit{
		"no ground":       {{Switch: AtRisk, On: true, Ground: " \n"}},
		"no such switch":  {{Switch: "everything", On: true, Ground: "x"}},
		"too long":        {{Switch: AtRisk, On: true, Ground: strings.Repeat("x", maxGround+1)}},
		"no text":         {{Switch: AtRisk, Ground: "a\x00b"}},
		"no UTF-8":        {{Ground: "\xff"}},
		"one of two only": {{Switch: Hours, On: true, Ground: "x"}, {Switch: AtRisk, On: true}},
	} {
		var wrong *Invalid
		if _, err := s.Change(t.Context(), "town", "ada", -1, edits); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := of(t, s, "town"); got != (Settings{}) {
		t.Errorf("%+v", got)
	}
}

// TestHistory has every change, who made it, when and why; what changes nothing
// leaves no trace.
func TestHistory(t *testing.T) {
	s := open(t, &drawer{})
	change := func(version int64, edits ...Edit) error {
		_, err := s.Change(t.Context(), "town", "ada", version, edits)
		return err
	}
	for _, err := range []error{
		change(0, Edit{Ground: "LDSG"}, Edit{Switch: AtRisk, On: true, Ground: "DV"}, Edit{Switch: Hours}),
		change(2, Edit{Ground: "LDSG"}, Edit{Switch: AtRisk, On: true, Ground: "DV"}),
		change(-1, Edit{Switch: AtRisk, Ground: "gekündigt"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := change(2, Edit{Switch: Hours, On: true, Ground: "x"}); !errors.Is(err, ErrChanged) {
		t.Errorf("on settings of before: %v", err)
	}
	list, err := s.History(t.Context(), "town", 0, 10)
	at := testNow.UnixMicro()
	want := []Change{{3, at, "ada", AtRisk, false, "gekündigt"}, {2, at, "ada", AtRisk, true, "DV"}, {1, at, "ada", "", false, "LDSG"}}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("%+v %v", list, err)
	}
	if list, _ = s.History(t.Context(), "town", 3, 1); !slices.Equal(list, want[1:2]) {
		t.Errorf("the page behind it: %+v", list)
	}
	if list, _ = s.History(t.Context(), "village", 0, 10); len(list) != 0 {
		t.Errorf("another tenant: %+v", list)
	}
}

// TestUnknownOutcome: when it is not known whether a change was kept, it is looked up
// before anything else is said.
func TestUnknownOutcome(t *testing.T) {
	for _, kept := range []bool{false, true} {
		d := &drawer{fail: &Busy{Reason: "away"}, kept: kept}
		s := open(t, d)
		if _, err := s.Change(t.Context(), "town", "ada", -1, []Edit{{Switch: Answers, On: true, Ground: "x"}}); err == nil {
			t.Fatal("it was made")
		}
		d.fail = nil
		if got := of(t, s, "town"); got.Answers != kept {
			t.Errorf("kept %v, and it is %+v", kept, got)
		}
		if _, err := s.Change(t.Context(), "town", "ada", -1, []Edit{{Switch: Hours, On: true, Ground: "x"}}); err != nil {
			t.Error(err)
		}
		if got := of(t, s, "town"); got.Answers != kept || !got.Hours {
			t.Errorf("kept %v, and then it is %+v", kept, got)
		}
	}
}

// TestAtTheSameTime: changes and questions from many sides.
func TestAtTheSameTime(t *testing.T) {
	s := open(t, &drawer{})
	var all sync.WaitGroup
	for i := range 20 {
		all.Add(2)
		go func() {
			defer all.Done()
			if _, err := s.Change(t.Context(), "town", "ada", -1, []Edit{{Switch: AtRisk, On: i%2 == 0, Ground: fmt.Sprint("ground ", i)}}); err != nil {
				t.Error(err)
			}
		}()
		go func() {
			defer all.Done()
			_, _ = s.Of(t.Context(), "town") // it is never an error here, as TestOff… has it
		}()
	}
	all.Wait()
	list, err := s.History(t.Context(), "town", 0, 100)
	if err != nil || len(list) != 20 || of(t, s, "town").Version != 20 {
		t.Errorf("%d changes, %v", len(list), err)
	}
}

// stateWith is a state with some switches on.
func stateWith(on ...Switch) State {
	t := &tenant{}
	t = t.with(Change{Number: 1, Ground: "§ 18 LDSG"})
	for i, sw := range on {
		t = t.with(Change{Number: int64(i + 2), At: testNow.UnixMicro(), By: "m.muster", Switch: sw, On: true, Ground: "Dienstvereinbarung zu " + string(sw)})
	}
	return t.state
}

// TestTables: what refers to something that there is not would be told to nobody, or
// to everybody.
func TestTables(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Figures {
		if seen[f.Key] {
			t.Errorf("%s is there twice", f.Key)
		}
		seen[f.Key] = true
		for _, sw := range slices.Concat(f.Needs, f.Few) {
			if !Known(sw) {
				t.Errorf("%s needs %q", f.Key, sw)
			}
		}
		words, kept := figureWords[f.Key], keptWords[f.Kept]
		for _, text := range []string{words[0].de, words[0].en, words[1].de, words[1].en, kept.de, kept.en} {
			if text == "" {
				t.Errorf("%s lacks words", f.Key)
			}
		}
		for _, field := range f.Fields {
			if g, ok := FieldOf(f.Single, field); !ok || g.Key != f.Key {
				t.Errorf("%s belongs to %s and to %s", field, f.Key, g.Key)
			}
		}
	}
	if len(figureWords) != len(Figures) {
		t.Errorf("%d figures have words, there are %d", len(figureWords), len(Figures))
	}
	for _, p := range Pages {
		for _, key := range p.Figures {
			if !seen[key] {
				t.Errorf("%s tells %s, which there is not", p.Path, key)
			}
		}
		if len(p.Figures) > 0 && pageWords[p.Path].de == "" {
			t.Errorf("%s has no name", p.Path)
		}
	}
	for _, sw := range Switches {
		if sw.Name("de") == "" || sw.Name("en") == "" || sw.Explanation("de") == "" || sw.Explanation("en") == "" {
			t.Errorf("%s lacks words", sw)
		}
		if !slices.ContainsFunc(Figures, func(f Figure) bool { return slices.Contains(f.Needs, sw) }) {
			t.Errorf("nothing depends on %s", sw)
		}
	}
	for key, text := range saying {
		if text.de == "" || text.en == "" {
			t.Errorf("%s lacks words", key)
		}
	}
	for _, role := range visitor.Roles {
		if roleWords[role].de == "" || roleWords[role].en == "" {
			t.Errorf("%s lacks words", role)
		}
	}
}

// TestStatementHasEverything: each figure, field, address and page of the tables
// stands in the statement, in both languages and in every format.
func TestStatementHasEverything(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		for name, state := range map[string]State{"off": stateWith(), "on": stateWith(Switches...)} {
			st := Write(lang, "town", state, testNow)
			html, err := st.HTML()
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(strings.Fields(st.Text()), " ")
			page := strings.Join(strings.Fields(string(html)), " ")
			var want []string
			for _, f := range Figures {
				want = append(want, figureWords[f.Key][0].in(lang))
				want = append(append(want, f.Fields...), f.Interfaces...)
			}
			for _, p := range Pages {
				want = append(want, p.Path)
			}
			for _, sw := range Switches {
				want = append(want, sw.Name(lang))
			}
			for _, part := range append(want, "§ 18 LDSG", "town") {
				if !strings.Contains(text, part) {
					t.Errorf("%s, %s: the text has no %q", lang, name, part)
				}
				if !strings.Contains(page, part) {
					t.Errorf("%s, %s: the page has no %q", lang, name, part)
				}
			}
			if strings.Contains(page, "m.muster") || strings.Contains(text, "m.muster") {
				t.Error("everybody reads who changed something")
			}
		}
	}
}

// TestStatementFollowsTheSwitches: a switch changes the figures that need it, who
// sees them and on which ground, and nothing of the others.
func TestStatementFollowsTheSwitches(t *testing.T) {
	figures := func(st Statement) map[string]StatementFigure {
		all := map[string]StatementFigure{}
		for _, f := range slices.Concat(st.Single, st.Many) {
			all[f.Key] = f
		}
		return all
	}
	off := figures(Write("de", "town", stateWith(), testNow))
	for key, want := range map[string]string{"risk": NotTold, "idle": NotTold, "timeline": NotTold, "calls": NotTold, "answers": NotTold, "many.hours": NotTold, "many.risk": NotTold,
		"many.idle-risk": NotTold, "many.lately": ToldOfMany, "many.questions": ToldOfMany, "many.trend": ToldOfMany, "scores": Told, "raw": Told, "opened": NotTold} {
		if off[key].Status != want {
			t.Errorf("everything off: %s is %s, want %s", key, off[key].Status, want)
		}
	}
	if f := off["risk"]; !strings.Contains(f.State, "Listen gefährdeter Lernender") || !strings.HasPrefix(f.Programs, "keine") || len(f.Roles) != 1 || f.Roles[0].Role != "" {
		t.Errorf("%+v", f)
	}
	on := figures(Write("de", "town", stateWith(AtRisk), testNow))
	f := on["risk"]
	if f.Status != Told || f.Ground != "Dienstvereinbarung zu at-risk" || !strings.Contains(f.Programs, "statements/read") {
		t.Errorf("%+v", f)
	}
	var roles []visitor.Role
	for _, r := range f.Roles {
		roles = append(roles, r.Role)
	}
	if !slices.Equal(roles, []visitor.Role{visitor.Trainer, visitor.Administrator, ""}) {
		t.Errorf("at risk is seen by %v", roles)
	}
	if f := on["many.risk"]; len(f.Roles) != 4 || !strings.Contains(f.Roles[1].Text, "ohne Gruppen unter 5") {
		t.Errorf("how many are at risk is seen by %+v", f.Roles)
	}
	for key, f := range on {
		needs := slices.Contains([]string{"risk", "many.risk", "many.idle-risk"}, key)
		if was := off[key]; !needs && (f.Status != was.Status || f.State != was.State || f.Ground != was.Ground) {
			t.Errorf("%s has changed with at-risk: %+v, before %+v", key, f, was)
		}
	}
	if f := on["courses"]; !strings.Contains(f.State, "nur der Tag") {
		t.Errorf("without hours: %s", f.State)
	}
	for _, sw := range Switches {
		before, after := Write("en", "town", stateWith(), testNow), Write("en", "town", stateWith(sw), testNow)
		after.Version = before.Version
		if before.Text() == after.Text() {
			t.Errorf("%s changes nothing", sw)
		}
	}
}

// TestReach: the table of who sees whom.
func TestReach(t *testing.T) {
	for _, c := range []struct {
		roles        []visitor.Role
		single, many Reach
	}{
		{nil, Nobody, Nobody},
		{[]visitor.Role{visitor.Learner, visitor.ContentManager, visitor.DataProtection}, Nobody, Nobody},
		{[]visitor.Role{visitor.Trainer}, OwnGroups, OwnGroups},
		{[]visitor.Role{visitor.Auditor}, Nobody, Aggregates},
		{[]visitor.Role{visitor.ProjectLead, visitor.Trainer}, OwnGroups, Aggregates},
		{[]visitor.Role{visitor.Trainer, visitor.Administrator}, Everybody, Everybody},
	} {
		if a, b := ReachOfAll(c.roles, true), ReachOfAll(c.roles, false); a != c.single || b != c.many {
			t.Errorf("%v: %d and %d", c.roles, a, b)
		}
	}
}
