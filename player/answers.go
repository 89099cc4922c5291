package player

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"lernspur/catalog"
)

var verdictOK = struct {
	Result    string `json:"result"`
	ErrorCode int    `json:"errorCode"`
}{"true", 0}

func (p *Player) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCommit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		problem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("expected %d bytes at most", maxCommit))
	case err != nil:
		problem(w, http.StatusBadRequest, "the request ended early")
	default:
		return text, true
	}
	return nil, false
}

func (p *Player) read(w http.ResponseWriter, r *http.Request, into any) bool {
	text, ok := p.body(w, r)
	if !ok {
		return false
	}
	if err := json.Unmarshal(text, into); err != nil {
		problem(w, http.StatusBadRequest, "expected JSON: "+err.Error())
		return false
	}
	return true
}

// refuse answers an error to the run-time page.
func (p *Player) refuse(w http.ResponseWriter, err error) {
	var busy *catalog.Busy
	var invalid *catalog.Invalid
	var conflict *catalog.Conflict
	var many *tooMany
	switch {
	case errors.As(err, &many):
		w.Header().Set("Retry-After", strconv.Itoa(int(many.wait/time.Second)+1))
		problem(w, http.StatusTooManyRequests, many.Error())
	case errors.As(err, &conflict):
		problem(w, http.StatusRequestEntityTooLarge, conflict.Message)
	case errors.Is(err, errElsewhere):
		problem(w, http.StatusConflict, err.Error())
	case errors.Is(err, catalog.ErrNoLaunch):
		problem(w, http.StatusGone, err.Error())
	case errors.Is(err, catalog.ErrNotFound):
		problem(w, http.StatusNotFound, err.Error())
	case errors.As(err, &invalid):
		problem(w, http.StatusRequestEntityTooLarge, invalid.Error())
	case errors.As(err, &busy):
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(busy.RetryAfter/time.Second))))
		problem(w, http.StatusServiceUnavailable, busy.Reason)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		problem(w, http.StatusServiceUnavailable, "this took too long")
	default:
		p.opts.Logger.Error("a request of the run-time page", zap.Error(err))
		problem(w, http.StatusInternalServerError, "something went wrong here; it is in the log")
	}
}

// problem answers in the words of the run-time library: 391 is that a commit
// failed.
func problem(w http.ResponseWriter, status int, detail string) {
	answer(w, status, struct {
		Result    string `json:"result"`
		ErrorCode int    `json:"errorCode"`
		Detail    string `json:"detail"`
	}{"false", 391, detail})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone
}
