package lrs

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lernspur/statements"

	"github.com/google/uuid"
)

// parameters are those of one query string: each at most once.
type parameters map[string]string

// parseParameters reads a query string and refuses what the resource does not
// know, in this letter case, or gets twice (xAPI 1.0.3 Part 3, 3.2).
func parseParameters(raw string, allowed ...string) (parameters, error) {
	if raw == "" {
		return nil, nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badRequest("the query string is malformed")
	}
	p := make(parameters, len(values))
	for name, list := range values {
		if !slices.Contains(allowed, name) {
			return nil, unknownParameter(name, allowed)
		}
		if len(list) > 1 {
			return nil, badRequest("the parameter %s was given more than once", name)
		}
		p[name] = list[0]
	}
	return p, nil
}

func unknownParameter(name string, allowed []string) error {
	for _, a := range allowed {
		if strings.EqualFold(a, name) {
			return badRequest("unknown parameter %q: it is spelled %s", name, a)
		}
	}
	if len(allowed) == 0 {
		return badRequest("unknown parameter %q: there are none here", name)
	}
	return badRequest("unknown parameter %q: there are %s", name, strings.Join(allowed, ", "))
}

// parseUUID reads a UUID in its canonical form of 36 characters.
func parseUUID(name, value string) (uuid.UUID, error) {
	id, err := uuid.Parse(value)
	if err != nil || len(value) != 36 {
		return uuid.UUID{}, badRequest("the parameter %s is not a UUID", name)
	}
	return id, nil
}

// flag reads a boolean that is false when it was not given.
func (p parameters) flag(name string) (bool, error) {
	switch value, given := p[name]; {
	case !given, value == "false":
		return false, nil
	case value == "true":
		return true, nil
	default:
		return false, badRequest("the parameter %s is true or false", name)
	}
}

// iri reads an IRI; "" when it was not given.
func (p parameters) iri(name string) (string, error) {
	value, given := p[name]
	if given && !statements.IsIRI(value) {
		return "", badRequest("the parameter %s is not an IRI", name)
	}
	return value, nil
}

// instant reads a point in time in microseconds; 0 when it was not given.
func (p parameters) instant(name string, ed statements.Edition) (int64, error) {
	value, given := p[name]
	if !given {
		return 0, nil
	}
	micros, ok := statements.ParseTimestamp(value, ed)
	if !ok {
		return 0, badRequest("the parameter %s is not a timestamp such as 2026-01-31T12:00:00Z (a + has to be sent as %%2B)", name)
	}
	return micros, nil
}

// agent reads the JSON of an Agent or identified Group; "" when it was not
// given.
func (p parameters) agent(ed statements.Edition) (string, error) {
	value, given := p["agent"]
	if !given {
		return "", nil
	}
	identifier, err := statements.AgentIdentifier([]byte(value), ed)
	if err != nil {
		return "", agentProblem(err)
	}
	return identifier, nil
}

// limit reads how many statements are asked for: 0 and nothing mean as many as
// a page takes.
func (p parameters) limit(most int) (int, error) {
	value, given := p["limit"]
	if !given {
		return most, nil
	}
	n, err := strconv.Atoi(value)
	if errors.Is(err, strconv.ErrRange) && n > 0 {
		return most, nil
	}
	if err != nil || n < 0 {
		return 0, badRequest("the parameter limit is a whole number that is not negative")
	}
	if n == 0 || n > most {
		return most, nil
	}
	return n, nil
}
