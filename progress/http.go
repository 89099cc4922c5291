package progress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"go.uber.org/zap"

	"lernspur/apiv1"
	"lernspur/evaluation"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// readScopes are the scopes of which one is enough to read progress, under the
// names of xAPI (1.0.3 Part 3, 4.2); setScopes are those to say how the content of
// a course is to be read.
var (
	readScopes = []string{"all", "all/read", "statements/read"}
	setScopes  = []string{"all", "content"}
)

// Base is the path below which progress is answered.
const Base = "/api/v1/progress/"

// maxWait bounds wait=true.
const maxWait = 10 * time.Second

// Options are what an API needs.
type Options struct {
	// Projector answers.
	Projector *Projector
	// Door tells who asks.
	Door apiv1.Door
	// Wait returns the watermark at which everything acknowledged before the
	// call is visible, microseconds since the Unix epoch.
	Wait func(context.Context) (int64, error)
	// Evaluated answers what a tenant has switched on; nil: nobody has switched
	// anything on.
	Evaluated func(ctx context.Context, tenant string) (evaluation.Settings, error)
	// PathPrefix is the path of the public URL, put before the addresses in
	// answers: empty or "/lrs", without a slash at its end.
	PathPrefix string
	// Logger may be nil.
	Logger *zap.Logger
}

// API is the query interface on progress, for other programs and for pages.
type API struct{ Options }

// NewAPI makes an API.
func NewAPI(o Options) *API {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	return &API{o}
}

// Register adds the resources below /api/v1/progress. The router must have
// SkipClean, as the ids of courses have doubled slashes.
func (a *API) Register(r *mux.Router) {
	serve := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, no-cache")
		if err := a.serve(w, r); err != nil {
			w.Header().Del("ETag")
			a.fail(w, r, err)
		}
	}
	for _, res := range resources {
		r.HandleFunc(Base+res.path, serve)
	}
	// Most ids of courses are IRIs, whose slashes a route does not match.
	r.PathPrefix(strings.TrimSuffix(Base, "/")).HandlerFunc(serve)
}

// resource is what can be asked for.
type resource struct {
	// path has {id} where an id stands, percent-encoded.
	path string
	// single tells that it is about single people.
	single     bool
	parameters []string
	answer     func(a *API, ctx context.Context, tenant, id string, ask asked) (answer, error)
}

// answer is what came of a question.
type answer struct {
	name   string // of the rows
	table  table
	one    bool    // the only row is the answer
	fields []field // of the answer as a whole
	next   string  // after, of the next page
	// off are the switches because of which something is missing.
	off []evaluation.Switch
}

type field struct {
	name  string
	value any
}

var (
	who   = []string{"unit", "group"}
	when  = []string{"from", "to"}
	pages = []string{"after", "limit"}
)

// resources is every resource that is read. The order is that of the description.
var resources = []resource{
	{"summary", false, slices.Concat(who, when, []string{"idle_days"}), (*API).summary},
	{"courses", false, slices.Concat(pages, who), (*API).courses},
	{"courses/{id}", false, slices.Concat(who, when, []string{"idle_days"}), (*API).course},
	{"courses/{id}/drop-off", false, who, (*API).dropOff},
	{"courses/{id}/hours", false, slices.Concat(who, when), (*API).hours},
	{"learners", true, slices.Concat(pages, who, when, []string{"course", "kind", "sort", "count", "idle_days"}), (*API).learners},
	{"learners/{id}", true, slices.Concat(when, []string{"idle_days"}), (*API).learner},
	{"learners/{id}/attempts", true, []string{"course"}, (*API).attempts},
	{"at-risk", true, slices.Concat(pages, who, []string{"course", "reason", "sort", "count", "idle_days"}), (*API).atRisk},
	{"groups", false, slices.Concat(when, []string{"course", "group", "idle_days"}), (*API).groups},
	{"units", false, slices.Concat(when, []string{"course", "unit", "idle_days"}), (*API).units},
	{"questions", false, append([]string{"course"}, who...), (*API).questions},
	{"periods", false, slices.Concat(who, when, []string{"course", "by"}), (*API).periods},
}

// find finds the resource of an escaped path behind Base, and the id in it.
func find(path string) (*resource, string) {
	parts := strings.Split(path, "/")
next:
	for i := range resources {
		id, pattern := "", strings.Split(resources[i].path, "/")
		if len(pattern) != len(parts) {
			continue
		}
		for j, part := range pattern {
			if part == "{id}" {
				var err error
				if id, err = url.PathUnescape(parts[j]); err != nil || id == "" || len(id) > maxParameter {
					continue next
				}
			} else if part != parts[j] {
				continue next
			}
		}
		return &resources[i], id
	}
	return nil, ""
}

// serve answers a request on whatever resource.
func (a *API) serve(w http.ResponseWriter, r *http.Request) error {
	path, below := strings.CutPrefix(r.URL.EscapedPath(), Base)
	res, id := find(path)
	if !below || res == nil {
		return apiv1.Problemf(http.StatusNotFound, "there is no such resource")
	}
	if res.path == "courses/{id}" && r.Method == http.MethodPut {
		return a.set(w, r, id)
	}
	methods := []string{http.MethodGet, http.MethodHead}
	if res.path == "courses/{id}" {
		methods = append(methods, http.MethodPut)
	}
	if err := apiv1.Allow(w, r, methods...); err != nil {
		return err
	}
	tenant, scope, err := a.admit(w, r, res, id)
	if err != nil {
		return err
	}
	ask, err := readParameters(r.URL.RawQuery, r.Header.Get("Accept"), a.Projector.zone, res.parameters)
	if err != nil {
		return err
	}
	ask.Scope = scope
	who := visitor.From(r.Context())
	if r.Header.Get("Authorization") != "" {
		who = nil
	}
	if ask.evaluated, err = a.evaluatedFor(r.Context(), tenant, who, res, id); err != nil {
		return err
	}
	if err := ask.permit(res); err != nil {
		return err
	}
	if ask.wait {
		if err := a.wait(r.Context()); err != nil {
			return err
		}
	}
	if ask.directory, err = a.Projector.directoryVersion(r.Context(), tenant); err != nil {
		return err
	}
	etag := a.etag(r, tenant, ask)
	w.Header().Set("ETag", etag)
	w.Header().Set("Vary", "Accept, Authorization, Cookie")
	if matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	watermark := a.Projector.Watermark()
	found, err := a.answered(r.Context(), res, tenant, id, ask)
	if err != nil {
		return err
	}
	return a.send(w, r, ask, min(watermark, a.Projector.Watermark()), found)
}

// admit finds out who asks, and whose figures they may see. Who has signed in
// needs no key.
func (a *API) admit(w http.ResponseWriter, r *http.Request, res *resource, id string) (tenant string, s Scope, err error) {
	if v := visitor.From(r.Context()); v != nil && r.Header.Get("Authorization") == "" {
		s, err = scopeFor(v, res, id)
		return v.Tenant, s, err
	}
	key, err := a.Door.Admit(w, r, readScopes)
	if err != nil {
		return "", s, err
	}
	if key.Bound() {
		return "", s, apiv1.Problemf(http.StatusForbidden, "this key is bound to less than progress is about")
	}
	s, err = scopeFor(nil, res, id)
	return key.Tenant, s, err
}

// wait makes sure that everything acknowledged before is in the projection.
func (a *API) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	upto, err := a.Wait(ctx)
	if err == nil {
		err = a.Projector.Wait(ctx, upto)
	}
	return err
}

// etag is the same as long as the same question gets the same figures: until
// statements, the directory or the switches change, or, for what is reckoned in days,
// the hour.
func (a *API) etag(r *http.Request, tenant string, ask asked) string {
	p := a.Projector
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s %d %q %s %q %q %+v %+v", p.born, p.revision.Load(), ask.directory, p.now().Truncate(time.Hour).Unix(),
		tenant, ask.format, r.URL.EscapedPath(), r.URL.RawQuery, ask.Scope, ask.evaluated))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// matches tells whether If-None-Match names an ETag (RFC 9110, 13.1.2).
func matches(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == etag || one == "*" {
			return true
		}
	}
	return false
}

// send writes an answer in the format that was asked for.
func (a *API) send(w http.ResponseWriter, r *http.Request, ask asked, watermark int64, found answer) error {
	more := ""
	if found.next != "" {
		more = a.address(strings.TrimPrefix(r.URL.EscapedPath(), Base), r.URL.Query(), found.next)
		w.Header().Set("Link", "<"+more+`>; rel="next"`)
	}
	if ask.format == "json" {
		text, err := found.json(watermark, more)
		if err == nil {
			apiv1.Write(w, r, http.StatusOK, formats["json"], text)
		}
		return err
	}
	text, err := found.table.csv()
	if ask.format == "xlsx" {
		text, err = found.table.xlsx(found.name)
	}
	if err != nil {
		return err
	}
	w.Header().Set("X-Lernspur-Watermark", statements.FormatStored(watermark))
	if len(found.off) > 0 {
		w.Header().Set("X-Lernspur-Switched-Off", found.switchedOff())
	}
	w.Header().Set("Content-Type", formats[ask.format])
	w.Header().Set("Content-Disposition", `attachment; filename="`+found.name+"."+ask.format+`"`)
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // a client that left is no error of ours
	}
	return nil
}

// json is an answer with its watermark.
func (f answer) json(watermark int64, more string) ([]byte, error) {
	rows, err := f.table.objects()
	if err != nil {
		return nil, err
	}
	var value any = rows
	if f.one {
		value = rows[0]
	}
	whole := table{columns: []string{"watermark"}, rows: [][]any{{statements.FormatStored(watermark)}}}
	add := func(name string, value any) {
		whole.columns, whole.rows[0] = append(whole.columns, name), append(whole.rows[0], value)
	}
	for _, field := range f.fields {
		add(field.name, field.value)
	}
	if len(f.off) > 0 {
		add("switched_off", f.off)
	}
	add(f.name, value)
	if more != "" {
		add("more", more)
	}
	return whole.object(whole.rows[0])
}

// problem says what is wrong with a question.
func problem(err error) error {
	var sort ErrNoSort
	if errors.As(err, &sort) {
		return apiv1.BadRequest("the parameter sort is %q; this list cannot be sorted by that", shorten(sort.By))
	}
	return err
}
