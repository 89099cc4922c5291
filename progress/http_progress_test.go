package progress

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v3"

	"lernspur/apiv1/openapi"
	"lernspur/web/visitor"
)

// described is the description of the interface, as JSON has it.
func described(t *testing.T) map[string]any {
	t.Helper()
	var doc any
	if err := yaml.Unmarshal([]byte(openapi.YAML()), &doc); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.(map[string]any)
}

// answerSchemas are the schemas of what each path answers, by status, and that of
// problems under "default".
func answerSchemas(t *testing.T) (schemas map[string]*jsonschema.Schema, problem *jsonschema.Schema) {
	t.Helper()
	doc := described(t)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	const address = "https://lernspur.example/openapi.json"
	if err := compiler.AddResource(address, doc); err != nil {
		t.Fatal(err)
	}
	compile := func(pointer string) *jsonschema.Schema {
		t.Helper()
		s, err := compiler.Compile(address + "#" + pointer)
		if err != nil {
			t.Fatalf("%s: %v", pointer, err)
		}
		return s
	}
	schemas = make(map[string]*jsonschema.Schema)
	for path := range doc["paths"].(map[string]any) {
		if strings.HasPrefix(path, Base) {
			escaped := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
			schemas[path] = compile("/paths/" + escaped + "/get/responses/200/content/application~1json/schema")
		}
	}
	return schemas, compile("/components/schemas/Problem")
}

// TestDescription: every resource with every parameter is described, and nothing
// else.
func TestDescription(t *testing.T) {
	doc := described(t)
	if doc["openapi"] != "3.1.0" {
		t.Errorf("the version is %v", doc["openapi"])
	}
	paths := doc["paths"].(map[string]any)
	common := doc["components"].(map[string]any)["parameters"].(map[string]any)
	for _, res := range resources {
		described, ok := paths[Base+res.path].(map[string]any)
		if !ok {
			t.Errorf("%s is not described", res.path)
			continue
		}
		delete(paths, Base+res.path)
		var names []string
		for _, p := range described["get"].(map[string]any)["parameters"].([]any) {
			parameter := p.(map[string]any)
			if ref, ok := parameter["$ref"].(string); ok {
				parameter = common[strings.TrimPrefix(ref, "#/components/parameters/")].(map[string]any)
			}
			names = append(names, parameter["name"].(string))
		}
		want := map[string]bool{"format": true, "wait": true}
		for _, name := range res.parameters {
			want[name] = true
		}
		for _, name := range names {
			if !want[name] {
				t.Errorf("%s has no parameter %s", res.path, name)
			}
			delete(want, name)
		}
		if len(want) > 0 {
			t.Errorf("%s: the parameters %v are not described", res.path, want)
		}
	}
	for path := range paths {
		if strings.HasPrefix(path, Base) {
			t.Errorf("%s is described and not there", path)
		}
	}
}

// pilot is a small world for the interface: enough people for figures that may be
// shown, and a group and a unit.
func pilot(t *testing.T) (*world, http.Handler) {
	w, h := served(t)
	answers(w, t, "town", 20)
	w.post("town", lines(t, `
		a completed C 02T08:00:00 score=0.5 reg=1
		a experienced P1 02T08:01:00
		b failed C 02T08:00:00 score=0.25`)...)
	w.person("town", "mbox|mailto:a@stadt.example", "ann", "o")
	w.directory++
	w.insert(fmt.Sprintf("INSERT INTO person_groups (tenant, `group`, person, role, since, until, version, deleted) VALUES ('town', 'g', 'ann', 'member', '1900-01-01', '2299-12-31', %d, 0)", w.directory))
	return w, h
}

// paths are one request for every resource.
func requests() map[string]string {
	id := url.PathEscape(c1)
	return map[string]string{
		"summary": "summary?from=2026-01-01", "courses": "courses", "courses/{id}": "courses/" + id, "courses/{id}/drop-off": "courses/" + id + "/drop-off", "courses/{id}/hours": "courses/" + id + "/hours",
		"learners": "learners?count=true&sort=-last_activity&limit=3&course=" + url.QueryEscape(c1), "learners/{id}": "learners/ann",
		"learners/{id}/attempts": "learners/ann/attempts", "groups": "groups", "units": "units?from=2026-01-01&to=2026-01-31",
		"questions": "questions?course=" + url.QueryEscape(c1), "periods": "periods?by=day", "at-risk": "at-risk?count=true&idle_days=1&sort=last_activity",
	}
}

// TestAnswersAsDescribed holds every answer of every resource, of every scope and in
// every format, against the description and against each other.
func TestAnswersAsDescribed(t *testing.T) {
	_, h := pilot(t)
	schemas, problem := answerSchemas(t)
	valid := func(t *testing.T, s *jsonschema.Schema, body []byte) {
		t.Helper()
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err == nil {
			err = s.Validate(value)
		}
		if err != nil {
			t.Errorf("%v\n%s", err, body)
		}
	}
	send := func(path, accept string, v *visitor.Visitor) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", Base+path, nil)
		r.Header.Set("Accept", accept)
		if v == nil {
			r.SetBasicAuth("all/read", "town")
		} else {
			r = r.WithContext(visitor.With(r.Context(), v))
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if first := send("courses?wait=true", "", nil); first.Code != 200 {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	list := requests()
	list["learners of all courses"] = "learners?kind=started"
	visitors := map[string]*visitor.Visitor{
		"a key": nil, "an auditor": {Tenant: "town", Roles: []visitor.Role{visitor.Auditor}},
		"a trainer": {Tenant: "town", Roles: []visitor.Role{visitor.Trainer}, Groups: []string{"g"}},
	}
	for name, path := range list {
		s := schemas[Base+strings.TrimSuffix(name, " of all courses")]
		for who, v := range visitors {
			t.Run(name+", "+who, func(t *testing.T) {
				answer := send(path, "application/json", v)
				if answer.Code == 200 {
					valid(t, s, answer.Body.Bytes())
				} else {
					valid(t, problem, answer.Body.Bytes())
				}
				if want := 200; v != nil && v.Has(visitor.Auditor) && (strings.HasPrefix(name, "learners") || name == "at-risk") {
					if answer.Code != 403 {
						t.Errorf("an auditor gets %d", answer.Code)
					}
				} else if answer.Code != want {
					t.Errorf("%d %s", answer.Code, answer.Body)
				}
			})
		}
		t.Run(name+", the formats", func(t *testing.T) { sameInAllFormats(t, send, path) })
	}
	for _, path := range []string{"nothing", "learners?sort=shoe_size", "learners?kind=tall", "courses/" + url.PathEscape("https://nowhere.example"), "questions", "periods?by=year", "learners?after=x", "at-risk?reason=shoes", "at-risk?reason=", "at-risk?kind=at-risk", "at-risk?after=eyJ2IjoiMSIsImlkIjoiYSJ9", "at-risk?sort=risks"} {
		answer := send(path, "", nil)
		if valid(t, problem, answer.Body.Bytes()); answer.Code < 400 || answer.Code > 404 {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
}

// sameInAllFormats: CSV and XLSX have the rows that JSON has.
func sameInAllFormats(t *testing.T, send func(path, accept string, v *visitor.Visitor) *httptest.ResponseRecorder, path string) {
	answer := send(path, formats["csv"], nil)
	rows, err := csv.NewReader(answer.Body).ReadAll()
	if err != nil || answer.Header().Get("Content-Type") != formats["csv"] || len(rows) < 2 {
		t.Fatalf("CSV: %v, %v, %d rows", err, answer.Header(), len(rows))
	}
	answer = send(path, formats["xlsx"], nil)
	book, err := excelize.OpenReader(answer.Body)
	if err != nil {
		t.Fatalf("XLSX: %v", err)
	}
	cells, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil || len(cells) != len(rows) {
		t.Fatalf("XLSX has %d rows, CSV %d; %v", len(cells), len(rows), err)
	}
	for i, row := range rows {
		for j, want := range row {
			got := ""
			if j < len(cells[i]) {
				got = cells[i][j]
			}
			if boolean := map[string]string{"true": "1", "false": "0"}[want]; got != want && got != boolean {
				t.Errorf("row %d, column %s: XLSX has %q, CSV %q", i, rows[0][j], got, want)
			}
		}
	}
}

// etag is the one of a path for somebody.
func (w *world) etag(path string, s Scope) string {
	return NewAPI(Options{Projector: w.Projector}).etag(httptest.NewRequest("GET", path, nil), "town", asked{Selection: Selection{Scope: s}})
}

func TestETags(t *testing.T) {
	w, h := pilot(t)
	path := Base + "courses/" + url.PathEscape(c1)
	if nobody := w.etag(path, Scope{}); nobody == w.etag(path, Scope{All: true}) {
		t.Errorf("who may see everybody and who may see nobody have the same: %s", nobody)
	}
	fetch := func(path, etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.SetBasicAuth("all/read", "town")
		r.Header.Set("If-None-Match", etag)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		return answer
	}
	fetch(path+"?wait=true", "")
	etag := fetch(path, "").Header().Get("ETag")
	if answer := fetch(path, `"x", W/`+etag); answer.Code != 304 || answer.Body.Len() > 0 || answer.Header().Get("ETag") != etag {
		t.Errorf("nothing has changed: %d", answer.Code)
	}
	for what, changed := range map[string]string{"another format": path + "?format=csv", "another course": Base + "courses", "another group": path + "?group=g"} {
		if answer := fetch(changed, etag); answer.Code != 200 {
			t.Errorf("%s: %d", what, answer.Code)
		}
	}
	w.post("town", lines(t, "new experienced P1 03T08:00:00")...)
	if fetch(path+"?wait=true", ""); fetch(path, etag).Code != 200 {
		t.Error("a statement has come, and nothing has changed")
	}
	etag = fetch(path, "").Header().Get("ETag")
	w.person("town", "mbox|mailto:b@stadt.example", "ann", "o")
	if answer := fetch(path, etag); answer.Code != 200 || !strings.Contains(answer.Body.String(), `"learners":22,`) {
		t.Errorf("two are one person, and: %d %s", answer.Code, answer.Body)
	}
	etag = fetch(path, "").Header().Get("ETag")
	set := httptest.NewRequest("PUT", path, strings.NewReader(`{"duration":"cumulative"}`))
	set.SetBasicAuth("content", "town")
	answer := httptest.NewRecorder()
	if h.ServeHTTP(answer, set); answer.Code != 204 || fetch(path, etag).Code != 200 {
		t.Errorf("durations are read in another way: %d %s", answer.Code, answer.Body)
	}
	for body, want := range map[string]int{`{"duration":"daily"}`: 400, `{`: 400, strings.Repeat(" ", maxSettings+1): 413} {
		set := httptest.NewRequest("PUT", path, strings.NewReader(body))
		set.SetBasicAuth("all", "town")
		answer := httptest.NewRecorder()
		if h.ServeHTTP(answer, set); answer.Code != want {
			t.Errorf("PUT of %.20q: %d, want %d", body, answer.Code, want)
		}
	}
}

// TestListOfLearnersOverHTTP follows the pages of a list that is sorted.
func TestListOfLearnersOverHTTP(t *testing.T) {
	_, h := pilot(t)
	path, seen := Base+"learners?wait=true&limit=4&count=true&sort=-time_spent&course="+url.QueryEscape(c1), map[string]bool{}
	for pages := 0; path != ""; pages++ {
		answer := get(h, "GET", path, "all", "town")
		var body struct {
			Learners []struct{ ID string }
			More     string
			Count    int
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || answer.Code != 200 || pages > 6 {
			t.Fatalf("%d %v %s", answer.Code, err, answer.Body)
		}
		for _, l := range body.Learners {
			if seen[l.ID] {
				t.Errorf("%s comes twice", l.ID)
			}
			seen[l.ID] = true
		}
		if body.Count != 22 {
			t.Errorf("%d are counted", body.Count)
		}
		path = strings.TrimPrefix(body.More, "/lrs")
	}
	if len(seen) != 22 || !seen["ann"] {
		t.Errorf("%d learners, want 22", len(seen))
	}
}

// TestScopes: who sees whom, by role.
func TestScopes(t *testing.T) {
	role := func(r ...visitor.Role) *visitor.Visitor {
		return &visitor.Visitor{Tenant: "town", Roles: r, Groups: []string{"g"}, Person: "me"}
	}
	cases := []struct {
		name    string
		v       *visitor.Visitor
		single  bool
		learner string
		want    string
	}{
		{"a key", nil, true, "", "{true [] false}"},
		{"administrator", role(visitor.Administrator), true, "x", "{true [] false}"},
		{"trainer", role(visitor.Trainer), true, "x", "{false [g] false}"},
		{"trainer, of many", role(visitor.Trainer), false, "", "{false [g] false}"},
		{"a trainer without groups sees nobody", &visitor.Visitor{Roles: []visitor.Role{visitor.Trainer}}, false, "", "{false [] false}"},
		{"project lead", role(visitor.ProjectLead), false, "", "{true [] true}"},
		{"project lead, of one", role(visitor.ProjectLead), true, "x", "refused"},
		{"auditor", role(visitor.Auditor), false, "", "{true [] true}"},
		{"auditor, of one", role(visitor.Auditor), true, "", "refused"},
		{"trainer who leads a project", role(visitor.Trainer, visitor.ProjectLead), true, "x", "{false [g] false}"},
		{"learner", role(visitor.Learner), false, "", "refused"},
		{"learner, of another", role(visitor.Learner), true, "x", "refused"},
		{"learner, of the own", role(visitor.Learner), true, "me", "{true [] false}"},
		{"content manager", role(visitor.ContentManager), false, "", "refused"},
		{"data protection officer", role(visitor.DataProtection), false, "", "refused"},
		{"nobody in particular", &visitor.Visitor{}, true, "", "refused"},
	}
	for _, c := range cases {
		s, err := scopeOf(c.v, c.single, c.learner)
		got := fmt.Sprint(s)
		if err != nil {
			got = "refused"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestATrainerSeesNobodyElse asks for every resource as a trainer of a group of one,
// and as one of none.
func TestATrainerSeesNobodyElse(t *testing.T) {
	_, h := pilot(t)
	get(h, "GET", Base+"courses?wait=true", "all", "town")
	for name, path := range requests() {
		for groups, others := range map[string][]string{"g": {"l1@", "b@"}, "": {"l1@", "b@", "ann", `"learners":1`, `"learners":2`}} {
			path := strings.Replace(path, "&limit=3", "", 1)
			r := httptest.NewRequest("GET", Base+path, nil)
			v := &visitor.Visitor{Tenant: "town", Roles: []visitor.Role{visitor.Trainer}}
			if groups != "" {
				v.Groups = []string{groups}
			}
			answer := httptest.NewRecorder()
			h.ServeHTTP(answer, r.WithContext(visitor.With(r.Context(), v)))
			for _, other := range others {
				if name != "learners/{id}" && name != "learners/{id}/attempts" && strings.Contains(answer.Body.String(), other) || answer.Code == 200 && groups == "" && strings.HasPrefix(name, "learners/") {
					t.Errorf("a trainer of %q asks for %s and gets %s", groups, name, answer.Body)
				}
			}
		}
	}
}

// TestSmallGroupsAreLeftOut: who sees aggregates only sees nothing of few.
func TestSmallGroupsAreLeftOut(t *testing.T) {
	_, h := pilot(t)
	get(h, "GET", Base+"courses?wait=true", "all", "town")
	v := &visitor.Visitor{Tenant: "town", Roles: []visitor.Role{visitor.ProjectLead}}
	read := func(path string) string {
		r := httptest.NewRequest("GET", Base+path, nil)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r.WithContext(visitor.With(r.Context(), v)))
		return answer.Body.String()
	}
	list := requests()
	for path, want := range map[string][]string{
		list["courses/{id}"]: {`"learners":22`, `"completed":null`, `"failed":null`, `"first_score":null`, `"last_activity":"2026-01-02"`, `"suppressed":["completed",`},
		list["groups"]:       {`"people":null`, `"learners":null`, `"time_spent":null`, `"last_activity":null`},
		list["questions"]:    {`"difficulty":0.5`, `{"response":"x","learners":20}`},
		list["periods"]:      {`"active":22`, `"completed":null`},
	} {
		body := read(path)
		for _, part := range want {
			if !strings.Contains(body, part) {
				t.Errorf("%s has no %s: %s", path, part, body)
			}
		}
	}
}
