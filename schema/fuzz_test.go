package schema

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"lernspur/statements"
)

// FuzzAgree demands that both validators give the same verdict on every body:
// the bytes as the fuzzer makes them, and after some changes to the JSON in
// them. What the strict pass finds first must also be among what the schemas
// find, at the same place and under the same rule.
func FuzzAgree(f *testing.F) {
	for _, f2 := range corpus(f) {
		for _, e := range append(f2.Invalid, f2.Valid...) {
			for _, ed := range e.editions() {
				f.Add(e.bytes(f), uint8(ed), uint64(0))
				f.Add(e.bytes(f), uint8(ed), uint64(len(e.Name)))
			}
		}
	}
	for _, text := range examples(f) {
		for seed := range uint64(8) {
			f.Add([]byte(text), uint8(1+seed%2), seed)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, edition uint8, seed uint64) {
		if len(body) > 1<<16 {
			return
		}
		if seed != 0 {
			body = mutated(body, seed)
		}
		agree(t, body, statements.Edition(1+edition%2))
	})
}

// examples are whole valid statements: the corpus of a richer kind.
func examples(t testing.TB) []json.RawMessage {
	t.Helper()
	text, err := os.ReadFile("testdata/examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// agree holds one body against both validators.
func agree(t *testing.T, body []byte, ed statements.Edition) {
	t.Helper()
	fast, explained := verdicts(body, statements.Options{Edition: ed})
	if (len(fast) == 0) != (len(explained) == 0) {
		t.Fatalf("edition %d: statements says %q, schema says %q\n%s", ed, brief(fast), brief(explained), body)
	}
	if len(explained) > MaxViolations {
		return
	}
	type finding struct {
		statement     int
		pointer, rule string
	}
	known := map[finding]bool{}
	for _, v := range explained {
		known[finding{v.Statement, v.Pointer, v.Rule}] = true
		if v.Rule == ruleUnknown {
			t.Fatalf("edition %d: a keyword of our schemas has no rule\n%s", ed, body)
		}
	}
	for _, v := range fast {
		if !known[finding{v.Statement, v.Pointer, v.Rule}] {
			t.Fatalf("edition %d: statements says %q, which is not in %q\n%s", ed, brief(fast), brief(explained), body)
		}
	}
}

// mutated decodes a body, changes some values and keys, and encodes it again.
// Bodies that are no JSON stay as they are.
func mutated(body []byte, seed uint64) []byte {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var tree any
	if dec.Decode(&tree) != nil {
		return body
	}
	m := &mutator{Rand: rand.New(rand.NewPCG(seed, seed>>32))}
	for range 1 + m.IntN(3) {
		m.collect(&tree)
		tree = m.change(tree)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(m.IntN(2) == 0)
	if enc.Encode(tree) != nil {
		return body
	}
	return out.Bytes()
}

// mutator changes a decoded statement at random.
type mutator struct {
	*rand.Rand
	pool []any // values seen in the statement, to be grafted elsewhere
}

// collect gathers the values of a tree.
func (m *mutator) collect(tree *any) {
	m.pool = m.pool[:0]
	var walk func(any)
	walk = func(v any) {
		if len(m.pool) > 200 {
			return
		}
		m.pool = append(m.pool, v)
		switch v := v.(type) {
		case map[string]any:
			for _, key := range sortedKeys(v) {
				walk(v[key])
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(*tree)
}

// change changes a tree in one place: here, or with a growing chance below.
func (m *mutator) change(v any) any {
	switch v := v.(type) {
	case map[string]any:
		keys := sortedKeys(v)
		if len(keys) > 0 && m.IntN(5) > 0 {
			key := pick(m, keys)
			v[key] = m.change(v[key])
			return v
		}
		return m.changeObject(v, keys)
	case []any:
		if len(v) > 0 && m.IntN(4) > 0 {
			i := m.IntN(len(v))
			v[i] = m.change(v[i])
			return v
		}
		if m.IntN(2) == 0 && len(v) > 0 {
			return v[1:]
		}
		return append(v, m.value())
	case string:
		if m.IntN(2) == 0 {
			return m.changeString(v)
		}
	}
	return m.value()
}

func (m *mutator) changeObject(v map[string]any, keys []string) any {
	switch n := m.IntN(8); {
	case n < 2 && len(keys) > 0: // lose a property
		delete(v, pick(m, keys))
	case n < 4 && len(keys) > 0: // rename one
		key := pick(m, keys)
		value := v[key]
		delete(v, key)
		if m.IntN(2) == 0 {
			key = m.changeString(key)
		} else {
			key = pick(m, someKeys)
		}
		v[key] = value
	case n < 7: // gain one
		v[pick(m, someKeys)] = m.value()
	default:
		return m.value()
	}
	return v
}

// value is a value from the statement itself, or an odd one.
func (m *mutator) value() any {
	if len(m.pool) > 0 && m.IntN(3) == 0 {
		return clone(pick(m, m.pool))
	}
	return clone(pick(m, someValues))
}

// changeString edits a string a little.
func (m *mutator) changeString(s string) string {
	r := []rune(s)
	at := m.IntN(len(r) + 1)
	switch m.IntN(4) {
	case 0:
		return string(r[:at])
	case 1:
		if at < len(r) {
			return string(append(r[:at:at], r[at+1:]...))
		}
		return s
	case 2:
		if at < len(r) {
			r[at] = pick(m, someRunes)
		}
		return string(r)
	default:
		return string(r[:at]) + string(pick(m, someRunes)) + string(r[at:])
	}
}

func pick[T any](m *mutator, list []T) T { return list[m.IntN(len(list))] }

// clone copies a tree, so that no part of it is in two places.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for k, e := range v {
			c[k] = clone(e)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = clone(e)
		}
		return c
	}
	return v
}

// TestAgreeOnChangedStatements is a fixed stretch of what FuzzAgree does, from
// valid statements alone, so that most of them break one or two rules.
func TestAgreeOnChangedStatements(t *testing.T) {
	rounds := 3000
	if n, err := strconv.Atoi(os.Getenv("AGREE_ROUNDS")); err == nil {
		rounds = n
	}
	var bodies [][]byte
	for _, text := range examples(t) {
		bodies = append(bodies, text)
	}
	for _, f := range corpus(t) {
		for _, e := range f.Valid {
			bodies = append(bodies, e.bytes(t))
		}
	}
	slices.SortFunc(bodies, bytes.Compare)
	verdict := map[bool]int{}
	rules := map[string]int{}
	for seed := uint64(1); seed <= uint64(rounds); seed++ {
		body := mutated(bodies[int(seed)%len(bodies)], seed)
		ed := statements.Edition(1 + seed%2)
		agree(t, body, ed)
		fast, _ := verdicts(body, statements.Options{Edition: ed})
		verdict[len(fast) == 0]++
		for _, v := range fast {
			rules[v.Rule]++
		}
	}
	t.Logf("%d valid, %d invalid under %d rules", verdict[true], verdict[false], len(rules))
}
