package figures

import (
	"lernspur/report/definition"
	"lernspur/report/inputs"
	"lernspur/report/result"
	"lernspur/suppress"
)

// Bare computes a report of which nothing is suppressed.
func Bare(d *definition.Definition, in *inputs.Inputs) (*result.Report, error) {
	c := &computing{d: d, in: in, r: new(result.Report), plan: suppress.New(d.K), through: true}
	r, _, err := c.compute(Options{})
	return r, err
}
