package manifest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// course is a manifest of SCORM 1.2 with one SCO, which tests change.
const course = `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Course</title>
<item identifier="i" identifierref="r"><title>Lesson</title></item>
</organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html"><file href="index.html"/></resource></resources>
</manifest>`

func page(manifest string) files { return files{"imsmanifest.xml": manifest, "index.html": "page"} }

// change replaces one part of a text that must be there.
func change(t *testing.T, text, old, replacement string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in the text", old)
	}
	return strings.ReplaceAll(text, old, replacement)
}

// TestTolerated: what is read all the same, with a warning by one rule, the
// title and the address that come out, and the line that is named.
func TestTolerated(t *testing.T) {
	utf16 := func(s string) string {
		b := "\xFF\xFE"
		for _, r := range s {
			b += string([]byte{byte(r), byte(r >> 8)})
		}
		return b
	}
	swap := func(pairs ...string) func(*testing.T) files {
		return func(t *testing.T) files {
			text := course
			for i := 0; i < len(pairs); i += 2 {
				text = change(t, text, pairs[i], pairs[i+1])
			}
			return page(text)
		}
	}
	ready := func(f files) func(*testing.T) files { return func(*testing.T) files { return f } }
	for _, c := range []struct {
		name    string
		content func(*testing.T) files
		rules   []string
		title   string
		url     string
		line    int
	}{
		{"nothing odd", swap(), nil, "Course", "index.html", 0},
		{"byte-order mark", ready(page("\xEF\xBB\xBF" + course)), []string{"byte-order-mark"}, "Course", "index.html", 0},
		{"Latin letters as UTF-8", swap("Course", "K\xfcrs"), []string{"encoding"}, "Kürs", "index.html", 1},
		{"UTF-8 as Latin letters", swap("UTF-8", "ISO-8859-1", "Course", "Kürs"), []string{"encoding"}, "Kürs", "index.html", 1},
		{"Latin letters, declared", swap("UTF-8", "ISO-8859-1", "Course", "K\xfcrs"), nil, "Kürs", "index.html", 0},
		{"UTF-16 as UTF-8", ready(page(utf16(course))), []string{"encoding"}, "Course", "index.html", 1},
		{"UTF-16, declared", ready(page(utf16(strings.Replace(course, "UTF-8", "UTF-16", 1)))), nil, "Course", "index.html", 0},
		{"UTF-8 as UTF-16", swap("UTF-8", "UTF-16", "Course", "Kürs"), []string{"encoding"}, "Kürs", "index.html", 1},
		{"bare ampersand", swap("Course", "Fish & Chips"), []string{"ampersand"}, "Fish & Chips", "index.html", 4},
		{"bare ampersand in an address", swap(`href="index.html">`, `href="index.html?a=1&b=2">`), []string{"ampersand"}, "Course", "index.html?a=1&b=2", 7},
		{"name of HTML", swap("Course", "&Uuml;bung"), []string{"entity"}, "Übung", "index.html", 4},
		{"ampersands that are none", swap("Course", "A&amp;B &#66; &#x42; <![CDATA[& &x;]]><!-- & -->"), nil, "A&B B B & &x;", "index.html", 0},
		{"no organizations", func(t *testing.T) files {
			from, to := strings.Index(course, "<organizations"), strings.Index(course, "<resources")
			return page(course[:from] + course[to:])
		}, []string{"no-organization"}, "m", "index.html", 2},
		{"empty organizations", func(t *testing.T) files {
			from, to := strings.Index(course, "<organization "), strings.Index(course, "</organizations")
			return page(course[:from] + course[to:])
		}, []string{"no-organization"}, "m", "index.html", 4},
		{"organization without items", swap(`<item identifier="i" identifierref="r"><title>Lesson</title></item>`, ""), []string{"no-organization"}, "Course", "index.html", 4},
		{"dangling identifierref", swap("</organization>", `<item identifier="j" identifierref="x"><title>J</title></item></organization>`), []string{"identifierref"}, "Course", "index.html", 6},
		{"unknown default", swap(`default="o"`, `default="x"`), []string{"default-organization"}, "Course", "index.html", 4},
		{"no default", swap(` default="o"`, ""), nil, "Course", "index.html", 0},
		{"other letters", swap("<organization ", "<Organization ", "</organization>", "</Organization>", "identifierref", "identifierRef"), []string{"letter-case"}, "Course", "index.html", 4},
		{"scormType", swap("adlcp:scormtype", "adlcp:scormType"), nil, "Course", "index.html", 0},
		{"prefix without a declaration", swap(` xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"`, ""), nil, "Course", "index.html", 0},
		{"missing schemas", swap(`version="1"`, `version="1" xsi:schemaLocation="http://x y.xsd"`), nil, "Course", "index.html", 0},
		{"name in other letters", ready(files{"IMSManifest.XML": course, "index.html": ""}), []string{"manifest-name"}, "Course", "index.html", 0},
		{"address in other letters", ready(files{"imsmanifest.xml": course, "Index.HTML": ""}), []string{"href-case"}, "Course", "Index.HTML", 7},
		{"backslashes in entry names", ready(files{"imsmanifest.xml": strings.ReplaceAll(course, "index.html", "a/index.html"), `a\index.html`: ""}), []string{"backslash"}, "Course", "a/index.html", 0},
		{"backslashes in addresses", ready(files{"imsmanifest.xml": strings.ReplaceAll(course, "index.html", `a\index.html`), "a/index.html": ""}), []string{"href-backslash"}, "Course", "a/index.html", 7},
		{"sole top folder", ready(files{"course/imsmanifest.xml": course, "course/index.html": "", "__MACOSX/x": ""}), []string{"top-folder"}, "Course", "index.html", 0},
		{"tin can too", ready(files{"imsmanifest.xml": course, "index.html": "", "h5p.json": "{"}), []string{"several-kinds"}, "Course", "index.html", 0},
		{"no version", swap("<schemaversion>1.2</schemaversion>", ""), []string{"schemaversion"}, "Course", "index.html", 3},
		{"no title", swap("<title>Course</title>", ""), []string{"title"}, "Lesson", "index.html", 4},
		{"identifier twice", swap("</organization>", `<item identifier="i"><title>J</title></item></organization>`), []string{"identifier"}, "Course", "index.html", 6},
		{"missing file", swap("</resource>", `<file href="x.js"/></resource>`), []string{"missing-file"}, "Course", "index.html", 7},
		{"missing dependency", swap("</resource>", `<dependency identifierref="x"/></resource>`), []string{"dependency"}, "Course", "index.html", 7},
		{"odd value", swap("<title>Lesson</title>", "<title>Lesson</title><adlcp:masteryscore>much</adlcp:masteryscore>"), []string{"value"}, "Course", "index.html", 5},
		{"another server", swap(`href="index.html">`, `href="https://example.org/a b.html">`, `href="index.html"/>`, `href="index.html"/>`), []string{"missing-launch-file"}, "Course", "", 5},
		{"on another server", swap(`href="index.html">`, `href="https://example.org/a.html">`), []string{"absolute-launch"}, "Course", "https://example.org/a.html", 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := read(t, pack(t, c.content(t)))
			url := ""
			if item := first(p); item != nil {
				url = item.Launch.URL
			}
			if got := rulesOf(p, Warning); !slices.Equal(got, append([]string{}, c.rules...)) || p.Title.In() != c.title || url != c.url {
				t.Errorf("%q, %q, %q", got, p.Title.In(), url)
			}
			if c.url != "" && len(p.Errors()) > 0 {
				t.Error(p.Errors())
			}
			if c.line > 0 && p.Findings[0].Line != c.line {
				t.Errorf("line %d, expected %d: %v", p.Findings[0].Line, c.line, p.Findings[0])
			}
			for _, f := range p.Findings {
				if f.Message == "" || f.Advice == "" || f.File == "" {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestBases: xml:base on three levels, and how addresses find their files.
func TestBases(t *testing.T) {
	for _, c := range []struct {
		name                    string
		manifest, all, resource string
		href, file, url         string
		rules                   []string
	}{
		{"three levels", "a/", "b/", "c/", "x.html?y=1", "a/b/c/x.html", "a/b/c/x.html?y=1", nil},
		{"only the last", "", "", "c/", "x.html", "c/x.html", "c/x.html", nil},
		{"without slashes", "a", "b", "c", "x.html", "a/b/c/x.html", "a/b/c/x.html", []string{"base-slash"}},
		{"as on the web", "a/page.html", "", "", "x.html", "a/x.html", "a/x.html", nil},
		{"up again", "a/b/", "", "", "../x.html", "a/x.html", "a/x.html", nil},
		{"dot", "", "", "", "./x.html", "x.html", "x.html", nil},
		{"another server", "https://example.org/c/", "d/", "", "x.html", "", "https://example.org/c/d/x.html", []string{"absolute-launch"}},
		{"percent encoding", "", "", "", "my%20x.html", "my x.html", "my%20x.html", nil},
		{"space", "", "", "", "my x.html", "my x.html", "my%20x.html", nil},
		{"accent", "", "", "", "Übung.html", "Übung.html", "%C3%9Cbung.html", nil},
		{"percent sign in the name", "", "", "", "100%.html", "100%.html", "100%25.html", nil},
		{"fragment", "", "", "", "x.html#top", "x.html", "x.html#top", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := change(t, course, `version="1" `, `version="1" xml:base="`+c.manifest+`" `)
			text = change(t, text, "<resources>", `<resources xml:base="`+c.all+`">`)
			text = change(t, text, `href="index.html">`, `xml:base="`+c.resource+`" href="`+c.href+`">`)
			text = change(t, text, `<file href="index.html"/>`, "")
			content := files{"imsmanifest.xml": text}
			if c.file != "" {
				content[c.file] = ""
			}
			p := read(t, pack(t, content))
			item := first(p)
			if item == nil {
				t.Fatal(p.Findings)
			}
			if item.Launch.File != c.file || item.Launch.URL != c.url || !slices.Equal(rulesOf(p, Warning), append([]string{}, c.rules...)) {
				t.Errorf("%+v, %q", item.Launch, rulesOf(p, Warning))
			}
		})
	}
}

// TestOutside: addresses that lead nowhere a learner should go.
func TestOutside(t *testing.T) {
	for _, href := range []string{"../index.html", "/index.html", "//example.org/index.html", "javascript:alert(1)", "file:///etc/passwd",
		"data:text/html,x", "C:\\index.html", "https:", "ftp://example.org/x", "..", "."} {
		p := read(t, pack(t, page(change(t, course, `href="index.html">`, `href="`+href+`">`))))
		if item := first(p); item != nil || !slices.Equal(rulesOf(p, Error), []string{"no-launch"}) {
			t.Errorf("%s: %+v, %v", href, item, p.Errors())
		}
	}
}

// TestParameters: the table of the SCORM content aggregation model.
func TestParameters(t *testing.T) {
	for _, c := range []struct{ address, parameters, want string }{
		{"a.html", "", "a.html"},
		{"a.html", "?x=1", "a.html?x=1"},
		{"a.html", "x=1", "a.html?x=1"},
		{"a.html", "&x=1", "a.html?x=1"},
		{"a.html?y=2", "?x=1", "a.html?y=2&x=1"},
		{"a.html?y=2", "&x=1", "a.html?y=2&x=1"},
		{"a.html", "#top", "a.html#top"},
		{"a.html#here", "#top", "a.html#here"},
		{"a.html#here", "x=1", "a.html?x=1#here"},
		{"a.html", "?", "a.html"},
	} {
		if got := withParameters(c.address, c.parameters); got != c.want {
			t.Errorf("%s with %s is %s, expected %s", c.address, c.parameters, got, c.want)
		}
	}
}

// TestRefused: what is not taken, by which rule, and where it is said to be.
func TestRefused(t *testing.T) {
	deep := strings.Repeat("<item>", 120) + strings.Repeat("</item>", 120)
	laughs := `<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>` + course[strings.Index(course, "<manifest"):]
	for _, c := range []struct {
		name    string
		content files
		rule    string
		line    int
	}{
		{"nothing", files{"a.html": ""}, "unknown-kind", 0},
		{"empty archive", files{}, "unknown-kind", 0},
		{"manifest deep down", files{"a.html": "", "x/imsmanifest.xml": course, "x/index.html": ""}, "unknown-kind", 0},
		{"AICC", files{"a.crs": "", "a.au": ""}, "unknown-kind", 0},
		{"zip within", files{"a.zip": ""}, "unknown-kind", 0},
		{"common cartridge", page(change(t, course, "ADL SCORM", "IMS Common Cartridge")), "unknown-kind", 3},
		{"another root", page("<html/>"), "wrong-root", 1},
		{"no text", page(""), "malformed-xml", 1},
		{"unclosed", page(course[:len(course)-12]), "malformed-xml", 7},
		{"crossed", page(change(t, course, "</item>\n</organization>", "</organization>\n</item>")), "malformed-xml", 5},
		{"second root", page(course + "<manifest/>"), "malformed-xml", 8},
		{"text behind", page(course + "x"), "malformed-xml", 8},
		{"billion laughs", page(laughs), "dtd", 1},
		{"too deep", page(change(t, course, "</organization>", deep+"</organization>")), "too-complex", 6},
		{"too many elements", page(change(t, course, "</organization>", strings.Repeat("<x/>", 1_000_001)+"</organization>")), "too-complex", 1},
		{"too large", page(course + strings.Repeat(" ", 16<<20)), "file-too-large", 0},
		{"launch file missing", files{"imsmanifest.xml": course}, "no-launch", 0},
		{"no address", page(change(t, course, ` href="index.html">`, ">")), "no-launch", 0},
		{"no resources", page(course[:strings.Index(course, "<resources>")] + "</manifest>"), "no-launch", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := read(t, pack(t, c.content))
			errs := p.Errors()
			if len(errs) != 1 || errs[0].Rule != c.rule || errs[0].Line != c.line || errs[0].Message == "" || errs[0].Advice == "" {
				t.Errorf("%+v", errs)
			}
		})
	}
}

// TestMetadata: LOM of both generations, in the manifest and beside it.
func TestMetadata(t *testing.T) {
	old := `<lom xmlns="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"><general><title><langstring xml:lang="de">Kurs</langstring></title>
<language>de</language><description><langstring xml:lang="de">Eine
  Übung</langstring></description><keyword><langstring xml:lang="de">Golf</langstring></keyword></general>
<educational><typicallearningtime><datetime>00:45:00</datetime></typicallearningtime></educational>
<rights><description><langstring xml:lang="de">CC BY</langstring></description></rights></lom>`
	modern := `<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string language="de">Kurs</string></title>
<language>de</language><description><string language="de">Eine Übung</string></description><keyword><string language="de">Golf</string></keyword></general>
<educational><typicalLearningTime><duration>PT45M</duration></typicalLearningTime></educational>
<rights><description><string language="de">CC BY</string></description></rights></lom>`
	want := func(time string) *Metadata {
		return &Metadata{Title: Text{{"de", "Kurs"}}, Description: Text{{"de", "Eine Übung"}}, Languages: []string{"de"},
			Keywords: Text{{"de", "Golf"}}, TypicalLearningTime: time, Rights: Text{{"de", "CC BY"}}}
	}
	within := func(lom string) files { return page(change(t, course, "</metadata>", lom+"</metadata>")) }
	beside := within("<adlcp:location>meta/data.xml</adlcp:location>")
	beside["meta/data.xml"] = modern
	broken := within("<adlcp:location>meta/data.xml</adlcp:location>")
	broken["meta/data.xml"] = "<lom>"
	for _, c := range []struct {
		name    string
		content files
		want    *Metadata
		rules   []string
	}{
		{"SCORM 1.2", within(old), want("00:45:00"), nil},
		{"SCORM 2004", within(modern), want("PT45M"), nil},
		{"beside the manifest", beside, want("PT45M"), nil},
		{"broken", broken, nil, []string{"metadata"}},
		{"missing", within("<adlcp:location>x.xml</adlcp:location>"), nil, []string{"metadata"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := read(t, pack(t, c.content))
			if diff := cmp.Diff(c.want, p.Metadata); diff != "" || !slices.Equal(rulesOf(p, Warning), append([]string{}, c.rules...)) || len(p.Errors()) > 0 {
				t.Error(diff, p.Findings)
			}
			if c.want != nil && (p.Licence != "CC BY" || p.Description.In() != "Eine Übung" || p.Title.In() != "Course") {
				t.Errorf("%+v", p)
			}
		})
	}
}
