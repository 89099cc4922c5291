package forms

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"strings"
	"time"

	"lernspur/report/definition"
	"lernspur/report/result"
)

// document is a report in the words of its language, ready to be laid out.
type document struct {
	words
	Lang, Title, Tenant, Office     string
	PeriodText, AsOfText            string
	Synthetic, Preview, Erased      string // what every reader has to know, "" for nothing
	Version, Run, Checksum          string
	Consequence                     string
	ConsequenceText                 template.HTML
	Basis                           string // why this is recommended
	Headlines                       []headline
	HeadlineNotes                   []string
	Sections                        []*section
	Tables                          []*table
	made                            time.Time
	report                          *result.Report
	charts, bodyTables, annexTables int
	whole                           map[string]string // tables that stand in a section as they are: their numbers
}

// headline is a figure of the first page.
type headline struct {
	Name, Meaning string
	Value         string
	Shown         bool
	Population    string
	Target        string
	Light         result.Light
	LightText     string
}

// fact is a line of what a report says of itself.
type fact struct{ Term, Text string }

// section is one of the ten.
type section struct {
	Number int
	ID     string
	Title  string
	Lead   string // what there is to know, in a sentence or two
	Blocks []block
}

// block is a piece of a section. What is empty is not shown.
type block struct {
	Number, ID, Heading string
	Paragraphs          []string
	Prose               template.HTML
	Facts               []fact // a table of two columns, with a caption
	FactsCaption        string
	Figures             []figure
	FiguresCaption      string
	Chart               template.HTML
	ChartCaption        string
	Tables              []printed
	Notes               []string
	Items               []item
}

// item is something of the annex that is explained: a query.
type item struct{ Name, ID, Text, Code string }

// figure is a single figure as it is listed.
type figure struct {
	Name, Value, Population string
	Remarks                 []string
	Shown                   bool
	Query                   string
}

// printed is a table as a page shows it: at most as many columns as fit.
type printed struct {
	*table
	Caption string
	// Dense: set smaller; Abbreviated: words in cells are shortened.
	Dense, Abbreviated bool
	words              words
}

// lay makes a document of a report.
func lay(r *result.Report) (*document, error) {
	made, err := time.Parse(time.RFC3339Nano, r.Head.AsOf)
	if err != nil {
		return nil, fmt.Errorf("the report is of no time: %w", err)
	}
	canonical, err := r.JSON()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(canonical)
	w := words{r.Head.Language}
	if !w.german() {
		w.lang = "en"
	}
	shown := made
	if zone, err := time.LoadLocation(r.Head.Zone); err == nil {
		shown = made.In(zone)
	}
	d := &document{
		words: w, Lang: w.lang, Title: r.Head.Title, Tenant: r.Head.Tenant, Office: r.Mandate.Office,
		PeriodText: w.say(phrase{"%s bis %s", "%s to %s"}, w.date(r.Head.From), w.date(r.Head.To)), AsOfText: w.moment(shown),
		Version: r.Head.Version, Run: r.Head.Run, Checksum: hex.EncodeToString(sum[:]), made: made, report: r,
		Tables: w.tables(r), whole: map[string]string{},
	}
	if r.Head.Demo {
		d.Synthetic = w.say(phrase{"Synthetische Daten: Alle Angaben stammen aus einer erfundenen Stadt.", "Synthetic data: all figures are those of a town that does not exist."})
	}
	if r.Head.Run == "" {
		d.Preview = w.say(phrase{"Vorschau. Dieser Bericht ist nicht aufgezeichnet und nicht zur Weitergabe bestimmt.", "Preview. This report is not recorded and not meant to be passed on."})
	}
	if n := r.Head.Erased; n > 0 {
		d.Erased = w.remark(result.Remark{Code: result.ErasedMissing, Count: n})
	}
	d.summarise()
	d.Sections = []*section{d.summary(), d.mandate(), d.reach(), d.offer(), d.learning(), d.satisfaction(), d.vouchers(), d.cost(), d.quality(), d.annex()}
	for _, s := range d.Sections {
		n := 0
		for i := range s.Blocks {
			if s.Blocks[i].Heading != "" {
				n++
				s.Blocks[i].Number = fmt.Sprintf("%d.%d", s.Number, n)
				s.Blocks[i].ID = fmt.Sprintf("%s-%d", s.ID, n)
			}
		}
	}
	return d, nil
}

// FullTitle is the title with the period.
func (d *document) FullTitle() string { return d.Title + ", " + d.PeriodText }

// facts are what a report says of itself.
func (d *document) facts() []fact {
	list := []fact{
		{d.say(phrase{"Mandant", "Tenant"}), d.Tenant},
		{d.say(phrase{"Zeitraum", "Period"}), d.PeriodText},
		{d.say(phrase{"Datenstand", "Data as of"}), d.AsOfText},
		{d.say(phrase{"Kleinste Gruppe (k)", "Smallest group (k)"}), d.integer(int64(d.report.Head.K))},
		{d.say(phrase{"Programmversion", "Program version"}), first(d.Version, "–")},
		{d.say(phrase{"Lauf", "Run"}), first(d.Run, d.say(phrase{"Vorschau, nicht aufgezeichnet", "preview, not recorded"}))},
		{d.say(phrase{"Prüfsumme (SHA-256 der JSON-Fassung)", "Checksum (SHA-256 of the JSON)"}), d.Checksum},
	}
	for _, more := range []string{d.Synthetic, d.Erased} {
		if more != "" {
			list = append(list, fact{d.say(phrase{"Hinweis", "Note"}), more})
		}
	}
	return list
}

// markdown is a text of the project.
func (d *document) markdown(text string) template.HTML {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return d.prose(definition.Markdown(text).HTML())
}

// value is a single figure in words, with its unit.
func (w words) value(f *result.Figure) string {
	switch {
	case f.State == result.Suppressed:
		return w.say(suppressedWords)
	case f.State == result.Missing || f.Value == nil:
		return w.missing(f.Reason)
	}
	return w.amount(*f.Value, f.Unit)
}

// amount is a number with its unit.
func (w words) amount(n result.Number, unit result.Unit) string {
	s := w.figure(n.Float(), formatOf(unit, n.Places))
	one := n.Float() == 1
	switch unit {
	case result.Hours:
		if one {
			return s + nbsp + w.say(phrase{"Stunde", "hour"})
		}
		return s + nbsp + w.say(phrase{"Stunden", "hours"})
	case result.Days:
		if one {
			return s + nbsp + w.say(phrase{"Tag", "day"})
		}
		return s + nbsp + w.say(phrase{"Tage", "days"})
	}
	return s
}

// population is what a figure is of: of 730 people; "" where that is not shown.
func (w words) population(f *result.Figure) string {
	if f.Population == nil || *f.Population == 0 {
		return ""
	}
	n := w.integer(*f.Population)
	if p, ok := populations[f.PopulationUnit]; ok {
		n = w.say(p, n)
	}
	return w.say(phrase{"von %s", "of %s"}, n)
}

// listed is a figure for a list.
func (d *document) listed(f *result.Figure) figure {
	out := figure{Name: d.nameOf(figureNames, f.Name), Value: d.value(f), Population: d.population(f), Shown: f.State == result.Shown && f.Value != nil, Query: f.Query}
	if !out.Shown {
		out.Remarks = append(out.Remarks, capital(d.reason(f.Reason))+".")
	}
	for _, r := range f.Remarks {
		if r.Code != result.TimeFromGaps || r.Count > 0 {
			out.Remarks = append(out.Remarks, d.remark(r))
		}
	}
	return out
}

// figures lists figures with a caption.
func (d *document) figures(caption phrase, list ...*result.Figure) block {
	b := block{FiguresCaption: d.say(caption)}
	for _, f := range list {
		b.Figures = append(b.Figures, d.listed(f))
	}
	return b
}

// shown is the value of a figure, when there is one.
func shown(f *result.Figure) (float64, bool) {
	if f.State != result.Shown || f.Value == nil {
		return 0, false
	}
	return f.Value.Float(), true
}

// tableOf is a table by its name in the result.
func (d *document) tableOf(name string) *table {
	id := strings.NewReplacer(".", "-", "_", "-").Replace(name)
	for _, t := range d.Tables {
		if t.ID == id {
			return t
		}
	}
	return &table{ID: id, Title: name}
}
