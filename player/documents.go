package player

import (
	"context"
	"encoding/json"
	"strings"

	"lernspur/content/manifest"
)

// document writes the State documents of the SCORM profile after a commit. They
// show others what is kept; nothing here reads them.
func (p *Player) document(ctx context.Context, pl play, rec *record) error {
	if p.opts.Documents == nil || !recorded(pl.launch) || pl.kind == manifest.H5P {
		return nil
	}
	sco := pl.course.ItemActivity(pl.item)
	attempt := attemptIRI(sco, rec.Attempt)
	if err := p.state(ctx, pl, attempt, stateAttempt, "application/json", attemptState(pl.kind, rec)); err != nil {
		return err
	}
	if data := rec.Data["cmi.suspend_data"]; data != "" {
		if err := p.state(ctx, pl, attempt, stateSuspendData, "text/plain; charset=utf-8", []byte(data)); err != nil {
			return err
		}
	}
	if !rec.Ended {
		return nil
	}
	reg, err := p.opts.Catalog.Registration(ctx, pl.launch.Tenant, pl.launch.Registration)
	if err != nil {
		return err
	}
	attempts := []string{}
	for _, a := range reg.Attempts {
		if a.Item == pl.item.ID && !a.Reset {
			attempts = append(attempts, attemptIRI(sco, a.ID))
		}
	}
	text, err := json.Marshal(map[string]any{"attempts": attempts})
	if err != nil {
		return err
	}
	return p.state(ctx, pl, sco, stateActivity, "application/json", text)
}

func (p *Player) state(ctx context.Context, pl play, activity, id, kind string, content []byte) error {
	return p.opts.Documents.Put(ctx, pl.launch.Tenant, Document{
		Activity: activity, Actor: pl.launch.Learner.Actor, Registration: pl.launch.Registration,
		ID: id, ContentType: kind, Content: content,
	})
}

// attemptElements are the elements of the data that describe the attempt, as they
// are named in 2004, and in 1.2 below core.
var attemptElements = [...]string{"location", "lesson_location", "credit", "mode", "lesson_mode", "entry", "exit"}

func attemptState(kind manifest.Kind, rec *record) []byte {
	state := map[string]string{}
	prefix := "cmi."
	if kind == manifest.SCORM12 {
		prefix = "cmi.core."
	}
	for _, name := range attemptElements {
		if value := rec.Data[prefix+name]; value != "" {
			state[strings.TrimPrefix(name, "lesson_")] = value
		}
	}
	total := rec.Total
	if rec.Ended {
		total = min(total+length(rec.Data[sessionTime(kind)]), maxLength)
	}
	state["total_time"] = totalTime(total, true)
	text, _ := json.Marshal(state) // a map of texts
	return text
}
