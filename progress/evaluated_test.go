package progress

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// asks sends questions as somebody; nil is a key.
type asks func(path, format string, v *visitor.Visitor) *httptest.ResponseRecorder

// evaluatedWorld is the pilot, with an answer that only ann gave, and somebody at risk
// for each reason.
func evaluatedWorld(t *testing.T) (*world, asks) {
	w, h := pilot(t)
	w.post("town", lines(t, `
		a answered Q1 02T08:02:00 success=false response=hers-alone
		b failed C 02T09:00:00 score=0.25 reg=1
		b failed C 02T10:00:00 score=0.25 reg=2`)...)
	ask := func(path, format string, v *visitor.Visitor) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", Base+path, nil)
		r.Header.Set("Accept", formats[format])
		if v == nil {
			r.SetBasicAuth("statements/read", "town")
		} else {
			r = r.WithContext(visitor.With(r.Context(), v))
		}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		return answer
	}
	if answer := ask("courses?wait=true", "json", nil); answer.Code != 200 {
		t.Fatal(answer.Body)
	}
	return w, ask
}

// lookers are who asks; nil is a program with a key.
var lookers = map[string]*visitor.Visitor{
	"a key":            nil,
	"an administrator": {Tenant: "town", Roles: []visitor.Role{visitor.Administrator}},
	"a trainer":        {Tenant: "town", Roles: []visitor.Role{visitor.Trainer}, Groups: []string{"g"}},
	"a project lead":   {Tenant: "town", Roles: []visitor.Role{visitor.ProjectLead}},
	"an auditor":       {Tenant: "town", Roles: []visitor.Role{visitor.Auditor}},
}

// columnsOf are the names of the columns of an answer.
func columnsOf(t *testing.T, format string, answer *httptest.ResponseRecorder) []string {
	t.Helper()
	switch format {
	case "csv":
		rows, err := csv.NewReader(answer.Body).ReadAll()
		if err != nil || len(rows) == 0 {
			t.Fatalf("%v %d", err, len(rows))
		}
		return rows[0]
	case "xlsx":
		book, err := excelize.OpenReader(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows(book.GetSheetName(0))
		if err != nil || len(rows) == 0 {
			t.Fatalf("%v %d", err, len(rows))
		}
		return rows[0]
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	var names []string
	for name, value := range body {
		var rows []map[string]json.RawMessage
		var one map[string]json.RawMessage
		if json.Unmarshal(value, &rows) == nil && len(rows) > 0 && name != "switched_off" {
			one = rows[0]
		} else if name != "test" {
			_ = json.Unmarshal(value, &one) // else it is no row
		}
		names = slices.AppendSeq(names, maps.Keys(one))
	}
	return names
}

// settingsToTry are everything on, everything off, and each switch alone off, with
// what is off.
func settingsToTry() map[string]evaluation.Settings {
	all := map[string]evaluation.Settings{"everything on": evaluation.Everything, "everything off": {}}
	for _, sw := range evaluation.Switches {
		all[string(sw)+" off"] = evaluation.Everything.With(sw, false)
	}
	return all
}

// What each switch takes out, in words of this test: fields of answers on single
// people and on many, and requests that are refused.
var (
	goneOfSingle = map[evaluation.Switch][]string{evaluation.AtRisk: {"at_risk"}, evaluation.IdleDays: {"last_activity", "idle_days"}}
	goneOfMany   = map[evaluation.Switch][]string{evaluation.AtRisk: {"at_risk", "at_risk_idle", "at_risk_failed"}, evaluation.IdleDays: {"at_risk_idle"}}
	refusedFor   = map[string][]evaluation.Switch{
		"courses/{id}/hours": {evaluation.Hours}, "learners/{id}/attempts": {evaluation.Timelines}, "learners": {evaluation.IdleDays}, // it is sorted by last_activity
		"at-risk": {evaluation.AtRisk, evaluation.IdleDays}, "only at risk": {evaluation.AtRisk}, "idle at risk": {evaluation.AtRisk, evaluation.IdleDays}, // the first is sorted by last_activity
		"who is at risk": {evaluation.AtRisk}, "most at risk": {evaluation.AtRisk}, "who was active": {evaluation.IdleDays}, "longest idle": {evaluation.IdleDays}, "since when": {evaluation.AtRisk, evaluation.IdleDays},
	}
)

// TestSwitches asks for every resource and every way to narrow it down or sort it with
// each switch off and on, with a key and as somebody who has signed in; roles and
// formats take turns, so that each meets each switch.
func TestSwitches(t *testing.T) {
	w, ask := evaluatedWorld(t)
	course := "&course=" + url.QueryEscape(c1)
	list := requests()
	list["only at risk"], list["idle at risk"] = "at-risk?sort=name", "at-risk?reason=idle"
	list["who is at risk"], list["most at risk"] = "learners?kind=at-risk", "learners?sort=-at_risk"
	list["who was active"], list["longest idle"] = "learners?kind=active&from=2026-01-02"+course, "learners?sort=last_activity"
	list["since when"], list["plain learners"], list["learners of a course"] = "summary?idle_days=3", "learners?sort=name", "learners?sort=-best_score"+course
	settings, turns, turn := settingsToTry(), []string{"json", "csv", "xlsx"}, 0
	others := []string{"a project lead", "a trainer", "an administrator", "an auditor"}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		on := settings[name]
		w.on = on
		for _, request := range slices.Sorted(maps.Keys(list)) {
			path := list[request]
			single := strings.HasPrefix(path, "learners") || strings.HasPrefix(path, "at-risk")
			for _, who := range []string{"a key", others[turn%len(others)]} {
				turn++
				v := lookers[who]
				format := turns[turn%3]
				answer := ask(path, format, v)
				what := fmt.Sprintf("%s: %s asks for %s as %s", name, who, request, format)
				if single && who != "a key" && !v.Has(visitor.Administrator, visitor.Trainer) {
					if answer.Code != 403 {
						t.Errorf("%s: %d", what, answer.Code)
					}
					continue
				}
				if off := on.Missing(refusedFor[request]...); off != "" {
					holdRefusal(t, what, off, answer)
					continue
				}
				if answer.Code != 200 {
					t.Errorf("%s: %d %s", what, answer.Code, answer.Body)
					continue
				}
				holdColumns(t, what, on, single, columnsOf(t, format, answer))
			}
		}
	}
}

// holdRefusal: a problem says which switch is off, and who can switch it on.
func holdRefusal(t *testing.T, what string, off evaluation.Switch, answer *httptest.ResponseRecorder) {
	t.Helper()
	var p struct {
		SwitchedOff string `json:"switched_off"`
		Detail      string
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &p); err != nil || answer.Code != 403 || p.SwitchedOff != string(off) || !strings.Contains(p.Detail, "administrator") {
		t.Errorf("%s: %d %s", what, answer.Code, answer.Body)
	}
}

// holdColumns: what is off is gone, and nothing else that could be.
func holdColumns(t *testing.T, what string, on evaluation.Settings, single bool, columns []string) {
	t.Helper()
	gone := goneOfMany
	if single {
		gone = goneOfSingle
	}
	for sw, names := range gone {
		for _, name := range names {
			if !on.On(sw) && slices.Contains(columns, name) {
				t.Errorf("%s: there is %s", what, name)
			}
		}
	}
	if on == evaluation.Everything && single && slices.Contains(columns, "time_spent") {
		for _, name := range []string{"at_risk", "last_activity", "idle_days"} {
			if !slices.Contains(columns, name) {
				t.Errorf("%s: %s is missing", what, name)
			}
		}
	}
	if on.AtRisk && !single && slices.Contains(columns, "time_spent") && !slices.Contains(columns, "at_risk") {
		t.Errorf("%s: at_risk is missing", what)
	}
}

// TestOwnFigures: the switches are about evaluation by others.
func TestOwnFigures(t *testing.T) {
	w, ask := evaluatedWorld(t)
	ann := &visitor.Visitor{Tenant: "town", Person: "ann", Roles: []visitor.Role{visitor.Learner}}
	w.on = evaluation.Settings{}
	if body := ask("learners/ann", "json", ann).Body.String(); !strings.Contains(body, `"idle_days":`) || !strings.Contains(body, `T08:0`) || strings.Contains(body, "switched_off") {
		t.Errorf("her own: %s", body)
	}
	if answer := ask("learners/ann/attempts", "json", ann); answer.Code != 200 {
		t.Errorf("her own attempts: %d", answer.Code)
	}
	trainer := lookers["a trainer"]
	if body := ask("learners/ann", "json", trainer).Body.String(); strings.Contains(body, "idle_days\":") || !strings.Contains(body, `"switched_off":["hours"`) {
		t.Errorf("her trainer: %s", body)
	}
	if answer := ask("learners/ann/attempts", "json", trainer); answer.Code != 403 {
		t.Errorf("her attempts, by her trainer: %d", answer.Code)
	}
}

// timeOfDay is a time with its hour.
var timeOfDay = regexp.MustCompile(`\dT\d\d:`)

// TestHoursOff: no answer on single people tells the hour at which somebody did
// something, nor does the place at which a list goes on.
func TestHoursOff(t *testing.T) {
	w, ask := evaluatedWorld(t)
	w.on = evaluation.Everything.With(evaluation.Hours, false)
	course := "&course=" + url.QueryEscape(c1)
	for _, path := range []string{"learners?sort=-last_activity&limit=2", "learners?sort=started&limit=2" + course, "learners?sort=-completed&limit=2" + course, "learners/ann", "learners/ann/attempts", "courses", "groups", "summary"} {
		for format := range formats {
			answer := ask(path, format, nil)
			if answer.Code != 200 {
				t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
			}
			text := answer.Body.String()
			switch format {
			case "xlsx":
				book, err := excelize.OpenReader(bytes.NewReader(answer.Body.Bytes()))
				if err != nil {
					t.Fatal(err)
				}
				rows, _ := book.GetRows(book.GetSheetName(0))
				text = fmt.Sprint(rows)
			case "json":
				var body map[string]json.RawMessage
				if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(body["switched_off"]), "hours") {
					t.Errorf("%s does not say what is missing: %s", path, text)
				}
				holdPlace(t, path, string(body["more"]))
				delete(body, "watermark")
				delete(body, "as_of")
				left, _ := json.Marshal(body)
				text = string(left)
			case "csv":
				if answer.Header().Get("X-Lernspur-Switched-Off") != "hours" {
					t.Errorf("%s as CSV: %v", path, answer.Header())
				}
			}
			if timeOfDay.MatchString(text) || !strings.Contains(text, "2026-01-02") {
				t.Errorf("%s as %s: %s", path, format, text)
			}
		}
	}
	// By their days all learners come, each once.
	seen, path := map[string]bool{}, "learners?sort=-started&limit=3"+course
	for pages := 0; path != "" && pages < 20; pages++ {
		var body struct {
			Learners []struct{ ID string }
			More     string
		}
		if err := json.Unmarshal(ask(path, "json", nil).Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		for _, l := range body.Learners {
			if seen[l.ID] {
				t.Errorf("%s comes twice", l.ID)
			}
			seen[l.ID] = true
		}
		path = strings.TrimPrefix(body.More, "/lrs"+Base)
	}
	if len(seen) != 22 {
		t.Errorf("%d learners, want 22", len(seen))
	}
}

// holdPlace: a place in a list has a day at most.
func holdPlace(t *testing.T, path, more string) {
	t.Helper()
	u, err := url.Parse(strings.Trim(more, `"`))
	if err != nil {
		t.Fatal(err)
	}
	after := u.Query().Get("after")
	text, err := base64.RawURLEncoding.DecodeString(after)
	if after == "" || err != nil {
		return
	}
	var place Place
	if err := json.Unmarshal(text, &place); err == nil && len(place.Value) > 6 && strings.Contains(path, "sort=") && place.Value != never {
		t.Errorf("%s goes on at %s", path, text)
	}
}

// TestFewPeople: with a switch off, what would tell the same of one is not told of
// fewer than five, whoever asks.
func TestFewPeople(t *testing.T) {
	w, ask := evaluatedWorld(t)
	course := url.QueryEscape(c1)
	trainer := lookers["a trainer"]
	for _, c := range []struct {
		name, path string
		off        evaluation.Switch
		on         []string // told with the switch on
		gone       []string // and not with it off
		stays      []string
	}{
		{"when a group of one was active last", "groups?group=g&from=2026-01-02", evaluation.IdleDays, []string{`"last_activity":"2026-01-02T`, `"active":1`},
			[]string{`"last_activity":"`, `"active":1`}, []string{`"people":1`, `"completed":1`, `"suppressed":["active","last_activity"]`, `"switched_off":["idle-days"]`}},
		{"the days of a group of one", "periods?by=day&group=g", evaluation.Timelines, []string{`"active":1`}, []string{`"active":1`, `"completed":1`, `"statements":3`}, []string{`"begin":"2026-01-02"`, `"suppressed":["started",`}},
		{"the hours of a group of one", "courses/" + url.PathEscape(c1) + "/hours?group=g", evaluation.Timelines, []string{`"learners":1`}, []string{`"learners":1`, `"statements":3`}, []string{`"weekday":5`}},
		{"what she answered", "questions?group=g&course=" + course, evaluation.Answers, []string{"hers-alone", `"right":0`}, []string{"hers-alone", `"right":0`, `"difficulty":0`}, []string{`"answers":1`, `"responses":[]`}},
	} {
		for who, v := range map[string]*visitor.Visitor{"a key": nil, "an administrator": lookers["an administrator"], "her trainer": trainer} {
			w.on = evaluation.Everything
			body := ask(c.path, "json", v).Body.String()
			for _, part := range c.on {
				if !strings.Contains(body, part) {
					t.Errorf("%s, on, %s: no %s in %s", c.name, who, part, body)
				}
			}
			w.on = evaluation.Everything.With(c.off, false)
			body = ask(c.path, "json", v).Body.String()
			for _, part := range c.gone {
				if strings.Contains(body, part) {
					t.Errorf("%s, off, %s: %s in %s", c.name, who, part, body)
				}
			}
			for _, part := range c.stays {
				if !strings.Contains(body, part) {
					t.Errorf("%s, off, %s: no %s in %s", c.name, who, part, body)
				}
			}
		}
	}
	// Of all learners of a course the questions stay, without what one person wrote.
	w.on = evaluation.Settings{}
	body := ask("questions?course="+course, "json", nil).Body.String()
	if strings.Contains(body, "hers-alone") || !strings.Contains(body, `"answers":21`) || !strings.Contains(body, `"responses":[{"response":"x","learners":20}],"other_responses":1`) || strings.Contains(body, `"difficulty":null`) {
		t.Errorf("the questions of all: %s", body)
	}
}

// TestAtRiskWithoutIdleDays: who is at risk only for being idle is not told while idle
// days are off, not even that it is so.
func TestAtRiskWithoutIdleDays(t *testing.T) {
	w, ask := evaluatedWorld(t)
	w.post("town", lines(t, "slow experienced P1 01T00:00:00")...)
	if answer := ask("courses?wait=true", "json", nil); answer.Code != 200 {
		t.Fatal(answer.Body)
	}
	w.on = evaluation.Everything
	path := "learners?kind=at-risk&sort=name&course=" + url.QueryEscape(c1)
	if body := ask(path, "json", nil).Body.String(); !strings.Contains(body, "slow@") || !strings.Contains(body, "b@stadt") {
		t.Errorf("on: %s", body)
	}
	w.on = evaluation.Everything.With(evaluation.IdleDays, false)
	if body := ask(path, "json", nil).Body.String(); strings.Contains(body, "slow@") || !strings.Contains(body, "b@stadt") || strings.Contains(body, `"idle"`) {
		t.Errorf("off: %s", body)
	}
	if body := ask("courses/"+url.PathEscape(c1), "json", nil).Body.String(); !strings.Contains(body, `"at_risk":1,`) || strings.Contains(body, "at_risk_idle") {
		t.Errorf("the course: %s", body)
	}
}

// TestSettingsChangeETags: what is kept by a client is asked for anew.
func TestSettingsChangeETags(t *testing.T) {
	w, _ := evaluatedWorld(t)
	seen := map[string]string{}
	for name, on := range settingsToTry() {
		tag := NewAPI(Options{Projector: w.Projector}).etag(httptest.NewRequest("GET", Base+"courses", nil), "town", asked{evaluated: on})
		if other := seen[tag]; other != "" {
			t.Errorf("%s and %s have one ETag", name, other)
		}
		seen[tag] = name
	}
}

// TestEveryFieldIsInTheTable: an answer has no field of which the table says nothing,
// the table no field that no answer has, and the same resources.
func TestEveryFieldIsInTheTable(t *testing.T) {
	w, ask := evaluatedWorld(t)
	w.on = evaluation.Everything
	if len(evaluation.Resources) != len(resources) {
		t.Errorf("the table has %d resources, there are %d", len(evaluation.Resources), len(resources))
	}
	for _, res := range resources {
		if known, ok := evaluation.ResourceOf(res.path); !ok || known.Single != res.single {
			t.Errorf("%s is not in the table as it is", res.path)
		}
	}
	found := map[bool]map[string]bool{true: {}, false: {}}
	list := requests()
	list["of one course"], list["of all"] = "learners?course="+url.QueryEscape(c1), "learners"
	for _, path := range list {
		single := strings.HasPrefix(path, "learners") || strings.HasPrefix(path, "at-risk")
		answer := ask(path, "json", nil)
		if answer.Code != 200 {
			t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
		}
		var body map[string]any
		if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		rows := columnsOf(t, "json", answer)
		for name, value := range body {
			if _, isRows := value.([]any); !isRows && name != "course" && name != "summary" {
				rows = append(rows, name)
			}
		}
		for _, name := range rows {
			if found[single][name] = true; name == "learners" && single {
				continue // the list
			}
			if _, ok := evaluation.FieldOf(single, name); !ok {
				t.Errorf("%s of %s is not in the table", name, path)
			}
		}
		if identifiers, ok := body["identifiers"]; ok && identifiers != nil {
			found[true]["identifiers"] = true
		}
	}
	for _, f := range evaluation.Figures {
		for _, name := range f.Fields {
			if !found[f.Single][name] {
				t.Errorf("%s of %s is in the table, and no answer has it", name, f.Key)
			}
		}
	}
}
