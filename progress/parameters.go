package progress

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lernspur/apiv1"
	"lernspur/evaluation"
)

// asked is what a request asks for.
type asked struct {
	Selection
	order  Order
	kind   string
	reason string // for which somebody is at risk
	by     string // unit of time of a trend
	format string // json, csv or xlsx
	after  string // as it was sent
	wait   bool
	count  bool
	// evaluated is what may be told.
	evaluated evaluation.Settings
}

const (
	defaultLimit = 1000
	maxLimit     = 10_000
	// maxParameter bounds a value: an IRI is seldom longer than 2,000.
	maxParameter = 4096
)

// formats are the formats of answers and their media types.
var formats = map[string]string{
	"json": "application/json",
	"csv":  "text/csv; charset=utf-8; header=present",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// readParameters reads the query. Unknown parameters are refused, so that a typing
// error does not pass for an answer to another question. may are those that the
// resource has, beside format and wait.
func readParameters(raw, accept string, zone *time.Location, may []string) (a asked, err error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return a, apiv1.BadRequest("the query string is malformed")
	}
	a.order.Limit, a.by, a.format = defaultLimit, "week", acceptable(accept)
	may = append(may, "format", "wait")
	for name, values := range q {
		if !slices.Contains(may, name) {
			return a, apiv1.BadRequest("there is no parameter %q; there are %s", name, strings.Join(may, ", "))
		}
		if len(values) != 1 {
			return a, apiv1.BadRequest("the parameter %q is given %d times", name, len(values))
		}
		if bad := a.read(name, values[0], zone); bad != nil {
			return a, apiv1.BadRequest("the parameter %s is %q; %s", name, shorten(values[0]), bad)
		}
	}
	if !a.From.IsZero() && !a.To.IsZero() && !a.From.Before(a.To) {
		return a, apiv1.BadRequest("the parameter from lies behind to")
	}
	return a, nil
}

func (a *asked) read(name, value string, zone *time.Location) (err error) {
	if len(value) > maxParameter {
		return errors.New("it is longer than " + strconv.Itoa(maxParameter) + " bytes")
	}
	switch name {
	case "after":
		a.after = value
	case "limit":
		if a.order.Limit, err = strconv.Atoi(value); err != nil || a.order.Limit < 1 || a.order.Limit > maxLimit {
			return errors.New("it is a number from 1 to " + strconv.Itoa(maxLimit))
		}
	case "wait":
		a.wait, err = yes(value)
	case "count":
		a.count, err = yes(value)
	case "course":
		a.Course = value
	case "unit":
		a.Unit = value
	case "group":
		a.Group = value
	case "from":
		a.From, err = day(value, zone)
	case "to": // the last day, included
		if a.To, err = day(value, zone); err == nil {
			a.To = a.To.AddDate(0, 0, 1)
		}
	case "idle_days":
		if a.IdleDays, err = strconv.Atoi(value); err != nil || a.IdleDays < 1 || a.IdleDays > 3660 {
			return errors.New("it is a number of days from 1 to 3660")
		}
	case "kind":
		if a.kind = value; kinds[value] == "" {
			return errors.New("it is one of " + strings.Join(sorted(kinds), ", "))
		}
	case "reason":
		a.reason, err = reasonOf(value)
	case "by":
		if a.by = value; spans[value] == "" {
			return errors.New("it is one of " + strings.Join(sorted(spans), ", "))
		}
	case "sort":
		a.order.By, a.order.Descending = strings.CutPrefix(value, "-")
	case "format":
		if a.format = value; formats[value] == "" {
			return errors.New("it is one of " + strings.Join(sorted(formats), ", "))
		}
	}
	return err
}

// place reads the cursor of a sorted list.
func (a *asked) place() error {
	if a.after == "" {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(a.after)
	if err == nil {
		a.order.After = new(Place)
		err = json.Unmarshal(text, a.order.After)
	}
	if err != nil {
		return apiv1.BadRequest("the parameter after is not one that an answer gave")
	}
	return nil
}

// cursor is a place in a sorted list, for a parameter.
func cursor(p Place) string {
	text, _ := json.Marshal(p) // two texts are always JSON
	return base64.RawURLEncoding.EncodeToString(text)
}

func yes(value string) (bool, error) {
	switch value {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errors.New("it is true or false")
}

func day(value string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, value, zone)
	if err != nil || t.Year() < 1970 || t.Year() > 2200 {
		return t, errors.New("it is a day such as 2026-03-31")
	}
	return t, nil
}

// acceptable is the format that an Accept header asks for, JSON unless it names
// another one.
func acceptable(accept string) string {
	for _, format := range []string{"csv", "xlsx"} {
		media, _, _ := strings.Cut(formats[format], ";")
		if strings.Contains(accept, media) {
			return format
		}
	}
	return "json"
}

func sorted[V any](m map[string]V) []string {
	var list []string
	for name := range m {
		if name != "" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return s
}
