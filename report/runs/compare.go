package runs

import (
	"context"
	"slices"

	"lernspur/report/result"
)

// Difference is a figure or a cell that is not the same in two runs.
type Difference struct {
	Figure string      `json:"figure"`           // its name, or that of its table
	Row    string      `json:"row,omitempty"`    // key
	Label  string      `json:"label,omitempty"`  // of the row
	Column string      `json:"column,omitempty"` // name
	Unit   result.Unit `json:"unit"`
	// A and B are what the two have; nil: that run has no such figure.
	A *result.Cell `json:"a"`
	B *result.Cell `json:"b"`
}

// Comparison is what differs between two runs.
type Comparison struct {
	A *Run `json:"a"`
	B *Run `json:"b"`
	// Same: the JSON of both is the same, to the byte.
	Same        bool         `json:"same"`
	Differences []Difference `json:"differences"`
}

// Compare compares what two runs gave, as it was kept.
func (s *Service) Compare(ctx context.Context, tenant, a, b string) (*Comparison, error) {
	before, err := s.Archived(ctx, tenant, a)
	if err != nil {
		return nil, err
	}
	after, err := s.Archived(ctx, tenant, b)
	if err != nil {
		return nil, err
	}
	return &Comparison{A: before.Run, B: after.Run, Same: before.Run.Result == after.Run.Result, Differences: Differences(before.Report, after.Report)}, nil
}

// place is where a number stands in a report.
type place struct{ figure, row, column string }

// numbers are all numbers of a report, and the order in which they stand there.
func numbers(r *result.Report) (order []place, all map[place]Difference) {
	all = make(map[place]Difference)
	put := func(at place, d Difference) {
		if _, twice := all[at]; !twice {
			order = append(order, at)
		}
		all[at] = d
	}
	for _, f := range r.Figures() {
		put(place{figure: f.Name}, Difference{Figure: f.Name, Unit: f.Unit, A: &result.Cell{State: f.State, Value: f.Value, Reason: f.Reason}})
	}
	for _, t := range r.Tables() {
		for _, row := range t.Rows {
			for i, column := range t.Columns {
				if i < len(row.Cells) {
					put(place{t.Name, row.Key, column.Name}, Difference{Figure: t.Name, Row: row.Key, Label: row.Label, Column: column.Name, Unit: column.Unit, A: &row.Cells[i]})
				}
			}
		}
	}
	return order, all
}

// Differences lists the numbers that two reports do not have alike, in the order of the report.
func Differences(a, b *result.Report) []Difference {
	orderA, inA := numbers(a)
	orderB, inB := numbers(b)
	list := []Difference{}
	for _, at := range orderA {
		d := inA[at]
		if other, ok := inB[at]; ok {
			d.B = other.A
			if same(d.A, d.B) {
				continue
			}
		}
		list = append(list, d)
	}
	for _, at := range orderB {
		if _, ok := inA[at]; !ok {
			d := inB[at]
			d.A, d.B = nil, d.A
			list = append(list, d)
		}
	}
	return slices.Clip(list)
}

func same(a, b *result.Cell) bool {
	if a.State != b.State || a.Reason != b.Reason || (a.Value == nil) != (b.Value == nil) {
		return false
	}
	return a.Value == nil || *a.Value == *b.Value
}
