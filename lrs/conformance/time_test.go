package conformance

import (
	"regexp"
	"time"
)

// unusedID is the id of no statement.
const unusedID = "0f0e0d0c-0b0a-4908-8706-050403020100"

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// timeCases are about timestamps and durations.
var timeCases = []testcase{
	{"timestamps are answered in UTC", "V2-UTC XAPI-00122", both, func(c *client) {
		c.answeredAs(map[string]string{
			"2026-03-01T10:30:00+05:30":           "2026-03-01T05:00:00Z",
			"2026-03-01T00:30:00.123+01:00":       "2026-02-28T23:30:00.123Z",
			"2026-03-01T10:30:00.120456789-02:00": "2026-03-01T12:30:00.120456789Z",
			"2025-12-31T23:59:59.999-00:30":       "2026-01-01T00:29:59.999Z",
			"2024-02-29T00:00:00.000+00:01":       "2024-02-28T23:59:00.000Z",
			"2026-03-01T10:30:00Z":                "2026-03-01T10:30:00Z",
			"2026-03-01T10:30:00+00:00":           "2026-03-01T10:30:00Z",
			"2026-03-01T10:30:00.5Z":              "2026-03-01T10:30:00.5Z",
		})
	}},
	{"timestamps of SubStatements are answered in UTC", "V2-UTC", both, func(c *client) {
		s := statement(object(subStatement(without(statement(timestamped("2026-03-01T10:30:00+05:30")), "id"))))
		c.store(s)
		got := c.stored(id(s))["object"].(m)["timestamp"].(string)
		if at := c.instant(got); !at.Equal(time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC)) {
			c.Errorf("%s", got)
		}
	}},
	{"other forms of ISO 8601", "XAPI-00123 V2-UTC", v1, func(c *client) {
		c.answeredAs(map[string]string{
			"2026-03-01T10:30:00":      "2026-03-01T10:30:00Z", // no zone is UTC
			"2026-03-01T10:30:00+01":   "2026-03-01T09:30:00Z",
			"2026-03-01T10:30:00-0200": "2026-03-01T12:30:00Z",
			"2026-03-01T10:30:00,250Z": "2026-03-01T10:30:00.250Z",
		})
	}},
	{"a timestamp says its zone", "XAPI-00123", v2, func(c *client) {
		for _, text := range []string{"2026-03-01T10:30:00", "2026-03-01T10:30:00+0100", "2026-03-01", "20260301T103000Z"} {
			c.want(400, post(statement(timestamped(text))))
		}
	}},
	{"letters of either case, a space is none", "XAPI-00123", v2, func(c *client) {
		c.store(statement(timestamped("2026-03-01t10:30:00z")))
	}},
	{"offsets of minus nothing", "XAPI-00123", both, func(c *client) {
		for _, zone := range []string{"-00", "-0000", "-00:00"} {
			c.want(400, post(statement(timestamped("2026-03-01T10:30:00"+zone))))
			c.want(400, post(statement(object(subStatement(without(statement(timestamped("2026-03-01T10:30:00"+zone)), "id"))))))
			c.want(400, get("since", "2026-03-01T10:30:00"+zone))
		}
	}},
	{"days that do not exist", "XAPI-00022", both, func(c *client) {
		for _, text := range []string{"2026-02-29T10:30:00Z", "2026-13-01T10:30:00Z", "2026-01-01T25:00:00Z", "2026-01-01T10:61:00Z", "yesterday", ""} {
			c.want(400, post(statement(timestamped(text))))
		}
	}},
	{"timestamp is stored when there is none", "V2-TIMESTAMP-DEFAULT", both, func(c *client) {
		s := statement()
		c.store(s)
		if got := c.stored(id(s)); !c.instant(got["timestamp"]).Equal(c.instant(got["stored"])) {
			c.Errorf("%v and %v", got["timestamp"], got["stored"])
		}
	}},
	{"the future is taken", "V2-TIMESTAMP-FUTURE", both, func(c *client) {
		for _, ahead := range []time.Duration{5 * time.Minute, 24 * time.Hour, 100 * 365 * 24 * time.Hour} {
			at := time.Now().Add(ahead).UTC().Truncate(time.Millisecond)
			s := statement(timestamped(at.Format(time.RFC3339Nano)))
			c.store(s)
			if got := c.stored(id(s)); !c.instant(got["timestamp"]).Equal(at) {
				c.Errorf("%v came back as %v", at, got["timestamp"])
			}
		}
	}},
	{"durations are kept as they were sent", "V2-DURATION-PRECISION", both, func(c *client) {
		texts := []string{"PT1.0574S", "PT0S", "PT16559.14S", "P3Y6M4DT12H30M5S", "PT36H", "P4W", "PT0.123456789S", "P1Y2M"}
		var ids []string
		for _, text := range texts {
			ids = append(ids, c.store(statement(withResult(m{"duration": text})))...)
		}
		for i, text := range texts {
			if got := c.stored(ids[i])["result"].(m)["duration"]; got != text {
				c.Errorf("%s came back as %s", text, got)
			}
		}
	}},
	{"durations that differ by less than 0.01 s are the same", "V2-DURATION-PRECISION", both, func(c *client) {
		s := statement(withResult(m{"duration": "PT1.0574S"}), timestamped("2026-03-01T10:30:00Z"))
		c.want(204, put(id(s), s))
		for text, status := range map[string]int{"PT1.0574S": 204, "PT1.0512345S": 204, "PT1.05S": 204, "PT1.06S": 409, "PT2.05S": 409, "PT1.0474S": 409} {
			c.want(status, put(id(s), merge(m{}, s, withResult(m{"duration": text}))))
		}
		if got := c.stored(id(s))["result"].(m)["duration"]; got != "PT1.0574S" {
			c.Errorf("changed to %s", got)
		}
	}},
}

// answeredAs posts statements with the timestamps on the left and reads those
// on the right.
func (c *client) answeredAs(cases map[string]string) {
	c.Helper()
	sent := map[string]m{}
	for text := range cases { // all before the first read, which waits for the database
		sent[text] = statement(timestamped(text))
		c.store(sent[text])
	}
	for sent, s := range sent {
		want := cases[sent]
		for _, got := range []m{c.stored(id(s)), c.stored(id(s), "format", "canonical"), c.stored(id(s), "format", "ids")} {
			text := got["timestamp"].(string)
			if at := c.instant(text); !at.Equal(c.instant(want)) || text[len(text)-1] != 'Z' && text[len(text)-6:] != "+00:00" {
				c.Errorf("%s came back as %s, want %s", sent, text, want)
			}
		}
	}
}
