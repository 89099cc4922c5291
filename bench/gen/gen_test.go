package gen

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// small is a town that is quick to make.
func small() *Generator { return New(Config{Seed: 7, Learners: 500, Courses: 30}) }

func TestSameSeedSameBytes(t *testing.T) {
	a, b := small(), small()
	forward := a.AppendBatch(nil, 100, 50)
	var backward [][]byte
	for i := uint64(149); i >= 100; i-- {
		backward = append(backward, b.Append(nil, i))
	}
	slices.Reverse(backward)
	joined := append(append([]byte("["), bytes.Join(backward, []byte(","))...), ']')
	if !bytes.Equal(forward, joined) {
		t.Fatal("statements depend on the order in which they are made")
	}
	other := New(Config{Seed: 8, Learners: 500, Courses: 30})
	if bytes.Equal(a.Append(nil, 1), other.Append(nil, 1)) {
		t.Fatal("another seed makes the same statement")
	}
}

// shape is what the tests look at in a statement.
type shape struct {
	ID    uuid.UUID
	Actor struct {
		Mbox    string
		Account *struct{ HomePage, Name string }
	}
	Verb   struct{ ID string }
	Object struct {
		ID         string
		Definition struct{ InteractionType string }
	}
	Result *struct {
		Response string
		Score    *struct{ Scaled, Raw, Min, Max float64 }
	}
	Context struct {
		Registration      uuid.UUID
		Instructor        *struct{ Name string }
		ContextActivities struct{ Parent, Grouping, Category []struct{ ID string } }
	}
	Timestamp time.Time
}

func TestStatementsSayWhatTheirFactsSay(t *testing.T) {
	g := small()
	for i := range uint64(3000) {
		raw := g.Append(nil, i*7919)
		var s shape
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatalf("statement %d: %v\n%s", i, err, raw)
		}
		f := g.Facts(i * 7919)
		if s.ID != uuid.UUID(f.ID) || s.Verb.ID != f.Verb || s.Object.ID != f.Object ||
			s.Context.Registration != uuid.UUID(f.Registration) || s.Timestamp.UnixMicro() != f.Timestamp {
			t.Fatalf("facts %+v do not fit\n%s", f, raw)
		}
		if s.ID.Version() != 4 || s.ID.Variant() != uuid.RFC4122 {
			t.Fatalf("id %v is no version 4 UUID", s.ID)
		}
		if len(s.Context.ContextActivities.Grouping) == 1 {
			if got := s.Context.ContextActivities.Grouping[0].ID; got != g.CourseID(f.Course) {
				t.Fatalf("grouping is %s, course %s", got, g.CourseID(f.Course))
			}
		} else if f.Object != g.CourseID(f.Course) {
			t.Fatalf("no grouping, and the object %s is not the course", f.Object)
		}
		if s.Result != nil && s.Result.Score != nil {
			if c := s.Result.Score; c.Raw < c.Min || c.Raw > c.Max || math.Abs(c.Scaled-c.Raw/c.Max) > 1e-9 {
				t.Fatalf("score %+v", *c)
			}
		}
	}
}

func TestDistribution(t *testing.T) {
	g := New(Config{Seed: 1})
	const n = 50_000
	var size, questions, instructed, mboxes int
	seen := map[string]int{}
	learners := make([]int, g.Learners())
	registrations := map[[16]byte]struct{}{}
	for i := range uint64(n) {
		raw := g.Append(nil, i)
		size += len(raw)
		var s shape
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		if s.Object.Definition.InteractionType != "" {
			questions++
			if s.Result == nil || s.Result.Response == "" {
				t.Fatalf("a question without an answer\n%s", raw)
			}
		}
		if s.Context.Instructor != nil {
			instructed++
		}
		if s.Actor.Mbox != "" {
			mboxes++
		}
		f := g.Facts(i)
		seen[f.Verb]++
		learners[f.Learner]++
		registrations[f.Registration] = struct{}{}
	}
	within := func(name string, got, low, high float64) {
		t.Helper()
		if got < low || got > high {
			t.Errorf("%s: %.3f, want %.3f to %.3f", name, got, low, high)
		}
	}
	within("mean size", float64(size)/n, 1400, 1600)
	within("questions", float64(questions)/n, 0.19, 0.21)
	within("instructor", float64(instructed)/n, 0.24, 0.26)
	within("mbox", float64(mboxes)/n, 0.30, 0.50)
	within("experienced", float64(seen["http://adlnet.gov/expapi/verbs/experienced"])/n, 0.29, 0.31)
	within("verbs", float64(len(seen)), 14, 17)
	slices.SortFunc(learners, func(a, b int) int { return b - a })
	top := 0
	for _, c := range learners[:len(learners)/10] {
		top += c
	}
	within("share of the busiest tenth", float64(top)/n, 0.2, 0.5)
	within("registrations", float64(len(registrations)), 20_000, 50_000)
}

func TestIDsAreFresh(t *testing.T) {
	g := small()
	seen := map[[16]byte]struct{}{}
	add := func(id [16]byte) {
		if _, twice := seen[id]; twice {
			t.Fatalf("id %x twice", id)
		}
		seen[id] = struct{}{}
	}
	for i := range uint64(100_000) {
		add(g.ID(i))
	}
	for run := range uint64(4) {
		ids := g.FreshIDs(run)
		for range 50_000 {
			add(ids.Next())
		}
	}
}

func TestBodyRefreshTouchesIDsOnly(t *testing.T) {
	g := small()
	for _, n := range []int{1, 50} {
		prefix := []byte("POST / HTTP/1.1\r\n\r\n")
		b := g.NewBody(prefix, 10, n)
		before := append([]byte(nil), b.Bytes...)
		old := string(b.ID(n - 1))
		b.Refresh(g.FreshIDs(1))
		if old == string(b.ID(n-1)) {
			t.Fatal("the id stayed")
		}
		for i := range n {
			copy(before[b.ids[i]:], b.ID(i))
		}
		if !bytes.Equal(before, b.Bytes) {
			t.Fatal("more than the ids changed")
		}
		if !json.Valid(b.Bytes[len(prefix):]) {
			t.Fatal("not JSON any more")
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	g := New(Config{Seed: 1})
	var buffer []byte
	for i := 0; b.Loop(); i++ {
		buffer = g.Append(buffer[:0], uint64(i))
	}
	b.SetBytes(int64(len(buffer)))
}

func BenchmarkRefresh50(b *testing.B) {
	g := small()
	body, ids := g.NewBody(nil, 0, 50), g.FreshIDs(1)
	for b.Loop() {
		body.Refresh(ids)
	}
}
