package forms

import "lernspur/report/result"

// table is a table of the report, in the words of its language. All forms show the same ones.
type table struct {
	ID      string // for files and links: reach-units
	Title   string
	Sheet   string // the name of its sheet, at most 31 characters
	Columns []column
	Rows    [][]cell
	Total   []cell // the last row, when there is one
	Notes   []string
	// Tree: rows stand in a tree, and totals in it.
	Tree bool
	// Queries are the names of the queries that its figures come from.
	Queries []string
	// Missing says why there are no rows.
	Missing string
}

// column is a column of a table.
type column struct {
	Key    string // its name in the result
	Head   string
	Format format
}

// format is how the figures of a column are written.
type format struct {
	kind   kind
	places int
}

type kind int

const (
	asText kind = iota
	asNumber
	asPercent // a part of one
	asEuro
	asPoints // with its sign
)

// text is the format of columns of texts.
var text = format{kind: asText}

// Right tells whether the column is set flush right.
func (c column) Right() bool { return c.Format.kind != asText }

// cell is one place in a table.
type cell struct {
	state  state
	text   string // of a text
	value  float64
	level  int           // how deep in a tree the row is that this is the name of
	reason result.Reason // why there is no figure
}

type state int

const (
	isText state = iota
	isNumber
	isSuppressed
	isMissing
)

func textCell(s string) cell { return cell{state: isText, text: s} }

// Words in the place of figures.
var (
	suppressedWords = phrase{"nicht ausgewiesen", "suppressed"}
	notGivenWords   = phrase{"nicht angegeben", "not given"}
	noneWords       = phrase{"entfällt", "not available"}
)

// write is a cell as people read it.
func (w words) write(c cell, f format) string {
	switch c.state {
	case isText:
		return c.text
	case isSuppressed:
		return w.say(suppressedWords)
	case isMissing:
		return w.missing(c.reason)
	}
	return w.figure(c.value, f)
}

// missing stands in the place of a figure that there is not.
func (w words) missing(r result.Reason) string {
	if notGiven[r] {
		return w.say(notGivenWords)
	}
	return w.say(noneWords)
}

// figure is a figure with its unit.
func (w words) figure(v float64, f format) string {
	switch f.kind {
	case asPercent:
		return w.percent(v, f.places)
	case asEuro:
		return w.euro(v, f.places)
	case asPoints:
		if v > 0 {
			return "+" + w.number(v, f.places)
		}
	}
	return w.number(v, f.places)
}

// formatOf is how figures of a unit are written, with this many places behind the point.
func formatOf(u result.Unit, places int) format {
	switch u {
	case result.Share:
		return format{asPercent, max(0, places-2)}
	case result.Euro:
		return format{asEuro, places}
	case result.Points:
		return format{asPoints, places}
	}
	return format{asNumber, places}
}

// cellOf is a cell of the result.
func cellOf(c result.Cell) cell {
	switch {
	case c.State == result.Suppressed:
		return cell{state: isSuppressed, reason: c.Reason}
	case c.State == result.Missing || c.Value == nil:
		return cell{state: isMissing, reason: c.Reason}
	}
	return cell{state: isNumber, value: c.Value.Float()}
}
