package forms

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"strings"
)

// byteOrderMark tells spreadsheets that a file is UTF-8; without it they take it for something older.
const byteOrderMark = "\ufeff"

// csv writes a table as spreadsheets of its language read it: with semicolons and a comma before
// decimals in German, with commas and a point in English; in UTF-8 with a mark that says so,
// lines ending as RFC 4180 has it. Units stand in the heads, and thousands are not set apart. A text
// that a spreadsheet would take for a formula gets an apostrophe in front.
func (w words) csv(t *table) ([]byte, error) {
	b := bytes.NewBufferString(byteOrderMark)
	out := csv.NewWriter(b)
	out.UseCRLF = true
	if w.german() {
		out.Comma = ';'
	}
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = harmless(w.headOf(c))
	}
	if err := out.Write(record); err != nil {
		return nil, err
	}
	rows := t.Rows
	if t.Total != nil {
		rows = append(rows[:len(rows):len(rows)], t.Total)
	}
	for _, row := range rows {
		for i, c := range row {
			record[i] = w.plain(c, t.Columns[i].Format)
		}
		if err := out.Write(record); err != nil {
			return nil, err
		}
	}
	out.Flush()
	return b.Bytes(), out.Error()
}

// headOf is the head of a column with the unit of its figures.
func (w words) headOf(c column) string {
	switch c.Format.kind {
	case asPercent:
		return c.Head + w.say(phrase{" in %", " in %"})
	case asEuro:
		return c.Head + w.say(phrase{" in Euro", " in euro"})
	}
	return c.Head
}

// plain is a cell for programs.
func (w words) plain(c cell, f format) string {
	if c.state != isNumber {
		return harmless(w.write(c, f))
	}
	v := c.value
	if f.kind == asPercent {
		v *= 100
	}
	s := strconv.FormatFloat(v, 'f', f.places, 64)
	if math.Signbit(v) && strings.Trim(s, "-0.") == "" {
		s = s[1:] // not -0
	}
	if w.german() {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// harmless is a text that no spreadsheet reckons with.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
