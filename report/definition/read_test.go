package definition

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const small = `version: 1
title: Bericht
tenant: demo
period: {from: 2025-10-01, to: 2026-09-30}
targets:
  - figure: reach
    green: {at_least: 0.4}
recommendations:
  - consequence: end
`

// TestExample reads the example of the documentation; what it says is compared by hand.
func TestExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/examples/wiesbaden-pilot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if d.Mandate.Resolution != "0231" || d.Mandate.Date != "2020-09-17" || d.Period.To != "2026-09-30" || len(d.Headcounts) != 6 || d.Headcounts[2].Entitled != 290 {
		t.Errorf("%+v", d)
	}
	if got := d.Cost.Spent(); got != 111_550.5 {
		t.Errorf("spent %v", got)
	}
	for i, c := range []struct {
		figure float64
		want   Light
	}{{0.4, Green}, {0.5, Amber}, {4.2, Green}, {0.05, Red}, {1.05, Amber}} {
		if got := d.Targets[i].Of(c.figure); got != c.want {
			t.Errorf("%s of %v is %s, want %s", d.Targets[i].Figure, c.figure, got, c.want)
		}
	}
	if got := string(d.Texts.Introduction.HTML()); !strings.Contains(got, "<li>in der <strong>Einarbeitung</strong> Zeit spart,</li>") {
		t.Error(got)
	}
}

func TestDefaults(t *testing.T) {
	d, err := Read([]byte(small + "as_of: 2026-10-15T12:00:00+02:00\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d.K != 5 || d.Language != "de" || d.Period.Zone != "Europe/Berlin" || d.CoreHours.To != "17:00" || d.Cost != nil || d.AsOf == nil ||
		!d.AsOf.Equal(time.Date(2026, 10, 15, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", d)
	}
}

// TestProblems: what is wrong is told where it stands, in words that somebody
// understands who does not program.
func TestProblems(t *testing.T) {
	change := func(old, with string) string {
		if !strings.Contains(small, old) {
			t.Fatalf("%q is not in it", old)
		}
		return strings.Replace(small, old, with, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "line 1: there is nothing in it"},
		{"only a remark", "# nothing\n", "line 1: there is nothing in it"},
		{"no YAML", "a: b: c\n", "line 1: this is not YAML: mapping values are not allowed in this context"},
		{"tabs", "a:\n\tb: c\n", "line 2: this is not YAML: found character that cannot start any token"},
		{"not UTF-8", "a: \xff\n", "this is not UTF-8"},
		{"two documents", small + "---\nversion: 1\n", "line 10: a second document begins here (---); a definition is only one"},
		{"a list", "- a\n", "line 1, column 1: this must be a group of names and values"},
		{"too large", strings.Repeat("#", MaxBytes+1), "a definition has at most 1048576 bytes"},
		{"an anchor", change("title: Bericht", "title: &a Bericht"), "line 2, column 8: anchors (&) and references to them (*) are not used here: write the value out"},
		{"a tag", change("title: Bericht", "title: !x Bericht"), "line 2, column 8: tags (!) are not used here"},
		{"twice", small + "title: Noch einer\n", `line 10, column 1: "title" stands here twice`},
		{"unknown", small + "titel: Bericht\n", `line 10, column 1: titel: there is no "titel" here`},
		{"missing", change("tenant: demo\n", ""), `line 1, column 1: "tenant" is missing`},
		{"missing below", change("to: 2026-09-30", "zone: Europe/Berlin"), `line 4, column 1: period: "to" is missing`},
		{"an octal number", small + "mandate: {resolution: 0231}\n", "line 10, column 23: 0231 can be misread as a number: write numbers in digits, with a point before decimals, and texts in quotes"},
		{"a number for a text", small + "mandate:\n  resolution: 231\n", "line 11, column 3: mandate.resolution: this must be a text: put it in quotes"},
		{"a text for a number", change("0.4", "viel"), "line 7, column 13: targets[0].green.at_least: this must be a number"},
		{"a comma for the point", change("0.4", "'0,4'"), "line 7, column 13: targets[0].green.at_least: this must be a number"},
		{"nothing there", change("title: Bericht", "title:"), "line 2, column 1: title: there is nothing here"},
		{"no such figure", change("reach", "joy"), `line 6, column 5: targets[0].figure: this must be one of "reach", "active", "departments", "repeat_use", "outside_core_hours", "completion_rate", "pass_rate", "average_score", "satisfaction", "competence_gain", "budget_spent", "cost_per_active", "cost_per_completion", "cost_per_hour"`},
		{"k of one", small + "k: 1\n", "line 10, column 1: k: this must be at least 2"},
		{"no such day", change("2026-09-30", "2026-09-31"), "line 4, column 28: period.to: there is no day 2026-09-31"},
		{"backwards", change("2026-09-30", "2024-09-30"), "line 4, column 28: period.to: the period ends before it begins"},
		{"no such zone", change("2026-09-30", "2026-09-30, zone: Europe/Bielefeld"), `line 4, column 44: period.zone: there is no time zone "Europe/Bielefeld"`},
		{"amber beyond green", change("    green: {at_least: 0.4}", "    green: {at_least: 0.4}\n    amber: {at_least: 0.5}"),
			"line 8, column 5: targets[0].amber: amber must be less than green, or it would never be shown"},
		{"two bounds", change("{at_least: 0.4}", "{at_least: 0.4, at_most: 1}"), "line 7, column 5: targets[0].green: there must be at most 1 of the names that can stand here"},
		{"twice the same figure", change("recommendations", "  - {figure: reach, green: {at_most: 1}}\nrecommendations"), `line 8, column 6: targets[1].figure: "reach" stands in this list twice`},
		{"conditions for the last", small + "    when:\n      - {figure: reach, at_least: 1}\n", "line 10, column 5: recommendations[0].when: the last recommendation is the one when no other applies; it has no conditions"},
		{"none for the first", change("  - consequence: end", "  - consequence: adapt\n  - consequence: end"),
			`line 9, column 5: recommendations[0]: "when" is missing: without conditions no recommendation behind this one would ever apply`},
		{"HTML in a text", small + "texts:\n  outlook: |\n    Gut.\n\n    Mit <b>HTML</b>.\n", "line 14: texts.outlook: HTML is not taken: write it as Markdown\nline 14: texts.outlook: HTML is not taken: write it as Markdown"},
		{"a heading in a text", small + "texts:\n  outlook: |\n    Gut.\n\n    # Ausblick\n", "line 14: texts.outlook: headings are set by the report: write a paragraph"},
		{"a script as a link", small + "texts: {outlook: '[hier](javascript:alert)'}\n", "line 10, column 9: texts.outlook: links lead to addresses that begin with https:// or mailto:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read([]byte(c.text))
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("%v", err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSchema: the published schema is one, and allows nothing that the type does not hold.
func TestSchema(t *testing.T) {
	var s struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(Definition{})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(asJSON, &fields); err != nil {
		t.Fatal(err)
	}
	for name := range s.Properties {
		if _, ok := fields[name]; !ok {
			t.Errorf("%q is in the schema and not in Definition", name)
		}
	}
	if len(fields) != len(s.Properties) {
		t.Errorf("%d fields, %d in the schema", len(fields), len(s.Properties))
	}
}

func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"emphasis", "Das ist *gut* und **wichtig**.", "<p>Das ist <em>gut</em> und <strong>wichtig</strong>.</p>\n"},
		{"a quotation", "> So ist es.", "<blockquote>\n<p>So ist es.</p>\n</blockquote>\n"},
		{"a link", "[Stadt](https://stadt.example/?a=1&b=2)", "<p><a href=\"https://stadt.example/?a=1&amp;b=2\">Stadt</a></p>\n"},
		{"what looks like HTML", "3 < 4 & 5 > 4", "<p>3 &lt; 4 &amp; 5 &gt; 4</p>\n"},
		{"HTML does not get through", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
		{"nor does a picture", "![a](https://elsewhere.example/x.png)", "<p>![a](https://elsewhere.example/x.png)</p>\n"},
	} {
		if got := string(Markdown(c.text).HTML()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzRead: whatever it is given, it answers or says what is wrong; what it
// answers keeps to its limits, and texts have no HTML of their own.
func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	if example, err := os.ReadFile("../../docs/examples/wiesbaden-pilot.yaml"); err == nil {
		f.Add(example)
	}
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte(small + "texts: {outlook: \"<b>\\n[a]: javascript:x\\n[a]\"}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Read(text)
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 || len(problems) > maxProblems || d != nil {
				t.Fatalf("%v", err)
			}
			return
		}
		if d.K < 2 || len(d.Targets) == 0 || len(d.Recommendations) == 0 || d.Period.From > d.Period.To {
			t.Errorf("%+v", d)
		}
		for _, html := range []string{string(d.Texts.Outlook.HTML()), string(d.Texts.Introduction.HTML())} {
			for _, bad := range []string{"<script", "<img", "href=\"javascript", "<b>", "<!--"} {
				if strings.Contains(html, bad) {
					t.Errorf("%s", html)
				}
			}
		}
	})
}
