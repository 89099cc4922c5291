package store

import (
	"unsafe"

	"github.com/ClickHouse/clickhouse-go/v2/lib/column"

	"lernspur/statements"
)

// appender is a column that fills the driver's column itself, where the
// driver's own way from a slice makes garbage of every value.
type appender interface {
	appendTo(column.Interface) error
}

// names are the values of a LowCardinality column. Equal texts share one
// pointer: the driver's dictionary is a map of what it is given, and a pointer
// goes into it without a copy.
type names []*string

func (n names) appendTo(c column.Interface) error {
	for _, name := range n {
		if err := c.AppendRow(name); err != nil {
			return err
		}
	}
	return nil
}

// nameLists are the values of an Array(LowCardinality) column, one after the
// other.
type nameLists struct {
	names names
	ends  []int // of each row's list
}

func (l nameLists) appendTo(c column.Interface) error {
	start := 0
	for _, end := range l.ends {
		if err := c.AppendRow([]*string(l.names[start:end])); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// texts are the values of the column raw.
type texts []*statements.Statement

// blank is what a buffer is filled with to make it grow; enough for a piece of
// ordinary statements.
var blank = make([]byte, 4<<20)

// appendTo squeezes each text straight into the driver's buffer. The buffer
// would grow in many steps, copying megabytes at each; so it is first made as
// large as it can become.
func (t texts) appendTo(c column.Interface) error {
	size := 0
	for _, s := range t {
		size += len(s.Raw)
	}
	if size <= len(blank) {
		if err := c.AppendRow(unsafe.String(unsafe.SliceData(blank), size)); err != nil {
			return err
		}
		c.Reset()
	}
	var buf []byte
	for _, s := range t {
		buf = squeeze(buf[:0], s)
		if err := c.AppendRow(&buf); err != nil {
			return err
		}
	}
	return nil
}
