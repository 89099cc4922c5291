// Package sheet reads tables as people keep them: CSV files as spreadsheet programs
// and personnel systems write them, and workbooks in XLSX. It answers text by line
// and column and knows nothing of what the text means. Files come from people, so
// everything about them is bounded.
package sheet

import (
	"bytes"
	"fmt"
	"strings"
)

// Limits bound a file. Zero values stand for what is named there.
type Limits struct {
	Bytes    int64 // of the file, 16 MiB
	Unpacked int64 // of everything in a workbook, 128 MiB
	Rows     int   // 100,000
	Columns  int   // 100
	Cell     int   // bytes in a cell, 4,000
}

func (l *Limits) defaults() {
	set := func(to *int64, value int64) {
		if *to <= 0 {
			*to = value
		}
	}
	set(&l.Bytes, 16<<20)
	set(&l.Unpacked, 128<<20)
	for _, limit := range []struct {
		to    *int
		value int
	}{{&l.Rows, 100_000}, {&l.Columns, 100}, {&l.Cell, 4000}} {
		if *limit.to <= 0 {
			*limit.to = limit.value
		}
	}
}

// Table is what a file has.
type Table struct {
	Format    string   `json:"format"` // csv or xlsx
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Sheet     string   `json:"sheet,omitempty"`
	Header    []string `json:"header"` // the first row that is not empty
	Line      int      `json:"-"`      // of the header
	Rows      []Row    `json:"-"`      // those below that are not empty
}

// Row is one row. It has as many cells as the header, or more when the others are
// empty.
type Row struct {
	Line  int // as an editor, or a spreadsheet, counts it
	Cells []string
}

// Cell is the text in a column, counted from 0; "" beyond the end.
func (r Row) Cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column]
}

// Error is why a file cannot be read, and where. Lines and columns count from 1; 0
// is nowhere in particular.
type Error struct {
	Line, Column int
	Message      string
	// Form and Args are Message as package fmt has it, for whoever says it in
	// another language.
	Form string
	Args []any
}

func (e *Error) Error() string {
	switch {
	case e.Line > 0 && e.Column > 0:
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
	case e.Line > 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Message)
	}
	return e.Message
}

func failed(line, column int, format string, args ...any) error {
	return &Error{line, column, fmt.Sprintf(format, args...), format, args}
}

// Read reads a table; name is that of a workbook's sheet, "" for the first one that
// has something. The error is *Error.
func Read(data []byte, name string, l Limits) (*Table, error) {
	l.defaults()
	if int64(len(data)) > l.Bytes {
		return nil, failed(0, 0, "the file is larger than %d bytes", l.Bytes)
	}
	t := &Table{}
	var err error
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		err = t.readWorkbook(data, name, l)
	} else {
		err = t.readCSV(data, l)
	}
	if err != nil {
		return nil, err
	}
	if t.Header == nil {
		return nil, failed(0, 0, "the file is empty")
	}
	return t, nil
}

// add takes over a row, unless it is empty.
func (t *Table) add(line int, cells []string, l Limits) error {
	kept := make([]string, 0, len(cells))
	for i, cell := range cells {
		// A blank that does not break a line is one that nobody sees.
		text := strings.TrimSpace(strings.ReplaceAll(cell, "\u00a0", " "))
		if len(text) > l.Cell {
			return failed(line, i+1, "this is longer than %d bytes", l.Cell)
		}
		kept = append(kept, text)
	}
	for len(kept) > 0 && kept[len(kept)-1] == "" {
		kept = kept[:len(kept)-1]
	}
	switch {
	case len(kept) == 0:
		return nil
	case len(kept) > l.Columns:
		return failed(line, 0, "there are more than %d columns", l.Columns)
	case t.Header == nil:
		t.Header, t.Line = kept, line
		return nil
	case len(kept) > len(t.Header):
		return failed(line, len(t.Header)+1, "there is more in this row than there are headings; is the delimiter part of a text that is not in quotes?")
	case len(t.Rows) == l.Rows:
		return failed(line, 0, "there are more than %d rows", l.Rows)
	}
	t.Rows = append(t.Rows, Row{line, kept})
	return nil
}
