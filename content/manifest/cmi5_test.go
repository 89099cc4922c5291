package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// structure is a course structure with one block and AU, which tests change.
const structure = `<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://example.org/course"><title><langstring lang="en">Course</langstring><langstring lang="de">Kurs</langstring></title>
<description><langstring lang="en">About it</langstring></description></course>
<objectives><objective id="https://example.org/objective"><title><langstring lang="en">Aim</langstring></title><description><langstring lang="en">Aim</langstring></description></objective></objectives>
<block id="https://example.org/block"><title><langstring lang="en">Block</langstring></title><description><langstring lang="en">B</langstring></description>
<au id="https://example.org/au"><title><langstring lang="en">AU</langstring></title><description><langstring lang="en">A</langstring></description>
<objectives><objective idref="https://example.org/objective"/></objectives>
<url>https://example.org/index.html</url></au>
</block></courseStructure>`

// TestCmi5 reads every value, with space around it and defaults.
func TestCmi5(t *testing.T) {
	p := ReadBare("course.xml", []byte(structure))
	au := p.Structure[0].Children[0].Children[0]
	want := &Item{Type: AU, ID: "https://example.org/au", Title: Text{{"en", "AU"}}, Description: Text{{"en", "A"}},
		Launch: &Launch{URL: "https://example.org/index.html"}, MoveOn: "NotApplicable", LaunchMethod: "AnyWindow",
		Objectives: []string{"https://example.org/objective"}}
	if diff := cmp.Diff(want, au); diff != "" || !slices.Equal(rulesOf(p, Warning), []string{"absolute-launch"}) || len(p.Errors()) > 0 {
		t.Error(diff, p.Findings)
	}
	if p.Kind != Cmi5 || p.Identifier != "https://example.org/course" || p.Title.In("de-AT") != "Kurs" || p.Title.In("fr", "en") != "Course" ||
		!slices.Equal(p.Languages, []string{"en", "de"}) || len(p.Objectives) != 1 || p.Description.In() != "About it" {
		t.Errorf("%+v", p)
	}

	text := change(t, structure, `<au id="https://example.org/au"`, `<au id=" https://example.org/au " moveOn=" CompletedAndPassed " masteryScore=" 0.9 " launchMethod=" OwnWindow " activityType=" https://example.org/type "`)
	text = change(t, text, "<url>https://example.org/index.html</url>", `<url>
		<![CDATA[ index.html?a=1&b=2 ]]>
	</url><launchParameters>
		some "text"
	</launchParameters><entitlementKey> key </entitlementKey>`)
	p = read(t, pack(t, files{"cmi5.xml": text, "index.html": ""}))
	score := 0.9
	want = &Item{Type: AU, ID: "https://example.org/au", Title: Text{{"en", "AU"}}, Description: Text{{"en", "A"}},
		Launch: &Launch{URL: "index.html?a=1&b=2", File: "index.html", Parameters: `some "text"`}, MoveOn: "CompletedAndPassed", LaunchMethod: "OwnWindow",
		PassingScore: &score, ActivityType: "https://example.org/type", EntitlementKey: "key", Objectives: []string{"https://example.org/objective"}}
	if diff := cmp.Diff(want, p.Structure[0].Children[0].Children[0]); diff != "" || len(p.Findings) > 0 {
		t.Error(diff, p.Findings)
	}
}

// TestCmi5Refused: the rejects of CATAPULT's LMS test suite, by its numbers, and
// what else the specification forbids.
func TestCmi5Refused(t *testing.T) {
	au := structure[strings.Index(structure, "<au "):strings.Index(structure, "</block>")]
	block := structure[strings.Index(structure, "<block "):strings.Index(structure, "</courseStructure>")]
	objective := structure[strings.Index(structure, "<objective id"):strings.Index(structure, "</objectives>")]
	const address = "https://example.org/index.html"
	for _, c := range []struct {
		name     string
		old, new string
		rules    string
	}{
		{"201-1 course id", `"https://example.org/course"`, `"example.org/course"`, "cmi5-id"},
		{"201-2 block id", `"https://example.org/block"`, `"example.org/block"`, "cmi5-id"},
		{"201-3 AU id", `"https://example.org/au"`, `"example.org/au"`, "cmi5-id"},
		{"201-4 objective id", `"https://example.org/objective"`, `"example.org/objective"`, "cmi5-id"},
		{"202-1 relative", address, "index.html", "cmi5-relative no-launch"},
		{"202-2 relative", address, "path/1/index.html", "cmi5-relative no-launch"},
		{"202-3 relative", address, "index.html?abc=def", "cmi5-relative no-launch"},
		{"202-4 relative", address, "path/1/index.html?abc=def", "cmi5-relative no-launch"},
		{"202-5 relative", address, "/index.html", "cmi5-relative no-launch"},
		{"204 endpoint", address, address + "?endpoint=http://example.org/lrs", "cmi5-query no-launch"},
		{"204 fetch", address, address + "?a=b&amp;fetch", "cmi5-query no-launch"},
		{"204 actor, encoded", address, address + "?%61ctor=1", "cmi5-query no-launch"},
		{"205-1 block twice", block, block + change(t, block, `"https://example.org/au"`, `"https://example.org/au2"`), "cmi5-duplicate"},
		{"205-2 objective twice", objective, objective + objective, "cmi5-duplicate"},
		{"205-3 AU twice", au, au + au, "cmi5-duplicate"},
		{"206-1 address", address, "http://example.com index.html", "cmi5-url no-launch"},
		{"207-1 order", au, "<au id=\"https://example.org/au\"><url>" + address + "</url><title><langstring>AU</langstring></title></au>", "cmi5-order"},
		{"207-1 course behind", "</courseStructure>", "<objectives/></courseStructure>", "cmi5-order"},
		{"no id", ` id="https://example.org/au"`, "", "cmi5-id"},
		{"id with a space", `"https://example.org/au"`, `"https://example.org/a u"`, "cmi5-id"},
		{"moveOn", `id="https://example.org/au"`, `id="https://example.org/au" moveOn="Always"`, "cmi5-value"},
		{"launchMethod", `id="https://example.org/au"`, `id="https://example.org/au" launchMethod="Frame"`, "cmi5-value"},
		{"masteryScore above 1", `id="https://example.org/au"`, `id="https://example.org/au" masteryScore="80"`, "cmi5-value"},
		{"masteryScore below 0", `id="https://example.org/au"`, `id="https://example.org/au" masteryScore="-0.1"`, "cmi5-value"},
		{"masteryScore no number", `id="https://example.org/au"`, `id="https://example.org/au" masteryScore="NaN"`, "cmi5-value"},
		{"no address", "<url>" + address + "</url>", "", "cmi5-url no-launch"},
		{"empty address", address, " ", "cmi5-url no-launch"},
		{"another scheme", address, "javascript:alert(1)", "cmi5-url no-launch"},
		{"no course", structure[strings.Index(structure, "<course id"):strings.Index(structure, "<objectives>")], "", "cmi5-course"},
		{"no AU", au, "", "no-launch"},
		{"another root", "courseStructure", "course", "wrong-root"},
		{"unclosed", "</courseStructure>", "", "malformed-xml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ReadBare("cmi5.xml", []byte(change(t, structure, c.old, c.new)))
			if got := strings.Join(rulesOf(p, Error), " "); got != c.rules {
				t.Errorf("%s, expected %s: %+v", got, c.rules, p.Errors())
			}
			for _, f := range p.Errors() {
				if f.Message == "" || f.Advice == "" || f.Line == 0 && f.Rule != "no-launch" {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestCmi5Packages: 203, 210, and what a package allows that a bare structure
// does not.
func TestCmi5Packages(t *testing.T) {
	relative := func(address string) string { return change(t, structure, "https://example.org/index.html", address) }
	for _, c := range []struct {
		name    string
		content files
		errors  string
		url     string
	}{
		{"relative", files{"cmi5.xml": relative("a/index.html?x=1#y"), "a/index.html": ""}, "", "a/index.html?x=1#y"},
		{"203-1 missing file", files{"cmi5.xml": relative("not-found.html"), "index.html": ""}, "cmi5-url no-launch", ""},
		{"absolute path", files{"cmi5.xml": relative("/index.html"), "index.html": ""}, "cmi5-url no-launch", ""},
		{"out of the package", files{"x/cmi5.xml": relative("../index.html"), "x/index.html": ""}, "cmi5-url no-launch", ""},
		{"210-1 no cmi5.xml", files{"index.html": ""}, "unknown-kind", ""},
		{"several kinds", files{"cmi5.xml": relative("index.html"), "tincan.xml": "<", "imsmanifest.xml": "<", "index.html": ""}, "", "index.html"},
		{"in a folder", files{"x/cmi5.xml": relative("index.html"), "x/index.html": ""}, "", "index.html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := read(t, pack(t, c.content))
			url := ""
			if item := first(p); item != nil {
				url = item.Launch.URL
			}
			if got := strings.Join(rulesOf(p, Error), " "); got != c.errors || url != c.url {
				t.Errorf("%s, %s: %+v", got, url, p.Findings)
			}
		})
	}
}

// TestCmi5Objective: an AU may refer to an objective that is not there.
func TestCmi5Objective(t *testing.T) {
	p := ReadBare("cmi5.xml", []byte(change(t, structure, `idref="https://example.org/objective"`, `idref="x"`)))
	if !slices.Contains(rulesOf(p, Warning), "cmi5-objective") || len(p.Errors()) > 0 {
		t.Errorf("%+v", p.Findings)
	}
}

// TestThousandAUs: 101 of CATAPULT's suite.
func TestThousandAUs(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<courseStructure><course id="https://example.org/c"><title><langstring lang="en">C</langstring></title></course>`)
	for i := range 1000 {
		fmt.Fprintf(&b, `<au id="https://example.org/%d"><title><langstring lang="en">%d</langstring></title><url>https://example.org/index.html</url></au>`, i, i)
	}
	b.WriteString("</courseStructure>")
	p := ReadBare("cmi5.xml", []byte(b.String()))
	if len(p.Errors()) > 0 || len(p.Structure[0].Children) != 1000 {
		t.Errorf("%d, %+v", len(p.Structure[0].Children), p.Errors())
	}
	// The same finding a thousand times is a list of twenty.
	if n := len(p.Findings); n != maxFindings || !strings.Contains(p.Findings[0].Message, "999 times more") {
		t.Errorf("%d findings, %s", n, p.Findings[0].Message)
	}
	long := ReadBare("cmi5.xml", []byte(change(t, structure, "https://example.org/index.html", strings.Repeat("x", 1<<20))))
	if n := len(long.Errors()[0].Message); n > 2000 {
		t.Errorf("a message of %d bytes", n)
	}
}
