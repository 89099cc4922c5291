package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// maxParts is how many files a workbook can consist of.
const maxParts = 2000

// readWorkbook reads one sheet of a workbook. Numbers are as they are stored: a day
// is the number of days since the end of 1899.
func (t *Table) readWorkbook(data []byte, name string, l Limits) (err error) {
	t.Format = "xlsx"
	if err := weigh(data, l); err != nil {
		return err
	}
	defer func() {
		// The library is made for files of honest programs.
		if broken := recover(); broken != nil {
			err = failed(0, 0, "the workbook is damaged")
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: l.Unpacked, UnzipXMLSizeLimit: l.Unpacked,
	})
	if err != nil {
		return failed(0, 0, "the workbook cannot be read; is it protected by a password, or no XLSX? (%s)", err)
	}
	defer book.Close()
	names := book.GetSheetList()
	if name != "" {
		if i, err := book.GetSheetIndex(name); err != nil || i < 0 {
			return failed(0, 0, "there is no sheet %q; there are %q", name, names)
		}
		names = []string{name}
	}
	for _, name := range names {
		if err := t.readSheet(book, name, l); err != nil {
			return err
		}
		if t.Header != nil {
			t.Sheet = name
			return nil
		}
	}
	return nil
}

// weigh refuses a workbook that is larger inside than it may be, before anything
// of it is unpacked. What its directory says is what the reader holds it to.
func weigh(data []byte, l Limits) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return failed(0, 0, "the file is neither CSV nor XLSX: %s", err)
	}
	if len(z.File) > maxParts {
		return failed(0, 0, "the workbook has more than %d parts", maxParts)
	}
	var sum uint64
	for _, f := range z.File {
		if sum += min(f.UncompressedSize64, uint64(l.Unpacked)+1); sum > uint64(l.Unpacked) {
			return failed(0, 0, "the workbook is larger than %d bytes when it is unpacked", l.Unpacked)
		}
	}
	return nil
}

func (t *Table) readSheet(book *excelize.File, name string, l Limits) error {
	rows, err := book.Rows(name)
	if err != nil {
		return failed(0, 0, "the sheet %q cannot be read: %s", name, err)
	}
	defer rows.Close()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return failed(line, 0, "this row cannot be read: %s", err)
		}
		if err := t.add(line, cells, l); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return fmt.Errorf("%w", failed(0, 0, "the sheet %q cannot be read: %s", name, err))
	}
	return nil
}
