package apiv1

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

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
