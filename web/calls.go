package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lernspur/catalog"
)

// Calls are the last calls of the run-time API of one attempt, or the events of H5P.
type Calls struct {
	Started time.Time
	Calls   []Call
}

// Call is one of them. Error is the code that the API had afterwards, empty for none.
type Call struct {
	At                                  int64 // in microseconds since 1970
	Call, Element, Value, Result, Error string
}

// callsPage is what the page of an attempt's calls shows.
type callsPage struct {
	Part  string
	Calls []callRow
}

// callRow is a call with how long after the first one it came.
type callRow struct {
	Call
	After string
}

// calls shows what content called in one attempt: what to look at when a package
// does not report what it should.
func (s *Site) calls(q *request) error {
	r, c, err := s.find(q)
	if err != nil {
		return err
	}
	parameters := q.r.URL.Query()
	number, err := strconv.Atoi(parameters.Get("attempt"))
	if err != nil || number < 1 || s.deps.Calls == nil {
		return catalog.ErrNotFound
	}
	item := parameters.Get("item")
	found, err := s.deps.Calls(q.r.Context(), q.who.Tenant, r.ID, item, number)
	if err != nil {
		return err
	}
	if err := q.permit("calls"); err != nil {
		return err
	}
	body := callsPage{Part: item}
	if _, v, err := s.deps.Catalog.Version(q.r.Context(), q.who.Tenant, c.ID, r.Version); err == nil && v.Manifest != nil {
		for i := range v.Manifest.Items() {
			if i.ID == item {
				body.Part = itemTitle(i, q.words)
			}
		}
	}
	for _, call := range found.Calls {
		body.Calls = append(body.Calls, callRow{call, fmt.Sprintf("%.3f", float64(call.At-found.Calls[0].At)/1e6)})
	}
	learner, _ := learnerName(r.Learner)
	at := "/courses/" + c.ID
	return q.show(http.StatusOK, "calls", &view{Title: q.words.t("calls.title"), Answer: q.words.t("calls.answer", body.Part, strconv.Itoa(number)), Body: body,
		Crumbs: q.crumbs("/courses", q.words.t("menu.courses"), at, q.words.titleOf(c), at+"/registrations/"+r.ID.String(), learner)})
}

// callsPath leads to the calls of an attempt below the page of its registration.
func callsPath(item string, number int) string {
	return "/calls?" + url.Values{"item": {item}, "attempt": {strconv.Itoa(number)}}.Encode()
}
