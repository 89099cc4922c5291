package player

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/content/manifest"
)

// Session is what Translate has to know beside the run-time data.
type Session struct {
	// Edition is SCORM12 or SCORM2004.
	Edition      manifest.Kind
	Actor        json.RawMessage
	Registration uuid.UUID
	// Attempt is the attempt at the SCO: a new one begins where the old one is not
	// resumed. ID is that of the time between one Initialize and its end.
	Attempt, ID uuid.UUID
	// Commit is the number of the commit within the session. With the same number
	// the same changes become statements with the same ids.
	Commit int64
	// SCO and Course are the Activities.
	SCO, Course Activity
	// Category is that of the statements; nil: the SCORM profile.
	Category []Activity
	At       time.Time

	// Begins tells that content has called Initialize, and Resumed that it goes on
	// where an earlier session stopped.
	Begins, Resumed bool
	// Ends tells that the session is over.
	Ends bool
	// Said has the names of the elements that content set itself, of those that
	// the run-time library fills in as well.
	Said map[string]bool
	// Told has the indices of interactions without a result that an earlier end of
	// a session has made statements of.
	Told map[string]bool
}

// Translate makes statements of what a commit changed, after the ADL xAPI SCORM
// profile. before is the data of the same attempt as the last commit left it, nil
// in the beginning. It claims nothing that content did not say: what is unknown
// has no place in a result.
func Translate(before, after CMI, s Session) []Statement {
	t := &translation{Session: s, before: before, after: after, v12: s.Edition == manifest.SCORM12}
	if s.Begins {
		word := initialized
		if s.Resumed {
			word = resumed
		}
		t.add(word, "", s.SCO, nil, false)
	}
	t.interactions()
	t.objectives()
	t.comments()
	t.status()
	if s.Ends {
		word := terminated
		if after[t.name("core.exit", "exit")] == "suspend" {
			word = suspended
		}
		r := t.outcome()
		if name := t.name("core.session_time", "session_time"); s.Said[name] {
			// The library has no time at all for one that nobody set.
			r.Duration = isoDuration(after[name])
		}
		t.add(word, "", s.SCO, r, false)
	}
	return t.all
}

type translation struct {
	Session
	before, after CMI
	v12           bool
	all           []Statement
}

// name is the full name of an element in the edition.
func (t *translation) name(in12, in2004 string) string {
	if t.v12 {
		return "cmi." + in12
	}
	return "cmi." + in2004
}

func (t *translation) said(name string) bool {
	// In SCORM 1.2 the library answers 100 for a maximum that nobody set.
	return !t.v12 || !strings.HasSuffix(name, "score.max") || t.Said[name]
}

// attemptIRI is the id of the Activity that stands for an attempt.
func attemptIRI(sco string, attempt uuid.UUID) string {
	separator := "?"
	if strings.Contains(sco, "?") {
		separator = "&"
	}
	return sco + separator + "attemptId=" + attempt.String()
}

// add appends a statement. below tells that its object is a part of the SCO. key
// tells statements of one verb in one commit apart.
func (t *translation) add(word, key string, object Activity, r *Result, below bool) {
	c := t.around()
	if below {
		c.Activities.Parent = []Activity{t.SCO}
	} else if t.SCO.ID != t.Course.ID {
		c.Activities.Parent = []Activity{t.Course}
	}
	if r.empty() {
		r = nil
	}
	t.all = append(t.all, Statement{
		ID:    statementID(t.Attempt, t.ID, t.Commit, word, key),
		Actor: t.Actor, Verb: verb(word), Object: object, Result: r, Context: c, Timestamp: stamp(t.At),
	})
}

// around is the context that all statements of a session have.
func (s *Session) around() Context {
	c := Context{Registration: s.Registration, Platform: platform}
	if c.Activities.Category = s.Category; c.Activities.Category == nil {
		c.Activities.Category = []Activity{{ObjectType: "Activity", ID: profileCategory, Definition: &Definition{Type: typeProfile}}}
	}
	c.Activities.Grouping = []Activity{
		{ObjectType: "Activity", ID: attemptIRI(s.SCO.ID, s.Attempt), Definition: &Definition{Type: typeAttempt}},
		s.Course,
	}
	return c
}

const platform = "Lernspur"

// statementID is derived from what the statement says, so that saying it again is
// the same statement.
func statementID(attempt, session uuid.UUID, commit int64, word, key string) uuid.UUID {
	return uuid.NewSHA1(attempt, []byte(session.String()+"\x00"+strconv.FormatInt(commit, 10)+"\x00"+word+"\x00"+key))
}

// verdict is what data says about completion and success; nil for what it does
// not.
type verdict struct{ completion, success *bool }

func (t *translation) verdict(c CMI) verdict {
	if t.v12 {
		return verdict12(c["cmi.core.lesson_status"])
	}
	return verdict2004(c["cmi.completion_status"], c["cmi.success_status"])
}

func verdict12(status string) (v verdict) {
	switch status {
	case "completed":
		v.completion = ptr(true)
	case "incomplete":
		v.completion = ptr(false)
	case "passed":
		v.success = ptr(true)
	case "failed":
		v.success = ptr(false)
	}
	return v
}

func verdict2004(completion, success string) (v verdict) {
	switch completion {
	case "completed":
		v.completion = ptr(true)
	case "incomplete":
		v.completion = ptr(false)
	}
	switch success {
	case "passed":
		v.success = ptr(true)
	case "failed":
		v.success = ptr(false)
	}
	return v
}

func ptr[T any](v T) *T { return &v }

func (t *translation) scores(c CMI) *Score { return c.score(t.name("core.score.", "score."), t.said) }

// outcome is what is known of the attempt.
func (t *translation) outcome() *Result {
	v := t.verdict(t.after)
	return &Result{Completion: v.completion, Success: v.success, Score: t.scores(t.after)}
}

// status makes statements of what the SCO says about itself as a whole.
func (t *translation) status() {
	t.judge("", t.SCO, t.verdict(t.before), t.verdict(t.after), t.scores(t.before), t.scores(t.after), false)
	if t.v12 {
		return
	}
	const measure = "cmi.progress_measure"
	if n, value, ok := number(t.after[measure]); ok && value >= 0 && value <= 1 && t.after[measure] != t.before[measure] {
		t.add(progressed, "", t.SCO, &Result{Score: &Score{Scaled: n}}, false)
	}
}

// judge makes statements of what changed in completion, success and score of a
// SCO or an objective.
func (t *translation) judge(key string, object Activity, old, now verdict, oldScore, score *Score, below bool) {
	if score != nil && (oldScore == nil || *oldScore != *score) {
		t.add(scored, key, object, &Result{Score: score}, below)
	}
	if is(now.completion, true) && !is(old.completion, true) {
		t.add(completed, key, object, &Result{Completion: now.completion}, below)
	}
	if now.success != nil && !is(old.success, *now.success) {
		word := failed
		if *now.success {
			word = passed
		}
		t.add(word, key, object, &Result{Success: now.success, Score: score}, below)
	}
}

func is(b *bool, value bool) bool { return b != nil && *b == value }

// objectives are told from each other by their ids: content may write them in
// another order every time.
func (t *translation) objectives() {
	old := byID(t.before.array("cmi.objectives"))
	for _, o := range t.after.array("cmi.objectives") {
		id := o["id"]
		if id == "" {
			continue
		}
		was := old[id]
		object := activity(t.SCO.ID+"/objective/"+url.PathEscape(id), typeObjective, nil)
		if text := o["description"]; text != "" {
			object.Definition.Description = map[string]string{"und": text}
		}
		t.judge(id, object, t.objectiveVerdict(was), t.objectiveVerdict(o), t.objectiveScore(was), t.objectiveScore(o), true)
	}
}

func byID(all []CMI) map[string]CMI {
	m := make(map[string]CMI, len(all))
	for _, c := range all {
		if c["id"] != "" {
			m[c["id"]] = c
		}
	}
	return m
}

func (t *translation) objectiveVerdict(o CMI) verdict {
	if t.v12 {
		return verdict12(o["status"])
	}
	return verdict2004(o["completion_status"], o["success_status"])
}

func (t *translation) objectiveScore(o CMI) *Score {
	return o.score("score.", func(name string) bool { return t.said("cmi.objectives." + o[index] + "." + name) })
}

// comments are those of the learner.
func (t *translation) comments() {
	if t.v12 {
		old, now := t.before["cmi.comments"], t.after["cmi.comments"]
		if now != "" && now != old {
			// Comments are appended to those that there are.
			t.add(commented, "", t.SCO, &Result{Response: strings.TrimPrefix(now, old)}, false)
		}
		return
	}
	old := map[string]string{}
	for _, c := range t.before.array("cmi.comments_from_learner") {
		old[c[index]] = c["comment"]
	}
	for _, c := range t.after.array("cmi.comments_from_learner") {
		if text := c["comment"]; text != "" && text != old[c[index]] {
			t.add(commented, c[index], t.SCO, &Result{Response: localized(text)}, false)
		}
	}
}

// localized is a localized string of SCORM 2004 without what names its language.
func localized(text string) string {
	if rest, ok := strings.CutPrefix(text, "{lang="); ok {
		if _, value, found := strings.Cut(rest, "}"); found {
			return value
		}
	}
	return text
}
