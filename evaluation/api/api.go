package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// Path is where the settings are; their history and the statement are below it.
const Path = "/api/v1/evaluation"

// Who reads and who changes: keys by their scopes; of who has signed in, by roles, in
// place of which stand scopes of our own that no key can hold. The statement is for
// everybody who signed in.
const (
	mayRead   = "evaluation: read"
	mayChange = "evaluation: change"
	signedIn  = "evaluation: statement"
)

var (
	readScopes      = []string{"all", "all/read", mayRead}
	writeScopes     = []string{"all", mayChange}
	statementScopes = []string{"all", "all/read", signedIn}
)

// Options are what an API needs.
type Options struct {
	// Door tells who asks.
	Door    apiv1.Door
	Service *evaluation.Service
	// Zone is that of days; nil: UTC.
	Zone *time.Location
	Now  func() time.Time // nil: time.Now
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string
	Logger     *zap.Logger // may be nil
}

// API is the endpoint. It is safe for concurrent use.
type API struct{ opts Options }

// New makes an API that is ready to be registered.
func New(o Options) *API {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return &API{o}
}

// Register adds the resources.
func (a *API) Register(r *mux.Router) {
	door := a.opts.Door
	door.Identify = identify(a.opts.Door.Identify)
	settings := apiv1.Resources{Door: door, Read: readScopes, Write: writeScopes, Fail: a.fail, Bound: "this key is bound to less than the settings are about"}
	settings.Handle(r, Path, apiv1.Methods{"GET": a.get, "PATCH": a.change})
	settings.Handle(r, Path+"/changes", apiv1.Methods{"GET": a.changes})
	statement := settings
	statement.Read = statementScopes
	statement.Handle(r, Path+"/statement", apiv1.Methods{"GET": a.statement})
	settings.Rest(r, Path)
}

// identify is a door's, with what the roles of who has signed in may here.
func identify(inner func(*http.Request) (*apiv1.Identity, error)) func(*http.Request) (*apiv1.Identity, error) {
	return func(r *http.Request) (*apiv1.Identity, error) {
		v := visitor.From(r.Context())
		if v == nil || r.Header.Get("Authorization") != "" {
			if inner == nil {
				return nil, nil
			}
			return inner(r)
		}
		who := &apiv1.Identity{KeyID: "account:" + v.Account, Tenant: v.Tenant, Scopes: []string{signedIn}}
		if v.Has(evaluation.MayRead...) {
			who.Scopes = append(who.Scopes, mayRead)
		}
		if v.Has(evaluation.MayChange...) {
			who.Scopes = append(who.Scopes, mayChange)
		}
		return who, nil
	}
}

// by is who asks, as the history has it.
func by(who *apiv1.Identity) string {
	if account, ok := strings.CutPrefix(who.KeyID, "account:"); ok {
		return account
	}
	return "key " + who.KeyID
}

// toProblem is the one place where errors become status codes.
func toProblem(err error) *apiv1.Problem {
	var invalid *evaluation.Invalid
	var busy *evaluation.Busy
	switch {
	case errors.As(err, &invalid):
		p := apiv1.BadRequest("%s", invalid)
		p.Field = invalid.Field
		return p
	case errors.Is(err, evaluation.ErrChanged):
		return apiv1.Problemf(http.StatusPreconditionFailed, "%s", evaluation.ErrChanged)
	case errors.As(err, &busy):
		return apiv1.Busy(busy.RetryAfter, busy.Reason)
	}
	return apiv1.ToProblem(err, "this could not be done in time; look whether it was done before you try again")
}

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, toProblem(err), err, a.opts.Logger, "what is evaluated")
}

// View is what holds, as it is answered.
type View struct {
	Version int64 `json:"version"`
	// Ground is that of the evaluation as a whole.
	Ground   string       `json:"ground"`
	Switches []SwitchView `json:"switches"`
}

// SwitchView is a switch.
type SwitchView struct {
	Switch evaluation.Switch `json:"switch"`
	Name   string            `json:"name"`
	On     bool              `json:"on"`
	Ground string            `json:"ground,omitempty"`
	Since  apiv1.Instant     `json:"since,omitzero"`
	By     string            `json:"by,omitempty"`
}

// ViewOf is a State as it is answered.
func ViewOf(s evaluation.State) View {
	v := View{Version: s.Version, Ground: s.Ground, Switches: []SwitchView{}}
	for _, one := range s.Switches {
		v.Switches = append(v.Switches, SwitchView{one.Switch, one.Switch.Name("en"), one.On, one.Ground, apiv1.Instant(one.Since), one.By})
	}
	return v
}

// Asked is what is to be changed: of the switches that it names, and the ground of
// the whole unless it is nil.
type Asked struct {
	Ground   *string                           `json:"ground"`
	Switches map[evaluation.Switch]AskedSwitch `json:"switches"`
}

// AskedSwitch is what is to be of a switch.
type AskedSwitch struct {
	On     bool   `json:"on"`
	Ground string `json:"ground"`
}

// Edits are the changes asked for, in the order of the switches.
func (b Asked) Edits() ([]evaluation.Edit, error) {
	var edits []evaluation.Edit
	if b.Ground != nil {
		edits = append(edits, evaluation.Edit{Ground: *b.Ground})
	}
	known := 0
	for _, sw := range evaluation.Switches {
		if one, ok := b.Switches[sw]; ok {
			edits = append(edits, evaluation.Edit{Switch: sw, On: one.On, Ground: one.Ground})
			known++
		}
	}
	if known < len(b.Switches) {
		return nil, &evaluation.Invalid{Field: "switches", Reason: "there are the switches " + names()}
	}
	if len(edits) == 0 {
		return nil, &evaluation.Invalid{Field: "switches", Reason: "nothing is to be changed"}
	}
	return edits, nil
}

func names() string {
	var list []string
	for _, sw := range evaluation.Switches {
		list = append(list, string(sw))
	}
	return strings.Join(list, ", ")
}

// etag is that of a version: 0 is one, too.
func etag(version int64) string { return apiv1.ETag(version + 1) }

func (a *API) get(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	s, err := a.opts.Service.State(r.Context(), who.Tenant)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(s.Version))
	return apiv1.Respond(w, r, http.StatusOK, ViewOf(s))
}

func (a *API) change(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if _, err := apiv1.Parameters(r); err != nil {
		return err
	}
	tag, err := apiv1.IfMatch(r)
	if err != nil {
		return err
	}
	var b Asked
	if err := apiv1.Body(w, r, &b); err != nil {
		return err
	}
	edits, err := b.Edits()
	if err != nil {
		return err
	}
	s, err := a.opts.Service.Change(r.Context(), who.Tenant, by(who), tag-1, edits)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(s.Version))
	return apiv1.Respond(w, r, http.StatusOK, ViewOf(s))
}

// ChangeView is a change that was made.
type ChangeView struct {
	Number int64             `json:"number"`
	At     apiv1.Instant     `json:"at"`
	By     string            `json:"by"`
	Switch evaluation.Switch `json:"switch,omitempty"`
	On     *bool             `json:"on,omitempty"`
	Ground string            `json:"ground"`
}

// ViewOfChange is a change as it is answered.
func ViewOfChange(c evaluation.Change) ChangeView {
	v := ChangeView{Number: c.Number, At: apiv1.Instant(c.At), By: c.By, Switch: c.Switch, Ground: c.Ground}
	if c.Switch != "" {
		v.On = &c.On
	}
	return v
}

// changes answers the history, the latest first.
func (a *API) changes(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "after", "limit")
	if err != nil {
		return err
	}
	n, err := apiv1.Limit(values)
	if err != nil {
		return err
	}
	place, err := apiv1.Cursor(values)
	if err != nil {
		return err
	}
	before := int64(0)
	if place != nil {
		if before, err = strconv.ParseInt(place[0], 10, 64); err != nil || before < 1 {
			return apiv1.BadRequest("after is not a place that an earlier answer named")
		}
	}
	list, err := a.opts.Service.History(r.Context(), who.Tenant, before, n+1)
	if err != nil {
		return err
	}
	p := apiv1.Page[ChangeView]{Items: []ChangeView{}}
	for i, c := range list {
		if i == n {
			p.More = apiv1.Next(a.opts.PathPrefix, r, strconv.FormatInt(list[n-1].Number, 10))
			break
		}
		p.Items = append(p.Items, ViewOfChange(c))
	}
	return apiv1.Respond(w, r, http.StatusOK, p)
}
