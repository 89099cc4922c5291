package admin

import (
	"encoding/json"
	"net/http"
	"net/url"

	"lernspur/verify"
)

// verify streams events: progress, and at the end the report or an error. Before
// that it has progress computed anew, if that is asked for.
func (h *handler) verify(w http.ResponseWriter, r *http.Request) error {
	var ask VerifyRequest
	if err := asked(w, r, &ask); err != nil {
		return err
	}
	upto, err := h.services.Writer.Wait(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines := json.NewEncoder(w)
	control := http.NewResponseController(w)
	send := func(e event) {
		// A command that is gone ends the request's context, which ends this.
		_ = lines.Encode(e)
		_ = control.Flush()
	}
	if ask.RebuildProgress {
		send(event{Progress: &verify.Progress{Step: "progress is computed anew"}})
		if err := h.services.RebuildProgress(r.Context()); err != nil {
			send(event{Error: "computing progress anew: " + err.Error()})
			return nil
		}
	}
	report, err := h.services.Verify(r.Context(), verify.Options{
		Upto: upto, Tenants: ask.Tenants, MaxDifferences: ask.MaxDifferences,
		Progress: func(p verify.Progress) { send(event{Progress: &p}) },
	})
	if err != nil {
		send(event{Error: err.Error()})
		return nil
	}
	send(event{Report: report})
	return nil
}

func (r ReportRequest) values() url.Values {
	return url.Values{"tenant": {r.Tenant}, "format": {r.Format}, "language": {r.Language}, "from": {r.From}, "to": {r.To}, "as_of": {r.AsOf}}
}

// report hands the pilot report on.
func (h *handler) report(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	begun := &firstWrite{ResponseWriter: w}
	err := h.services.Report(r.Context(), ReportRequest{
		Tenant: v.Get("tenant"), Format: v.Get("format"), Language: v.Get("language"), From: v.Get("from"), To: v.Get("to"), AsOf: v.Get("as_of"),
	}, begun)
	if err != nil && begun.yes {
		panic(http.ErrAbortHandler) // half a report must not look like one
	}
	return err
}

// firstWrite tells whether anything was written.
type firstWrite struct {
	http.ResponseWriter
	yes bool
}

func (f *firstWrite) Write(p []byte) (int, error) {
	f.yes = true
	return f.ResponseWriter.Write(p)
}
