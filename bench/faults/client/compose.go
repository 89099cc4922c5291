package client

import (
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/bench/faults/journal"
)

// MarkerKey is the extension that carries the unique marker of a statement.
const MarkerKey = "https://faults.example/marker"

// VoidVerb is the verb of voiding statements (xAPI 1.0.3 Part 2, 2.3.2).
const VoidVerb = "http://adlnet.gov/expapi/verbs/voided"

const adl = "http://adlnet.gov/expapi/verbs/"

var verbs = []string{adl + "completed", adl + "passed", adl + "failed", adl + "experienced", adl + "answered",
	adl + "initialized", adl + "progressed", "https://faults.example/verbs/geübt"}

// How many there are of each; few, so that every filter finds many.
const (
	learners      = 16
	activities    = 12
	courses       = 4
	registrations = 24
)

// composer writes statements. It is one goroutine's.
type composer struct {
	rng *rand.Rand
	run string // begins every marker
	n   int
	pad int
}

// statement writes a statement about a learner and an activity. An empty id is
// left out.
func (c *composer) statement(id string) journal.Sent {
	return c.write(id, c.actor(), c.verb(), c.object(), true)
}

// void writes a statement that voids another one.
func (c *composer) void(id, target string) journal.Sent {
	verb := `{"id":"` + VoidVerb + `","display":{"en":"voided"}}`
	return c.write(id, c.actor(), verb, reference(target), false)
}

// refer writes a statement about another one that does not void it.
func (c *composer) refer(id, target string) journal.Sent {
	return c.write(id, c.actor(), `{"id":"https://faults.example/verbs/kommentiert"}`, reference(target), false)
}

func reference(target string) string { return `{"objectType":"StatementRef","id":"` + target + `"}` }

// write puts the parts into some order, with some white space: the server has
// to keep both.
func (c *composer) write(id, actor, verb, object string, result bool) journal.Sent {
	c.n++
	marker := fmt.Sprintf("%s-%d", c.run, c.n)
	parts := []string{`"actor":` + actor, `"verb":` + verb, `"object":` + object, `"context":` + c.context(marker)}
	if id != "" {
		parts = append(parts, `"id":"`+id+`"`)
	}
	if result && c.chance(60) {
		parts = append(parts, `"result":`+c.result())
	}
	if c.chance(70) {
		parts = append(parts, `"timestamp":"`+c.timestamp()+`"`)
	}
	c.rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	separator := pick(c.rng, ",", ", ", ",\n  ", "\t,")
	return journal.Sent{ID: id, Marker: marker, Body: "{" + strings.Join(parts, separator) + pick(c.rng, "", " ", "\n") + "}"}
}

func (c *composer) chance(percent int) bool { return c.rng.IntN(100) < percent }

func pick(rng *rand.Rand, list ...string) string { return list[rng.IntN(len(list))] }

func (c *composer) actor() string {
	if c.chance(5) {
		return `{"objectType":"Group","mbox":"mailto:gruppe@faults.example","member":[` + agent(c.rng.IntN(learners)) + `,` + agent(learners) + `]}`
	}
	return agent(c.rng.IntN(learners))
}

// agent is learner i, each with one kind of identifier.
func agent(i int) string {
	switch i % 4 {
	case 0:
		return fmt.Sprintf(`{"mbox":"mailto:l%d@faults.example","name":"Läufer %d"}`, i, i)
	case 1:
		return fmt.Sprintf(`{"objectType":"Agent","account":{"homePage":"https://faults.example/","name":"p%d"}}`, i)
	case 2:
		return fmt.Sprintf(`{"mbox_sha1sum":"%x"}`, sha1.Sum(fmt.Appendf(nil, "mailto:s%d@faults.example", i)))
	}
	return fmt.Sprintf(`{"openid":"https://id.faults.example/%d"}`, i)
}

func (c *composer) verb() string {
	id := verbs[c.rng.IntN(len(verbs))]
	return `{"id":"` + id + `"` + pick(c.rng, "", `,"display":{"de-DE":"tat \u00e9\ud83d\ude00","en":"did"}`) + `}`
}

func (c *composer) object() string {
	if c.chance(5) {
		return strings.Replace(agent(c.rng.IntN(learners)/4*4), "{", `{"objectType":"Agent",`, 1) // with an mbox
	}
	i := c.rng.IntN(activities)
	id := fmt.Sprintf("https://faults.example/aktivität/%d", i)
	if i < courses {
		id = course(i)
	}
	return `{"id":"` + id + `"` + pick(c.rng, "", `,"objectType":"Activity"`, `,"definition":{"type":"http://adlnet.gov/expapi/activities/course","name":{"de":"Kürs \"1\""}}`) + `}`
}

func course(i int) string { return fmt.Sprintf("https://faults.example/kurs/%d", i) }

// Numbers in forms that a re-encoding would change.
func (c *composer) result() string {
	parts := []string{`"duration":"PT` + pick(c.rng, "1H0.50S", "12.5S", "0S", "90M") + `"`}
	if c.chance(50) {
		parts = append(parts, `"score":{"scaled":`+pick(c.rng, "0.50", "5e-1", "1.0", "-0.0", "0.3333333333333333333333")+`,"raw":`+pick(c.rng, "10", "1E1", "7.00")+`}`)
	}
	if c.chance(50) {
		parts = append(parts, `"completion":`+pick(c.rng, "true", "false"), `"success":`+pick(c.rng, "true", "false"))
	}
	if c.chance(30) {
		parts = append(parts, `"response":"a\/b\u0000\u20ac €"`, `"extensions":{"https://faults.example/n":[1e400,-0,{"":null}]}`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (c *composer) context(marker string) string {
	parts := []string{`"registration":"` + registration(c.rng.IntN(registrations)) + `"`}
	if c.chance(60) {
		parts = append(parts, `"contextActivities":{"grouping":[{"id":"`+course(c.rng.IntN(courses))+`"}]}`)
	}
	if c.chance(20) {
		parts = append(parts, `"instructor":`+agent(c.rng.IntN(learners)))
	}
	pad := ""
	if c.pad > 0 {
		pad = `,"https://faults.example/pad":"` + strings.Repeat("x", c.rng.IntN(2*c.pad)) + `"`
	}
	parts = append(parts, `"extensions":{"`+MarkerKey+`":"`+marker+`"`+pad+`}`)
	return "{" + strings.Join(parts, ",") + "}"
}

func registration(i int) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "https://faults.example/registration/%d", i)).String()
}

func (c *composer) timestamp() string {
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC).Add(time.Duration(c.rng.Int64N(int64(200 * 24 * time.Hour))))
	switch c.rng.IntN(3) {
	case 0:
		return at.Format("2006-01-02T15:04:05Z07:00")
	case 1:
		return at.In(time.FixedZone("", 2*3600)).Format("2006-01-02T15:04:05.000-07:00")
	}
	return at.Format("2006-01-02T15:04:05.000000Z07:00")
}

// newID is a random id.
func (c *composer) newID() string {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(c.rng.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}
