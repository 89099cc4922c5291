package directory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lernspur/directory/sheet"
)

// ImportOptions say what a file is and what becomes of it.
type ImportOptions struct {
	Kind  string // one of Kinds
	File  string // its name, for the history
	Sheet string // of a workbook; "" the first one that has something
	// Mapping gives headings the meaning of a field, or "" to pass a column over.
	// Headings that are not in it are recognised by themselves.
	Mapping map[string]string
	// HomePage is that of accounts whose home page no column has.
	HomePage string
	// From is the day from which what has no day of its own holds, when it replaces
	// something; no day is today.
	From Date
	// Complete tells that nobody else is there: people leave their units, groups
	// and headcounts lose what the file does not have.
	Complete bool
	// DryRun says what would change, and changes nothing.
	DryRun bool
	By     string // who asks
	Limits sheet.Limits
	// SHA256 is that of the file which somebody has looked at, hexadecimal, and
	// Version that of the directory then: another file, or another directory, is
	// refused with ErrChanged. "" and nil are any.
	SHA256  string
	Version *uint64
	// Listed is how many changes, and how many errors, are listed: 1,000 unless it
	// is set.
	Listed int
}

// Column is a column of a file and what it means.
type Column struct {
	Heading string `json:"heading"`
	Field   string `json:"field,omitempty"` // "" passed over
}

// ImportChange is what a row changes, or would change.
type ImportChange struct {
	Line   int      `json:"line,omitempty"`
	Change string   `json:"change"` // new, changed, merged or leftOut
	Name   string   `json:"name"`
	ID     string   `json:"id,omitempty"`
	Fields []string `json:"fields,omitempty"` // what is different
	// Values are what is new and what goes, for whoever is to judge it.
	Values []ImportValue `json:"-"`
}

// ImportError is what is wrong with a file, and where.
type ImportError struct {
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Heading string `json:"heading,omitempty"`
	Message string `json:"message"` // Said, in English
	Said    Said   `json:"-"`
}

func problem(line, column int, heading, format string, args ...any) ImportError {
	return ImportError{line, column, heading, fmt.Sprintf(format, args...), Said{format, args}}
}

// ImportErrors are why a file was not taken over. Nothing of it was.
type ImportErrors struct {
	List []ImportError
	More int // beyond those listed
}

func (e *ImportErrors) Error() string {
	first := e.List[0]
	text := first.Message
	if first.Line > 0 {
		text = fmt.Sprintf("line %d: %s", first.Line, text)
	}
	if n := len(e.List) + e.More - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// ImportResult is what became of a file, or what would.
type ImportResult struct {
	Import
	DryRun bool
	// Before is the version of the directory that the file was held against.
	Before uint64
	Table  *sheet.Table
	// Columns are in the order of the file.
	Columns []Column
	Changes []ImportChange
	More    int // changes beyond those listed
	// Errors are there after a dry run only.
	Errors *ImportErrors
}

// maxListed is how many changes or errors are listed as a rule.
const maxListed = 1000

// Preview tells what the columns of a file mean. Errors: *Invalid, *ImportErrors
// when the file cannot be read.
func (d *Directory) Preview(data []byte, o ImportOptions) (*sheet.Table, []Column, error) {
	kind, err := kindOf(o.Kind)
	if err != nil {
		return nil, nil, err
	}
	t, err := sheet.Read(data, o.Sheet, o.Limits)
	if err != nil {
		return nil, nil, unread(err)
	}
	columns, err := kind.recognise(t, o.Mapping)
	return t, columns, err
}

func unread(err error) error {
	var where *sheet.Error
	if !errors.As(err, &where) {
		return err
	}
	return &ImportErrors{List: []ImportError{problem(where.Line, where.Column, "", where.Form, where.Args...)}}
}

// Import takes a file over, all or nothing. What a file does not say stays: rows
// that are missing, columns that are missing, cells that are empty. Errors:
// *Invalid about the options, *ImportErrors about the file, and those of every
// change. After a dry run errors of rows are part of the result.
func (d *Directory) Import(ctx context.Context, tenant string, data []byte, o ImportOptions) (*ImportResult, error) {
	if err := CheckTenant(tenant); err != nil {
		return nil, err
	}
	kind, err := kindOf(o.Kind)
	if err != nil {
		return nil, err
	}
	if o.Complete && o.Kind == KindUnits {
		return nil, invalid("complete", "a list of units is never complete: units that are not in it stay; delete them one by one")
	}
	t, columns, err := d.Preview(data, o)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	if o.SHA256 != "" && o.SHA256 != hex.EncodeToString(sum[:]) {
		return nil, ErrChanged
	}
	if o.Listed <= 0 {
		o.Listed = maxListed
	}
	result := &ImportResult{DryRun: o.DryRun, Table: t, Columns: columns, Import: Import{
		ID: newID(), Kind: o.Kind, File: o.File, SHA256: hex.EncodeToString(sum[:]), By: o.By, Complete: o.Complete, Rows: len(t.Rows),
	}}
	if err := checkText("file", o.File, maxName); err != nil {
		return nil, err
	}
	work := func(e *edit) error {
		result.Before = uint64(e.version)
		if o.Version != nil && *o.Version != uint64(e.version) {
			return ErrChanged
		}
		i := &importing{edit: e, o: o, table: t, columns: columns, result: result, looked: map[string]foundUnit{}}
		i.day = cmp.Or(o.From, e.today)
		kind.run(i)
		return i.finish()
	}
	if !o.DryRun {
		err = d.change(ctx, tenant, work)
		return result, err
	}
	err = d.edit(d.read(tenant)).run(work)
	var problems *ImportErrors
	if errors.As(err, &problems) {
		result.Errors, err = problems, nil
	}
	return result, err
}

// importing is an import under way.
type importing struct {
	*edit
	o       ImportOptions
	table   *sheet.Table
	columns []Column
	result  *ImportResult
	day     Date                 // see ImportOptions.From
	looked  map[string]foundUnit // units, by how the file calls them
	errors  ImportErrors
}

// finish notes the import, unless something was wrong.
func (i *importing) finish() error {
	if len(i.errors.List) > 0 {
		return &i.errors
	}
	if err := i.checkTree(); err != nil {
		return &ImportErrors{List: []ImportError{problem(0, 0, "", "%s", err)}}
	}
	i.result.At = i.now
	if len(i.touched) == 0 {
		return nil
	}
	record := i.result.Import
	i.imports[record.ID] = &record
	i.touched[recordImport+record.ID] = true
	i.forgetImports()
	return nil
}

// maxImports is how many imports are remembered.
const maxImports = 1000

func (i *importing) forgetImports() {
	if len(i.imports) <= maxImports {
		return
	}
	oldest := ""
	for id, record := range i.imports {
		if oldest == "" || record.At < i.imports[oldest].At {
			oldest = id
		}
	}
	delete(i.imports, oldest)
	i.touched[recordImport+oldest] = true
}

// wrong notes an error of a row, in the column of a field if there is one.
func (i *importing) wrong(row sheet.Row, field, format string, args ...any) {
	if len(i.errors.List) == i.o.Listed {
		i.errors.More++
		return
	}
	e := problem(row.Line, 0, "", format, args...)
	if at := slices.IndexFunc(i.columns, func(c Column) bool { return c.Field == field }); at >= 0 && field != "" {
		e.Column, e.Heading = at+1, i.columns[at].Heading
	}
	i.errors.List = append(i.errors.List, e)
}

// refused notes why a record could not be what a row says.
func (i *importing) refused(row sheet.Row, err error) {
	field := ""
	var bad *Invalid
	if errors.As(err, &bad) {
		field = bad.Field
	}
	i.wrong(row, field, "%s", err)
}

// note counts a change and lists it.
func (i *importing) note(c ImportChange) {
	switch c.Change {
	case "new":
		i.result.New++
	case "changed":
		i.result.Changed++
	case "merged":
		i.result.Merged++
	case "leftOut":
		i.result.LeftOut++
	}
	if len(i.result.Changes) == i.o.Listed {
		i.result.More++
		return
	}
	i.result.Changes = append(i.result.Changes, c)
}

// text is what a row has in the first column of a field that is not empty.
func (i *importing) text(row sheet.Row, field string) string {
	for at, c := range i.columns {
		if c.Field == field && row.Cell(at) != "" {
			return row.Cell(at)
		}
	}
	return ""
}

// date reads a day in one of the usual forms; false when it is none, which is
// noted.
func (i *importing) date(row sheet.Row, field string) (Date, bool) {
	text := i.text(row, field)
	day, err := readDate(text, i.table.Format == "xlsx")
	if err != nil {
		i.wrong(row, field, "%s", err)
	}
	return day, err == nil
}

// lookUp is a record by its code, else by its name, which only one may have then;
// nil for none.
func lookUp[T any](what, text string, byCode map[string]string, all map[string]*T, name func(*T) string) (*T, error) {
	if id, ok := byCode[text]; ok {
		return all[id], nil
	}
	var found *T
	for _, v := range all {
		if !strings.EqualFold(name(v), text) {
			continue
		}
		if found != nil {
			return nil, tell("there is more than one "+what+" of the name %q; say its code", short(text))
		}
		found = v
	}
	return found, nil
}

func (i *importing) findUnit(text string) (*Unit, error) {
	return lookUp("unit", text, i.unitCode, i.units, func(u *Unit) string { return u.Name })
}

// foundUnit is what findUnit answered.
type foundUnit struct {
	unit *Unit
	err  error
}

// unitMemo is findUnit while units come and go no more, and keep their names. What
// it answers may lie elsewhere meanwhile.
func (i *importing) unitMemo(text string) (*Unit, error) {
	found, known := i.looked[text]
	if !known {
		found.unit, found.err = i.findUnit(text)
		i.looked[text] = found
	}
	return found.unit, found.err
}

func (i *importing) findGroup(text string) (*Group, error) {
	return lookUp("group", text, i.groupCode, i.groups, func(g *Group) string { return g.Name })
}
