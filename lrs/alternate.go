package lrs

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"lernspur/statements"
)

// The alternate request syntax (xAPI 1.0.3 Part 3, 1.3): content in an old
// browser, which may send neither headers nor methods to another origin, posts
// a form. The method is the one parameter of the query, and the form has as
// fields what would be headers, parameters and, under the name content, the
// body. 2.0 has dropped it.

const (
	// maxForm bounds a form in bytes. It is read before anybody's credentials
	// are looked at, so it is smaller than a body may be.
	maxForm = 4 << 20
	// maxFormFields bounds the fields of a form; no resource has as many.
	maxFormFields = 64
)

// formHeaders are the headers that can be fields of a form.
var formHeaders = []string{
	"Authorization", "X-Experience-Api-Version", "Content-Type", "Content-Length", "If-Match", "If-None-Match",
	"If-Modified-Since", "If-Unmodified-Since", "Accept", "Accept-Language", "Accept-Encoding",
}

var formMethods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete}

// isAlternate tells whether a request is in the alternate syntax. The type of
// its body does not matter: Storyline sends such forms as text/plain.
func isAlternate(r *http.Request) bool {
	if r.Method != http.MethodPost || !strings.Contains(r.URL.RawQuery, "method=") {
		return false
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	return err == nil && query.Has("method")
}

// undoAlternate makes the request that r, one in the alternate syntax, stands
// for. With an error, which is the client's matter in every case, it returns
// what is known of it.
func (a *API) undoAlternate(x *exchange, w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	method, err := formMethod(r.URL.RawQuery)
	if err != nil {
		return r, err
	}
	form, err := a.readForm(x, w, r)
	if err != nil {
		return r, err
	}
	x.bare = method == http.MethodHead
	real := r.WithContext(r.Context())
	real.Method = method
	real.Header = r.Header.Clone()
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding"} {
		real.Header.Del(name) // those of the form
	}
	authorized, err := moveHeaders(form, real.Header)
	if err != nil {
		return r, err
	}
	if ed, _ := edition(real.Header); ed == statements.V2 {
		return real, badRequest("the alternate request syntax (?method=) is not part of xAPI 2.0")
	}
	if err := a.crossSite.Check(r); err != nil && !authorized && real.Header.Get("Authorization") != "" {
		// A browser adds the credentials that it remembers to a form of any page.
		return real, &failure{
			status:  http.StatusForbidden,
			message: "a form that a page of another origin sends has its credentials in the field Authorization",
			inner:   err,
		}
	}
	content, err := takeContent(form, method)
	if err != nil {
		return real, err
	}
	address := *r.URL
	address.RawQuery = form.Encode()
	real.URL = &address
	if content != "" && real.Header.Get("Content-Type") == "" && strings.TrimPrefix(strings.TrimPrefix(address.Path, x.base()), "/") == "statements" {
		real.Header.Set("Content-Type", "application/json") // nothing else it could be
	}
	real.Body, real.ContentLength = io.NopCloser(strings.NewReader(content)), int64(len(content))
	// The content is counted when it is read, as part of what was received.
	x.received -= real.ContentLength
	return real, nil
}

// formMethod reads the query, which has the method and nothing else.
func formMethod(raw string) (string, error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return "", badRequest("the query string is malformed")
	}
	method := query.Get("method")
	switch {
	case len(query) > 1:
		return "", badRequest("beside method there may be no other parameter in the query: they go into the form")
	case len(query["method"]) > 1:
		return "", badRequest("the parameter method was given more than once")
	case !slices.Contains(formMethods, method):
		return "", badRequest("the parameter method is one of %s", strings.Join(formMethods, ", "))
	}
	return method, nil
}

// readForm reads the fields of a form.
func (a *API) readForm(x *exchange, w http.ResponseWriter, r *http.Request) (url.Values, error) {
	zipped, err := checkEncoding(r.Header)
	if err != nil {
		return nil, err
	}
	limit := min(maxForm, a.opts.MaxBody)
	tooLarge := &failure{status: http.StatusRequestEntityTooLarge, message: "a form may have at most " + byteCount(limit), hangUp: true}
	if r.ContentLength > limit {
		return nil, tooLarge
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	b := bufferPool.Get().(*body)
	defer a.release(b)
	if err := a.fill(r.Context(), b, x, r, zipped); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, tooLarge
		}
		return nil, err
	}
	if int64(len(b.data)) > limit {
		return nil, tooLarge
	}
	text := string(b.data)
	if strings.Count(text, "&") >= maxFormFields {
		return nil, badRequest("a form may have at most %d fields", maxFormFields)
	}
	form, err := url.ParseQuery(text)
	if err != nil {
		return nil, badRequest("the form is malformed: it has to be encoded as application/x-www-form-urlencoded")
	}
	return form, nil
}

// moveHeaders moves the fields that are headers into h, in the place of those
// that were sent, and tells whether Authorization is among them. Their letter
// case does not matter, like that of headers.
func moveHeaders(form url.Values, h http.Header) (authorized bool, err error) {
	moved := make(map[string]bool)
	for field, values := range form {
		name := textproto.CanonicalMIMEHeaderKey(field)
		if !slices.Contains(formHeaders, name) {
			continue
		}
		if len(values) > 1 || moved[name] {
			return false, badRequest("the form has the field %s more than once", name)
		}
		moved[name] = true
		delete(form, field)
		if name != "Content-Length" { // the length is what the content has
			h[name] = values
		}
	}
	return moved["Authorization"], nil
}

// takeContent takes the field content, which is the body of what has one.
func takeContent(form url.Values, method string) (string, error) {
	if method != http.MethodPut && method != http.MethodPost {
		return "", nil
	}
	values, given := form["content"]
	delete(form, "content")
	switch {
	case !given:
		return "", badRequest("the form has no field content, which is the body of a %s", method)
	case len(values) > 1:
		return "", badRequest("the form has the field content more than once")
	case !utf8.ValidString(values[0]):
		return "", badRequest("the field content is not valid UTF-8")
	}
	return values[0], nil
}
