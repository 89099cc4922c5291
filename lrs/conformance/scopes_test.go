package conformance

import "net/http"

// scopeCases are about Comm 4.2.
var scopeCases = []testcase{
	{"scopes bound what a key does", "OWN-SCOPES", both, func(c *client) {
		for scope, may := range map[string]func(q request) bool{
			"all":              func(request) bool { return true },
			"all/read":         func(q request) bool { return q.reads() },
			"statements/read":  func(q request) bool { return q.reads() && !q.isDocument() },
			"statements/write": func(q request) bool { return q.path == "/statements" && !q.reads() },
			"state":            func(q request) bool { return q.path == "/activities/state" },
			"profile": func(q request) bool {
				return q.isDocument() && q.path != "/activities/state" || q.reads() && (q.path == "/agents" || q.path == "/activities")
			},
		} {
			other := c.as(scope)
			for _, q := range everywhere(c) {
				r := other.send(q)
				if allowed := r.status != 403; allowed != may(q) || r.status == 401 || r.status == 400 {
					c.Errorf("%s: %s %s: %d %s", scope, q.method, q.path, r.status, r.body)
				}
			}
		}
	}},
}

func (q request) reads() bool { return q.method == http.MethodGet || q.method == http.MethodHead }

func (q request) isDocument() bool {
	for _, s := range shelves {
		if q.path == s.path {
			return true
		}
	}
	return false
}
