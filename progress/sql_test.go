package progress

import (
	"fmt"
	"strings"
	"testing"
)

// TestSQL keeps every query as a golden file: a change of a definition shows.
func TestSQL(t *testing.T) {
	s := span{1000, 2000}
	queries := []struct{ name, sql string }{
		{"count", countSQL(s)},
		{"first", firstSQL(s)},
		{"fold", foldSQL(s, 10, false)},
		{"fold many", foldSQL(s, fewStatements+1, false)},
		{"fold with voiding statements", foldSQL(s, 10, true)},
		{"courses", coursesSQL(false, 1001)},
		{"courses after", coursesSQL(true, 1001)},
		{"period", periodSQL(10, 20, 2000)},
		{"period learners", periodLearnersSQL(10, 20, 2000)},
		{"check", checkSQL(2000, 1, 3)},
	}
	var b strings.Builder
	for _, q := range queries {
		fmt.Fprintf(&b, "-- %s\n%s;\n\n", q.name, q.sql)
	}
	golden(t, "queries.sql", b.String())
}
