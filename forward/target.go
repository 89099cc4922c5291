package forward

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"lernspur/delivery"
	"lernspur/documents"
)

// Filter chooses statements by how texts of theirs begin: the id of the verb, the
// id of the Activity that is the object, the identifier of the actor as our own
// interface writes it (mbox|mailto:…, account|https://…|…). An empty list chooses
// all, and all lists have to choose. A voiding statement goes where the statement
// went that it voids.
type Filter struct {
	Verbs      []string `json:"verbs,omitempty"`
	Activities []string `json:"activities,omitempty"`
	Agents     []string `json:"agents,omitempty"`
}

// Target is another store to which statements of a tenant go. Nobody changes one
// that was answered.
type Target struct {
	Tenant string `json:"-"`
	ID     string `json:"-"`
	Name   string `json:"name"`
	// URL is where the other side's xAPI begins; /statements is below it.
	URL string `json:"url"`
	// Key and Secret are the credentials there; the secret is sealed.
	Key    string `json:"key"`
	Secret string `json:"secret"`
	Filter Filter `json:"filter"`
	// From is the instant after which statements go there, by their stored, in
	// microseconds; 0: all of them.
	From    int64 `json:"from"`
	Created int64 `json:"created"`
	Paused  bool  `json:"paused,omitempty"`
}

// Edit is what is said about a target; nil stays as it is.
type Edit struct {
	Name   *string
	URL    *string
	Key    *string
	Secret *string // in the clear
	Filter *Filter
	Paused *bool
}

// kept is how far a target is, as a record.
type kept struct {
	// Cursor: every statement stored up to here was delivered, set aside, or is not
	// for this target.
	Cursor int64 `json:"cursor"`
	// Delivered counts statements that the other side has, Aside those that are set
	// aside now, InRow how many of them came one after another last.
	Delivered int64 `json:"delivered"`
	Aside     int64 `json:"aside"`
	InRow     int   `json:"inRow,omitempty"`
	// Last is when something was delivered, in microseconds.
	Last int64 `json:"last,omitempty"`
	// Halted says why nothing goes on until somebody says so.
	Halted string `json:"halted,omitempty"`
}

// Aside is a statement that a target refused for good.
type Aside struct {
	Statement string `json:"statement"`
	Stored    int64  `json:"stored"`
	Status    int    `json:"status"` // of the answer; 0: it was never sent
	Reason    string `json:"reason"`
	At        int64  `json:"at"`
	Tries     int    `json:"tries"`
}

// id orders those of a target by stored.
func (a *Aside) id() string { return fmt.Sprintf("%s%019d/%s", asidePrefix, a.Stored, a.Statement) }

const (
	cursorID    = "cursor"
	asidePrefix = "aside/"
)

func targetShelf(tenant string) documents.Shelf {
	return documents.Shelf{Tenant: tenant, Kind: documents.ForwardTarget}
}

// shelf has how far a target is, and what was set aside.
func (t *Target) shelf() documents.Shelf {
	return documents.Shelf{Tenant: t.Tenant, Kind: documents.ForwardProgress, Activity: t.ID}
}

// place is what the target's secret is sealed for.
func (t *Target) place() string { return "forward/" + t.Tenant + "/" + t.ID }

// Bounds of what is said about a target.
const (
	maxName     = 200 // characters
	maxKey      = 1000
	maxSecret   = 1000
	maxPrefixes = 20 // of each kind
	maxPrefix   = 1000
)

// check judges a target; own are our own addresses.
func (t *Target) check(own []string) error {
	address, err := delivery.CheckURL(t.URL, own...)
	if err != nil {
		return err
	}
	if strings.Contains(address, "?") {
		return &delivery.Invalid{Field: "url", Message: "it has no query: /statements is put behind it"}
	}
	t.URL = strings.TrimSuffix(address, "/statements")
	t.Name = cmp.Or(strings.TrimSpace(t.Name), t.URL)
	switch {
	case utf8.RuneCountInString(t.Name) > maxName || !plain(t.Name):
		return &delivery.Invalid{Field: "name", Message: fmt.Sprintf("it is text of up to %d characters", maxName)}
	case t.Key == "" || len(t.Key) > maxKey || !plain(t.Key) || strings.Contains(t.Key, ":"):
		return &delivery.Invalid{Field: "key", Message: fmt.Sprintf("it is the name of a key at the other store: up to %d bytes without a colon", maxKey)}
	}
	for _, f := range [...]struct {
		name string
		list *[]string
	}{{"verbs", &t.Filter.Verbs}, {"activities", &t.Filter.Activities}, {"agents", &t.Filter.Agents}} {
		if len(*f.list) > maxPrefixes {
			return &delivery.Invalid{Field: f.name, Message: fmt.Sprintf("there can be up to %d", maxPrefixes)}
		}
		for _, prefix := range *f.list {
			if prefix == "" || len(prefix) > maxPrefix || !plain(prefix) {
				return &delivery.Invalid{Field: f.name, Message: fmt.Sprintf("each is a text of up to %d bytes", maxPrefix)}
			}
		}
	}
	return nil
}

func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }
