package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"lernspur/apiv1"
	"lernspur/evaluation"
)

// statement answers what is evaluated about whom, in words.
func (a *API) statement(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	values, err := apiv1.Parameters(r, "language", "format")
	if err != nil {
		return err
	}
	format := values.Get("format")
	if format == "" {
		format = "json"
	}
	text, contentType, err := a.Statement(r.Context(), who.Tenant, values.Get("language"), format)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	if format == "html" { // it has a style and nothing else
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // a client that left is no error of ours
	}
	return nil
}

// Statement is the statement of a tenant in a language ("de", which is the rule, or
// "en") and a format (json, html or text), with its media type. Errors: *Invalid.
func (a *API) Statement(ctx context.Context, tenant, language, format string) (text []byte, contentType string, err error) {
	if language == "" {
		language = "de"
	}
	if language != "de" && language != "en" {
		return nil, "", &evaluation.Invalid{Field: "language", Reason: "it is de or en"}
	}
	s, err := a.opts.Service.State(ctx, tenant)
	if err != nil {
		return nil, "", err
	}
	return render(evaluation.Write(language, tenant, s, a.opts.Now().In(a.opts.Zone)), format)
}

// render is a statement in a format.
func render(st evaluation.Statement, format string) (text []byte, contentType string, err error) {
	switch format {
	case "json":
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(st)
		return b.Bytes(), "application/json", err
	case "html":
		text, err = st.HTML()
		return text, "text/html; charset=utf-8", err
	case "text":
		return []byte(st.Text()), "text/plain; charset=utf-8", nil
	}
	return nil, "", &evaluation.Invalid{Field: "format", Reason: "it is json, html or text"}
}
