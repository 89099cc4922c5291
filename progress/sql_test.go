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
	q := question{Selection: Selection{Course: c1, IdleDays: 7, Scope: Scope{All: true}}, tenant: "town", asOf: testNow, zone: defaultZone()}
	for i, sql := range append(freshFacts(s, true), affectedFacts(s, 7)...) {
		queries = append(queries, struct{ name, sql string }{fmt.Sprint("facts ", i), sql})
	}
	settled, some := q, q.among("(course, learner) IN ("+since(1000, 7, " AND stored <= 2000")+")")
	settled.settled, settled.open, settled.From = true, []pair{{c1, "mbox|mailto:ann@stadt.example"}}, testNow
	some.plain, some.Selection = true, Selection{}
	queries = append(queries, []struct{ name, sql string }{
		{"settle some", some.settleSQL(9)}, {"settled learners", settled.keptSQL()}, {"settle weeks", settleWeeksSQL(some, " AND learner = 'x'", 9)}, {"settled weeks", settled.weeksSQL()}, {"settled states", settled.statesSQL()}, {"others", othersSQL}, {"shared", sharedSQL},
		{"learners", q.learnersSQL()}, {"drop-off", q.dropOffSQL()}, {"hours", q.hoursSQL()}, {"questions", q.questionsSQL()}, {"responses", q.responsesSQL()}, {"alpha", q.alphaSQL()},
		{"trend, firsts", q.firstsSQL("week")}, {"trend, active", q.activeSQL("week")},
		{"a trainer's", question{Selection: Selection{Unit: "u", Group: "g", Scope: Scope{Groups: []string{"g"}}}}.reachedSQL()},
	}...)
	var b strings.Builder
	for _, q := range queries {
		fmt.Fprintf(&b, "-- %s\n%s;\n\n", q.name, q.sql)
	}
	golden(t, "queries.sql", b.String())
}
