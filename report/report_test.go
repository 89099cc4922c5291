package report

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lernspur/suppress"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { storetest.Main(m) }

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got, -update writes it anew):\n%s", path, diff)
	}
}

const (
	base  = "https://lernen.stadt.example/kurse/"
	verbs = "http://adlnet.gov/expapi/verbs/"
	// firstStored is 2026-07-01.
	firstStored = 1782864000_000000
)

// town has a year of three courses. Of the first, 24 people have begun, 12
// completed it, 7 passed (0.8 each) and 6 failed (0.3 each). The second has three
// people, the third 30 who only began, and 6 to whom it was only assigned. The
// fourth is outside the period.
func town(t *testing.T) (*store.Store, int64) {
	s := storetest.Open(t)
	var body []string
	add := func(person int, verb, course, day, result string) {
		body = append(body, fmt.Sprintf(`{"actor":{"mbox":"mailto:p%d@stadt.example"},"verb":{"id":"%s%s"},"object":{"id":"%s%s"},"timestamp":"%sT10:00:00+01:00"%s}`,
			person, verbs, verb, base, course, day, result))
	}
	for p := range 24 {
		add(p, "initialized", "datenschutz?a=1&b=<2>", "2026-01-10", "")
		switch {
		case p < 7:
			add(p, "passed", "datenschutz?a=1&b=<2>", "2026-02-10", `,"result":{"score":{"scaled":0.8}}`)
		case p < 13:
			add(p, "failed", "datenschutz?a=1&b=<2>", "2026-02-11", `,"result":{"score":{"scaled":0.3}}`)
		}
		if p < 12 {
			add(p, "completed", "datenschutz?a=1&b=<2>", "2026-03-01", "")
		}
	}
	for p := range 3 {
		add(p, "completed", "ersthilfe", "2026-02-01", "")
	}
	for p := range 36 {
		if p < 30 {
			add(p, "experienced", "verwaltungsrecht", "2026-03-03", "")
		} else {
			add(p, "assigned", "verwaltungsrecht", "2026-03-03", "")
		}
	}
	add(1, "experienced", "altes", "2025-12-31", "")
	upto := insert(t, s, "stadt", body)
	return s, upto
}

func insert(t *testing.T, s *store.Store, tenant string, body []string) (last int64) {
	t.Helper()
	// < and > may not stand in an IRI as they are.
	text := strings.NewReplacer("<", "%3C", ">", "%3E").Replace("[" + strings.Join(body, ",") + "]")
	sts, err := statements.Parse([]byte(text), statements.Options{Edition: statements.V1,
		Authority: []byte(`{"mbox":"mailto:lrs@stadt.example"}`), AuthorityIdentifier: "mbox|mailto:lrs@stadt.example"})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]store.Row, len(sts))
	for i, st := range sts {
		last = firstStored + int64(i)
		st.Stamp(last)
		rows[i] = store.Row{Tenant: tenant, Statement: st}
	}
	if err := s.Insert(context.Background(), t.Name(), rows); err != nil {
		t.Fatal(err)
	}
	return last
}

func build(t *testing.T) *Report {
	t.Helper()
	s, upto := town(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	b := &Builder{Conn: s.Conn(), Wait: func(context.Context) (int64, error) { return upto, nil }}
	p := Parameters{Tenant: "stadt", From: time.Date(2026, 1, 1, 0, 0, 0, 0, berlin), To: time.Date(2026, 7, 1, 0, 0, 0, 0, berlin)}
	r, err := b.Build(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBuild(t *testing.T) {
	r := build(t)
	var got string
	for _, c := range r.Courses {
		got += row(c)
	}
	// The second course alone would be suppressed among the learners and the
	// completed: the next smallest goes with it. That is the first course's
	// row; of the third course nobody has completed.
	want := base + "datenschutz?a=1&b=%3C2%3E - - - - - - -\n" + base + "ersthilfe - - - - - - -\n" + base + "verwaltungsrecht 36 30 - - - none 2026-03-03\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(r.Summary.Courses, " ", shown(r.Summary.Learners), " ", shown(r.Summary.Started), " ", shown(r.Summary.Completed)); got != "3 36 30 12" {
		t.Errorf("summary %s", got)
	}
}

func TestGolden(t *testing.T) {
	r := build(t)
	// Two more courses, so that there is something to see.
	known := suppress.Shown
	r.Courses = append(r.Courses,
		Course{ID: base + "wissenstest", Learners: known(1234), Started: known(1200), Completed: known(800), Passed: known(700), Failed: known(55),
			AverageScore: Mean{value: 0.756, known: true}, LastActivity: r.From.AddDate(0, 2, 30)},
		Course{ID: base + "zeitmanagement", Learners: known(300), Started: known(300), Completed: known(140), AverageScore: Mean{absent: true}, LastActivity: r.From.AddDate(0, 5, 1)})
	var j, again, de, en bytes.Buffer
	for name, err := range map[string]error{
		"json": r.WriteJSON(&j), "again": r.WriteJSON(&again), "de": r.WriteHTML(&de, "de"), "en": r.WriteHTML(&en, "en"),
	} {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if !bytes.Equal(j.Bytes(), again.Bytes()) {
		t.Error("the same report gives other bytes")
	}
	golden(t, "report.json", j.Bytes())
	golden(t, "report.de.html", de.Bytes())
	golden(t, "report.en.html", en.Bytes())
	if err := r.WriteHTML(io.Discard, "fr"); err == nil {
		t.Error("a language that there is not is accepted")
	}
}

// TestPage holds the page against what a reader with a screen reader and a
// reader without a network need.
func TestPage(t *testing.T) {
	r := build(t)
	for _, lang := range []string{"de", "en"} {
		var b bytes.Buffer
		if err := r.WriteHTML(&b, lang); err != nil {
			t.Fatal(err)
		}
		var headings []string
		tables, captions, scopes, ths, titles := 0, 0, 0, 0, 0
		d := xml.NewDecoder(&b)
		d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			attr := make(map[string]string)
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			for _, name := range []string{"src", "href", "srcset", "action"} {
				if attr[name] != "" {
					t.Errorf("<%s> refers to %s", e.Name.Local, attr[name])
				}
			}
			switch e.Name.Local {
			case "html":
				if attr["lang"] != lang {
					t.Errorf("lang is %q, want %q", attr["lang"], lang)
				}
			case "h1", "h2", "h3":
				headings = append(headings, e.Name.Local)
			case "title":
				titles++
			case "table":
				tables++
			case "caption":
				captions++
			case "th":
				ths++
				if attr["scope"] == "col" || attr["scope"] == "row" {
					scopes++
				}
			case "svg":
				if attr["role"] != "img" || attr["aria-labelledby"] == "" {
					t.Errorf("the chart has no name: %v", attr)
				}
			case "script", "link", "iframe", "img":
				t.Errorf("there is a <%s>", e.Name.Local)
			}
		}
		if diff := cmp.Diff([]string{"h1", "h2", "h2", "h2", "h2"}, headings); diff != "" {
			t.Errorf("headings (-want +got):\n%s", diff)
		}
		if tables != 2 || captions != 2 || scopes != ths || titles != 1 {
			t.Errorf("%d tables, %d captions, %d of %d headers with scope, %d titles", tables, captions, scopes, ths, titles)
		}
	}
}

func TestNothingToReport(t *testing.T) {
	s := storetest.Open(t)
	b := &Builder{Conn: s.Conn(), Wait: func(context.Context) (int64, error) { return firstStored, nil }}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r, err := b.Build(context.Background(), Parameters{Tenant: "stadt", From: day, To: day.AddDate(1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	var html, json bytes.Buffer
	if err := r.WriteHTML(&html, "de"); err != nil || !strings.Contains(html.String(), "keine Aussagen") {
		t.Errorf("%v: %s", err, html.String())
	}
	if err := r.WriteJSON(&json); err != nil || !strings.Contains(json.String(), `"courses": []`) {
		t.Errorf("%v: %s", err, json.String())
	}
	for name, p := range map[string]Parameters{
		"a period that ends before it begins": {From: day, To: day},
		"k of one":                            {From: day, To: day.AddDate(1, 0, 0), K: 1},
		"as of a time to come":                {From: day, To: day.AddDate(1, 0, 0), AsOf: firstStored + 1},
	} {
		if _, err := b.Build(context.Background(), p); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
