package records

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"lernspur/apiv1"
	"lernspur/statements"

	"github.com/google/uuid"
)

// maxFilters is how many bytes the texts of the filters may have together.
const maxFilters = 16 << 10

// filterNames are the filters of GET /xapi/statements.
var filterNames = []string{"agent", "verb", "activity", "registration", "related_activities", "related_agents", "since", "until"}

// readQuery reads filters as GET /xapi/statements does (xAPI 1.0.3 Part 3, 2.1.3) and
// narrows them to what who asks may see. Unknown parameters are refused, so that
// a typing error does not pass for another question.
func readQuery(who *apiv1.Identity, raw string, allowed []string) (q statements.Query, err error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return q, apiv1.BadRequest("the query string is malformed")
	}
	length := 0
	for name, list := range values {
		if !slices.Contains(allowed, name) {
			return q, apiv1.BadRequest("there is no parameter %q here; there are %s", name, strings.Join(allowed, ", "))
		}
		if len(list) > 1 {
			return q, apiv1.BadRequest("the parameter %s was given more than once", name)
		}
		if length += len(list[0]); length > maxFilters {
			return q, apiv1.BadRequest("the parameters are longer than %d bytes together", maxFilters)
		}
		if err := setFilter(&q, name, list[0]); err != nil {
			return q, err
		}
	}
	if !who.Holds(readEvery) {
		q.Authority = who.AuthorityIdentifier
	}
	q.Bounds = who.Bounds
	return q, nil
}

// setFilter reads one filter.
func setFilter(q *statements.Query, name, value string) (err error) {
	switch name {
	case "agent":
		q.Agent, err = agent(name, value)
	case "verb":
		q.Verb, err = iri(name, value)
	case "activity":
		q.Activity, err = iri(name, value)
	case "registration":
		q.Registration, err = id(name, value)
	case "related_agents":
		q.RelatedAgents, err = flag(name, value)
	case "related_activities":
		q.RelatedActivities, err = flag(name, value)
	case "since":
		// 0 means no bound: what lies before 1970 is turned into bounds that
		// say the same, since nothing was stored then.
		q.Since, err = instant(name, value)
		q.Since = max(q.Since, 0)
	case "until":
		q.Until, err = instant(name, value)
		q.Until = max(q.Until, 1)
	}
	return err
}

// agent reads the JSON of an Agent or identified Group.
func agent(name, value string) (string, error) {
	identifier, err := statements.AgentIdentifier([]byte(value), statements.V1)
	var invalid *statements.Invalid
	if errors.As(err, &invalid) && len(invalid.Violations) > 0 {
		return "", apiv1.BadRequest("%s is not an Agent or identified Group: %s", name, invalid.Violations[0].Message)
	}
	if err != nil {
		return "", apiv1.BadRequest("%s is not an Agent or identified Group", name)
	}
	return identifier, nil
}

func iri(name, value string) (string, error) {
	if !statements.IsIRI(value) {
		return "", apiv1.BadRequest("%s is not an IRI", name)
	}
	return value, nil
}

// id reads a UUID in its canonical form that names something.
func id(name, value string) (uuid.UUID, error) {
	id, err := uuid.Parse(value)
	if err != nil || len(value) != 36 {
		return uuid.UUID{}, apiv1.BadRequest("%s is not a UUID", name)
	}
	if id == uuid.Nil {
		return uuid.UUID{}, apiv1.BadRequest("%s is the UUID that names nothing", name)
	}
	return id, nil
}

func flag(name, value string) (bool, error) {
	if value != "true" && value != "false" {
		return false, apiv1.BadRequest("%s is true or false", name)
	}
	return value == "true", nil
}

// instant reads a point in time in microseconds.
func instant(name, value string) (int64, error) {
	micros, ok := statements.ParseTimestamp(value, statements.V1)
	if !ok {
		return 0, apiv1.BadRequest("%s is not a timestamp such as 2026-01-31T12:00:00Z (in an address, a + has to be sent as %%2B)", name)
	}
	return micros, nil
}
