package apiv1

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parameters reads the query. Unknown and repeated ones are refused, so that a
// typing error does not pass for another question.
func Parameters(r *http.Request, allowed ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, BadRequest("the query string is malformed")
	}
	for name, list := range values {
		if !slices.Contains(allowed, name) {
			if len(allowed) == 0 {
				return nil, BadRequest("there is no parameter %q here; there are none", name)
			}
			return nil, BadRequest("there is no parameter %q here; there are %s", name, strings.Join(allowed, ", "))
		}
		if len(list) > 1 {
			return nil, BadRequest("the parameter %s was given more than once", name)
		}
	}
	return values, nil
}

// Flag reads a parameter that is true or false; absent is false.
func Flag(values url.Values, name string) (bool, error) {
	switch values.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, BadRequest("%s is true or false", name)
}

// Body reads a body of JSON of limit bytes at most into v. Unknown members are
// refused. A body that is too large is an *http.MaxBytesError.
func Body(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return Problemf(http.StatusUnsupportedMediaType, "the body has to be application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	d.DisallowUnknownFields()
	err = d.Decode(v)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return err
	case errors.Is(err, io.EOF):
		return BadRequest("a body of JSON is needed")
	case err != nil:
		return BadRequest("the body cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return BadRequest("the body goes on behind its JSON")
	}
	return nil
}

// The number of things on a page.
const (
	DefaultPage = 100
	MaxPage     = 1000
)

// Limit reads the parameter of that name.
func Limit(values url.Values) (int, error) {
	text := values.Get("limit")
	if text == "" {
		return DefaultPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxPage {
		return 0, BadRequest("limit is a number from 1 to %d", MaxPage)
	}
	return n, nil
}

// Cursor reads the parameter after, what an earlier page answered as the place where
// the next begins: n parts, or none.
func Cursor(values url.Values, n int) (parts []string, err error) {
	text := values.Get("after")
	if text == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && len(b) <= 8192 {
		if parts = strings.SplitN(string(b), "\n", n); len(parts) == n {
			return parts, nil
		}
	}
	return nil, BadRequest("after is not a place that an earlier answer named")
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// More is the address of the next page; empty at the end.
	More string `json:"more,omitempty"`
}

// Next is the address of the page behind the parts of a cursor, of which the last one
// only may have a line's end. prefix is the path of the public URL.
func Next(r *http.Request, prefix string, parts ...string) string {
	values := r.URL.Query()
	values.Set("after", base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\n"))))
	return prefix + r.URL.Path + "?" + values.Encode()
}

// Instant is a point in time in JSON, kept in microseconds since 1970; zero is
// absent.
type Instant int64

// MarshalJSON implements json.Marshaler.
func (i Instant) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.UnixMicro(int64(i)).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// ETag is the header of that name for a version.
func ETag(version int64) string { return fmt.Sprintf(`"%d"`, version) }

// IfMatch reads the version that a request is about: 0 when it is any.
func IfMatch(r *http.Request) (version int64, err error) {
	text := r.Header.Get("If-Match")
	if text == "" || text == "*" {
		return 0, nil
	}
	version, err = strconv.ParseInt(strings.Trim(text, `"`), 10, 64)
	if err != nil || version <= 0 || ETag(version) != text {
		// A tag of something else, which nothing here has.
		return 0, Problemf(http.StatusPreconditionFailed, "If-Match has to be the ETag of an earlier answer")
	}
	return version, nil
}
