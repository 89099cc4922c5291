package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// readCSV reads a file of RFC 4180 with any of the usual delimiters. What is not
// UTF-8 is Windows-1252, as Western spreadsheet programs still write it.
func (t *Table) readCSV(data []byte, l Limits) error {
	t.Format, t.Encoding = "csv", "UTF-8"
	data, marked := bytes.CutPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return failed(0, 0, "the file is in UTF-16; save it as CSV in UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		return failed(1+bytes.Count(data[:bytes.IndexByte(data, 0)], []byte("\n")), 0, "this is not a text: neither CSV nor XLSX")
	case !utf8.Valid(data) && marked:
		return failed(0, 0, "the file says that it is in UTF-8, and it is not")
	case !utf8.Valid(data):
		t.Encoding = "Windows-1252"
		text, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return failed(0, 0, "the file is neither in UTF-8 nor in Windows-1252")
		}
		data = text
	}
	skipped := 0
	delimiter, rest := declared(data)
	if delimiter != 0 {
		data, skipped = rest, 1
	} else {
		delimiter = guess(data)
	}
	t.Delimiter = string(delimiter)
	return t.records(loneReturns(data), delimiter, skipped, l)
}

// loneReturns are lines as old Macintosh programs end them, with the usual ends.
func loneReturns(data []byte) []byte {
	if bytes.IndexByte(data, '\n') >= 0 {
		return data
	}
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
}

// declared is the delimiter that a first line "sep=;" names, and what follows it.
func declared(data []byte) (delimiter rune, rest []byte) {
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	text := strings.ToLower(strings.TrimRight(string(line), "\r"))
	value, ok := strings.CutPrefix(text, "sep=")
	if !ok || len(value) != 1 || !strings.Contains(delimiters, value) {
		return 0, nil
	}
	return rune(value[0]), rest
}

// delimiters are those that are recognised, the likeliest first.
const delimiters = ";,\t"

// guess is the delimiter that the first line with text has most of, outside
// quotes.
func guess(data []byte) rune {
	counts := make(map[byte]int)
	quoted := false
	for _, b := range bytes.TrimLeft(data, "\r\n") {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n' || b == '\r':
			return most(counts)
		case strings.IndexByte(delimiters, b) >= 0:
			counts[b]++
		}
	}
	return most(counts)
}

func most(counts map[byte]int) rune {
	best := delimiters[0]
	for i := range len(delimiters) {
		if counts[delimiters[i]] > counts[best] {
			best = delimiters[i]
		}
	}
	return rune(best)
}

func (t *Table) records(data []byte, delimiter rune, skipped int, l Limits) error {
	if line := tooWide(data, delimiter); line > 0 {
		return failed(line+skipped, 0, "there are more than %d columns", l.Columns)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = delimiter, -1, true
	for {
		cells, err := r.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &broken):
			return failed(broken.Line+skipped, 0, "%s", inWords(broken.Err))
		case err != nil:
			return failed(0, 0, "the file cannot be read")
		}
		line, _ := r.FieldPos(0)
		if err := t.add(line+skipped, cells, l); err != nil {
			return err
		}
	}
}

// maxCells is how many cells a row may have, empty ones behind the last that counts
// too: as many as one of a workbook. The reader takes memory for each.
const maxCells = 16_384

// tooWide is the line in which a row begins that goes beyond maxCells; 0 for none.
func tooWide(data []byte, delimiter rune) int {
	line, begin, cells, quoted := 1, 1, 1, false
	for _, b := range data {
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\n':
			if line++; !quoted {
				begin, cells = line, 1
			}
		case !quoted && rune(b) == delimiter:
			if cells++; cells > maxCells {
				return begin
			}
		}
	}
	return 0
}

func inWords(err error) string {
	switch {
	case errors.Is(err, csv.ErrQuote):
		return "a quote that opens a text is not closed before the next delimiter; a quote within a text is written twice"
	case errors.Is(err, csv.ErrBareQuote):
		return "there is a quote within a text that does not begin with one; put the text in quotes and write the quote twice"
	}
	return "this is not CSV"
}
