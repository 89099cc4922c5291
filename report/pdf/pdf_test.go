package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"lernspur/report/chart"
	"lernspur/report/pdf/uatest"
)

var made = time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC)

// objects reads all objects of a document as a reader does: from the last table to the first, the
// latest version of each.
func objects(t *testing.T, pdf []byte) (all map[int]string, trailer string) {
	t.Helper()
	all = make(map[int]string)
	at, err := strconv.Atoi(regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`).FindStringSubmatch(string(pdf[len(pdf)-100:]))[1])
	if err != nil {
		t.Fatal(err)
	}
	for at >= 0 {
		lines := strings.SplitAfter(string(pdf[at:]), "\n")
		if strings.TrimSpace(lines[0]) != "xref" {
			t.Fatalf("there is no table at %d", at)
		}
		i := 1
		for !strings.HasPrefix(lines[i], "trailer") {
			var first, n int
			if _, err := fmt.Sscanf(lines[i], "%d %d", &first, &n); err != nil {
				t.Fatal(err)
			}
			i++
			for j := range n {
				if len(lines[i]) != 20 {
					t.Fatalf("an entry of %d bytes: %q", len(lines[i]), lines[i])
				}
				offset, _ := strconv.Atoi(lines[i][:10])
				if _, newer := all[first+j]; !newer && lines[i][17] == 'n' {
					head := fmt.Sprintf("%d 0 obj\n", first+j)
					if !bytes.HasPrefix(pdf[offset:], []byte(head)) {
						t.Fatalf("object %d is not at %d", first+j, offset)
					}
					body := string(pdf[offset+len(head):])
					all[first+j] = body[:strings.Index(body, "endobj")]
				}
				i++
			}
		}
		own := strings.Join(lines[i:], "")
		own = own[:strings.Index(own, "startxref")]
		if trailer == "" {
			trailer = own
		}
		at = -1
		if m := regexp.MustCompile(`/Prev (\d+)`).FindStringSubmatch(own); m != nil {
			at, _ = strconv.Atoi(m[1])
		}
	}
	return all, trailer
}

// reference follows an entry of a dictionary to another object.
func reference(t *testing.T, all map[int]string, dictionary, entry string) string {
	t.Helper()
	m := regexp.MustCompile(entry + ` (\d+) 0 R`).FindStringSubmatch(dictionary)
	if m == nil {
		t.Fatalf("no %s in %s", entry, dictionary)
	}
	n, _ := strconv.Atoi(m[1])
	return all[n]
}

// TestPrint prints a page in the browser and holds the document against what PDF/UA-1 asks for that
// can be read from its objects.
func TestPrint(t *testing.T) {
	if _, err := browser(""); errors.Is(err, ErrNoBrowser) {
		t.Fatal("there is no browser: install chromium (apt-get install chromium), as make test does")
	}
	drawing := chart.Months(chart.Frame{ID: "m", Language: "de", Unit: "Lernende"}, []chart.Month{{Year: 2026, Month: 3, Value: chart.Of(17)}})
	html := `<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Bericht</title>
<style>@page { size: A4; margin: 20mm; @bottom-right { content: counter(page) " / " counter(pages); } } h2 { break-before: page; }</style></head>
<body><h1>Prüfbericht (Muster)</h1><p>Mehr bei <a href="https://stadt.example/a(b)">der Stadt</a>.</p>` + string(drawing) + `
<ul><li>eins</li><li><strong>zwei</strong> und <em>drei</em></li></ul><h2>Anhang</h2><table><caption>Lernende</caption><thead><tr><th scope="col">Amt</th><th scope="col">Zahl</th></tr></thead>
<tbody><tr><th scope="row">VI</th><td>17</td></tr></tbody></table><script>document.body.textContent = "changed"</script></body></html>`
	o := Options{Title: "Prüfbericht & mehr", Language: "de", Made: made}
	first, err := Print(t.Context(), []byte(html), o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Print(t.Context(), []byte(html), o)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again) {
		t.Error("the same page gives two documents")
	}
	if found := uatest.Check(t, first); found.Pages != 2 || len(found.Outline) != 2 || !strings.HasPrefix(found.Alts[0], "Der stärkste Monat ist März 2026 mit 17") {
		t.Errorf("%+v", found)
	}
	all, trailer := objects(t, first)
	catalog := reference(t, all, trailer, "/Root")
	for _, want := range []string{"/Marked true", "/Lang (de)", "/DisplayDocTitle true", "/StructTreeRoot", "/Outlines"} {
		if !strings.Contains(catalog, want) {
			t.Errorf("the catalog has no %s: %s", want, catalog)
		}
	}
	info := reference(t, all, trailer, "/Info")
	if !strings.Contains(info, "(D:20261015120000+00'00')") || strings.Count(info, "/Title") != 1 || !strings.Contains(info, text(o.Title)) {
		t.Error(info)
	}
	holdXMP(t, reference(t, all, catalog, "/Metadata"), o.Title)
	holdTags(t, all)
}

// holdXMP looks for the identification and the title.
func holdXMP(t *testing.T, object, title string) {
	t.Helper()
	_, packet, _ := strings.Cut(object, "stream\n")
	packet, _, _ = strings.Cut(packet, "\nendstream")
	if !strings.Contains(object, fmt.Sprintf("/Length %d>>", len(packet))) {
		t.Errorf("the length is wrong: %d, %s", len(packet), object)
	}
	d := xml.NewDecoder(strings.NewReader(packet))
	got := make(map[string]string)
	var name xml.Name
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, packet)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "Alt" && e.Name.Local != "Bag" && e.Name.Local != "li" {
				name = e.Name
			}
		case xml.CharData:
			got[name.Space+name.Local] += strings.TrimSpace(string(e))
		}
	}
	for key, want := range map[string]string{
		"http://www.aiim.org/pdfua/ns/id/part": "1", "http://purl.org/dc/elements/1.1/title": title,
		"http://purl.org/dc/elements/1.1/language": "de", "http://ns.adobe.com/xap/1.0/CreateDate": "2026-10-15T12:00:00+00:00",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}

// holdTags looks at the structure, the pages and the links.
func holdTags(t *testing.T, all map[int]string) {
	t.Helper()
	tags := make(map[string]int)
	pages, links := 0, 0
	for n, o := range all {
		if m := regexp.MustCompile(`/Type /StructElem\s+/S /(\w+)`).FindStringSubmatch(o); m != nil {
			tags[m[1]]++
			if m[1] == "Figure" && !strings.Contains(o, "/Alt") {
				t.Errorf("figure %d has no text: %s", n, o)
			}
			if m[1] == "TH" && !strings.Contains(o, "/Scope") {
				t.Errorf("header %d has no scope: %s", n, o)
			}
		}
		if regexp.MustCompile(`/Type /Page\s`).MatchString(o) {
			if pages++; !strings.Contains(o, "/Tabs /S") {
				t.Errorf("page %d has no order of tabs", n)
			}
		}
		if strings.Contains(o, "/Subtype /Link") {
			if links++; !strings.Contains(o, "/Contents "+text("https://stadt.example/a(b)")) {
				t.Errorf("link %d says not where it leads to: %s", n, o)
			}
		}
	}
	for tag, want := range map[string]int{"H1": 1, "H2": 1, "Table": 1, "TH": 3, "TD": 1, "Caption": 1, "Figure": 1, "Link": 1} {
		if tags[tag] != want {
			t.Errorf("%d × %s, want %d (all: %v)", tags[tag], tag, want, tags)
		}
	}
	if pages != 2 || links != 1 {
		t.Errorf("%d pages, %d links", pages, links)
	}
}

// TestIdentifyRefuses: what is in no form it knows is left alone.
func TestIdentifyRefuses(t *testing.T) {
	for _, bad := range []string{
		"", "%PDF-1.4", "startxref\n9\n%%EOF", "startxref\n0\n%%EOF", "xref\n0 1\n0000000000 65535 f \ntrailer <</Root 0 0 R/Info 0 0 R>>\nstartxref\n0\n%%EOF",
		"xref\n0 99\nstartxref\n0\n%%EOF", "xref\n0 99999999999999999999\nstartxref\n0\n%%EOF",
	} {
		if _, err := Identify([]byte(bad), "t", "de", made); !errors.Is(err, errForm) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNoBrowser(t *testing.T) {
	if _, err := Print(t.Context(), nil, Options{Browser: "/nowhere/chromium"}); err == nil || errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := Print(t.Context(), make([]byte, MaxHTML+1), Options{}); err == nil {
		t.Error("a page without bounds is printed")
	}
}

// TestArtifacts: what is painted outside of all marks is marked, a path from its first point on; what is marked stays.
func TestArtifacts(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a ground", "q\n0 0 10 10 re\nf\nQ\n", "q\n/Artifact BMC\n0 0 10 10 re\nf\nEMC\n\nQ\n"},
		{"a clip is no paint", "0 0 5 5 re W n\n/P <</MCID 0>> BDC\n1 2 m 3 4 l S\nEMC\n", "0 0 5 5 re W n\n/P <</MCID 0>> BDC\n1 2 m 3 4 l S\nEMC\n"},
		{"a margin", "BT\n/F1 8 Tf\n(Seite \\) f) Tj\nET\n", "BT\n/F1 8 Tf\n/Artifact BMC\n(Seite \\) f) Tj\nEMC\n\nET\n"},
		{"a margin in hexadecimal digits", "BT <0A0B> Tj ET", "BT /Artifact BMC\n<0A0B> Tj\nEMC\n ET"},
		{"kerning", "BT [<0A> -12 (b)] TJ ET", "BT /Artifact BMC\n[<0A> -12 (b)] TJ\nEMC\n ET"},
		{"a form", "/X1 Do", "/Artifact BMC\n/X1 Do\nEMC\n"},
	} {
		if got := string(withArtifacts([]byte(c.in))); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}
