package progress

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"lernspur/apiv1"
	"lernspur/web/visitor"
)

// Ask answers what GET answers somebody who has signed in, as JSON: it is the same
// resource with the same parameters, and the same decision on who sees whom. path is
// what stands behind Base, its ids percent-encoded. Errors: *apiv1.Problem with the
// status that GET has, and what is broken here.
func (a *API) Ask(ctx context.Context, v *visitor.Visitor, path string, query url.Values) ([]byte, error) {
	text, err := a.answerTo(ctx, v, path, query)
	if err != nil {
		if p := toProblem(err); p.Status != http.StatusInternalServerError && ctx.Err() == nil {
			return nil, p
		}
	}
	return text, err
}

func (a *API) answerTo(ctx context.Context, v *visitor.Visitor, path string, query url.Values) ([]byte, error) {
	if v == nil { // who is nobody is no key, either
		return nil, apiv1.Problemf(http.StatusUnauthorized, "nobody has signed in")
	}
	res, id := find(path)
	if res == nil {
		return nil, apiv1.Problemf(http.StatusNotFound, "there is no such resource")
	}
	scope, err := scopeFor(v, res, id)
	if err != nil {
		return nil, err
	}
	ask, err := readParameters(query.Encode(), "", a.Projector.zone, res.parameters)
	if err != nil {
		return nil, err
	}
	if ask.format != "json" {
		return nil, fmt.Errorf("the format %s is for programs", ask.format)
	}
	ask.Scope = scope
	if ask.evaluated, err = a.evaluatedFor(ctx, v.Tenant, v, res, id); err != nil {
		return nil, err
	}
	if err := ask.permit(res); err != nil {
		return nil, err
	}
	if ask.wait {
		if err := a.wait(ctx); err != nil {
			return nil, err
		}
	}
	watermark := a.Projector.Watermark()
	found, err := a.answered(ctx, res, v.Tenant, id, ask)
	if err != nil {
		return nil, err
	}
	more := ""
	if found.next != "" {
		more = a.address(path, query, found.next)
	}
	return found.json(min(watermark, a.Projector.Watermark()), more)
}

// address is that of the next page.
func (a *API) address(path string, query url.Values, next string) string {
	q := url.Values{}
	for name, values := range query {
		q[name] = values
	}
	q.Set("after", next)
	q.Del("wait")
	return a.PathPrefix + Base + path + "?" + q.Encode()
}

// scopeFor is what somebody may see of a resource.
func scopeFor(v *visitor.Visitor, res *resource, id string) (Scope, error) {
	learner := ""
	if res.single {
		learner = id
	}
	return scopeOf(v, res.single, learner)
}
