package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/browse"
	"lernspur/catalog"
	"lernspur/delivery"
)

// problem is a page that says what cannot be, and what to do next: the messages
// problem.<key>.title, .text and .next.
type problem struct {
	status int
	key    string
	detail string // more of it, in English
	after  time.Duration
}

func (p *problem) Error() string { return p.key + " " + p.detail }

// toProblem is the one place where errors become pages.
func toProblem(err error) *problem {
	if p := directoryProblem(err); p != nil {
		return p
	}
	var known *problem
	var busy *catalog.Busy
	var conflict *catalog.Conflict
	var invalid *catalog.Invalid
	var sent *apiv1.Problem
	var later *delivery.Busy
	var against *delivery.Conflict
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, browse.ErrNotFound):
		return &problem{status: http.StatusNotFound, key: "nothing"}
	case errors.Is(err, browse.ErrForbidden):
		return &problem{status: http.StatusForbidden, key: "forbidden"}
	case errors.Is(err, browse.ErrOff):
		return switchedOff
	case errors.Is(err, browse.ErrCrowded):
		return &problem{status: http.StatusTooManyRequests, key: "crowded"}
	case errors.Is(err, browse.ErrTooMany):
		return &problem{status: http.StatusUnprocessableEntity, key: "many"}
	case errors.Is(err, catalog.ErrNotFound):
		return &problem{status: http.StatusNotFound, key: "nothing"}
	case errors.Is(err, catalog.ErrClosed):
		return &problem{status: http.StatusConflict, key: "closed"}
	case errors.As(err, &busy):
		return &problem{status: http.StatusServiceUnavailable, key: "busy", detail: busy.Reason, after: busy.RetryAfter}
	case errors.As(err, &conflict):
		return &problem{status: http.StatusConflict, key: "conflict", detail: conflict.Message}
	case errors.As(err, &invalid):
		return &problem{status: http.StatusBadRequest, key: "form", detail: invalid.Error()}
	case errors.Is(err, delivery.ErrNotFound):
		return &problem{status: http.StatusNotFound, key: "nothing"}
	case errors.As(err, &later):
		return &problem{status: http.StatusServiceUnavailable, key: "busy", detail: later.Reason, after: later.RetryAfter}
	case errors.As(err, &against):
		return &problem{status: http.StatusConflict, key: "conflict", detail: against.Message}
	case errors.As(err, &sent):
		return &problem{status: sent.Status, key: "upload", detail: sent.Detail}
	case errors.Is(err, context.DeadlineExceeded):
		return &problem{status: http.StatusServiceUnavailable, key: "busy"}
	}
	return &problem{status: http.StatusInternalServerError, key: "broken"}
}

// problemBody is what the page of a problem shows.
type problemBody struct {
	Key, Detail string
	Home        bool // there is a start page for who asks
}

// fail answers with a problem.
func (s *Site) fail(q *request, err error) {
	if errors.Is(err, context.Canceled) && q.r.Context().Err() != nil {
		return // nobody is there to read it
	}
	p := toProblem(err)
	if p.status == http.StatusInternalServerError {
		s.deps.Logger.Error("a page failed", zap.String("page", q.r.Pattern), zap.Error(err))
	}
	if p.status == http.StatusServiceUnavailable || p.status == http.StatusTooManyRequests {
		q.w.Header().Set("Retry-After", strconv.Itoa(max(1, int((p.after+time.Second-1)/time.Second))))
	}
	v := &view{Title: q.words.t("problem." + p.key + ".title"), Answer: q.words.t("problem." + p.key + ".text"), Body: problemBody{p.key, p.detail, q.who != nil}}
	if err := q.show(p.status, "problem", v); err != nil {
		s.deps.Logger.Error("the page of a problem", zap.Error(err))
		http.Error(q.w, "something went wrong here", http.StatusInternalServerError)
	}
}
