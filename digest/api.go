package digest

import (
	"net/http"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/delivery"
)

// Base is the path of the resources.
const Base = "/api/v1/digests"

// The scopes, under the names of xAPI (1.0.3 Part 3, 4.2).
var (
	readScopes  = []string{"all", "all/read"}
	writeScopes = []string{"all"}
)

// API is the endpoint.
type API struct {
	service *Service
	prefix  string
	logger  *zap.Logger
}

// NewAPI makes an endpoint. prefix is the path of the public URL.
func (s *Service) NewAPI(prefix string) *API { return &API{s, prefix, s.opts.Logger} }

// Register adds the resources behind a door.
func (a *API) Register(r *mux.Router, door apiv1.Door) {
	resources := apiv1.Resources{Door: door, Read: readScopes, Write: writeScopes, Fail: a.fail,
		Bound: "this key is bound to less than its tenant, and digests are about groups of it"}
	resources.Handle(r, Base, apiv1.Methods{"GET": a.list})
	resources.Handle(r, Base+"/{account}/send", apiv1.Methods{"POST": a.send})
	resources.Rest(r, Base)
}

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	apiv1.Fail(w, r, delivery.ToProblem(err), err, a.logger, "digests")
}

// View is a digest as it is answered.
type View struct {
	Week    string        `json:"week"`
	Account string        `json:"account"`
	State   string        `json:"state"`
	At      apiv1.Instant `json:"at"`
	Tries   int           `json:"tries,omitempty"`
	Next    apiv1.Instant `json:"nextTry,omitempty"`
	Reason  string        `json:"reason,omitempty"`
}

func newView(r Run) View {
	return View{r.Week, r.Account, r.State, apiv1.Instant(r.At), r.Tries, apiv1.Instant(r.Next), r.Reason}
}

func (a *API) list(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "after", "limit")
	if err != nil {
		return err
	}
	n, err := apiv1.Limit(values)
	if err != nil {
		return err
	}
	after, err := apiv1.Cursor(values)
	if err != nil {
		return err
	}
	place := ""
	if len(after) == 1 {
		place = after[0]
	}
	list, next, err := a.service.Runs(r.Context(), who.Tenant, place, n)
	if err != nil {
		return err
	}
	page := apiv1.Page[View]{Items: []View{}}
	for _, run := range list {
		page.Items = append(page.Items, newView(run))
	}
	if next != "" {
		page.More = apiv1.Next(a.prefix, r, next)
	}
	return apiv1.Respond(w, r, http.StatusOK, page)
}

func (a *API) send(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	if a.service.opts.Mailer == nil {
		return &delivery.Conflict{Message: "this server has no mail server (smtp.host)"}
	}
	run, err := a.service.SendNow(r.Context(), who.Tenant, mux.Vars(r)["account"])
	if err != nil {
		return err
	}
	return apiv1.Respond(w, r, http.StatusOK, newView(run))
}
