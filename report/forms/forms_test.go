package forms

import (
	"archive/zip"
	"bytes"
	"flag"
	html "html/template"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"lernspur/internal/browsertest"
	"lernspur/report/pdf/uatest"
	"lernspur/report/result"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	keep   = flag.String("keep", "", "folder to keep all forms in, to look at them")
)

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`[ \t\n]+`)
	svgs   = regexp.MustCompile(`(?s)<svg.*?</svg>`)
	styles = regexp.MustCompile(`(?s)<style>.*?</style>`)
)

// read is what a page says, without its style: a line for each block.
func read(page []byte) string {
	s := styles.ReplaceAllString(string(page), "")
	s = svgs.ReplaceAllString(s, "[chart]")
	s = regexp.MustCompile(`</(p|h\d|tr|li|caption)>`).ReplaceAllString(s, "\x00")
	s = regexp.MustCompile(`</t[hd]>|<small>`).ReplaceAllString(s, " | ")
	s = spaces.ReplaceAllString(tags.ReplaceAllString(s, ""), " ")
	s = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", softHyphen, "", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(s)
	var lines []string
	for line := range strings.SplitSeq(s, "\x00") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func pageOf(t testing.TB, r *result.Report) []byte {
	t.Helper()
	page, err := Page(r)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestGolden: what the pages say of a report of which nothing is known, and of the first page of a full one.
func TestGolden(t *testing.T) {
	first := func(lang string) string {
		text, _, _ := strings.Cut(read(pageOf(t, sample(lang))), "\nInhalt\n")
		text, _, _ = strings.Cut(text, "\nContents\n")
		return text + "\n"
	}
	for name, got := range map[string]string{
		"first.de.txt": first("de"), "first.en.txt": first("en"), "bare.de.txt": read(pageOf(t, bare("de"))), "bare.en.txt": read(pageOf(t, bare("en"))),
	} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got, -update writes it anew):\n%s", path, diff)
		}
	}
}

// TestSame: the same report is the same bytes in every form that is not printed.
func TestSame(t *testing.T) {
	for _, form := range []Form{HTML, XLSX, CSV, JSON} {
		one, err := Make(t.Context(), sample("de"), form, Options{})
		if err != nil {
			t.Fatal(err)
		}
		two, err := Make(t.Context(), sample("de"), form, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, two); diff != "" {
			t.Errorf("%s is made in two ways: %d bytes and %d", form, one[0].Size, two[0].Size)
		}
	}
	if _, err := Make(t.Context(), sample("de"), "docx", Options{}); err == nil {
		t.Error("there is a form docx")
	}
}

// TestPage: it needs nothing else, ids are there once, every link has an end, headings and lists of the ten sections.
func TestPage(t *testing.T) {
	for _, r := range []*result.Report{sample("de"), sample("en"), bare("de")} {
		page := string(pageOf(t, r))
		for _, not := range []string{"<script", "<img", "<link", "http-equiv", "url(http", "%!", "[chart", "ZgotmplZ", "&amp;quot;"} {
			if strings.Contains(page, not) {
				t.Errorf("%s has %s", r.Head.Language, not)
			}
		}
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if ids[m[1]] || m[1] == "" {
				t.Errorf("the id %q is there twice", m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range regexp.MustCompile(` href="#([^"]*)"| aria-labelledby="([^" ]*)| aria-labelledby="[^" ]* ([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if to := first(m[1], m[2], m[3]); !ids[to] {
				t.Errorf("%q leads nowhere", to)
			}
		}
		sections := regexp.MustCompile(`<h2 id="\w+"><span class="no">(\d+)</span> [^<]+</h2>`).FindAllStringSubmatch(page, -1)
		if len(sections) != 10 || sections[9][1] != "10" {
			t.Errorf("the sections are %v", sections)
		}
	}
}

// TestLanguage: numbers, dates, quotation marks and joints of words are those of the language.
func TestLanguage(t *testing.T) {
	page := string(pageOf(t, sample("de")))
	for _, want := range []string{
		"1.\u00a0Oktober 2025 bis 30.\u00a0September 2026", "15.\u00a0Oktober 2026, 12:00:00 Uhr (UTC&#43;02:00)", "57,8\u202f%", "2.317,5\u00a0Stunden", "111.550,50\u202f€", "10.234.567",
		"„jederzeit und von überall“ erreichbar", "z.\u202fB. bei", "Abschluss\u00adquote", "Nr.\u00a01", "Seite ", "Synthetische Daten",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the German page has no %q", want)
		}
	}
	page = string(pageOf(t, sample("en")))
	for _, want := range []string{"1\u00a0October 2025 to 30\u00a0September 2026", "57.8%", "€111,550.50", "10,234,567", "Synthetic data", "2,317.5\u00a0hours"} {
		if !strings.Contains(page, want) {
			t.Errorf("the English page has no %q", want)
		}
	}
}

// TestTypeset: what people wrote gets the marks, spaces and joints of the language.
func TestTypeset(t *testing.T) {
	for _, c := range []struct{ lang, in, want string }{
		{"de", `<p>&quot;Ja&quot;, sagte (&quot;er&quot;)</p>`, "<p>„Ja“, sagte („er“)</p>"},
		{"de", `<p>so <em>&quot;neu&quot;</em> wie</p>`, "<p>so <em>„neu“</em> wie</p>"},
		{"de", `<p>wie geht&#39;s</p>`, "<p>wie geht’s</p>"},
		{"en", `<p>&quot;Yes&quot; it&#39;s</p>`, "<p>“Yes” it’s</p>"},
		{"de", `<a href="https://a.example/?x=&quot;">Weiterbildungsangebote</a>`, "<a href=\"https://a.example/?x=&quot;\">Weiter\u00adbildungs\u00adangebote</a>"},
		{"de", "Datenschutzerklärung und Zufriedenheitswerte", "Datenschutz\u00aderklärung und Zufriedenheits\u00adwerte"},
		{"de", "Lernende, Teilnehmende, Kurse; Stadtverordnetenversammlung", "Lernende, Teil\u00adnehmende, Kurse; Stadtverordneten\u00adversammlung"},
		{"de", "20 % von 5 Euro, § 3, Nr. 4, d. h. am 3. Mai - oder nie", "20\u202f% von 5\u202fEuro, §\u202f3, Nr.\u00a04, d.\u202fh. am 3.\u00a0Mai\u00a0– oder nie"},
		{"de", "&amp;Abschlussquote", "&amp;Abschluss\u00adquote"},
		{"en", "Organisationseinheiten", "Organisationseinheiten"},
	} {
		if got := string(words{c.lang}.prose(html.HTML(c.in))); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

// TestNumbers: both languages, all sizes, both signs.
func TestNumbers(t *testing.T) {
	de, en := words{"de"}, words{"en"}
	for _, c := range []struct{ got, want string }{
		{de.number(1234567.5, 1), "1.234.567,5"}, {en.number(1234567.5, 1), "1,234,567.5"}, {de.number(-0.004, 2), "0,00"}, {de.number(-12, 0), "−12"}, {de.number(999, 0), "999"}, {de.number(1000, 0), "1.000"},
		{de.percent(0.4, 0), "40\u202f%"}, {en.percent(0.005, 1), "0.5%"}, {de.euro(-1234.5, 2), "−1.234,50\u202f€"}, {en.euro(-1234.5, 2), "−€1,234.50"},
		{de.figure(0.12, format{asPoints, 2}), "+0,12"}, {de.figure(-0.12, format{asPoints, 2}), "−0,12"}, {de.date("2026-09-30"), "30.\u00a0September 2026"}, {en.date("2026-09-30"), "30\u00a0September 2026"}, {de.date("soon"), "soon"},
		{de.list([]string{"a", "b", "c"}), "a, b und c"}, {en.list([]string{"a"}), "a"}, {de.binOf("0.9"), "0,9 bis 1,0"}, {de.binOf("0.2"), "0,2 bis unter 0,3"}, {de.monthOf("2026-03"), "März 2026"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// TestNames: everything that the result names by codes has words in both languages.
func TestNames(t *testing.T) {
	r := sample("de")
	for _, f := range r.Figures() {
		if _, ok := figureNames[f.Name]; !ok {
			t.Errorf("%s has no name", f.Name)
		}
	}
	sheets := map[string]bool{}
	for _, lang := range []int{0, 1} {
		clear(sheets)
		for _, table := range r.Tables() {
			n := tableNames[table.Name]
			if n.title[lang] == "" || n.first[lang] == "" || sheets[n.sheet[lang]] || len([]rune(n.sheet[lang])) > 31 || n.sheet[lang] == "" || strings.ContainsAny(n.sheet[lang], `:\/?*[]`) {
				t.Errorf("%s: %q", table.Name, n)
			}
			sheets[n.sheet[lang]] = true
			for _, c := range table.Columns {
				if _, ok := columnNames[c.Name]; !ok && table.Name != "offer.matrix" {
					t.Errorf("the column %s of %s has no name", c.Name, table.Name)
				}
			}
		}
	}
	source, err := os.ReadFile("../result/result.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t\w+\s+(Reason|RemarkCode)\s+= "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		_, reason := reasonNames[result.Reason(m[2])]
		_, remark := remarkNames[result.RemarkCode(m[2])]
		if m[1] == "Reason" && !reason || m[1] == "RemarkCode" && !remark {
			t.Errorf("there are no words for the %s %s", m[1], m[2])
		}
	}
}

// TestSuppressed: no form has a figure in the place of a suppressed one.
func TestSuppressed(t *testing.T) {
	r := sample("de")
	for _, f := range r.Figures() {
		f.State, f.Value, f.Reason = result.Suppressed, nil, result.Small
	}
	for i := range r.Summary.Headlines {
		f := &r.Summary.Headlines[i].Figure
		f.State, f.Value = result.Suppressed, nil
	}
	for _, table := range r.Tables() {
		for i := range table.Rows {
			for j := range table.Rows[i].Cells {
				table.Rows[i].Cells[j] = result.Cell{State: result.Suppressed, Reason: result.Small}
			}
		}
	}
	d, err := lay(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range d.Tables {
		rows := append(slices.Clone(table.Rows), table.Total)
		for _, row := range rows {
			for i, c := range row {
				if c.state == isNumber || table.Columns[i].Right() && d.write(c, table.Columns[i].Format) != "nicht ausgewiesen" {
					t.Errorf("%s: %+v", table.ID, c)
				}
			}
		}
	}
	text := read(pageOf(t, r))
	if !strings.Contains(text, "Wie viele Personen gelernt haben, kann nicht angegeben werden: die Gruppe ist zu klein.") || !strings.Contains(text, "weniger als 5") {
		t.Error(text)
	}
}

// TestUnchecked: a recommendation that follows only since nothing is known of those before it says so.
func TestUnchecked(t *testing.T) {
	r := sample("de")
	for i := range r.Summary.Recommendations {
		one := &r.Summary.Recommendations[i]
		one.Holds, one.Recommended = one.Consequence == "end", one.Consequence == "end"
		for j := range one.Conditions {
			one.Conditions[j].Holds, one.Conditions[j].Known, one.Conditions[j].Actual = false, false, nil
		}
	}
	r.Summary.Consequence = "end"
	if text := read(pageOf(t, r)); !strings.Contains(text, "Empfehlung: Beenden") || !strings.Contains(text, "konnten nicht geprüft werden, weil Angaben fehlen oder nicht ausgewiesen sind: Reichweite, Ausgaben im Verhältnis zum Budget und Kompetenzzuwachs.") {
		t.Error(text)
	}
	if text := read(pageOf(t, sample("de"))); strings.Contains(text, "konnten nicht geprüft werden") {
		t.Error(text)
	}
}

// TestCSV: as German and as English spreadsheets read it, and nothing in it is a formula.
func TestCSV(t *testing.T) {
	files, err := Tables(sample("de"))
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	for _, f := range files {
		byName[f.Name] = string(f.Data)
	}
	if len(files) != len(sample("de").Tables()) || len(byName) != len(files) {
		t.Errorf("%d files of %d names", len(files), len(byName))
	}
	want := "\ufeffPosten;Betrag in Euro;Anteil in %\r\nLizenzen und Betrieb;61400,50;55,0\r\nErstellung von Kursen;38250,00;34,3\r\nEinführung und Schulung;11900,00;10,7\r\nInsgesamt;111550,50;100,0\r\n"
	if got := byName["tables/cost-items.csv"]; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if !strings.Contains(byName["tables/offer-use.csv"], "\n'=Führung auf Distanz;") || !strings.Contains(byName["tables/reach-units.csv"], "12;12;nicht ausgewiesen;nicht ausgewiesen\r\n") ||
		!strings.Contains(byName["tables/reach-units.csv"], ";nicht angegeben;80;31;nicht angegeben\r\n") {
		t.Errorf("%q %q", byName["tables/offer-use.csv"], byName["tables/reach-units.csv"])
	}
	files, err = Tables(sample("en"))
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(files, func(f File) bool { return f.Name == "tables/cost-items.csv" }); !strings.Contains(string(files[i].Data), "Item,amount in euro,share in %\r\nLizenzen und Betrieb,61400.50,55.0\r\n") {
		t.Errorf("%q", files[i].Data)
	}
}

// TestXLSX: a sheet for each table behind that of contents; figures are numbers with formats, heads stay and are printed on each page.
func TestXLSX(t *testing.T) {
	data, err := Workbook(sample("de"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
			t.Errorf("%s has a time: %v", f.Name, f.Modified)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if list := f.GetSheetList(); len(list) != 20 || list[0] != "Inhalt" || list[1] != "Reichweite Einheiten" {
		t.Errorf("the sheets are %v", list)
	}
	get := func(sheet, cell string, raw bool) string {
		v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: raw})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		sheet, cell string
		raw         bool
		want        string
	}{
		{"Kosten", "A1", false, "Ausgaben nach Posten"}, {"Kosten", "B3", false, "Betrag"}, {"Kosten", "B4", true, "61400.5"}, {"Kosten", "C4", true, "0.55"},
		{"Kosten", "A7", false, "Insgesamt"}, {"Reichweite Einheiten", "D6", false, "nicht ausgewiesen"}, {"Angebot Nutzung", "A11", false, "=Führung auf Distanz"},
	} {
		if got := get(c.sheet, c.cell, c.raw); got != c.want {
			t.Errorf("%s!%s is %q, want %q", c.sheet, c.cell, got, c.want)
		}
	}
	if formula, err := f.GetCellFormula("Angebot Nutzung", "A11"); formula != "" || err != nil {
		t.Errorf("a formula: %q %v", formula, err)
	}
	titles := 0
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" && strings.HasSuffix(n.RefersTo, "!$3:$3") {
			titles++
		}
	}
	panes, err := f.GetPanes("Kosten")
	if titles != 19 || err != nil || !panes.Freeze || panes.YSplit != 3 {
		t.Errorf("%d print titles, panes %+v, %v", titles, panes, err)
	}
}

// TestWrite: all forms in a folder; what stands there is what is told of it.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	files, err := Write(t.Context(), bare("en"), dir, Options{}, HTML, JSON, CSV)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil || newFile(f.Form, f.Name, data).SHA256 != f.SHA256 || int64(len(data)) != f.Size {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if len(files) != 21 || files[0].Name != "report.html" {
		t.Errorf("%d files", len(files))
	}
	if _, err := Write(t.Context(), bare("en"), dir, Options{Browser: "/nowhere/chromium"}, PDF); err == nil {
		t.Error("a PDF without a browser")
	}
}

// TestAccessible: axe-core finds nothing, on a screen as on paper, and nothing is wider than its window.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("../../player/library/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: run make clients", err)
	}
	b := browsertest.Open(t, 60e9)
	for name, r := range map[string]*result.Report{"sample": sample("de"), "bare": bare("en")} {
		file := filepath.Join(t.TempDir(), name+".html")
		if err := os.WriteFile(file, pageOf(t, r), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{1100, 360} {
			b.Screen(width, 800, false)
			b.Visit("file://" + file)
			b.Until("document.readyState === 'complete'")
			if n := b.Wide(); n > 0 {
				t.Errorf("%s: %d wider than %d", name, n, width)
			}
			if width == 360 && name == "bare" {
				continue
			}
			if found := b.Accessible(string(axe)); found != "" {
				t.Errorf("%s, %d wide:\n%s", name, width, found)
			}
		}
	}
}

// TestPDF holds the document against PDF/UA-1.
func TestPDF(t *testing.T) {
	for _, r := range []*result.Report{sample("de"), bare("en")} {
		data, err := Document(t.Context(), r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if *keep != "" {
			if _, err := Write(t.Context(), r, filepath.Join(*keep, r.Head.Language), Options{}); err != nil {
				t.Fatal(err)
			}
		}
		d := uatest.Check(t, data)
		if d.Tags["H1"] != 1 || d.Tags["H2"] != 10 || len(d.Outline) < 15 {
			t.Errorf("%v %q", d.Tags, d.Outline)
		}
		if r.Head.Language == "de" && (d.Pages < 10 || d.Pages > 30 || d.Tags["Figure"] != 11 || d.Tags["Table"] < 25) {
			t.Errorf("%d pages, %v", d.Pages, d.Tags)
		}
	}
}
