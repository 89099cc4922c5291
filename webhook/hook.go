package webhook

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lernspur/delivery"
	"lernspur/documents"
)

// The events that there are.
const (
	CourseCompleted = "course.completed"
	CoursePassed    = "course.passed"
	LearnerAtRisk   = "learner.at_risk"
	// Test is sent when somebody asks for it, and never otherwise.
	Test = "test"
)

// Events are those that a hook can be told.
var Events = []string{CourseCompleted, CoursePassed, LearnerAtRisk}

// Hook is a program that is told. Nobody changes one that was answered.
type Hook struct {
	Tenant string   `json:"-"`
	ID     string   `json:"-"`
	Name   string   `json:"name"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Paused bool     `json:"paused,omitempty"`
	// Secret signs; Previous signs as well until PreviousUntil, in microseconds. Both
	// are sealed.
	Secret        string `json:"secret"`
	Previous      string `json:"previous,omitempty"`
	PreviousUntil int64  `json:"previousUntil,omitempty"`
	// Since is the watermark when an event was wanted first, by event: what was before
	// is not told.
	Since   map[string]int64 `json:"since"`
	Created int64            `json:"created"`
}

// Edit is what is said about a hook; nil stays as it is.
type Edit struct {
	Name   *string
	URL    *string
	Events *[]string
	Paused *bool
}

func hookShelf(tenant string) documents.Shelf {
	return documents.Shelf{Tenant: tenant, Kind: documents.Webhook}
}

// shelf has the events of a hook, its marks and its cursor.
func (h *Hook) shelf() documents.Shelf {
	return documents.Shelf{Tenant: h.Tenant, Kind: documents.WebhookQueue, Activity: h.ID}
}

func (h *Hook) place() string { return "webhook/" + h.Tenant + "/" + h.ID }

// from is where a hook begins to look of which nothing is kept yet.
func (h *Hook) from() int64 {
	from := int64(math.MaxInt64)
	for _, at := range h.Since {
		from = min(from, at)
	}
	return from
}

// want notes since when events are wanted that are wanted now, and not before.
func (h *Hook) want(watermark int64) {
	since := make(map[string]int64, len(h.Events))
	for _, event := range h.Events {
		if at, ok := h.Since[event]; ok {
			since[event] = at
		} else {
			since[event] = watermark
		}
	}
	h.Since = since
}

func (h *Hook) wants(event string) bool { return slices.Contains(h.Events, event) }

// rotating tells that the previous secret is in force still.
func (h *Hook) rotating(now time.Time) bool {
	return h.Previous != "" && now.UnixMicro() < h.PreviousUntil
}

const maxName = 200 // characters

// check judges a hook; own are our own addresses.
func (h *Hook) check(own []string) (err error) {
	if h.URL, err = delivery.CheckURL(h.URL, own...); err != nil {
		return err
	}
	h.Name = cmp.Or(strings.TrimSpace(h.Name), h.URL)
	if utf8.RuneCountInString(h.Name) > maxName || !utf8.ValidString(h.Name) || strings.ContainsFunc(h.Name, unicode.IsControl) {
		return &delivery.Invalid{Field: "name", Message: fmt.Sprintf("it is text of up to %d characters", maxName)}
	}
	var known []string
	for _, event := range Events {
		if slices.Contains(h.Events, event) {
			known = append(known, event)
		}
	}
	for _, event := range h.Events {
		if !slices.Contains(known, event) {
			return &delivery.Invalid{Field: "events", Message: fmt.Sprintf("there is no event %.50q; there are %s", event, strings.Join(Events, ", "))}
		}
	}
	if len(known) == 0 {
		return &delivery.Invalid{Field: "events", Message: "one at least is needed: " + strings.Join(Events, ", ")}
	}
	h.Events = known
	return nil
}

// newSecret makes a secret of 256 bits.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "whsec_" + base64.RawURLEncoding.EncodeToString(b[:])
}

// event is one that waits, or was given up.
type event struct {
	Type    string `json:"type"`
	Body    []byte `json:"body"` // as it is sent
	Created int64  `json:"created"`
	Tries   int    `json:"tries,omitempty"`
	Next    int64  `json:"next,omitempty"` // when it is tried again
	Reason  string `json:"reason,omitempty"`
	Status  int    `json:"status,omitempty"`
	At      int64  `json:"at,omitempty"` // of the last try
}

// counts are what is known of a hook as a whole.
type counts struct {
	// Cursor: everything stored up to here was looked at.
	Cursor    int64 `json:"cursor"`
	Delivered int64 `json:"delivered"`
	Dead      int64 `json:"dead"`
	Last      int64 `json:"last,omitempty"`
}

// mark says that a hook was told, or need not be.
type mark struct {
	At int64 `json:"at"`
	// Of learner.at_risk: the last activity when it was told of idleness, and that it
	// was told of failing.
	Idle   int64 `json:"idle,omitempty"`
	Failed bool  `json:"failed,omitempty"`
}

const (
	cursorID    = "cursor"
	eventPrefix = "event/"
	deadPrefix  = "dead/"
	markPrefix  = "mark/"
	riskPrefix  = "risk/"
)
