package scenario

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"lernspur/bench/load"
)

// questions makes the keys of every kind of question to a store that holds the
// generator's first n statements. Who learns much is asked for much: keys come
// from statements picked evenly, each key once.
func (e *Env) questions(conn *load.Conn, n int64, keys int) ([]lookup, error) {
	since, err := e.span(conn)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(e.opts.Seed, uint64(n)))
	pick := func() uint64 { return r.Uint64N(uint64(n)) }
	experienced := e.gen.Verb(0)
	// late is a learner who did something in the last half, so that every instant
	// asked for leaves something to find.
	late := func(verb string) string {
		for {
			if f := e.gen.Facts(uint64(n)/2 + r.Uint64N(uint64(n)/2)); f.Verb == verb {
				return e.gen.Agent(f.Learner)
			}
		}
	}
	containers := e.gen.Containers()
	return []lookup{
		{kind: "id", queries: distinct(keys, func() (string, []byte) {
			id := uuid.UUID(e.gen.ID(pick())).String()
			return id, e.find("statementId", id)
		})},
		{kind: "agent", page: true, queries: distinct(keys, func() (string, []byte) {
			agent := e.gen.Agent(e.gen.Facts(pick()).Learner)
			return agent, e.find("agent", agent, "limit", "100")
		})},
		{kind: "agent + verb + since", page: true, queries: distinct(keys, func() (string, []byte) {
			agent := late(experienced)
			return agent, e.find("agent", agent, "verb", experienced, "since", since(r.Float64()*0.2), "limit", "100")
		})},
		{kind: "activity, related", page: true, queries: distinct(keys, func() (string, []byte) {
			activity := containers[r.IntN(len(containers))]
			return activity, e.find("activity", activity, "related_activities", "true", "limit", "100")
		})},
		{kind: "registration", page: true, queries: distinct(keys, func() (string, []byte) {
			registration := uuid.UUID(e.gen.Facts(pick()).Registration).String()
			return registration, e.find("registration", registration, "limit", "100")
		})},
		{kind: "more to the end (agent, each page)", page: true, walk: true, queries: distinct(max(keys/5, 1), func() (string, []byte) {
			agent := e.gen.Agent(e.gen.Facts(pick()).Learner)
			return agent, e.find("agent", agent, "ascending", "true", "limit", "100")
		})},
		{kind: "progress of all courses", queries: repeated(min(keys, 100), e.get("/api/v1/progress/courses"))},
	}, nil
}

// distinct makes queries for at most n different keys: fewer when there are
// not as many.
func distinct(n int, next func() (key string, query []byte)) (queries [][]byte) {
	seen := make(map[string]struct{}, n)
	for tries := 0; len(queries) < n && tries < 20*n; tries++ {
		key, query := next()
		if _, twice := seen[key]; !twice {
			seen[key] = struct{}{}
			queries = append(queries, query)
		}
	}
	return queries
}

func repeated(n int, query []byte) (queries [][]byte) {
	for range n {
		queries = append(queries, query)
	}
	return queries
}

// span asks when the first and the last statement were stored and returns a
// function that gives the instant at a share of the time between them.
func (e *Env) span(conn *load.Conn) (func(share float64) string, error) {
	var ends [2]time.Time
	for i, ascending := range []string{"true", "false"} {
		answer, err := conn.Do(e.find("ascending", ascending, "limit", "1"))
		if err != nil || answer.Status != 200 {
			return nil, fmt.Errorf("asking for the first and last statement: %d %v %.300s", answer.Status, err, answer.Body)
		}
		page, err := readPage(answer.Body)
		if err != nil || len(page.Statements) != 1 {
			return nil, fmt.Errorf("asking for the first and last statement: %d of them, %v", len(page.Statements), err)
		}
		stored, err := storedOf(page.Statements[0])
		if err != nil {
			return nil, err
		}
		if ends[i], err = time.Parse(time.RFC3339Nano, stored); err != nil {
			return nil, err
		}
	}
	return func(share float64) string {
		at := ends[0].Add(time.Duration(share * float64(ends[1].Sub(ends[0]))))
		return at.UTC().Format("2006-01-02T15:04:05.000000Z")
	}, nil
}
