package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestReadCSV(t *testing.T) {
	want := []Row{{2, []string{"Müller", "10"}}, {4, []string{"", "20"}}}
	for name, tc := range map[string]struct{ data, encoding, delimiter string }{
		"semicolons":             {"Name;Amt\nMüller;10\n;\n;20\n", "UTF-8", ";"},
		"commas":                 {"Name,Amt\nMüller,10\n,\n,20\n", "UTF-8", ","},
		"tabs":                   {"Name\tAmt\nMüller\t10\n\t\n\t20\n", "UTF-8", "\t"},
		"mark of bytes":          {"\xef\xbb\xbfName;Amt\r\nMüller;10\r\n;\r\n;20\r\n", "UTF-8", ";"},
		"Windows-1252":           {"Name;Amt\nM\xfcller;10\n\n;20\n", "Windows-1252", ";"},
		"quotes":                 {"\"Name\";\"Amt\"\n\"Müller\";\"10\"\n;\n;20", "UTF-8", ";"},
		"delimiters in quotes":   {"\"Name\",\"Amt\"\nMüller,10\n,\n,20", "UTF-8", ","},
		"blanks, also unseen":    {"Name ;Amt\n Müller\u00a0; 10\n;\n;20;;\n", "UTF-8", ";"},
		"old ends of lines":      {"Name;Amt\rMüller;10\r;\r;20\r", "UTF-8", ";"},
		"rows without delimiter": {"Name;Amt\nMüller;10\n\n;20", "UTF-8", ";"},
	} {
		got, err := Read([]byte(tc.data), "", Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		table := &Table{Format: "csv", Encoding: tc.encoding, Delimiter: tc.delimiter, Header: []string{"Name", "Amt"}, Line: 1, Rows: want}
		if diff := cmp.Diff(table, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatSpreadsheetsSay(t *testing.T) {
	got, err := Read([]byte("sep=,\r\n\r\nName,Text\r\nA,\"two\nlines, with \"\"quotes\"\"\"\r\nB,\r\n"), "", Limits{})
	want := &Table{Format: "csv", Encoding: "UTF-8", Delimiter: ",", Header: []string{"Name", "Text"}, Line: 3,
		Rows: []Row{{4, []string{"A", "two\nlines, with \"quotes\""}}, {6, []string{"B"}}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestFilesThatCannotBe(t *testing.T) {
	small := Limits{Bytes: 1000, Unpacked: 100_000, Rows: 2, Columns: 3, Cell: 10}
	for name, tc := range map[string]struct {
		data         string
		line, column int
		words        string
	}{
		"nothing":            {"", 0, 0, "empty"},
		"empty lines":        {"\n\n;;\n", 0, 0, "empty"},
		"too large":          {strings.Repeat("x", 1001), 0, 0, "larger"},
		"too many rows":      {"a\n1\n2\n3\n", 4, 0, "more than 2 rows"},
		"too many columns":   {"a;b;c;d\n", 1, 0, "more than 3 columns"},
		"a long cell":        {"a;b\n1;" + strings.Repeat("x", 11), 2, 2, "longer"},
		"more than headings": {"a;b\n1;2;3\n", 2, 3, "headings"},
		"an open quote":      {"a;b\n\"1;2\n", 2, 0, "quote"},
		"a quote within":     {"a;b\n1\"x\";2\n", 2, 0, "quote"},
		"UTF-16":             {"\xff\xfea\x00", 0, 0, "UTF-16"},
		"a picture":          {"\x89PNG\n\x00", 2, 0, "not a text"},
		"a false mark":       {"\xef\xbb\xbfM\xfcller", 0, 0, "says"},
		"half a workbook":    {"PK\x03\x04....", 0, 0, "neither"},
	} {
		_, err := Read([]byte(tc.data), "", small)
		var e *Error
		if !errors.As(err, &e) || e.Line != tc.line || e.Column != tc.column || !strings.Contains(e.Message, tc.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// workbook is one with the cells given, by sheet.
func workbook(t testing.TB, sheets map[string]map[string]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for name, cells := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for at, value := range cells {
			if err := f.SetCellValue(name, at, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadWorkbook(t *testing.T) {
	data := workbook(t, map[string]map[string]any{
		"Amt": {"A2": "Name", "B2": "Nummer", "C2": "seit", "A3": "Müller", "B3": 4711, "C3": 46023, "B5": "0815"},
	})
	for _, name := range []string{"", "Amt"} {
		got, err := Read(data, name, Limits{})
		want := &Table{Format: "xlsx", Sheet: "Amt", Header: []string{"Name", "Nummer", "seit"}, Line: 2,
			Rows: []Row{{3, []string{"Müller", "4711", "46023"}}, {5, []string{"", "0815"}}}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(err, diff)
		}
	}
	for name, tc := range map[string]struct {
		sheet string
		l     Limits
		words string
	}{
		"no such sheet":      {"Personal", Limits{}, "there are"},
		"an empty sheet":     {"Sheet1", Limits{}, "empty"},
		"too many rows":      {"", Limits{Rows: 1}, "line 5"},
		"larger when opened": {"", Limits{Unpacked: 1000}, "unpacked"},
	} {
		if _, err := Read(data, tc.sheet, tc.l); err == nil || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBombs: what a workbook says of its size is what it is held to, and neither
// many parts nor damage get further.
func TestBombs(t *testing.T) {
	pack := func(change func(*zip.Writer)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		change(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	large := pack(func(z *zip.Writer) {
		w, _ := z.Create("xl/worksheets/sheet1.xml")
		for range 20 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	})
	if len(large) > 1<<20 {
		t.Fatalf("%d bytes are no bomb", len(large))
	}
	many := pack(func(z *zip.Writer) {
		for i := range maxParts + 1 {
			_, _ = z.Create(fmt.Sprint("xl/", i))
		}
	})
	none := pack(func(z *zip.Writer) { _, _ = z.Create("readme") })
	damaged := workbook(t, map[string]map[string]any{"A": {"A1": "x"}})
	for i := len(damaged) / 4; i < len(damaged)/2; i++ {
		damaged[i] ^= 0x55
	}
	for name, data := range map[string][]byte{"larger inside": large, "many parts": many, "no workbook": none, "damaged": damaged} {
		var e *Error
		if _, err := Read(data, "", Limits{Unpacked: 10 << 20}); !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzCSV: whatever a file has, it is a table within the limits, in UTF-8, or an
// error with a place; and a table that is written with quotes reads as it is.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a;b\n1;2\n", "\xef\xbb\xbfa,b\r\n\"x\ny\",2", "M\xfcller;x", "sep=;\na;b", "\"a", "a\tb\n\"\"\"\"\t", "\r\r;\r"} {
		f.Add([]byte(seed))
	}
	l := Limits{Bytes: 1 << 16, Rows: 100, Columns: 10, Cell: 100, Unpacked: 1 << 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
			return
		}
		table, err := Read(data, "", l)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) || e.Message == "" || e.Line < 0 || e.Column < 0 {
				t.Fatalf("%#v", err)
			}
			return
		}
		var again strings.Builder
		again.WriteString("sep=;\n")
		write := func(cells []string) {
			for i := range table.Header {
				cell := Row{Cells: cells}.Cell(i)
				if len(cell) > l.Cell || !utf8.ValidString(cell) {
					t.Fatalf("%q", cell)
				}
				fmt.Fprintf(&again, `"%s";`, strings.ReplaceAll(cell, `"`, `""`))
			}
			again.WriteString("\n")
		}
		write(table.Header)
		last := table.Line
		for _, row := range table.Rows {
			if row.Line <= last || len(row.Cells) > len(table.Header) {
				t.Fatalf("%+v after line %d", row, last)
			}
			last = row.Line
			write(row.Cells)
		}
		second, err := Read([]byte(again.String()), "", Limits{})
		if err != nil {
			t.Fatalf("%q: %v", again.String(), err)
		}
		if diff := cmp.Diff(texts(table), texts(second)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// texts are the cells of a table. A line's end within a cell may be written in one
// of two ways.
func texts(t *Table) (all [][]string) {
	all = append(all, t.Header)
	for _, row := range t.Rows {
		all = append(all, row.Cells)
	}
	return all
}

// TestRowsOfNothing: cells that are empty take memory, too, unless somebody counts
// them first. Delimiters in quotes are no cells.
func TestRowsOfNothing(t *testing.T) {
	for name, tc := range map[string]struct {
		data string
		line int // 0: it can be read
	}{
		"as wide as a workbook":  {"a;b\n1;2" + strings.Repeat(";", 16_382) + "\n3;4\n", 0},
		"wider":                  {"a;b\n1;2" + strings.Repeat(";", 16_383) + "\n3;4\n", 2},
		"wider, behind a quote":  {"a;b\n\"1\n\";2" + strings.Repeat(";", 16_383) + "\n", 2},
		"over several lines":     {"a;b\n1;2" + strings.Repeat(";\"\n\"", 16_383) + "\n", 2},
		"many rows":              {"a;b\n" + strings.Repeat("1;2;;\n", 5000), 0},
		"sep, then a wide row":   {"sep=;\na;b" + strings.Repeat(";", 16_383) + "\n", 2},
		"delimiters in one cell": {"a;b\n" + strings.Repeat("1;\""+strings.Repeat(";", 3000)+"\"\n", 10), 0},
	} {
		_, err := Read([]byte(tc.data), "", Limits{})
		var e *Error
		switch {
		case tc.line == 0 && err != nil, tc.line > 0 && (!errors.As(err, &e) || e.Line != tc.line || !strings.Contains(e.Message, "columns")):
			t.Errorf("%s: %v", name, err)
		}
	}
}
