package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"lernspur/apiv1"
	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// fireCourse is a course that figures are about.
const fireCourse = "https://lernen.example/brandschutz"

// figures answer as package progress does: single people only to trainers and
// administrators, small groups to nobody else. What they answer is held against the
// description of the interface by the tests of package app.
type figures struct {
	mu    sync.Mutex // pages ask several at the same time
	asked []string
}

// asRole is one answer for who sees everything, and one without small groups.
type asRole struct{ all, many string }

const place28 = `"started":18,"completed":9,"enrolments":40,"starts":31,"completions":14,"passes":12,"failures":3,"average_score":0.71,"attempts":60,"time_spent":86400`

var answersOfTown = map[string]asRole{
	"summary": {`{"summary":{"learners":1234,"active":17,"at_risk":5,` + place28 + `,"last_activity":"2026-11-20T08:00:00.000000Z"}}`,
		`{"summary":{"learners":1234,"active":17,"at_risk":null,` + place28 + `,"last_activity":"2026-11-20","suppressed":["at_risk"]}}`},
	"periods": {`{"periods":[{"begin":"2026-10-26","started":7,"completed":0,"active":12,"statements":90},{"begin":"2026-11-02","started":3,"completed":4,"active":15,"statements":120},{"begin":"2026-11-09","started":1,"completed":2,"active":9,"statements":44}]}`,
		`{"periods":[{"begin":"2026-11-02","started":7,"completed":null,"active":12,"statements":90,"suppressed":["completed"]},{"begin":"2026-11-09","started":null,"completed":null,"active":null,"statements":null,"suppressed":["started","completed","active","statements"]}]}`},
	"units": {`{"units":[{"id":"u1","name":"Amt für Soziales","code":"50","headcount":120,"people":20,"learners":18,"active":2,"at_risk":4,` + place28 + `,"last_activity":"2026-11-18T08:00:00.000000Z"},{"id":"u2","name":"Stadtkasse","code":"","headcount":null,"people":10,"learners":8,"active":8,"at_risk":0,` + place28 + `,"last_activity":"2026-11-20T08:00:00.000000Z"}]}`,
		`{"units":[{"id":"u1","name":"Amt für Soziales","code":"50","headcount":120,"people":20,"learners":18,"active":12,"at_risk":null,` + place28 + `,"last_activity":"2026-11-18","suppressed":["at_risk"]},{"id":"u2","name":"Stadtkasse","code":"","headcount":null,"people":null,"learners":null,"active":null,"at_risk":null,"completions":null,"last_activity":null,"suppressed":["people","learners","active","at_risk","completions","last_activity"]}]}`},
	"groups": {`{"groups":[{"id":"g1","people":12,"learners":11,"active":6,"at_risk":3,` + place28 + `,"last_activity":"2026-11-19T08:00:00.000000Z"},{"id":"gone","people":3,"learners":0,"active":0,"at_risk":0,"enrolments":0,"completions":0,"last_activity":null}]}`, `{"groups":[]}`},
	"courses": {`{"courses":[{"id":"` + fireCourse + `","learners":23,"started":20,"completed":17,"average_score":0.815,"last_activity":"2026-11-20T08:00:00.000000Z"},{"id":"https://other.example/c","learners":2,"started":1,"completed":0,"average_score":null,"last_activity":"2026-10-20T08:00:00.000000Z"}],"more":"/api/v1/progress/courses?after=https%3A%2F%2Fother.example%2Fc&limit=50"}`,
		`{"courses":[{"id":"` + fireCourse + `","learners":23,"started":20,"completed":17,"average_score":0.815,"last_activity":"2026-11-20","suppressed":[]},{"id":"https://other.example/c","learners":null,"started":null,"completed":null,"average_score":null,"last_activity":null,"suppressed":["learners","started","completed","average_score","last_activity"]}]}`},
	"course": {`{"course":{"learners":23,"started":20,"completed":17,"passed":15,"failed":2,"active":9,"completion_rate":0.85,"pass_rate":0.882353,"scored":17,"first_score":0.6,"best_score":0.815,"last_score":0.8,"average_attempt_score":0.7,"attempts":29,"time_spent":50400,"time_spent_median":1980,"time_to_completion_median":400000,"at_risk":2,"at_risk_idle":1,"at_risk_failed":1}}`,
		`{"course":{"learners":23,"started":20,"completed":17,"passed":15,"failed":null,"active":9,"pass_rate":null,"scored":17,"first_score":0.6,"best_score":0.815,"last_score":0.8,"average_attempt_score":0.7,"attempts":29,"time_spent":50400,"time_spent_median":1980,"time_to_completion_median":null,"at_risk":null,"at_risk_idle":null,"at_risk_failed":null,"suppressed":["failed","pass_rate","at_risk","at_risk_idle","at_risk_failed"]}}`},
	"hours": {`{"zone":"Europe/Berlin","hours":[{"weekday":1,"hour":9,"statements":120,"learners":7},{"weekday":5,"hour":23,"statements":2,"learners":1}]}`,
		`{"zone":"Europe/Berlin","hours":[{"weekday":1,"hour":9,"statements":null,"learners":null,"suppressed":["statements","learners"]}]}`},
	"drop-off": {`{"learners":23,"drop-off":[{"activity":"` + fireCourse + `","learners":12,"not_completed":0},{"activity":"` + fireCourse + `/test","learners":9,"not_completed":5},{"activity":"` + fireCourse + `/intro","learners":2,"not_completed":1}]}`,
		`{"learners":23,"drop-off":[{"activity":"` + fireCourse + `","learners":12,"not_completed":0,"suppressed":[]},{"activity":"` + fireCourse + `/test","learners":null,"not_completed":null,"suppressed":["learners","not_completed"]}]}`},
	"questions": {`{"test":{"items":2,"learners":20,"alpha":0.734},"questions":[{"id":"` + fireCourse + `/q1","answers":21,"judged":21,"right":20,"difficulty":0.952381,"marked":21,"facility":0.95,"discrimination":0.31,"compared":20,"responses":[{"response":"Notruf 112","learners":20},{"response":"","learners":1}],"other_responses":0},{"id":"` + fireCourse + `/q2","answers":20,"judged":20,"right":6,"difficulty":0.3,"marked":20,"facility":0.3,"discrimination":-0.12,"compared":20,"responses":[{"response":"b","learners":14}],"other_responses":6},{"id":"` + fireCourse + `/q3","answers":3,"judged":0,"right":0,"difficulty":null,"marked":0,"facility":null,"discrimination":null,"compared":0,"responses":[],"other_responses":0}]}`,
		`{"test":{"items":2,"learners":20,"alpha":0.734},"questions":[{"id":"` + fireCourse + `/q1","answers":21,"judged":21,"right":null,"difficulty":null,"marked":21,"facility":null,"discrimination":0.31,"compared":20,"responses":[{"response":"Notruf 112","learners":20}],"other_responses":null,"suppressed":["right","difficulty","facility","other_responses"]}]}`},
	"at-risk": {`{"count":3,"people":2,"at-risk":[{"id":"mbox|mailto:bernd@musterstadt.example","assigned":false,"name":"","course":"` + fireCourse + `","attempts":2,"failed_attempts":2,"last_activity":"2026-10-03T08:00:00.000000Z","idle_days":48,"at_risk":["idle","failed attempts"],"last_place":"` + fireCourse + `/test"},` +
		`{"id":"p1","assigned":true,"name":"Ada Yılmaz","course":"https://other.example/c","attempts":1,"failed_attempts":0,"last_activity":"2026-11-10T10:00:00.000000Z","idle_days":10,"at_risk":["idle"],"last_place":"https://other.example/c"},` +
		`{"id":"p1","assigned":true,"name":"Ada Yılmaz","course":"` + fireCourse + `","attempts":2,"failed_attempts":2,"last_activity":"2026-11-19T10:00:00.000000Z","idle_days":1,"at_risk":["failed attempts"],"last_place":"` + fireCourse + `"}],"more":"/api/v1/progress/at-risk?after=eyJ2IjoiMSJ9"}`, ""},
	"members": {`{"learners":[{"id":"p1","assigned":true,"name":"Ada Yılmaz","courses":3,"started":2,"completed":1,"passed":1,"failed":0,"at_risk":2,"attempts":3,"time_spent":5400,"statements":50,"last_activity":"2026-11-03T08:00:00.000000Z","idle_days":17}]}`, ""},
	"learner": {`{"id":"p1","name":"Ada Yılmaz","identifiers":["mbox|mailto:ada@musterstadt.example","account|https://portal.example|a.yilmaz"],"courses":[` +
		`{"id":"p1","assigned":true,"name":"Ada Yılmaz","course":"` + fireCourse + `","started":"2026-11-01T08:00:00.000000Z","completed":"2026-11-03T08:00:00.000000Z","passed":true,"attempts":2,"failed_attempts":1,"best_score":0.92,"time_spent":1800,"last_activity":"2026-11-03T08:00:00.000000Z","idle_days":17,"at_risk":[],"last_place":"` + fireCourse + `/test"},` +
		`{"id":"p1","assigned":true,"name":"Ada Yılmaz","course":"https://other.example/c","started":"2026-11-05T08:00:00.000000Z","completed":null,"passed":null,"attempts":1,"failed_attempts":0,"best_score":null,"time_spent":60,"last_activity":"2026-11-10T10:00:00.000000Z","idle_days":10,"at_risk":["idle"],"last_place":"https://other.example/c"}]}`, ""},
	"attempts": {`{"attempts":[{"course":"https://other.example/c","registration":null,"number":1,"began":"2026-11-05T08:00:00.000000Z","ended":"2026-11-05T08:00:00.000000Z","score":null,"passed":null},` +
		`{"course":"` + fireCourse + `","registration":null,"number":2,"began":"2026-11-02T08:00:00.000000Z","ended":"2026-11-02T09:00:00.000000Z","score":0.92,"passed":true},{"course":"` + fireCourse + `","registration":null,"number":1,"began":"2026-11-01T08:00:00.000000Z","ended":"2026-11-01T09:00:00.000000Z","score":0.4,"passed":false}]}`, ""},
	"learners": {`{"count":3,"learners":[{"id":"p1","assigned":true,"name":"Ada Yılmaz","started":"2026-11-01T08:00:00.000000Z","completed":"2026-11-03T08:00:00.000000Z","passed":true,"attempts":1,"failed_attempts":0,"best_score":0.92,"time_spent":1800,"last_activity":"2026-11-03T08:00:00.000000Z","idle_days":17,"at_risk":[]},` +
		`{"id":"mbox|mailto:bernd@musterstadt.example","assigned":false,"name":"","started":"2026-10-01T08:00:00.000000Z","completed":null,"passed":false,"attempts":2,"failed_attempts":2,"best_score":0.4,"time_spent":20,"last_activity":"2026-10-03T08:00:00.000000Z","idle_days":48,"at_risk":["idle","failed attempts"]},` +
		`{"id":"p3","assigned":true,"name":"Clara Schulz","started":null,"completed":null,"passed":null,"attempts":0,"failed_attempts":0,"best_score":null,"time_spent":0,"last_activity":"2026-11-19T08:00:00.000000Z","idle_days":1,"at_risk":[]}],"more":"/api/v1/progress/learners?after=eyJ2IjoiIn0&course=x"}`, ""},
}

// Ask implements Progress.
func (f *figures) Ask(_ context.Context, v *visitor.Visitor, path string, query url.Values) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, path+"?"+query.Encode())
	name := path
	if parts := strings.Split(path, "/"); len(parts) > 1 {
		name = map[string]string{"courses": "course", "learners": "learner"}[parts[0]]
		if len(parts) > 2 {
			name = parts[2]
		}
	}
	if path == "learners" && query.Get("course") == "" {
		name = "members"
	}
	empty := query.Get("unit") == "empty" || query.Get("group") == "empty" || path == "courses/nothing"
	one, known := answersOfTown[name]
	text := one.all
	switch {
	case !known, empty && name != "summary" && name != "learners" && strings.Contains(path, "/"):
		return nil, apiv1.Problemf(http.StatusNotFound, "nobody")
	case !v.Has(visitor.Administrator, visitor.Trainer):
		text = one.many
	}
	switch {
	case text == "":
		return nil, apiv1.Problemf(http.StatusForbidden, "not for you")
	case empty && name == "summary":
		text = `{"summary":{"learners":0}}`
	case empty:
		text = `{}`
	}
	return []byte(text), nil
}

// called are names that people know.
type called struct{}

func (called) Group(_ context.Context, _, id string) string {
	return map[string]string{"g1": "Einarbeitung Herbst"}[id]
}

func (called) Unit(_ context.Context, _, id string) string {
	return map[string]string{"u1": "Amt für Soziales"}[id]
}

func (called) Definitions(_ context.Context, _ string, ids []string) (map[string][]byte, error) {
	all := map[string][]byte{
		fireCourse:            []byte(`{"name":{"de-DE":"Brandschutz im Rathaus","en":"Fire safety"}}`),
		fireCourse + "/test":  []byte(`{"name":{"de":"Abschlusstest"}}`),
		fireCourse + "/intro": []byte(`{"name":{"fr":"Introduction"}}`),
		fireCourse + "/q1":    []byte(`{"description":{"de":"Welche Nummer rufen Sie?"}}`),
		fireCourse + "/q2":    []byte(`{"name":{"de":"Welcher Löscher passt zu einem Brand in der Küche?"}}`),
	}
	found := map[string][]byte{}
	for _, id := range ids {
		if all[id] != nil {
			found[id] = all[id]
		}
	}
	return found, nil
}

// TestOverview: one line says whether learning is happening and where not, and every
// figure has its population.
func TestOverview(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	contains(t, "the overview", ask(admin, "GET", "/progress", nil), 200,
		"In den letzten 28 Tagen haben 17 von 1.234 Lernenden gelernt.", "Am wenigsten wird in „Amt für Soziales“ gelernt: 2 von 20 Personen.",
		"17 von 1.234 (1", "Letzte Woche aktiv: 9 Lernende, in der Woche davor 15", "Einarbeitung Herbst", "Brandschutz im Rathaus", "17 von 23 (74", "81,5",
		`href="/progress?unit=u1"`, `href="/progress/course?course=https%3A%2F%2Flernen.example%2Fbrandschutz"`, "/progress?after=https%3A%2F%2Fother.example%2Fc",
		`/api/v1/progress/courses?format=xlsx`, `/api/v1/progress/units?format=csv&amp;from=2026-10-24`)
	contains(t, "in English", ask(admin, "GET", "/progress?lang=en", nil), 200, "17 of 1,234 learners", "Fire safety", "last week: 9 learners")
	many := ask(site.as(visitor.ProjectLead), "GET", "/progress", nil)
	contains(t, "aggregates", many, 200, "nicht ausgewiesen (Gruppe zu klein)", "* nicht ausgewiesen", "Stadtkasse")
	if strings.Contains(many.Body.String(), "Am wenigsten") {
		t.Error("one place alone is called the quietest")
	}
	contains(t, "a unit", ask(admin, "GET", "/progress?unit=u1", nil), 200, "<h1>Amt für Soziales</h1>", "ohne weitere Untergliederung")
	contains(t, "nobody yet", ask(site.as(visitor.Trainer), "GET", "/progress?unit=empty", nil), 200, "noch niemand", "Ihre Verwaltung")
	if !slices.Contains(site.figures.asked, "summary?from=2026-10-24") || !slices.Contains(site.figures.asked, "periods?by=week&from=2026-08-31") {
		t.Errorf("asked %v", site.figures.asked)
	}
}

// TestCourseFigures: does the course work, where do people stop, which question is
// wrong.
func TestCourseFigures(t *testing.T) {
	site := newTown(t, "http://content.example")
	page := "/progress/course?course=" + url.QueryEscape(fireCourse)
	admin := site.as(visitor.Administrator)
	all := ask(admin, "GET", page, nil)
	contains(t, "the course", all, 200, "Begonnen: 20, abgeschlossen: 17. Die meisten ohne Abschluss stehen bei „Abschlusstest“.",
		"Prüfen Sie die Frage „Welcher Löscher passt zu einem Brand in der Küche?“: nur 30", "der Kurs selbst", "Introduction", "Welche Nummer rufen Sie?", "(ohne Text): 1", "andere: 6",
		"Lösung prüfen", "fast immer richtig", "−0,12", "0,73", "33\u00a0Min.", "5 Tage", "14\u00a0Std.",
		"Ada Yılmaz", "bernd@musterstadt.example", "nicht zugeordnet", "seit 48 Tagen ohne Aktivität", "2 Versuche nicht bestanden", "unter 1 Min.", "3 Personen",
		"after=eyJ2IjoiIn0", "/api/v1/progress/learners?course=https%3A%2F%2Flernen.example%2Fbrandschutz&amp;format=xlsx&amp;limit=10000&amp;sort=name")
	if hard, easy := strings.Index(all.Body.String(), "Löscher passt zu einem Brand in der Küche?<details"), strings.Index(all.Body.String(), "Welche Nummer rufen Sie?<details"); hard < 0 || easy < hard {
		t.Errorf("the hardest question is not the first: %d, %d", hard, easy)
	}
	many := ask(site.as(visitor.Auditor), "GET", page, nil)
	contains(t, "aggregates", many, 200, "nicht ausgewiesen (Gruppe zu klein)", "Einzelne Lernende sehen nur")
	if strings.Contains(many.Body.String(), "Ada") || strings.Contains(many.Body.String(), "/api/v1/progress/learners") {
		t.Error("an auditor sees single learners")
	}
	contains(t, "a group of nobody", ask(admin, "GET", page+"&group=empty", nil), 200, "Wählen Sie eine andere Gruppe")
	contains(t, "no such course", ask(admin, "GET", "/progress/course?course=nothing", nil), 404)
	if answer := ask(admin, "GET", "/progress/course", nil); answer.Header().Get("Location") != "/progress" {
		t.Errorf("without a course: %d", answer.Code)
	}
	site.figures.asked = nil
	contains(t, "sorted", ask(admin, "GET", page+"&sort=-best_score&kind=at-risk&group=g1", nil), 200, `value="-best_score" selected`, `value="g1" selected`)
	want := "learners?count=true&course=https%3A%2F%2Flernen.example%2Fbrandschutz&group=g1&kind=at-risk&limit=50&sort=-best_score"
	if !slices.Contains(site.figures.asked, want) {
		t.Errorf("asked %v", site.figures.asked)
	}
	contains(t, "what nobody can be sorted by", ask(admin, "GET", page+"&sort=shoes&kind=tall", nil), 200, `value="name" selected`)
}

// TestGroup: who needs the trainer today comes first.
func TestGroup(t *testing.T) {
	site := newTown(t, "http://content.example")
	trainer := site.as(visitor.Trainer)
	contains(t, "the group", ask(trainer, "GET", "/progress/group?group=g1", nil), 200, "<h1>Einarbeitung Herbst</h1>", "3 Personen brauchen heute Unterstützung: Ada Yılmaz und 2 weitere.",
		"in 2 Kursen", "1 von 3 (33", "1 Mitglied hat noch nichts begonnen", `/progress/learner?learner=p1`, `/progress/course?course=https%3A%2F%2Flernen.example%2Fbrandschutz&amp;group=g1`)
	for _, want := range []string{"learners?group=g1&kind=at-risk&limit=50&sort=last_activity", "learners?group=g1&limit=50&sort=name"} {
		if !slices.Contains(site.figures.asked, want) {
			t.Errorf("not asked %s: %v", want, site.figures.asked)
		}
	}
	contains(t, "no group of hers", ask(site.as(visitor.Trainer), "GET", "/progress/group?group=empty", nil), 404)
	contains(t, "the overview leads there", ask(trainer, "GET", "/progress", nil), 200, `href="/progress/group?group=g1"`)
	if strings.Contains(ask(site.as(visitor.Auditor), "GET", "/progress", nil).Body.String(), "/progress/group") {
		t.Error("an auditor is led to a group")
	}
}

// TestLearner: where she stands, and what she did last, in sentences.
func TestLearner(t *testing.T) {
	site := newTown(t, "http://content.example")
	trainer := site.as(visitor.Trainer)
	learnerStatements(t, site)
	page := ask(trainer, "GET", "/progress/learner?learner=p1", nil)
	contains(t, "the learner", page, 200, "<h1>Ada Yılmaz</h1>", "1 von 2 Kursen abgeschlossen; zuletzt vor 10 Tagen in „https://other.example/c“.", "zuletzt bei „Abschlusstest“",
		"</bdi></a> hat „<bdi>Brandschutz im Rathaus</bdi>“ mit 92\u00a0% bestanden", "hat „<bdi>Brandschutz im Rathaus</bdi>“ mit 40\u00a0% nicht bestanden", "/raw\">JSON", `href="/statements?person=p1"`,
		"ada@musterstadt.example", "a.yilmaz", "seit 10 Tagen ohne Aktivität")
	if passed, failed := strings.Index(page.Body.String(), "mit 92"), strings.Index(page.Body.String(), "mit 40"); passed > failed {
		t.Error("the latest does not come first")
	}
	if strings.Contains(page.Body.String(), "Bernd") {
		t.Error("what others did is on the page")
	}
	site.switches(t, evaluation.Everything.With(evaluation.Timelines, false))
	off := ask(trainer, "GET", "/progress/learner?learner=p1", nil)
	contains(t, "without timelines", off, 200, "<h1>Ada Yılmaz</h1>", "wird hier nicht ausgewertet")
	if strings.Contains(off.Body.String(), "mit 92") {
		t.Error("a timeline that is off is shown")
	}
	if answer := ask(trainer, "GET", "/progress/learner", nil); answer.Header().Get("Location") != "/progress" {
		t.Errorf("without a learner: %d", answer.Code)
	}
}
