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

	"github.com/google/uuid"
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

// maxBody bounds a body of JSON, in bytes.
const maxBody = 256 << 10

// Body reads a body of JSON into v. Unknown members are refused.
func Body(w http.ResponseWriter, r *http.Request, v any) error { return LongBody(w, r, maxBody, v) }

// LongBody is Body for one of limit bytes at most.
func LongBody(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
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

// Pages of lists.
const (
	defaultPage = 100
	maxPage     = 1000
)

// Limit reads the parameter of that name: how many there are on a page.
func Limit(values url.Values) (int, error) {
	text := values.Get("limit")
	if text == "" {
		return defaultPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return 0, BadRequest("limit is a number from 1 to %d", maxPage)
	}
	return n, nil
}

// maxCursor bounds a place, in bytes: an identifier of a person fits.
const maxCursor = 4096

// Cursor reads what an earlier page answered as the place where the next begins;
// zero values when there is none.
func Cursor(values url.Values) (parts []string, err error) {
	text := values.Get("after")
	if text == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) > maxCursor {
		return nil, BadRequest("after is not a place that an earlier answer named")
	}
	return strings.Split(string(b), "\n"), nil
}

// UUID reads a UUID in its canonical form that names something.
func UUID(name, value string) (uuid.UUID, error) {
	id, err := uuid.Parse(value)
	if err != nil || len(value) != 36 || id == uuid.Nil {
		return uuid.UUID{}, BadRequest("%s is not a UUID", name)
	}
	return id, nil
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// More is the address of the next page; empty at the end.
	More string `json:"more,omitempty"`
}

// Next is the address of the page behind the parts of a cursor. prefix is the path of
// the public URL.
func Next(prefix string, r *http.Request, parts ...string) string {
	values := r.URL.Query()
	values.Set("after", base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\n"))))
	return prefix + r.URL.Path + "?" + values.Encode()
}

// Instant is a point in time in JSON, in microseconds since 1970 UTC; zero is
// absent.
type Instant int64

// MarshalJSON implements json.Marshaler.
func (i Instant) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.UnixMicro(int64(i)).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// UnmarshalJSON implements json.Unmarshaler. null is none.
func (i *Instant) UnmarshalJSON(b []byte) error {
	var text *string
	if err := json.Unmarshal(b, &text); err != nil || text == nil {
		*i = 0
		return err
	}
	t, err := time.Parse(time.RFC3339, *text)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return fmt.Errorf("%q is not a timestamp such as 2026-01-31T12:00:00Z", *text)
	}
	*i = Instant(t.UnixMicro())
	return nil
}
