package repairs

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lernspur/apiv1"
	"lernspur/statements"
	"lernspur/store"
)

const (
	defaultLimit = 1000
	maxLimit     = 10_000
	// maxText is how long the texts of the filters may be together, in bytes.
	maxText = 16 << 10
)

const filterNames = "repair, activity, course, since, until, by and limit"

// readFilter reads the query. Unknown parameters are refused, so that a typing
// error does not pass for an answer to another question.
func readFilter(raw string) (f store.RepairFilter, err error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return f, apiv1.Problemf(http.StatusBadRequest, "the query string is malformed")
	}
	if len(raw) > 3*maxText {
		return f, apiv1.Problemf(http.StatusBadRequest, "the parameters are longer than %d bytes together", maxText)
	}
	f.Limit = defaultLimit
	for name, values := range query {
		if len(values) != 1 {
			return f, apiv1.Problemf(http.StatusBadRequest, "the parameter %q is given %d times", name, len(values))
		}
		expected := set(&f, name, values[0])
		switch {
		case expected == unknown:
			return f, apiv1.Problemf(http.StatusBadRequest, "there is no parameter %q; there are %s", name, filterNames)
		case expected != "":
			return f, apiv1.Problemf(http.StatusBadRequest, "the parameter %s is %s", name, expected)
		}
	}
	if len(f.Repair)+len(f.Activity)+len(f.Course) > maxText {
		return f, apiv1.Problemf(http.StatusBadRequest, "the parameters are longer than %d bytes together", maxText)
	}
	return f, nil
}

const unknown = "unknown"

// set takes one parameter over; it returns what was expected instead, or "".
func set(f *store.RepairFilter, name, value string) (expected string) {
	switch name {
	case "repair":
		f.Repair = value
		if value == "" || strings.Trim(value, "abcdefghijklmnopqrstuvwxyz-") != "" {
			return "the name of a repair, such as score-min-max"
		}
	case "activity", "course":
		if !statements.IsIRI(value) {
			return "the IRI of an Activity"
		}
		if name == "activity" {
			f.Activity = value
		} else {
			f.Course = value
		}
	case "since", "until":
		at, ok := statements.ParseTimestamp(value, statements.V2)
		if !ok {
			return "a point in time such as 2026-03-31T14:05:00Z"
		}
		if name == "since" {
			f.Since = max(at, 0)
		} else {
			f.Until = max(at, 1)
		}
	case "by":
		switch value {
		case "activity":
			f.By = store.RepairsByActivity
		case "course":
			f.By = store.RepairsByCourse
		default:
			return "activity or course"
		}
	case "limit":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxLimit {
			return "a number from 1 to " + strconv.Itoa(maxLimit)
		}
		f.Limit = n
	default:
		return unknown
	}
	return ""
}
