package lrs

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lernspur/statements"
)

// The extensions of the About resource; docs/api.md says what they hold.
const (
	aboutLimits    = "http://lernspur.local/xapi/about/limits"
	aboutEndpoints = "http://lernspur.local/xapi/about/endpoints"
	aboutSyntax    = "http://lernspur.local/xapi/about/syntax"
)

// about is the body of the About resource: the versions that are accepted and
// what this server supports (xAPI 1.0.3 Part 3, 2.8).
func (a *API) about(resources []resource) []byte {
	endpoints := make(map[string][]string)
	for _, res := range resources {
		path, ok := strings.CutPrefix(res.path, Base)
		if !ok {
			continue
		}
		for method := range res.methods {
			endpoints[path] = append(endpoints[path], method)
		}
		if slices.Contains(endpoints[path], http.MethodGet) {
			endpoints[path] = append(endpoints[path], http.MethodHead)
		}
		slices.Sort(endpoints[path])
	}
	limits := a.opts.Statements
	body, err := json.Marshal(map[string]any{
		"version": []string{"1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"},
		"extensions": map[string]any{
			aboutLimits: map[string]int64{
				"body_bytes":             a.opts.MaxBody,
				"document_bytes":         a.opts.MaxDocument,
				"attachment_bytes":       a.opts.MaxAttachment,
				"attachments_bytes":      a.opts.MaxAttachments,
				"form_bytes":             min(maxForm, a.opts.MaxBody),
				"form_fields":            maxFormFields,
				"statement_bytes":        int64(cmp.Or(limits.MaxStatementBytes, statements.DefaultMaxStatementBytes)),
				"statements_per_request": int64(cmp.Or(limits.MaxStatements, statements.DefaultMaxStatements)),
				"statements_per_page":    int64(a.opts.MaxPage),
				"nesting":                int64(cmp.Or(limits.MaxDepth, statements.DefaultMaxDepth)),
			},
			aboutEndpoints: endpoints,
			aboutSyntax: map[string]any{
				"alternate_request_syntax": []string{"1.0"},
				"content_encodings":        []string{"gzip"},
				"formats":                  []string{"exact", "ids", "canonical"},
			},
		},
	})
	if err != nil {
		panic(err) // nothing of it can fail to be JSON
	}
	return append(body, '\n')
}

// getAbout answers without credentials and without a version.
func (a *API) getAbout(x *exchange, r *http.Request) error {
	if _, err := parseParameters(r.URL.RawQuery); err != nil {
		return err
	}
	h := x.Header()
	h["Content-Type"] = jsonContentType
	h["Content-Length"] = []string{strconv.Itoa(len(a.aboutBody))}
	x.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = x.Write(a.aboutBody) // a client that left is no error of ours
	return nil
}
