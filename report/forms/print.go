package forms

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

const (
	// maxColumns is how many columns fit on paper beside that of the names.
	maxColumns = 7
	// denseFrom is from how many columns on a table is set smaller, shortFrom from how many on words in cells are shortened.
	denseFrom = 5
	shortFrom = 3
	// bodyRows is how many rows a table has in a section at most; the annex has all.
	bodyRows = 16
	// shortRows is up to how many rows a table is kept on one page, denseRows a dense one.
	shortRows = 16
	denseRows = 24
)

// inBody is a table of a section, numbered, in parts where it is wide.
func (d *document) inBody(t *table) []printed {
	d.bodyTables++
	number := d.integer(int64(d.bodyTables))
	d.whole[t.ID] = number
	return d.parts(t, d.say(phrase{"Tabelle ", "Table "})+number)
}

// excerpt is a table of a section with its first rows and some of its columns; of none named, all. What
// is left out stands in the annex.
func (d *document) excerpt(t *table, rows int, columns ...string) []printed {
	if len(t.Rows) == 0 {
		return d.inBody(t)
	}
	short := *t
	if len(columns) > 0 {
		short = t.pick(columns)
	}
	cut := len(short.Rows) > rows
	if cut {
		short.Rows = short.Rows[:rows]
	}
	if !cut && len(short.Columns) == len(t.Columns) {
		return d.inBody(t)
	}
	note := phrase{"Auszug: alle Angaben stehen im Anhang.", "An excerpt: the annex has all figures."}
	if cut {
		note = phrase{"Auszug: alle Zeilen und Angaben stehen im Anhang.", "An excerpt: the annex has all rows and figures."}
	}
	short.ID += "-excerpt"
	short.Notes = append([]string{d.say(note)}, t.Notes...)
	d.bodyTables++
	return d.parts(&short, d.say(phrase{"Tabelle ", "Table "})+d.integer(int64(d.bodyTables)))
}

// pick is a table with the column of names and those of these keys.
func (t *table) pick(columns []string) table {
	out := *t
	keep := []int{0}
	for i := 1; i < len(t.Columns); i++ {
		if slices.Contains(columns, t.Columns[i].Key) {
			keep = append(keep, i)
		}
	}
	choose := func(cells []cell) []cell {
		if cells == nil {
			return nil
		}
		var chosen []cell
		for _, i := range keep {
			chosen = append(chosen, cells[i])
		}
		return chosen
	}
	out.Columns, out.Rows = nil, nil
	for _, i := range keep {
		out.Columns = append(out.Columns, t.Columns[i])
	}
	for _, r := range t.Rows {
		out.Rows = append(out.Rows, choose(r))
	}
	out.Total = choose(t.Total)
	return out
}

// parts are a table as it is printed: one that has too many columns is divided into even parts, each with
// the names of the rows.
func (d *document) parts(t *table, number string) []printed {
	values := len(t.Columns) - 1
	n := (values + maxColumns - 1) / maxColumns
	if n < 2 || len(t.Rows) == 0 {
		return []printed{{table: t, Caption: number + ": " + t.Title, Dense: values >= denseFrom, Abbreviated: values >= shortFrom, words: d.words}}
	}
	var out []printed
	for i := range n {
		from, to := 1+i*values/n, 1+(i+1)*values/n
		part := *t
		part.ID = fmt.Sprintf("%s-%d", t.ID, i+1)
		cut := func(cells []cell) []cell {
			if cells == nil {
				return nil
			}
			return append(cells[:1:1], cells[from:to]...)
		}
		part.Columns, part.Rows, part.Total = append(t.Columns[:1:1], t.Columns[from:to]...), nil, cut(t.Total)
		for _, r := range t.Rows {
			part.Rows = append(part.Rows, cut(r))
		}
		if i < n-1 {
			part.Notes = nil
		}
		caption := d.say(phrase{"%s: %s (Teil %d von %d)", "%s: %s (part %d of %d)"}, number, t.Title, i+1, n)
		out = append(out, printed{table: &part, Caption: caption, Dense: to-from >= denseFrom, Abbreviated: to-from >= shortFrom, words: d.words})
	}
	return out
}

// Short tells whether the table is kept on one page.
func (p printed) Short() bool {
	return len(p.Rows) <= shortRows || p.Dense && len(p.Rows) <= denseRows
}

// row is a row as it is printed.
type row struct {
	Cells []shownCell
	Total bool
}

// shownCell is a cell as it is printed.
type shownCell struct {
	Text    string
	Right   bool
	Instead bool // words in the place of a figure
	Level   int
}

// Body are all rows as they are printed, the total at the end.
func (p printed) Body() []row {
	var rows []row
	for _, r := range p.Rows {
		rows = append(rows, p.row(r, false))
	}
	if p.Total != nil {
		rows = append(rows, p.row(p.Total, true))
	}
	return rows
}

func (p printed) row(cells []cell, total bool) row {
	r := row{Total: total}
	for i, c := range cells {
		f := p.Columns[i].Format
		s := shownCell{Text: p.words.write(c, f), Right: f.kind != asText, Instead: c.state != isText && c.state != isNumber, Level: min(c.level, 6)}
		switch {
		case s.Instead && p.Abbreviated && c.state == isSuppressed:
			s.Text = p.words.say(suppressedShort)
		case c.state == isText:
			s.Text = p.words.soft(s.Text)
		}
		r.Cells = append(r.Cells, s)
	}
	return r
}

// suppressedShort stands in narrow columns; a note below the table says what it means.
var suppressedShort = phrase{"n." + narrow + "a.", "n/s"}

// AllNotes are the notes below a table, with what shortened words mean and where the figures come from.
func (p printed) AllNotes() []string {
	notes := p.Notes
	if p.Missing != "" {
		return nil // there is nothing to note of
	}
	if p.Abbreviated {
		short := p.words.say(phrase{"„nicht ausgewiesen“", "“suppressed”"})
		var out []string
		for _, n := range notes {
			if strings.HasPrefix(n, short) {
				n = p.words.say(phrase{"„n." + narrow + "a.“ – nicht ausgewiesen", "“n/s” – suppressed"}) + strings.TrimPrefix(n, short)
			}
			out = append(out, n)
		}
		notes = out
	}
	if len(p.Queries) > 0 {
		label := phrase{"Abfrage: ", "Query: "}
		if len(p.Queries) > 1 {
			label = phrase{"Abfragen: ", "Queries: "}
		}
		notes = append(notes[:len(notes):len(notes)], p.words.say(label)+strings.Join(p.Queries, ", ")+".")
	}
	return notes
}

// Heads are the heads of the columns, ready for print.
func (p printed) Heads() []shownCell {
	var heads []shownCell
	for _, c := range p.Columns {
		heads = append(heads, shownCell{Text: p.words.soft(c.Head), Right: c.Right()})
	}
	return heads
}

// drawing is a chart with its number; draw is told which id it may use.
func (d *document) drawing(draw func(id string) []byte) (template.HTML, string) {
	d.charts++
	svg := draw(fmt.Sprintf("chart%d", d.charts))
	// The chart escapes what it is given.
	return template.HTML(svg), d.say(phrase{"Abbildung %d", "Figure %d"}, d.charts)
}
