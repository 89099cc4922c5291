package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// TestPagesAreInTheStatement: every page that can be looked at has its line in the
// table that the statement is written from, with the roles that see it.
func TestPagesAreInTheStatement(t *testing.T) {
	found := map[string]bool{}
	for _, to := range routeTable {
		if to.method != http.MethodGet {
			continue
		}
		found[to.path] = true
		p, ok := evaluation.PageOf(to.path)
		if !ok {
			t.Errorf("%s is a page of which the statement says nothing: evaluation.Pages needs a line for it", to.path)
			continue
		}
		if !slices.Equal(p.Roles, to.roles) {
			t.Errorf("%s is for %v, and the statement says for %v", to.path, to.roles, p.Roles)
		}
	}
	for _, p := range evaluation.Pages {
		if !found[p.Path] {
			t.Errorf("the statement speaks of %s, which is no page", p.Path)
		}
	}
}

// switched is what a page says with a switch on, and what with it off.
type switched struct {
	name, path string
	off        evaluation.Switch
	roles      []visitor.Role
	on, isOff  []string
}

// TestSwitchedOffPages goes to each page that shows something of it with each switch on
// and off, in each role that sees the page: what is off is not there, and words say
// so and who may change it.
func TestSwitchedOffPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	_, registration := year(t, site)
	learnerStatements(t, site)
	course := "/progress/course?course=" + url.QueryEscape(fireCourse)
	const who = "Die Administration kann es in den Einstellungen einschalten"
	closeBy, watching, managing := []visitor.Role{visitor.Trainer, visitor.Administrator}, []visitor.Role{visitor.Administrator, visitor.ProjectLead}, []visitor.Role{visitor.ContentManager, visitor.Administrator}
	for _, c := range []switched{
		{"the overview", "/progress", evaluation.AtRisk, watching, []string{"braucht Unterstützung"}, []string{"Wer Unterstützung braucht, wird nicht ausgewertet.", who}},
		{"who of a group is at risk", "/progress/group?group=g1", evaluation.AtRisk, closeBy, []string{"3 Personen brauchen heute Unterstützung: Ada", "in 2 Kursen", "kind=at-risk"}, []string{"12 Personen gehören zu dieser Gruppe.", "Wer Unterstützung braucht, wird nicht ausgewertet.", who}},
		{"when members of a group were active", "/progress/group?group=g1", evaluation.IdleDays, closeBy, []string{"vor 17 Tagen", `value="last_activity"`}, []string{"Wann jemand zuletzt aktiv war, wird nicht ausgewertet.", who}},
		{"who of a course is at risk", course, evaluation.AtRisk, closeBy, []string{"2 Versuche nicht bestanden", `value="at-risk"`}, []string{"Wer Unterstützung braucht, wird nicht ausgewertet.", who}},
		{"when learners of a course were active", course, evaluation.IdleDays, closeBy, []string{"vor 17 Tagen", `value="-last_activity"`, `value="active"`}, []string{"Wann jemand zuletzt aktiv war, wird nicht ausgewertet.", who}},
		{"the hours of a course", course, evaluation.Hours, closeBy, []string{"Am meisten wird am Montag von 9 bis 10 Uhr gelernt: 7 Lernende.", "hours?format=csv"}, []string{"Zu welchen Uhrzeiten gelernt wird, wird nicht ausgewertet.", who}},
		{"answers in a course", course, evaluation.Answers, closeBy, nil, []string{"nicht die einzelner Personen", who}},
		{"what a learner did when", "/progress/learner?learner=p1", evaluation.Timelines, closeBy, []string{"mit 92"}, []string{"wird hier nicht ausgewertet", who}},
		{"when a learner was active", "/progress/learner?learner=p1", evaluation.IdleDays, closeBy, []string{"zuletzt vor 10 Tagen"}, []string{"1 von 2 Kursen abgeschlossen.", "Wann jemand zuletzt aktiv war, wird nicht ausgewertet.", who}},
		{"why a learner is at risk", "/progress/learner?learner=p1", evaluation.AtRisk, closeBy, []string{"seit 10 Tagen ohne Aktivität"}, []string{"Wer Unterstützung braucht, wird nicht ausgewertet.", who}},
		{"attempts of a registration", registration, evaluation.Timelines, managing, []string{"/calls?", "vor 28 Tagen"}, []string{"Verhalten im Brandfall", "Was eine Person wann getan hat, wird nicht ausgewertet.", who}},
		{"the hours of attempts", registration, evaluation.Hours, managing, []string{"/calls?"}, []string{"Zu welchen Uhrzeiten gelernt wird, wird nicht ausgewertet.", who}},
		{"calls of a registration", registration, evaluation.Answers, managing, []string{"/calls?"}, nil},
	} {
		for _, role := range c.roles {
			site.switches(t, evaluation.Everything)
			contains(t, c.name+", on, "+string(role), ask(site.as(role), "GET", c.path, nil), 200, c.on...)
			site.switches(t, evaluation.Everything.With(c.off, false))
			answer := ask(site.as(role), "GET", c.path, nil)
			contains(t, c.name+", off, "+string(role), answer, 200, c.isOff...)
			for _, part := range c.on {
				if strings.Contains(answer.Body.String(), part) {
					t.Errorf("%s, off, %s: there is %q", c.name, role, part)
				}
			}
		}
	}
	// A list cannot be asked for by its address, either.
	site.switches(t, evaluation.Settings{})
	site.figures.asked = nil
	for _, path := range []string{course + "&kind=at-risk&sort=last_activity", course + "&kind=active", "/progress/group?group=g1&sort=-last_activity", "/progress/learner?learner=p1", "/progress"} {
		contains(t, path, ask(site.as(visitor.Administrator), "GET", path, nil), 200)
	}
	for _, asked := range site.figures.asked {
		if strings.Contains(asked, "at-risk") || strings.Contains(asked, "kind=active") || strings.Contains(asked, "last_activity") || strings.Contains(asked, "attempts") || strings.Contains(asked, "/hours") {
			t.Errorf("asked %s", asked)
		}
	}
}

// TestCallsSwitchedOff: what content called tells answers and times, and needs all of
// these switches.
func TestCallsSwitchedOff(t *testing.T) {
	site := newTown(t, "http://content.example")
	_, registration := year(t, site)
	for _, sw := range evaluation.Switches {
		site.switches(t, evaluation.Everything.With(sw, false))
		want := 200
		if slices.Contains([]evaluation.Switch{evaluation.Timelines, evaluation.Answers, evaluation.Hours}, sw) {
			want = 403
		}
		for _, role := range []visitor.Role{visitor.ContentManager, visitor.Administrator} {
			answer := ask(site.as(role), "GET", registration+"/calls?attempt=2&item=one", nil)
			if answer.Code != want || want == 403 && !strings.Contains(answer.Body.String(), "etwa in einer Dienstvereinbarung") {
				t.Errorf("%s off, %s: %d %s", sw, role, answer.Code, answer.Body)
			}
		}
	}
}

// TestMyPageIsNotSwitchedOff: a learner sees what is about herself.
func TestMyPageIsNotSwitchedOff(t *testing.T) {
	site := newTown(t, "http://content.example")
	year(t, site)
	on := ask(site.as(visitor.Learner), "GET", "/my", nil).Body.String()
	site.switches(t, evaluation.Settings{})
	if off := ask(site.as(visitor.Learner), "GET", "/my", nil).Body.String(); on != off || !strings.Contains(on, "vor 3 Stunden") {
		t.Errorf("her page with everything off: %s", off)
	}
}

// TestOnlyDaysOnPages: where the interface answers days, pages show days.
func TestOnlyDaysOnPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	for _, name := range []string{"learner"} {
		was := answersOfTown[name]
		defer func() { answersOfTown[name] = was }()
		answersOfTown[name] = asRole{regexp.MustCompile(`T\d\d:[0-9:.]+Z`).ReplaceAllString(was.all, ""), was.many}
	}
	site.switches(t, evaluation.Everything.With(evaluation.Hours, false))
	contains(t, "a learner", ask(site.as(visitor.Trainer), "GET", "/progress/learner?learner=p1", nil), 200, "zuletzt am 10.11.2026 in")
}

var settingsVersion = regexp.MustCompile(`name="version" value="(\d+)"`)

// TestSettings: an administrator switches on and off and names the ground; data
// protection officers and auditors read what holds and what was changed.
func TestSettings(t *testing.T) {
	site := newTown(t, "http://content.example")
	site.switches(t, evaluation.Settings{})
	admin := site.as(visitor.Administrator)
	page := ask(admin, "GET", "/settings", nil)
	contains(t, "the settings", page, 200, "0 von 5 Auswertungen über einzelne Personen sind eingeschaltet.", "Zeitleisten einzelner Personen", `name="ground-timelines"`, "Dienstvereinbarung 7", "m.muster")
	form := func(on ...string) url.Values {
		v := url.Values{"version": {settingsVersion.FindStringSubmatch(ask(admin, "GET", "/settings", nil).Body.String())[1]}, "ground": {"§ 18 LDSG"}, "on": on}
		for _, sw := range evaluation.Switches {
			v.Set("ground-"+string(sw), "DV 12 <vom> 1.12.2026")
		}
		return v
	}
	if answer := ask(admin, "POST", "/settings", form("timelines", "hours", "shoes")); answer.Header().Get("Location") != "/settings?done=saved" {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	s, err := site.evaluation.State(t.Context(), "default")
	if err != nil || !s.Timelines || !s.Hours || s.AtRisk || s.Ground != "§ 18 LDSG" || s.Switches[3].By != "m.muster" {
		t.Errorf("%+v %v", s, err)
	}
	for _, role := range []visitor.Role{visitor.DataProtection, visitor.Auditor} {
		answer := ask(site.as(role), "GET", "/settings?lang=en", nil)
		contains(t, string(role), answer, 200, "2 of 5 evaluations of single people are switched on.", "§ 18 LDSG", "DV 12 &lt;vom&gt; 1.12.2026", "switched on")
		if strings.Contains(answer.Body.String(), `action="/settings`) {
			t.Errorf("%s has a form", role)
		}
	}
	bad := form("timelines")
	bad.Set("ground-timelines", " ")
	contains(t, "no ground", ask(admin, "POST", "/settings", bad), 422, `href="#f-ground-timelines"`, "Wer etwas einschaltet", `value="timelines" aria-describedby="h-timelines" checked`)
	bad = form()
	bad.Set("ground", strings.Repeat("ü", maxGround+1))
	contains(t, "a long ground", ask(admin, "POST", "/settings", bad), 422, `href="#f-ground"`)
	bad.Set("ground", "a\x00")
	contains(t, "no text", ask(admin, "POST", "/settings", bad), 422, `href="#f-ground"`)
	old := form("at-risk")
	old.Set("version", "1")
	contains(t, "settings of before", ask(admin, "POST", "/settings", old), 409)
	old.Set("version", "x")
	contains(t, "no version", ask(admin, "POST", "/settings", old), 400)
	if s, _ = site.evaluation.State(t.Context(), "default"); !s.Timelines || s.AtRisk {
		t.Errorf("something was changed: %+v", s)
	}
}

// TestStatementPage: everybody who signed in reads it, in both languages, true to the
// switches, and every page leads there.
func TestStatementPage(t *testing.T) {
	site := newTown(t, "http://content.example")
	for _, role := range visitor.Roles {
		contains(t, string(role), ask(site.as(role), "GET", "/evaluation-statement", nil), 200, "Was über Lernende ausgewertet wird", "Gefährdete Lernende", "Dienstvereinbarung 7", "failed_attempts")
	}
	learner := site.as(visitor.Learner)
	contains(t, "her page", ask(learner, "GET", "/my", nil), 200, `<footer class="foot"><a href="/evaluation-statement">`)
	on := ask(learner, "GET", "/evaluation-statement?lang=en", nil).Body.String()
	for _, sw := range evaluation.Switches {
		site.switches(t, evaluation.Everything.With(sw, false))
		off := ask(learner, "GET", "/evaluation-statement?lang=en", nil).Body.String()
		name := sw.Name("en")
		if strings.Contains(on, "switched off are: "+name) || !strings.Contains(off, "switched off are: ") || !strings.Contains(off, name) || on == off {
			t.Errorf("%s: the statement does not follow the switch", sw)
		}
	}
}
