package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"lernspur/apiv1"
	"lernspur/web/visitor"
)

// What result.duration of the end of a session says.
const (
	// DurationSession: how long this session was. It is the rule.
	DurationSession = "session"
	// DurationCumulative: how long all sessions of the registration were so far.
	DurationCumulative = "cumulative"
)

// SetDuration says how the durations in a course are to be read. When it returns
// nil this is durable and holds for every figure.
func (p *Projector) SetDuration(ctx context.Context, tenant, course, duration string) error {
	if duration != DurationSession && duration != DurationCumulative {
		return fmt.Errorf("a duration is %s or %s, not %q", DurationSession, DurationCumulative, duration)
	}
	p.settings.Lock() // versions rise one after the other
	defer p.settings.Unlock()
	ctx = clickhouse.Context(ctx, clickhouse.WithParameters(clickhouse.Parameters{"tenant": tenant, "course": course}))
	sql := fmt.Sprintf(`INSERT INTO course_settings (tenant, course, duration, version) SELECT {tenant:String}, {course:String}, '%s', 1 + (
SELECT max(version) FROM course_settings WHERE tenant = {tenant:String} AND course = {course:String})`, duration)
	if err := p.exec(ctx, sql); err != nil {
		return fmt.Errorf("keeping how durations are to be read: %w", err)
	}
	p.revision.Add(1)
	return nil
}

// settingsBody is what is sent to /courses/{id}.
type settingsBody struct {
	Duration string `json:"duration"`
}

// maxSettings bounds the body of a PUT.
const maxSettings = 1 << 12

// set answers PUT /courses/{id}.
func (a *API) set(w http.ResponseWriter, r *http.Request, id string) error {
	tenant, err := a.admitSetter(w, r)
	if err != nil {
		return err
	}
	if _, err := readParameters(r.URL.RawQuery, "", time.UTC, nil); err != nil {
		return err
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSettings))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return apiv1.Problemf(http.StatusRequestEntityTooLarge, "the settings of a course have %d bytes at most", maxSettings)
	case err != nil:
		return apiv1.BadRequest("the body could not be read")
	}
	var body settingsBody
	if err := json.Unmarshal(text, &body); err != nil {
		return apiv1.BadRequest("the body is not a JSON object of settings")
	}
	if body.Duration != DurationSession && body.Duration != DurationCumulative {
		p := apiv1.BadRequest("duration is %q or %q", DurationSession, DurationCumulative)
		p.Field = "duration"
		return p
	}
	if err := a.Projector.SetDuration(r.Context(), tenant, id, body.Duration); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// admitSetter finds out who sets something. Who is signed in has shown the guard
// against forged requests before.
func (a *API) admitSetter(w http.ResponseWriter, r *http.Request) (tenant string, err error) {
	if v := visitor.From(r.Context()); v != nil && r.Header.Get("Authorization") == "" {
		if !v.Has(visitor.Administrator, visitor.ContentManager) {
			return "", apiv1.Problemf(http.StatusForbidden, "your roles do not let you change this")
		}
		return v.Tenant, nil
	}
	key, err := a.Door.Admit(w, r, setScopes)
	if err != nil {
		return "", err
	}
	if key.Bound() {
		return "", apiv1.Problemf(http.StatusForbidden, "this key is bound to less than a course")
	}
	return key.Tenant, nil
}
