package gen_test

import (
	"testing"

	"github.com/google/uuid"

	"lernspur/bench/gen"
	"lernspur/statements"
)

// Every statement keeps every rule of both editions, and the product sees in
// it what the generator says of it.
func TestEveryStatementIsAccepted(t *testing.T) {
	g := gen.New(gen.Config{Seed: 1})
	for _, edition := range []statements.Edition{statements.V1, statements.V2} {
		for first := uint64(0); first < 20_000; first += 500 {
			from := first * 997
			parsed, err := statements.Parse(g.AppendBatch(nil, from, 500), statements.Options{Edition: edition})
			if err != nil {
				t.Fatalf("edition %d, from %d: %v", edition, from, err)
			}
			for i, s := range parsed {
				f := g.Facts(from + uint64(i))
				if s.ID != uuid.UUID(f.ID) || s.Verb != f.Verb || s.Object != f.Object || s.Registration != uuid.UUID(f.Registration) ||
					s.Timestamp != f.Timestamp || len(s.Courses) != 1 || s.Courses[0] != g.CourseID(f.Course) {
					t.Fatalf("statement %d: %+v is seen as %+v", from+uint64(i), f, s)
				}
				who, err := statements.AgentIdentifier([]byte(g.Agent(f.Learner)), edition)
				if err != nil || who != s.Actor {
					t.Fatalf("learner %d is asked for as %q, %v, and stored as %q", f.Learner, who, err, s.Actor)
				}
			}
		}
	}
}
