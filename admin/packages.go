package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Catalog is the catalogue of courses. Errors of what was asked for wrongly are
// ErrRequest, with words of their own.
type Catalog interface {
	// AddPackage keeps a package that comes as a zip. One that is refused is no
	// error: the outcome has no package then, and findings.
	AddPackage(ctx context.Context, ask PackageRequest, zip io.Reader, progress func(PackageProgress)) (PackageResult, error)
	Packages(ctx context.Context, tenant string) ([]PackageInfo, error)
	DeletePackage(ctx context.Context, tenant, course string) error
	// OpenLaunch makes a link.
	OpenLaunch(ctx context.Context, ask LaunchRequest) (LaunchLink, error)
}

// PackageRequest says what to do with a package.
type PackageRequest struct {
	Tenant string
	// Course gets it as its next version; "" makes a course.
	Course string
}

// PackageProgress is how far the work on a package is, in bytes.
type PackageProgress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// PackageResult is what became of a package.
type PackageResult struct {
	Package  *PackageInfo `json:"package,omitempty"` // nil: it was refused
	Findings []Finding    `json:"findings,omitempty"`
}

// PackageInfo is a package and its course.
type PackageInfo struct {
	Course   string    `json:"course"`
	Title    string    `json:"title"`
	Kind     string    `json:"kind"`
	Version  int       `json:"version"`
	Unpacked int64     `json:"unpacked"`
	Uploaded time.Time `json:"uploaded"`
}

// Finding is something about a package that its owner should know.
type Finding struct {
	File     string `json:"file,omitempty"`
	Element  string `json:"element,omitempty"`
	Line     int    `json:"line,omitempty"`
	Severity string `json:"severity"`
	Rule     string `json:"rule"`
	Message  string `json:"message"`
	Advice   string `json:"advice,omitempty"`
}

// LaunchRequest asks for a link that opens a course.
type LaunchRequest struct {
	Tenant string `json:"tenant"`
	Course string `json:"course"`
	// Learner is the JSON of an Agent, who is registered if need be; "" asks for
	// a preview, of which nothing is recorded.
	Learner  string        `json:"learner,omitempty"`
	Item     string        `json:"item,omitempty"`
	Mode     string        `json:"mode,omitempty"`
	Lifetime time.Duration `json:"lifetime,omitempty"` // 0: as configured
}

// LaunchLink is a link. Whoever has it is the learner.
type LaunchLink struct {
	Link         string    `json:"link"`
	Registration string    `json:"registration,omitempty"`
	Expires      time.Time `json:"expires"`
}

// packageEvent is one line of the answer to a package.
type packageEvent struct {
	Progress *PackageProgress `json:"progress,omitempty"`
	Result   *PackageResult   `json:"result,omitempty"`
	Error    string           `json:"error,omitempty"`
}

// addPackage streams events: progress, and at the end the outcome or an error.
func (h *handler) addPackage(w http.ResponseWriter, r *http.Request) error {
	if h.services.Catalog == nil {
		return badRequest("no packages are kept here")
	}
	lines := json.NewEncoder(w)
	control := http.NewResponseController(w)
	begun := false
	send := func(e packageEvent) {
		if !begun {
			w.Header().Set("Content-Type", "application/x-ndjson")
			begun = true
		}
		// A command that is gone ends the request's context, which ends this.
		_ = lines.Encode(e)
		_ = control.Flush()
	}
	var last time.Time
	ask := PackageRequest{Tenant: r.URL.Query().Get("tenant"), Course: r.URL.Query().Get("course")}
	result, err := h.services.Catalog.AddPackage(r.Context(), ask, r.Body, func(p PackageProgress) {
		if time.Since(last) > 200*time.Millisecond {
			last = time.Now()
			send(packageEvent{Progress: &p})
		}
	})
	switch {
	case err != nil && !begun:
		return err
	case err != nil:
		send(packageEvent{Error: err.Error()})
	default:
		send(packageEvent{Result: &result})
	}
	return nil
}

func (h *handler) listPackages(w http.ResponseWriter, r *http.Request) error {
	if h.services.Catalog == nil {
		return answer(w, []PackageInfo{})
	}
	list, err := h.services.Catalog.Packages(r.Context(), r.URL.Query().Get("tenant"))
	if err != nil {
		return err
	}
	return answer(w, list)
}

func (h *handler) deletePackage(w http.ResponseWriter, r *http.Request) error {
	if h.services.Catalog == nil {
		return badRequest("no packages are kept here")
	}
	if err := h.services.Catalog.DeletePackage(r.Context(), r.URL.Query().Get("tenant"), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *handler) openLaunch(w http.ResponseWriter, r *http.Request) error {
	var ask LaunchRequest
	if err := asked(w, r, &ask); err != nil {
		return err
	}
	if h.services.Catalog == nil {
		return badRequest("no packages are kept here")
	}
	link, err := h.services.Catalog.OpenLaunch(r.Context(), ask)
	if err != nil {
		return err
	}
	return answer(w, link)
}

// AddPackage keeps a package. progress may be nil.
func (c *Client) AddPackage(ctx context.Context, ask PackageRequest, zip io.Reader, progress func(PackageProgress)) (PackageResult, error) {
	response, err := c.do(ctx, http.MethodPost, "/v1/packages", url.Values{"tenant": {ask.Tenant}, "course": {ask.Course}}, zip)
	if err != nil {
		return PackageResult{}, err
	}
	defer response.Body.Close()
	lines := json.NewDecoder(response.Body)
	for {
		var e packageEvent
		switch err := lines.Decode(&e); {
		case err != nil:
			return PackageResult{}, fmt.Errorf("reading the server's answer: %w", err)
		case e.Error != "":
			return PackageResult{}, errors.New(e.Error)
		case e.Result != nil:
			return *e.Result, nil
		case e.Progress != nil && progress != nil:
			progress(*e.Progress)
		}
	}
}

// Packages lists the packages of a tenant.
func (c *Client) Packages(ctx context.Context, tenant string) ([]PackageInfo, error) {
	var list []PackageInfo
	return list, c.call(ctx, http.MethodGet, "/v1/packages", url.Values{"tenant": {tenant}}, nil, &list)
}

// DeletePackage deletes a course with its package.
func (c *Client) DeletePackage(ctx context.Context, tenant, course string) error {
	return c.call(ctx, http.MethodDelete, "/v1/packages/"+url.PathEscape(course), url.Values{"tenant": {tenant}}, nil, nil)
}

// OpenLaunch makes a link that opens a course.
func (c *Client) OpenLaunch(ctx context.Context, ask LaunchRequest) (LaunchLink, error) {
	var link LaunchLink
	return link, c.call(ctx, http.MethodPost, "/v1/launches", nil, ask, &link)
}
