package progress

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"lernspur/suppress"
)

// table is an answer of rows, which can be written in every format: as JSON, CSV
// and XLSX. A cell is a string, a number, a bool, nil, a suppress.Count, a pointer
// to a number, or a list.
type table struct {
	columns []string
	rows    [][]any
}

// object is a row as JSON, its fields in the order of the columns.
func (t table) object(row []any) (json.RawMessage, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range t.columns {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := marshal(row[i])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// objects are all rows as JSON.
func (t table) objects() ([]json.RawMessage, error) {
	list := make([]json.RawMessage, len(t.rows))
	for i, row := range t.rows {
		var err error
		if list[i], err = t.object(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// plain is a cell as a spreadsheet has it: nil, a string, a number or a bool.
func plain(cell any) any {
	switch v := cell.(type) {
	case suppress.Count:
		if n, ok := v.Value(); ok {
			return n
		}
		return nil
	case *int64:
		if v != nil {
			return *v
		}
		return nil
	case *float64:
		if v != nil {
			return *v
		}
		return nil
	case *bool:
		if v != nil {
			return *v
		}
		return nil
	case hidden:
		return nil
	case []string:
		return strings.Join(v, "; ")
	case []answered:
		parts := make([]string, len(v))
		for i, a := range v {
			parts[i] = fmt.Sprintf("%s: %v", a.Response, plain(a.Learners))
		}
		return strings.Join(parts, "; ")
	}
	return cell
}

// csv writes the table as RFC 4180 has it, in UTF-8. A text that a spreadsheet
// would take for a formula gets an apostrophe in front, as their makers advise.
func (t table) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.Write(t.columns); err != nil {
		return nil, err
	}
	record := make([]string, len(t.columns))
	for _, row := range t.rows {
		for i, cell := range row {
			switch v := plain(cell).(type) {
			case nil:
				record[i] = ""
			case string:
				record[i] = harmless(v)
			case float64:
				record[i] = strconv.FormatFloat(v, 'f', -1, 64)
			default:
				record[i] = fmt.Sprint(v)
			}
		}
		if err := w.Write(record); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless is a text that no spreadsheet reckons with.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// xlsx writes the table as one sheet, the first row fixed. A text that is longer than
// XLSX allows in a cell is cut.
func (t table) xlsx(sheet string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	cells := make([]any, len(t.columns))
	for i, name := range t.columns {
		cells[i] = name
	}
	for n := 0; ; n++ {
		at, err := excelize.CoordinatesToCellName(1, n+1)
		if err != nil {
			return nil, err
		}
		if err := w.SetRow(at, cells); err != nil {
			return nil, err
		}
		if n == len(t.rows) {
			break
		}
		for i, cell := range t.rows[n] {
			cells[i] = plain(cell)
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = f.Write(&b)
	return b.Bytes(), err
}
