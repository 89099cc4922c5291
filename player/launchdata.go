package player

import (
	"encoding/json"
	"strconv"
	"strings"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

// launchData is what the run-time API is loaded with before content begins: what
// was kept of the attempt, and what the standard wants the LMS to say.
func launchData(pl play, rec *record) CMI {
	c := CMI{}
	for name, value := range rec.Data {
		// The library refuses what it fills in itself.
		if !strings.Contains(name, "._") && !strings.HasPrefix(name, "adl.nav.") {
			c[name] = value
		}
	}
	entry := "ab-initio"
	if rec.Resumed {
		entry = "resume"
	}
	set := func(name, value string) {
		if value != "" {
			c[name] = value
		}
	}
	id, name := learner(pl.launch)
	credit := "credit"
	if pl.launch.Mode != catalog.Normal {
		credit = "no-credit"
	}
	if pl.kind == manifest.SCORM12 {
		set("cmi.core.student_id", id)
		set("cmi.core.student_name", name)
		set("cmi.core.entry", entry)
		set("cmi.core.credit", credit)
		set("cmi.core.lesson_mode", string(pl.launch.Mode))
		set("cmi.core.total_time", totalTime(rec.Total, false))
		set("cmi.launch_data", pl.item.DataFromLMS)
		set("cmi.student_data.mastery_score", pl.item.MasteryScore)
		set("cmi.student_data.max_time_allowed", pl.item.MaxTimeAllowed)
		set("cmi.student_data.time_limit_action", pl.item.TimeLimitAction)
		return c
	}
	set("cmi.learner_id", id)
	set("cmi.learner_name", name)
	set("cmi.entry", entry)
	set("cmi.credit", credit)
	set("cmi.mode", string(pl.launch.Mode))
	set("cmi.total_time", totalTime(rec.Total, true))
	set("cmi.launch_data", pl.item.DataFromLMS)
	set("cmi.max_time_allowed", pl.item.MaxTimeAllowed)
	set("cmi.time_limit_action", pl.item.TimeLimitAction)
	if pl.item.PassingScore != nil {
		set("cmi.scaled_passing_score", formatFloat(*pl.item.PassingScore))
	}
	if t := pl.item.CompletionThreshold; t != nil && t.CompletedByMeasure {
		set("cmi.completion_threshold", strconv.FormatFloat(t.MinProgressMeasure, 'f', -1, 64))
	}
	return c
}

// learner is the learner as content sees it: the name of the account, and the
// name of the person where one is known.
func learner(l *catalog.Launch) (id, name string) {
	var actor struct {
		Name    string
		Account struct{ Name string }
	}
	_ = json.Unmarshal(l.Learner.Actor, &actor) // what cannot be read has no account
	id, name = actor.Account.Name, l.Learner.Name
	if id == "" {
		id = l.Learner.Identifier
	}
	if id == "" {
		id = "preview"
	}
	if name == "" {
		name = actor.Name
	}
	if name == "" {
		name = id
	}
	return cut(id, 250), cut(name, 250)
}
