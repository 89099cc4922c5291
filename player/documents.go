package player

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"lernspur/content/manifest"
)

// document writes the State documents of the SCORM profile after a commit. They
// show others what is kept; nothing here reads them.
func (p *Player) document(ctx context.Context, pl play, rec *record) error {
	if p.opts.Documents == nil || !recorded(pl.launch) || !pl.item.SCO {
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

// maxDescribed bounds what is remembered of activity profiles that are written.
const maxDescribed = 10_000

// describe writes what the manifest says about a SCO, the same for all learners,
// into its activity profile: once for each version, and only for the current one,
// since there is one document for all of them.
func (p *Player) describe(ctx context.Context, pl play) error {
	if p.opts.Documents == nil || !pl.item.SCO || pl.launch.Version != pl.course.Current {
		return nil
	}
	key := pl.launch.Tenant + "\x00" + pl.course.ID + "\x00" + strconv.Itoa(pl.launch.Version) + "\x00" + pl.item.ID
	p.mu.Lock()
	done := p.described[key]
	p.mu.Unlock()
	if done {
		return nil
	}
	if text := activityProfile(pl.item); text != nil {
		d := Document{Activity: pl.course.ItemActivity(pl.item), ID: profileActivity, ContentType: "application/json", Content: text}
		if err := p.opts.Documents.Put(ctx, pl.launch.Tenant, d); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.described) >= maxDescribed {
		clear(p.described)
	}
	p.described[key] = true
	return nil
}

// activityProfile is the Activity Profile of the SCORM profile, nil when the
// manifest says nothing that belongs there. Times are in seconds.
func activityProfile(item *manifest.Item) []byte {
	profile := map[string]any{}
	if t := item.CompletionThreshold; t != nil && t.CompletedByMeasure {
		profile["completion_threshold"] = t.MinProgressMeasure
	}
	if item.DataFromLMS != "" {
		profile["launch_data"] = item.DataFromLMS
	}
	if limit := length(item.MaxTimeAllowed); limit > 0 {
		profile["max_time_allowed"] = limit.Seconds()
	}
	if item.PassingScore != nil {
		profile["scaled_passing_score"] = *item.PassingScore
	}
	if item.TimeLimitAction != "" {
		profile["time_limit_action"] = item.TimeLimitAction
	}
	if len(profile) == 0 {
		return nil
	}
	text, _ := json.Marshal(profile) // of numbers and texts
	return text
}
