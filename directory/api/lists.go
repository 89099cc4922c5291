package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lernspur/apiv1"
)

var errPlace = apiv1.BadRequest("after is not a place that an earlier answer named")

// paging reads the parameters of a list: those allowed, how many are wanted, and
// behind which place, of which the last of the parts may have a line's end; nil from
// the beginning.
func paging(r *http.Request, parts int, allowed ...string) (values url.Values, n int, after []string, err error) {
	if values, err = apiv1.Parameters(r, append(allowed, "after", "limit")...); err != nil {
		return nil, 0, nil, err
	}
	if n, err = apiv1.Limit(values); err != nil {
		return nil, 0, nil, err
	}
	after, err = apiv1.Cursor(values)
	switch {
	case err != nil || after == nil:
		return values, n, nil, err
	case len(after) < parts:
		return nil, 0, nil, errPlace
	}
	return values, n, append(after[:parts-1:parts-1], strings.Join(after[parts-1:], "\n")), nil
}

// page answers the first n of a list; place is where the next page begins behind one.
func page[T, V any](a *API, w http.ResponseWriter, r *http.Request, n int, list []T, view func(T) V, place func(T) []string) error {
	p := apiv1.Page[V]{Items: []V{}}
	for i, item := range list {
		if i == n {
			p.More = apiv1.Next(a.opts.PathPrefix, r, place(list[n-1])...)
			break
		}
		p.Items = append(p.Items, view(item))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}

// listed answers a page of a list that is in memory.
func listed[T, V any](a *API, w http.ResponseWriter, r *http.Request, list []*T, id func(*T) string, view func(*T) V, allowed ...string) error {
	_, n, after, err := paging(r, 1, allowed...)
	if err != nil {
		return err
	}
	if after != nil {
		at := slices.IndexFunc(list, func(item *T) bool { return id(item) == after[0] })
		if at < 0 {
			return apiv1.Problemf(http.StatusGone, "what the page before ended with is not there any longer; begin anew")
		}
		list = list[at+1:]
	}
	return page(a, w, r, n, list, view, func(item *T) []string { return []string{id(item)} })
}
