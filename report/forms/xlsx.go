package forms

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// workbook is a file of sheets in the making; the first error stays.
type workbook struct {
	*excelize.File
	words
	err    error
	styles map[string]int
}

// maxText is how long XLSX allows a text to be.
const maxText = 32767

// xlsx writes all tables as one workbook: a sheet of contents, and one for each table with
// its title, its head, which stays and is printed on each page, and its notes below.
func (d *document) xlsx() ([]byte, error) {
	b := &workbook{File: excelize.NewFile(), words: d.words, styles: map[string]int{}}
	defer b.Close()
	b.contents(d)
	for _, t := range d.Tables {
		b.sheet(d, t)
	}
	made := d.made.UTC().Format(time.RFC3339)
	b.keep(b.SetDocProps(&excelize.DocProperties{
		Title: d.Title, Subject: d.PeriodText, Creator: cmp.Or(d.Office, d.Tenant), LastModifiedBy: cmp.Or(d.Office, d.Tenant), Created: made, Modified: made,
		Language: d.Lang, Description: d.Synthetic, Identifier: d.Checksum,
	}))
	b.SetActiveSheet(0)
	if b.err != nil {
		return nil, b.err
	}
	out, err := b.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (b *workbook) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

// at names a cell by its column and row, from 1.
func at(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // both are above 0
	return name
}

// put writes a text or a figure in a style.
func (b *workbook) put(sheet string, column, row int, v any, style int) {
	place := at(column, row)
	if s, ok := v.(string); ok {
		b.keep(b.SetCellStr(sheet, place, cutText(s)))
	} else {
		b.keep(b.SetCellValue(sheet, place, v))
	}
	b.keep(b.SetCellStyle(sheet, place, place, style))
}

func cutText(s string) string {
	if len(s) <= maxText {
		return s
	}
	s = s[:maxText-3]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// style makes a style once.
func (b *workbook) style(name string, make func() *excelize.Style) int {
	id, ok := b.styles[name]
	if !ok {
		var err error
		id, err = b.NewStyle(make())
		b.keep(err)
		b.styles[name] = id
	}
	return id
}

const font = "Arial"

func (b *workbook) title() int {
	return b.style("title", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 14, Bold: true}, Alignment: &excelize.Alignment{Vertical: "top"}}
	})
}

func (b *workbook) plainText(wrapped bool) int {
	return b.style(fmt.Sprint("text", wrapped), func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 10}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: wrapped}}
	})
}

func (b *workbook) head(right bool) int {
	return b.style(fmt.Sprint("head", right), func() *excelize.Style {
		s := &excelize.Style{Font: &excelize.Font{Family: font, Size: 10, Bold: true}, Alignment: &excelize.Alignment{Vertical: "bottom", WrapText: true},
			Border: []excelize.Border{{Type: "bottom", Color: "1A1A1A", Style: 2}}}
		if right {
			s.Alignment.Horizontal = "right"
		}
		return s
	})
}

// figures is the style of figures of a format; words that stand in their place are set grey.
func (b *workbook) figures(f format, level int, total, instead bool) int {
	return b.style(fmt.Sprint("figures", f, level, total, instead), func() *excelize.Style {
		s := &excelize.Style{Font: &excelize.Font{Family: font, Size: 10, Bold: total}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: f.kind == asText}}
		if level > 0 {
			s.Alignment.Horizontal, s.Alignment.Indent = "left", level
		}
		if total {
			s.Border = []excelize.Border{{Type: "top", Color: "1A1A1A", Style: 1}}
		}
		if f.kind != asText {
			s.Alignment.Horizontal = "right"
			code := numberFormat(f)
			s.CustomNumFmt = &code
		}
		if instead {
			s.Font.Color, s.Font.Italic = "595959", true
		}
		return s
	})
}

// numberFormat is the code of a format, which every spreadsheet shows in its own language.
func numberFormat(f format) string {
	code := "#,##0"
	if f.places > 0 {
		code += "." + strings.Repeat("0", f.places)
	}
	switch f.kind {
	case asPercent:
		return strings.TrimPrefix(code, "#,##") + " %"
	case asEuro:
		return code + " \"€\""
	case asPoints:
		return "+" + code + ";−" + code + ";" + code
	}
	return code
}

// contents is the first sheet: what this is, and where each table stands.
func (b *workbook) contents(d *document) {
	sheet := b.say(phrase{"Inhalt", "Contents"})
	b.keep(b.SetSheetName("Sheet1", sheet))
	b.put(sheet, 1, 1, d.Title, b.title())
	row := 2
	for _, line := range d.facts() {
		b.put(sheet, 1, row, line.Term, b.plainText(false))
		b.put(sheet, 2, row, line.Text, b.plainText(false))
		row++
	}
	row++
	b.put(sheet, 1, row, b.say(phrase{"Blatt", "Sheet"}), b.head(false))
	b.put(sheet, 2, row, b.say(phrase{"Tabelle", "Table"}), b.head(false))
	link := b.style("link", func() *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Family: font, Size: 10, Color: "0B4F8A", Underline: "single"}}
	})
	for _, t := range d.Tables {
		row++
		b.put(sheet, 1, row, t.Sheet, link)
		b.keep(b.SetCellHyperLink(sheet, at(1, row), quoted(t.Sheet)+"!A1", "Location"))
		b.put(sheet, 2, row, t.Title, b.plainText(false))
	}
	b.keep(b.SetColWidth(sheet, "A", "A", 32))
	b.keep(b.SetColWidth(sheet, "B", "B", 90))
	b.layout(d, sheet, false)
}

// sheet writes one table.
func (b *workbook) sheet(d *document, t *table) {
	_, err := b.NewSheet(t.Sheet)
	b.keep(err)
	b.put(t.Sheet, 1, 1, t.Title, b.title())
	const head = 3
	for i, c := range t.Columns {
		b.put(t.Sheet, i+1, head, c.Head, b.head(c.Right()))
		name, _ := excelize.ColumnNumberToName(i + 1)
		b.keep(b.SetColWidth(t.Sheet, name, name, breadth(b.words, t, i)))
	}
	row := head
	line := func(cells []cell, total bool) {
		row++
		for i, c := range cells {
			f := t.Columns[i].Format
			if c.state == isNumber {
				b.put(t.Sheet, i+1, row, c.value, b.figures(f, 0, total, false))
			} else {
				b.put(t.Sheet, i+1, row, b.write(c, f), b.figures(f, c.level, total, c.state != isText))
			}
		}
	}
	for _, r := range t.Rows {
		line(r, false)
	}
	if t.Total != nil {
		line(t.Total, true)
	}
	notes := t.Notes
	if t.Missing != "" {
		notes = append([]string{capital(t.Missing)}, notes...)
	}
	row++
	for _, note := range notes {
		row++
		b.put(t.Sheet, 1, row, note, b.plainText(false))
	}
	b.keep(b.SetPanes(t.Sheet, &excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: at(1, head+1), ActivePane: "bottomLeft"}))
	b.keep(b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted(t.Sheet), head, head), Scope: t.Sheet}))
	b.layout(d, t.Sheet, len(t.Columns) > 5)
}

// quoted is the name of a sheet in a reference.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// breadth is how wide a column is, in characters.
func breadth(w words, t *table, column int) float64 {
	widest := 0
	for _, word := range strings.Fields(t.Columns[column].Head) {
		widest = max(widest, utf8.RuneCountInString(word))
	}
	for _, r := range t.Rows {
		widest = max(widest, utf8.RuneCountInString(w.write(r[column], t.Columns[column].Format)))
	}
	return float64(min(max(widest+3, 11), 60))
}

// layout sets how a sheet is printed: on A4, as wide as the paper, with its name and the page below.
func (b *workbook) layout(d *document, sheet string, wide bool) {
	orientation, a4, one, as := "portrait", 9, 1, 0
	if wide {
		orientation = "landscape"
	}
	fit := true
	b.keep(b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.keep(b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &one, FitToHeight: &as}))
	label := d.Tenant
	if d.Synthetic != "" {
		label = d.Synthetic
	}
	b.keep(b.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{
		OddFooter: cutFooter("&L"+strings.ReplaceAll(label, "&", "&&")) + "&R" + b.say(phrase{"Seite &P von &N", "Page &P of &N"}),
	}))
}

// cutFooter keeps within the 255 characters that a footer may have, the page included.
func cutFooter(s string) string {
	if utf8.RuneCountInString(s) <= 200 {
		return s
	}
	return string([]rune(s)[:199]) + "…"
}
