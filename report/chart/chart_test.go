package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// drawings are all kinds of charts, with made-up figures.
func drawings(lang string) map[string][]byte {
	f := func(id, de, en string) Frame {
		if lang == "de" {
			en = de
		}
		return Frame{ID: id, Language: lang, Unit: en}
	}
	var months []Month
	for i, n := range []float64{12, 48, 131, 180, 244, 310, 287, 301, 198, 96, 1204, 350} {
		v := Of(n)
		if i == 0 {
			v = Hidden
		}
		at := time.Date(2025, time.Month(10+i), 1, 0, 0, 0, 0, time.UTC)
		months = append(months, Month{at.Year(), at.Month(), v})
	}
	var week [7][24]Value
	for d := range week {
		for h := range week[d] {
			n := 0
			switch {
			case d < 5 && h >= 7 && h < 18:
				n = 30 + (h*17+d*29)%90 - 4*(h-11)*(h-11)/3
			case h >= 17 && h < 23:
				n = 20 + (h*13+d*7)%30
			case d >= 5 && h > 8:
				n = (h*5 + d) % 14
			}
			week[d][h] = Of(float64(max(0, n)))
		}
	}
	bins := make([]Bin, 10)
	for i := range bins {
		bins[i] = Bin{float64(i) / 10, float64(i+1) / 10, Of(float64([]int{0, 0, 6, 9, 14, 31, 58, 96, 140, 84}[i]))}
	}
	bins[1].Count = Hidden
	return map[string][]byte{
		"months": Months(f("m", "aktive Lernende", "active learners"), months),
		"departments": Bars(f("d", "aktive von berechtigten Beschäftigten", "active of entitled staff"), []Row{
			{"Dezernat I – Oberbürgermeister, Personal und Organisation", Of(180), Of(310)}, {"Dezernat III", Hidden, Of(180)}, {"Dezernat VI", Of(211), Of(240)},
			{"Ohne Zuordnung", Hidden, Hidden},
		}),
		"counts": Bars(f("c", "Lernende", "learners"), []Row{{"Datenschutz", Of(1234), Hidden}, {"Ankommen & Loslegen", Of(80), Hidden}}),
		"funnel": Funnel(f("f", "Lernende", "learners"), []Step{{"zugewiesen", Of(420)}, {"begonnen", Of(365)}, {"abgeschlossen", Of(241)}, {"bestanden", Of(198)}}),
		"week":   Week(f("w", "Lernaktivitäten nach Wochentag und Stunde", "learning activities by weekday and hour"), week, Core{Days: [7]bool{true, true, true, true, true}, From: 8, To: 17}),
		"scores": Distribution(f("s", "Lernende nach ihrem Ergebnis", "learners by score"), bins),
		"competence": BeforeAfter(f("k", "mittleres Ergebnis des Kompetenz-Checks", "average score of the competence check"), []Pair{
			{"Digitale Kompetenz", Of(0.41), Of(0.63)}, {"Methodische Kompetenz", Of(0.52), Of(0.55)}, {"Soziale Kompetenz", Hidden, Of(0.7)}, {"Führung", Of(0.6), Of(0.58)},
		}, 1),
		"cost":  Cost(f("b", "Euro", "euro"), []Item{{"Lizenzen und Betrieb", 61400.5}, {"Erstellung von Kursen", 38250}, {"Einführung und Schulung", 11900}}, 120000),
		"empty": Months(f("e", "aktive Lernende", "active learners"), nil),
	}
}

func TestGolden(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		again := drawings(lang)
		for name, got := range drawings(lang) {
			if diff := cmp.Diff(string(again[name]), string(got)); diff != "" {
				t.Errorf("%s is drawn in two ways:\n%s", name, diff)
			}
			path := filepath.Join("testdata", name+"."+lang+".svg")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got, -update writes it anew):\n%s", path, diff)
			}
		}
	}
}

// TestWellFormed: every drawing is XML with a name and a description, and nothing sticks out of it.
func TestWellFormed(t *testing.T) {
	for name, drawing := range drawings("de") {
		d := xml.NewDecoder(strings.NewReader(string(drawing)))
		var title, desc string
		var height float64
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			attr := make(map[string]string)
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			number := func(key string) float64 { v, _ := strconv.ParseFloat(attr[key], 64); return v }
			var text string
			switch e.Name.Local {
			case "svg":
				height, _ = strconv.ParseFloat(strings.Fields(attr["viewBox"])[3], 64)
				if attr["role"] != "img" || attr["aria-labelledby"] == "" || attr["lang"] != "de" {
					t.Errorf("%s: %v", name, attr)
				}
			case "title", "desc", "text":
				if err := d.DecodeElement(&text, &e); err != nil {
					t.Fatal(err)
				}
			case "script", "style", "image", "foreignObject", "use":
				t.Errorf("%s has a <%s>", name, e.Name.Local)
			}
			switch e.Name.Local {
			case "title":
				title = text
			case "desc":
				desc = text
			case "text":
				from, to := number("x"), number("x")
				wide := extent(text)
				switch attr["text-anchor"] {
				case "end":
					from -= wide
				case "middle":
					from, to = from-wide/2, to+wide/2
				default:
					to += wide
				}
				if attr["font-size"] == "" && (from < 0 || to > width) || number("y") > height {
					t.Errorf("%s: %q sticks out: %.0f to %.0f", name, text, from, to)
				}
			case "rect":
				if number("x")+number("width") > width || number("y")+number("height") > height {
					t.Errorf("%s: a rectangle sticks out: %v", name, attr)
				}
			}
		}
		if title == "" || desc == "" && name != "empty" {
			t.Errorf("%s: title %q, description %q", name, title, desc)
		}
	}
}

// TestFindings: titles say what is to be seen, in figures of the language.
func TestFindings(t *testing.T) {
	want := map[string][2]string{
		"months":      {"Der stärkste Monat ist August 2026 mit 1.204", "The strongest month is August 2026 with 1,204"},
		"departments": {"Den größten Anteil erreicht Dezernat VI: 88\u00a0%", "Dezernat VI reaches the largest share: 88%"},
		"counts":      {"Datenschutz liegt vorn mit 1.234", "Datenschutz is ahead with 1,234"},
		"funnel":      {"Von 420 (zugewiesen) kommen 198 bis zum letzten Schritt (47\u00a0%)", "Of 420 (zugewiesen), 198 get to the last step (47%)"},
		"scores":      {"Am häufigsten ist ein Ergebnis von 0,8 bis 0,9", "The most frequent result is 0.8 to 0.9"},
		"competence":  {"Am stärksten wächst Digitale Kompetenz: von 0,41 auf 0,63", "Digitale Kompetenz grows most: from 0.41 to 0.63"},
		"cost":        {"Ausgegeben sind 111.551\u00a0€ von 120.000\u00a0€ (93\u00a0%)", "€111,551 of €120,000 are spent (93%)"},
		"empty":       {"Dazu kann nichts ausgewiesen werden", "Nothing can be shown of this"},
	}
	for i, lang := range []string{"de", "en"} {
		for name, drawing := range drawings(lang) {
			_, rest, _ := strings.Cut(string(drawing), "-t\">")
			title, _, _ := strings.Cut(rest, "</title>")
			if w, ok := want[name]; ok && title != w[i] {
				t.Errorf("%s: %q, want %q", name, title, w[i])
			}
		}
	}
}

func TestHiddenStaysHidden(t *testing.T) {
	got := string(Months(Frame{ID: "x", Language: "en"}, []Month{{2026, 1, Hidden}, {2026, 2, Of(7)}}))
	if !strings.Contains(got, "January 2026: suppressed.") || !strings.Contains(got, "– suppressed (group too small)") {
		t.Error(got)
	}
	// What is complete only outwardly must not be given as a share.
	var week [7][24]Value
	week[0][9] = Of(9)
	if got := string(Week(Frame{ID: "x", Language: "en", Unit: "activities"}, week, Core{})); strings.Contains(got, "%") {
		t.Error(got)
	}
	if got := string(Months(Frame{ID: "x\"><script>", Title: "<b>&"}, nil)); strings.Contains(got, "<b>") || strings.Contains(got, "<script") {
		t.Error(got)
	}
}
