package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"lernspur/admin"
	"lernspur/attendance"
	"lernspur/catalog"
	"lernspur/directory"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// stored are the statements of the server, the oldest first, each as "verb object"
// with the last parts of the two, and as it is.
func stored(t *testing.T, a *App) (brief []string, whole []map[string]any) {
	t.Helper()
	status, text := ask(t, a, "GET", "/xapi/statements?ascending=true&limit=500", "")
	var page struct{ Statements []map[string]any }
	if err := json.Unmarshal([]byte(text), &page); err != nil || status != 200 {
		t.Fatal(status, err, text)
	}
	for _, st := range page.Statements {
		verb := dig(t, st, "verb", "id").(string)
		object := dig(t, st, "object", "id").(string)
		brief = append(brief, verb[strings.LastIndexByte(verb, '/')+1:]+" "+object)
		whole = append(whole, st)
	}
	return brief, whole
}

func sessionAt(t *testing.T, a *App, course, more string) map[string]any {
	t.Helper()
	return do(t, a, "POST", "/api/v1/attendance/sessions", `{"course":"`+course+`","title":"Übung","place":"Rathaus","begins":"2026-03-02T09:00:00+01:00",
		"ends":"2026-03-02T12:00:00+01:00","trainer":"Frau Beispiel","trainerActor":{"mbox":"mailto:trainer@town.example"}`+more+`}`, 201)
}

func plainCourse(t testing.TB, a *App) string {
	t.Helper()
	return do(t, a, "POST", "/api/v1/courses", `{"activity":"http://example.org/blended","title":{"de":"Brandschutz"}}`, 201)["id"].(string)
}

// TestAttendance: what a trainer records becomes statements, the same again
// changes nothing, and taking it back voids them.
func TestAttendance(t *testing.T) {
	o := options(t)
	o.Catalog.Base = "https://lrs.example"
	a := start(t, o)
	defer stop(t, a)
	course := plainCourse(t, a)
	session := sessionAt(t, a, course, `,"minutes":150,"completes":true,"least":120`)
	id := session["id"].(string)
	at := "/api/v1/attendance/sessions/" + id
	expect(t, "begins", session["begins"], "2026-03-02T08:00:00.000Z")
	mark := func(entries string, status int) map[string]any {
		t.Helper()
		return do(t, a, "POST", at+"/records", `{"entries":[`+entries+`]}`, status)
	}
	const ada = `"learner":{"actor":` + learnerJSON + `}`
	const eve = `"learner":{"actor":{"mbox":"mailto:eve@town.example"},"name":"Eve"}`
	first := mark(`{`+ada+`},{`+eve+`,"attended":false}`, 200)
	expect(t, "attended", first["attended"], 1)
	expect(t, "absent", first["absent"], 1)
	mark(`{`+ada+`}`, 200) // the same again

	activity, meeting := "http://example.org/blended", "https://lrs.example/sessions/"+id
	brief, whole := stored(t, a)
	expect(t, "statements", brief, []string{"attended " + meeting, "completed " + activity})
	reg := dig(t, first, "records", 0, "registration").(string)
	for i, st := range whole {
		expect(t, "registration", dig(t, st, "context", "registration"), reg)
		expect(t, "timestamp", dig(t, st, "timestamp"), "2026-03-02T11:00:00.000Z")
		expect(t, "completion", dig(t, st, "result", "completion"), true)
		expect(t, "who", dig(t, st, "actor", "account", "name"), "4711")
		if i == 1 {
			continue
		}
		expect(t, "duration", dig(t, st, "result", "duration"), "PT150M")
		expect(t, "grouping", dig(t, st, "context", "contextActivities", "grouping", 0, "id"), activity)
		expect(t, "parent", dig(t, st, "context", "contextActivities", "parent", 0, "id"), activity)
		expect(t, "instructor", dig(t, st, "context", "instructor", "mbox"), "mailto:trainer@town.example")
		expect(t, "type", dig(t, st, "object", "definition", "type"), "http://adlnet.gov/expapi/activities/meeting")
		expect(t, "name", dig(t, st, "object", "definition", "name", "und"), "Übung")
	}
	got := do(t, a, "GET", "/api/v1/registrations/"+reg, "", 200)
	expect(t, "state", got["state"], "completed")
	expect(t, "outcome", got["outcome"], "completed")
	expect(t, "attempt", dig(t, got, "attempts", 0, "item"), "session/"+id)
	courses := do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)
	expect(t, "progress", dig(t, courses, "courses", 0, "completed"), 1)
	do(t, a, "DELETE", at, "", 409)

	// Fewer minutes than it takes to complete the course.
	mark(`{`+ada+`,"minutes":60}`, 200)
	brief, whole = stored(t, a)
	expect(t, "after a correction", len(brief), 3) // two that void, and the new one
	expect(t, "the new one", brief[2], "attended "+meeting)
	expect(t, "duration", dig(t, whole[2], "result", "duration"), "PT60M")
	got = do(t, a, "GET", "/api/v1/registrations/"+reg, "", 200)
	expect(t, "state after a correction", got["state"], "started")
	expect(t, "attempts", len(got["attempts"].([]any)), 1)

	record := ""
	for _, r := range do(t, a, "GET", at+"/records", "", 200)["items"].([]any) {
		if dig(t, r, "state") == "attended" {
			record = dig(t, r, "id").(string)
		}
	}
	for range 2 {
		do(t, a, "DELETE", at+"/records/"+record, "", 204)
	}
	do(t, a, "DELETE", at+"/records/nobody", "", 404)
	brief, _ = stored(t, a)
	for _, b := range brief {
		expect(t, "what is left", strings.HasPrefix(b, "voided "), true)
	}
	expect(t, "voided", len(brief), 3)
	got = do(t, a, "GET", "/api/v1/registrations/"+reg, "", 200)
	expect(t, "state after taking back", got["state"], "not-started")
	courses = do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)
	expect(t, "progress after taking back", len(courses["courses"].([]any)), 0)

	for field, entries := range map[string]string{
		"entries[0].minutes": `{` + ada + `,"minutes":151}`, "entries[1].learner": `{` + ada + `},{` + ada + `}`, "entries[0].learner.actor": `{"learner":{"actor":{}}}`,
	} {
		expect(t, "field", mark(entries, 400)["field"], field)
	}
	do(t, a, "PATCH", at, `{"ends":"2026-03-02T08:00:00Z"}`, 400)
	expect(t, "edited", do(t, a, "PATCH", at, `{"place":"Feuerwache"}`, 200)["place"], "Feuerwache")
	do(t, a, "DELETE", at, "", 204)
	do(t, a, "GET", at, "", 404)
	expect(t, "sessions", len(do(t, a, "GET", "/api/v1/attendance/sessions?course="+course, "", 200)["items"].([]any)), 0)
}

// TestAttendanceLists: a table is tried first, then recorded; one with a fault
// records nothing.
func TestAttendanceLists(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	at := "/api/v1/attendance/sessions/" + sessionAt(t, a, plainCourse(t, a), "")["id"].(string) + "/records"
	send := func(query, list string, status int) map[string]any {
		t.Helper()
		answer, text := request(t, a, "POST", at+query, "text/csv; charset=utf-8", strings.NewReader(list))
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil || answer.StatusCode != status {
			t.Fatalf("%d, want %d: %s", answer.StatusCode, status, text)
		}
		return v
	}
	const list = "Kennung;Name;Anwesend\nada@town.example;Ada;ja\n4711;Eve;45\n4712;Max;nein\n"
	dry := send("?dryRun=true&homePage=https://hr.example", list, 200)
	expect(t, "dry run", fmt.Sprint(dry["attended"], dry["absent"], dry["records"]), "2 1 <nil>")
	faults := send("", list+"4713;Kim;vielleicht\n", 422)
	expect(t, "the fault", fmt.Sprint(dig(t, faults, "findings", 0, "line"), dig(t, faults, "findings", 0, "column")), "5 3")
	if brief, _ := stored(t, a); len(brief) != 0 {
		t.Errorf("without recording: %q", brief)
	}
	for range 2 {
		send("?homePage=https://hr.example", list, 200)
	}
	brief, whole := stored(t, a)
	expect(t, "statements", len(brief), 2)
	durations := map[any]bool{}
	for _, st := range whole {
		durations[dig(t, st, "result", "duration")] = true
	}
	expect(t, "durations", fmt.Sprint(durations["PT180M"], durations["PT45M"]), "true true")
	// The command line does the same.
	ask := admin.AttendanceRequest{Tenant: "default", Session: strings.Split(at, "/")[5], HomePage: "https://hr.example"}
	for _, tc := range []struct{ list, want string }{
		{list, "{2 1 []}"}, {"mail;anwesend\nada;vielleicht\n", `{0 0 [{2 2 "vielleicht" is neither yes nor no, nor a number of minutes}]}`},
	} {
		result, err := adminAttendance{a}.RecordAttendance(t.Context(), ask, []byte(tc.list))
		expect(t, "on the command line", fmt.Sprint(result, err), tc.want+" <nil>")
	}
	sessions, err := adminAttendance{a}.AttendanceSessions(t.Context(), "default", "")
	expect(t, "sessions on the command line", fmt.Sprint(len(sessions), err), "1 <nil>")
	if brief, _ := stored(t, a); len(brief) != 2 {
		t.Errorf("recorded again: %q", brief)
	}
	for path := at + "?limit=1"; path != ""; {
		v := do(t, a, "GET", path, "", 200)
		expect(t, "via", dig(t, v, "items", 0, "via"), "list")
		path, _ = v["more"].(string)
	}
}

// TestAttendanceByCode: a code counts in its time, for whoever calls, once.
func TestAttendanceByCode(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	session := sessionAt(t, a, plainCourse(t, a), "")["id"].(string)
	at := "/api/v1/attendance/sessions/" + session
	made := do(t, a, "POST", at+"/code", `{}`, 200)
	expect(t, "opens", dig(t, made, "code", "opens"), "2026-03-02T07:45:00.000Z")
	expect(t, "closes", dig(t, made, "code", "closes"), "2026-03-02T11:15:00.000Z")
	old := dig(t, made, "code", "code").(string)
	now := time.Now()
	window := fmt.Sprintf(`{"opens":%q,"closes":%q}`, now.Add(-time.Minute).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339))
	code := dig(t, do(t, a, "POST", at+"/code", window, 200), "code", "code").(string)
	enter := func(code, learner string, status int) map[string]any {
		t.Helper()
		return do(t, a, "POST", "/api/v1/attendance/enter", `{"code":"`+code+`","learner":{"actor":`+learner+`}}`, status)
	}
	const eve = `{"mbox":"mailto:eve@town.example"}`
	enter(old, eve, 404) // it was replaced
	v := enter(strings.ToLower(code), eve, 200)
	expect(t, "session", dig(t, v, "session", "title"), "Übung")
	expect(t, "the code in the answer", dig(t, v, "session", "code"), nil)
	expect(t, "via", dig(t, v, "record", "via"), "code")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, _, err := a.attendance.Enter(context.WithoutCancel(t.Context()), "default", code, catalog.Learner{Actor: json.RawMessage(eve)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if brief, _ := stored(t, a); len(brief) != 1 {
		t.Errorf("entered many times: %q", brief)
	}
	if _, _, err := a.attendance.Enter(t.Context(), "town", code, catalog.Learner{Actor: json.RawMessage(eve)}); !errors.Is(err, attendance.ErrWrongCode) {
		t.Errorf("in another tenant: %v", err)
	}
	// Somebody who has signed in enters for the person of the account, and for nobody
	// else.
	visit := func(account, body string, want int) {
		t.Helper()
		person := ""
		if account == "max" {
			p, err := a.people.AddPerson(t.Context(), "default", directory.PersonEdit{Identifiers: &[]string{"mbox|mailto:max@town.example"}})
			if err != nil {
				t.Fatal(err)
			}
			person = p.ID
		}
		v := &visitor.Visitor{Tenant: "default", Account: account, Name: "Max", Person: person}
		r := httptest.NewRequestWithContext(visitor.With(t.Context(), v), "POST", "/api/v1/attendance/enter", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		router := mux.NewRouter()
		a.newAttendanceAPI().Register(router)
		router.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%d, want %d: %s", w.Code, want, w.Body)
		}
	}
	visit("nobody", `{"code":"`+code+`"}`, 409)
	visit("nobody", `{"code":"`+code+`","learner":{"actor":`+eve+`}}`, 403)
	visit("max", `{"code":"`+code+`"}`, 200)
	_, whole := stored(t, a)
	expect(t, "who signed in", dig(t, whole[1], "actor", "mbox"), "mailto:max@town.example")

	do(t, a, "POST", at+"/records", `{"entries":[{"learner":{"actor":`+learnerJSON+`},"attended":false}]}`, 200)
	enter(code, learnerJSON, 409)
	do(t, a, "POST", at+"/code", `{"opens":"2026-03-02T07:00:00Z","closes":"2026-03-02T07:00:00Z"}`, 400)
	code = dig(t, do(t, a, "POST", at+"/code", `{"opens":"2020-03-02T07:00:00Z","closes":"2020-03-03T07:00:00Z"}`, 200), "code", "code").(string)
	enter(code, eve, 409)
	do(t, a, "DELETE", at+"/code", "", 200)
	enter(code, eve, 404)
	for range 8 {
		enter("AAAA-AAAA", eve, 404)
	}
	enter("AAAA-AAAA", eve, 429)
	enter("AAAA-AAAA", learnerJSON, 404)
}

// faulty is a Recorder that a test makes fail.
type faulty struct {
	catalog.Recorder
	before, after error
}

func (f *faulty) Record(ctx context.Context, tenant string, array []byte) error {
	if f.before != nil {
		return f.before
	}
	return errors.Join(f.Recorder.Record(ctx, tenant, array), f.after)
}

// TestAttendanceInterrupted: an end between the record and its statements, before
// or after these are stored, neither loses nor doubles anything.
func TestAttendanceInterrupted(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	recorder, err := a.NewRecorder()
	if err != nil {
		t.Fatal(err)
	}
	cut := errors.New("the process ends here")
	service := func(before, after error) *attendance.Service {
		return attendance.New(attendance.Dependencies{Records: catalogRecords{a.committer, a.store}, Recorder: &faulty{recorder, before, after}, Catalog: a.catalog})
	}
	course := plainCourse(t, a)
	entry := []attendance.Entry{{Learner: catalog.Learner{Actor: json.RawMessage(learnerJSON)}, Attended: true}}
	for name, tc := range map[string]struct{ before, after error }{"before the statements": {before: cut}, "behind them": {after: cut}} {
		t.Run(name, func(t *testing.T) {
			before, _ := stored(t, a)
			session := uuid.MustParse(sessionAt(t, a, course, "")["id"].(string))
			if _, err := service(tc.before, tc.after).Mark(t.Context(), "default", session, entry, attendance.ByTrainer, "test"); !errors.Is(err, cut) {
				t.Fatal(err)
			}
			next := service(nil, nil)
			for range 2 {
				if err := next.Settle(t.Context(), "default"); err != nil {
					t.Fatal(err)
				}
			}
			after, _ := stored(t, a)
			expect(t, "statements", len(after)-len(before), 1)
			list, err := next.Records(t.Context(), "default", session, "", 10)
			if err != nil || len(list) != 1 || list[0].Pending != nil || list[0].State != attendance.Attended {
				t.Fatalf("%+v %v", list, err)
			}
			r, err := a.catalog.Registration(t.Context(), "default", list[0].Registration)
			if err != nil || r.Attempts[len(r.Attempts)-1].Item != catalog.AttendanceItem(session.String()) {
				t.Errorf("%+v %v", r, err)
			}
			// Taken back by one that is cut off as well, then again by the next.
			entry := []attendance.Entry{{Learner: entry[0].Learner}}
			if _, err := service(tc.before, tc.after).Mark(t.Context(), "default", session, entry, attendance.ByTrainer, "test"); !errors.Is(err, cut) {
				t.Fatal(err)
			}
			if _, err := next.Mark(t.Context(), "default", session, entry, attendance.ByTrainer, "test"); err != nil {
				t.Fatal(err)
			}
			after, _ = stored(t, a)
			expect(t, "statements after taking back", len(after)-len(before), 1) // the one that voids
		})
	}
}

// judging is a Recorder that a test makes refuse some arrays.
type judging struct {
	catalog.Recorder
	judge func(array string) error
}

func (j judging) Record(ctx context.Context, tenant string, array []byte) error {
	if err := j.judge(string(array)); err != nil {
		return err
	}
	return j.Recorder.Record(ctx, tenant, array)
}

func judged(t *testing.T, a *App, judge func(array string) error) *attendance.Service {
	t.Helper()
	recorder, err := a.NewRecorder()
	if err != nil {
		t.Fatal(err)
	}
	return attendance.New(attendance.Dependencies{Records: catalogRecords{a.committer, a.store}, Recorder: judging{recorder, judge}, Catalog: a.catalog})
}

// TestAttendanceRefused: where a rule lets nothing new be said, what was said before
// is taken back all the same, and so does not count beside what is said next.
func TestAttendanceRefused(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	session := uuid.MustParse(sessionAt(t, a, plainCourse(t, a), "")["id"].(string))
	ruled := false
	service := judged(t, a, func(array string) error {
		if ruled && strings.Contains(array, "/verbs/attended") {
			return &statements.Invalid{}
		}
		return nil
	})
	for _, step := range []struct {
		minutes  int
		ruled    bool
		state    string
		attempts int
		stored   []string // the last parts of verbs
	}{
		{180, false, attendance.Attended, 1, []string{"attended"}},
		{60, true, attendance.Absent, 0, []string{"voided"}},
		{60, false, attendance.Attended, 1, []string{"voided", "attended"}},
	} {
		ruled = step.ruled
		entry := []attendance.Entry{{Learner: catalog.Learner{Actor: json.RawMessage(learnerJSON)}, Attended: true, Minutes: step.minutes}}
		list, err := service.Mark(t.Context(), "default", session, entry, attendance.ByTrainer, "test")
		if err != nil || list[0].State != step.state || (list[0].Problem != "") != step.ruled || list[0].Pending != nil {
			t.Fatalf("%+v %v", list, err)
		}
		r, err := a.catalog.Registration(t.Context(), "default", list[0].Registration)
		if err != nil || len(r.Attempts) != step.attempts {
			t.Errorf("%+v %v; want %d attempts", r, err, step.attempts)
		}
		brief, _ := stored(t, a)
		for i := range brief {
			brief[i], _, _ = strings.Cut(brief[i], " ")
		}
		expect(t, "statements", brief, step.stored)
	}
}

// TestAttendanceSettles: a session that cannot be completed holds up no other.
func TestAttendanceSettles(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	course := plainCourse(t, a)
	cut := errors.New("the process ends here")
	var sessions []uuid.UUID
	for range 2 {
		session := uuid.MustParse(sessionAt(t, a, course, "")["id"].(string))
		entry := []attendance.Entry{{Learner: catalog.Learner{Actor: json.RawMessage(learnerJSON)}, Attended: true}}
		if _, err := judged(t, a, func(string) error { return cut }).Mark(t.Context(), "default", session, entry, attendance.ByTrainer, "test"); !errors.Is(err, cut) {
			t.Fatal(err)
		}
		sessions = append(sessions, session)
	}
	next := judged(t, a, func(array string) error {
		if strings.Contains(array, sessions[0].String()) {
			return cut
		}
		return nil
	})
	if err := next.Settle(t.Context(), "default"); !errors.Is(err, cut) {
		t.Errorf("what is left is not told: %v", err)
	}
	brief, _ := stored(t, a)
	expect(t, "statements", brief, []string{"attended " + catalog.DefaultBase + "/sessions/" + sessions[1].String()})
}
