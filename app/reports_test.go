package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"lernspur/admin"
	"lernspur/directory"
	"lernspur/report/result"
	"lernspur/report/runs"
)

const reportDefinition = `version: 1
title: Bericht
tenant: default
period: {from: 2025-10-01, to: 2026-09-30}
targets:
  - {figure: reach, green: {at_least: 0.4}}
recommendations:
  - consequence: end
`

// reporting is a server with made-up statements.
type reporting struct {
	t *testing.T
	*App
	units  []string
	people []string
	n      int
}

// post posts statements: each person has begun a course, and most have completed it. ids are those of their beginnings.
func (r *reporting) post(from, to int) (ids []string) {
	r.t.Helper()
	const batch = 200
	var list []string
	flush := func() {
		if len(list) == 0 {
			return
		}
		if status, answer := ask(r.t, r.App, "POST", "/xapi/statements", "["+strings.Join(list, ",")+"]"); status != 200 {
			r.t.Fatalf("%d %s", status, answer)
		}
		list = nil
	}
	say := func(i int, verb, id string) {
		r.n++
		list = append(list, fmt.Sprintf(`{"id":"%s","actor":{"mbox":"mailto:p%d@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/%s"},"object":{"id":"https://a.example/kurs-%d"},"timestamp":"2026-%02d-%02dT%02d:00:00Z"}`,
			id, i, verb, i%3, 1+i%8, 1+r.n%28, 6+r.n%14))
		if len(list) == batch {
			flush()
		}
	}
	for i := from; i < to; i++ {
		id := fmt.Sprintf("5f6a1d3e-3b0c-4a53-9c7c-%012d", r.n)
		ids = append(ids, id)
		say(i, "initialized", id)
		if i%4 > 0 {
			say(i, "completed", fmt.Sprintf("5f6a1d3e-3b0c-4a53-9c7c-%012d", r.n))
		}
	}
	flush()
	return ids
}

func (r *reporting) void(id string) {
	r.t.Helper()
	if status, answer := ask(r.t, r.App, "POST", "/xapi/statements", `{"actor":{"mbox":"mailto:admin@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},
		"object":{"objectType":"StatementRef","id":"`+id+`"},"timestamp":"2026-09-01T00:00:00Z"}`); status != 200 {
		r.t.Fatalf("%d %s", status, answer)
	}
}

// directory makes three departments with twenty people each.
func (r *reporting) directory() {
	ctx := r.t.Context()
	for u := range 3 {
		name := fmt.Sprintf("Dezernat %d", u+1)
		unit, err := r.App.people.AddUnit(ctx, "default", directory.UnitEdit{Name: &name})
		if err != nil {
			r.t.Fatal(err)
		}
		r.units = append(r.units, unit.ID)
		count := 40
		if _, err := r.App.people.SetHeadcount(ctx, "default", unit.ID, 2025, 0, &count); err != nil {
			r.t.Fatal(err)
		}
	}
	for i := range 60 {
		name, identifiers, memberships := fmt.Sprintf("P %d", i), []string{fmt.Sprintf("mbox|mailto:p%d@town.example", i)}, []directory.Membership{{Unit: r.units[i%3]}}
		p, err := r.App.people.AddPerson(ctx, "default", directory.PersonEdit{Name: &name, Identifiers: &identifiers, Memberships: &memberships})
		if err != nil {
			r.t.Fatal(err)
		}
		r.people = append(r.people, p.ID)
	}
}

// more is how many statements come between two runs: a few hundred, or what LERNSPUR_REPORT_STATEMENTS says.
func more(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("LERNSPUR_REPORT_STATEMENTS"))
	if os.Getenv("LERNSPUR_REPORT_STATEMENTS") == "" {
		return 400
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestReportIsRepeated: the same definition with the same as-of time gives the same bytes after more statements,
// voidings of old ones, a merge of two people and a moved department; after an erasure what was
// kept stays, what was used of the person is gone, and a repeated run says that somebody is missing.
func TestReportIsRepeated(t *testing.T) {
	a := start(t, options(t))
	defer func() { stop(t, a) }()
	r := &reporting{t: t, App: a}
	r.directory()
	ids := r.post(0, 75)
	c := admin.Local(a.Admin())
	defer c.Close()
	ctx := t.Context()
	run := func(asOf string) *admin.ReportMade {
		t.Helper()
		var steps []string
		made, err := c.RunReport(ctx, admin.RunReportRequest{Definition: []byte(reportDefinition), AsOf: asOf, By: "test"}, func(s admin.ReportStep) { steps = append(steps, s.Name) })
		if err != nil {
			t.Fatal(err)
		}
		if made.Run.Of == "" && len(steps) < 5 {
			t.Errorf("steps %v", steps)
		}
		return made
	}
	first := run("")
	asOf := first.Run.AsOf.Format("2006-01-02T15:04:05.000000Z")
	read, err := result.Read(first.JSON)
	if err != nil {
		t.Fatal(err)
	}
	if v := read.Reach.Active.Value; v == nil || v.Units != 75 || read.Head.Run != first.Run.ID || read.Head.AsOf != asOf || result.Sum(first.JSON) != first.Run.Checksum {
		t.Errorf("%s active, run %s as of %s", v, read.Head.Run, read.Head.AsOf)
	}
	// All that could change it.
	r.post(20, 20+more(t)/2)
	for _, id := range ids[:10] {
		r.void(id)
	}
	if _, err := a.people.Merge(ctx, "default", r.people[3], r.people[7], directory.MergeOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.people.EditUnit(ctx, "default", r.units[2], 0, directory.UnitEdit{Parent: &r.units[0]}); err != nil {
		t.Fatal(err)
	}
	same := run(asOf)
	if !bytes.Equal(same.JSON, first.JSON) || same.Run.Of != first.Run.ID || same.Run.Changed {
		t.Errorf("the same definition and as-of time give other bytes: %+v", same.Run)
	}
	if repeated, err := c.RepeatReport(ctx, "default", first.Run.ID, "test"); err != nil || !bytes.Equal(repeated.JSON, first.JSON) {
		t.Errorf("repeated it is other bytes (%v)", err)
	}
	now := run("")
	if bytes.Equal(now.JSON, first.JSON) || now.Run.Of != "" {
		t.Errorf("as of now nothing is new: %+v", now.Run)
	}
	compared, err := c.CompareReports(ctx, "default", first.Run.ID, now.Run.ID)
	if err != nil || !strings.Contains(string(compared), `"figure":"reach.active"`) {
		t.Errorf("%s, %v", compared, err)
	}
	r.erase(first, c)
	if list, err := c.ReportRuns(ctx, "default"); err != nil || len(list) != 5 || list[len(list)-1].ID != first.Run.ID || list[len(list)-1].Erased != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

// erase deletes the statements of somebody, and looks at what became of a run.
func (r *reporting) erase(first *admin.ReportMade, c *admin.Client) {
	t, ctx := r.t, r.t.Context()
	before := filesBelow(t, r.App, "reports")
	sel := `"actor":{"mbox":"mailto:p12@town.example"}`
	preview := do(t, r.App, "POST", "/api/v1/statements/delete", "{"+sel+"}", 200)
	do(t, r.App, "POST", "/api/v1/statements/delete", fmt.Sprintf(`{%s,"confirmation":%q}`, sel, preview["confirmation"]), 200)
	archived, err := c.ArchivedReport(ctx, "default", first.Run.ID)
	if err != nil || !bytes.Equal(archived.JSON, first.JSON) {
		t.Errorf("after an erasure the kept report is another one (%v)", err)
	}
	repeated, err := c.RepeatReport(ctx, "default", first.Run.ID, "test")
	if err != nil {
		t.Fatal(err)
	}
	read, err := result.Read(repeated.JSON)
	if err != nil || read.Head.Erased != 1 || repeated.Run.Erased != 1 || !repeated.Run.Changed {
		t.Errorf("%d erased, %+v, %v", read.Head.Erased, repeated.Run, err)
	}
	// What the runs have used is in other files now.
	after := filesBelow(t, r.App, "reports")
	gone := 0
	for _, file := range before {
		if !strings.Contains(strings.Join(after, "\n"), file) {
			gone++
		}
	}
	if gone != 2 {
		t.Errorf("%d files are gone, want the inputs of two runs", gone)
	}
}

// TestReportRefused: what is wrong with a request is told.
func TestReportRefused(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	c := admin.Local(a.Admin())
	defer c.Close()
	for _, test := range []struct{ name, definition, asOf, want string }{
		{"no definition", "", "", "there is nothing in it"},
		{"a mistake", strings.Replace(reportDefinition, "2026-09-30", "2024-09-30", 1), "", "line 4"},
		{"no time", reportDefinition, "yesterday", "as-of: expected a time"},
		{"a time to come", reportDefinition, "2199-01-01T00:00:00Z", "not complete up to there yet"},
	} {
		if _, err := c.RunReport(t.Context(), admin.RunReportRequest{Definition: []byte(test.definition), AsOf: test.asOf}, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	if _, err := c.ArchivedReport(t.Context(), "default", "none"); err == nil || !strings.Contains(err.Error(), "there is no such run") {
		t.Errorf("%v", err)
	}
	if _, err := a.reports.Run(context.Background(), runs.Request{Definition: []byte(reportDefinition), Tenant: "other"}, nil); !errors.Is(err, runs.ErrTenant) {
		t.Errorf("%v", err)
	}
}
