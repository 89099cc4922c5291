package admin

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"lernspur/statements"
)

func (r ExportRequest) values() url.Values {
	return url.Values{"tenant": {r.Tenant}, "agent": {r.Agent}, "related_agents": {strconv.FormatBool(r.RelatedAgents)},
		"verb": {r.Verb}, "activity": {r.Activity}, "related_activities": {strconv.FormatBool(r.RelatedActivities)},
		"registration": {r.Registration}, "since": {r.Since}, "until": {r.Until}, "voided": {strconv.FormatBool(r.Voided)}}
}

// exportQuery reads the filters of a request.
func exportQuery(v url.Values) (q statements.Query, voided bool, err error) {
	q = statements.Query{Ascending: true, Verb: v.Get("verb"), Activity: v.Get("activity"),
		RelatedAgents: v.Get("related_agents") == "true", RelatedActivities: v.Get("related_activities") == "true"}
	voided = v.Get("voided") == "true"
	if agent := v.Get("agent"); agent != "" {
		if q.Agent, err = statements.AgentIdentifier([]byte(agent), statements.V2); err != nil {
			return q, voided, badRequest("agent: expected the JSON of an Agent: %w", err)
		}
	}
	if registration := v.Get("registration"); registration != "" {
		if q.Registration, err = uuid.Parse(registration); err != nil {
			return q, voided, badRequest("registration: expected a UUID, got %q", registration)
		}
	}
	for name, field := range map[string]*int64{"since": &q.Since, "until": &q.Until} {
		text := v.Get(name)
		if text == "" {
			continue
		}
		micros, ok := statements.ParseTimestamp(text, statements.V2)
		if !ok {
			return q, voided, badRequest("%s: expected a time such as 2026-01-31T08:00:00Z, got %q", name, text)
		}
		*field = micros
	}
	if voided && (q.Agent != "" || q.Verb != "" || q.Activity != "" || q.Registration != uuid.Nil) {
		return q, voided, badRequest("with voided statements only since and until filter")
	}
	return q, voided, nil
}

// export streams statements as NDJSON. An error after the beginning is told in
// the trailer.
func (h *handler) export(w http.ResponseWriter, r *http.Request) error {
	q, voided, err := exportQuery(r.URL.Query())
	if err != nil {
		return err
	}
	tenant := r.URL.Query().Get("tenant")
	if q.Upto, err = h.services.Writer.Wait(r.Context()); err != nil {
		return err
	}
	w.Header().Set("Trailer", trailerError)
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := bufio.NewWriterSize(w, 64<<10)
	if voided {
		err = h.exportAll(r.Context(), out, tenant, q)
	} else {
		err = h.exportPages(r.Context(), out, tenant, q)
	}
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	if err != nil {
		w.Header().Set(trailerError, strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return nil
}

// exportPages follows a query to its end.
func (h *handler) exportPages(ctx context.Context, out *bufio.Writer, tenant string, q statements.Query) error {
	for q.Limit = 100; ; {
		page, err := h.services.Reader.Find(ctx, tenant, q)
		if err != nil {
			return err
		}
		bytes := 1
		for _, found := range page.Statements {
			bytes += len(found.Raw)
			if err := writeLine(out, found.Raw); err != nil {
				return err
			}
			q.Cursor = found.Stored
		}
		if !page.More {
			return nil
		}
		// Pages of some 4 MiB, whatever the size of a statement.
		q.Limit = min(max(4<<20*len(page.Statements)/bytes, 10), 5000)
	}
}

// exportAll reads everything that is kept, voided or not.
func (h *handler) exportAll(ctx context.Context, out *bufio.Writer, tenant string, q statements.Query) error {
	low, high := int64(-1), q.Upto
	if q.Since != 0 {
		low = q.Since
	}
	if q.Until != 0 {
		high = min(high, q.Until)
	}
	for st, err := range h.services.Reader.Rows(ctx, tenant, low, high) {
		if err != nil {
			return err
		}
		if err := writeLine(out, st.Raw); err != nil {
			return err
		}
	}
	return nil
}

var lineFeeds = strings.NewReplacer("\n", " ", "\r", " ")

// writeLine writes a statement as one line: outside of strings, where JSON
// allows no control characters, a line end is white space like a blank.
func writeLine(out *bufio.Writer, raw []byte) error {
	if bytes.ContainsAny(raw, "\r\n") {
		raw = []byte(lineFeeds.Replace(string(raw)))
	}
	_, _ = out.Write(raw) // the next call tells
	return out.WriteByte('\n')
}
