package player

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"lernspur/catalog"
)

// file serves a file of the launched version. What a version has never changes,
// so it may be kept for long; the address is the launch's own.
func (p *Player) file(w http.ResponseWriter, r *http.Request) {
	l, course, err := p.opts.Catalog.Launched(r.Context(), r.PathValue("token"))
	if err != nil {
		p.fail(w, r, err)
		return
	}
	name := r.PathValue("name")
	v := versionOf(l, course)
	if v == nil {
		p.fail(w, r, catalog.ErrNotFound)
		return
	}
	if _, there := v.Files[name]; !there {
		p.fail(w, r, catalog.ErrNotFound)
		return
	}
	body, f, err := p.opts.Catalog.OpenFile(r.Context(), l.Tenant, l.Course, l.Version, name)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("ETag", `"`+f.Hash+`"`)
	h.Set("Cache-Control", "private, max-age=604800, immutable")
	// Who takes a film in at less than 32 KiB/s has to ask again for the rest.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute + time.Duration(f.Size>>15)*time.Second))
	if seeker, ok := body.(io.ReadSeeker); ok {
		http.ServeContent(w, r, "", time.Time{}, seeker)
		return
	}
	if matches(r.Header.Get("If-None-Match"), h.Get("ETag")) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(w, body); err != nil && r.Context().Err() == nil {
		p.opts.Logger.Warn("a file of a package", zap.String("course", l.Course), zap.String("name", name), zap.Error(err))
	}
}

// matches tells whether an If-None-Match has an ETag.
func matches(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == etag || one == "*" {
			return true
		}
	}
	return false
}

// fail answers an error to a learner, in words.
func (p *Player) fail(w http.ResponseWriter, r *http.Request, err error) {
	var busy *catalog.Busy
	switch {
	case errors.Is(err, catalog.ErrExpired):
		p.page(w, r, http.StatusGone, "expired")
	case errors.Is(err, catalog.ErrNoLaunch):
		p.page(w, r, http.StatusNotFound, "unknown")
	case errors.Is(err, catalog.ErrClosed):
		p.page(w, r, http.StatusForbidden, "closed")
	case errors.Is(err, ErrNoAccount):
		p.page(w, r, http.StatusConflict, "account")
	case errors.Is(err, catalog.ErrNotFound):
		p.page(w, r, http.StatusNotFound, "nothing")
	case errors.As(err, &busy):
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(busy.RetryAfter/time.Second))))
		p.page(w, r, http.StatusServiceUnavailable, "busy")
	default:
		p.opts.Logger.Error("serving content", zap.Error(err))
		p.page(w, r, http.StatusInternalServerError, "broken")
	}
}
