package lrs

import (
	"net/http"
	"strconv"
)

// aboutBody lists the versions that are accepted (xAPI 1.0.3 Part 3, 2.8).
const aboutBody = `{"version":["1.0.0","1.0.1","1.0.2","1.0.3","2.0.0"]}` + "\n"

// getAbout answers without credentials and without a version.
func (a *API) getAbout(x *exchange, r *http.Request) error {
	if _, err := parseParameters(r.URL.RawQuery); err != nil {
		return err
	}
	h := x.Header()
	h["Content-Type"] = jsonContentType
	h["Content-Length"] = []string{strconv.Itoa(len(aboutBody))}
	x.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = x.Write([]byte(aboutBody)) // a client that left is no error of ours
	return nil
}
