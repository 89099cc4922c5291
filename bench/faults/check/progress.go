package check

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"time"
)

// figures are what the learners of a course have reached, as docs/metrics.md
// defines it.
type figures struct {
	ID           string   `json:"id"`
	Learners     int      `json:"learners"`
	Started      int      `json:"started"`
	Completed    int      `json:"completed"`
	Passed       int      `json:"passed"`
	Failed       int      `json:"failed"`
	AverageScore *float64 `json:"average_score"`
	LastActivity string   `json:"last_activity"`
}

// reached is what one learner has reached in one course.
type reached struct {
	completed bool
	judgedAt  int64 // timestamp of the latest verdict
	passed    *bool
	scoredAt  int64
	score     *float64
	last      int64
}

// progress compares the figures of every course with those that follow from
// the statements that are seen.
func (c *check) progress(ctx context.Context) error {
	if c.opts.Partial {
		return nil
	}
	// To be compared to the microsecond, also of few learners, figures have to be told.
	const everything = `{"switches":{"hours":{"on":true,"ground":"campaign"},"idle-days":{"on":true,"ground":"campaign"}}}`
	status, body, err := c.remote.do(ctx, http.MethodPatch, "/api/v1/evaluation", everything)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("switching figures on: status %d: %s", status, body)
	}
	if err != nil {
		return err
	}
	status, body, err = c.remote.get(ctx, "/api/v1/progress/courses?wait=true&limit=10000")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("reading progress: status %d: %s", status, body)
	}
	var answer struct{ Courses []figures }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		return fmt.Errorf("reading progress: %w", err)
	}
	want := c.recompute()
	for _, got := range answer.Courses {
		w, ok := want[got.ID]
		delete(want, got.ID)
		c.result.Courses++
		if !ok {
			c.problem(Figures, "the course %s has figures and no statement", got.ID)
			continue
		}
		if why := differ(got, w); why != "" {
			c.problem(Figures, "the course %s: %s", got.ID, why)
		}
	}
	for id := range want {
		c.problem(Figures, "the course %s has statements and no figures", id)
	}
	return nil
}

// recompute goes through all statements that are seen, in the order in which
// they were stored: of two at one instant the later one counts.
func (c *check) recompute() map[string]figures {
	states := map[string]map[string]*reached{}
	for _, s := range c.visible {
		if s.void || s.learner == "" {
			continue
		}
		for _, course := range s.courses {
			if states[course] == nil {
				states[course] = map[string]*reached{}
			}
			r := states[course][s.learner]
			if r == nil {
				r = &reached{judgedAt: math.MinInt64, scoredAt: math.MinInt64, last: math.MinInt64}
				states[course][s.learner] = r
			}
			r.last = max(r.last, s.timestamp)
			if s.activity == course {
				r.onCourse(s)
			}
		}
	}
	all := map[string]figures{}
	for course, learners := range states {
		all[course] = sum(course, learners)
	}
	return all
}

// onCourse takes in a statement on the course itself. Verbs of the platform are
// not in the load.
func (r *reached) onCourse(s *statement) {
	const adl = "http://adlnet.gov/expapi/verbs/"
	if s.verb == adl+"completed" || s.result.Completion != nil && *s.result.Completion {
		r.completed = true
	}
	verdict := s.result.Success
	if verdict == nil && (s.verb == adl+"passed" || s.verb == adl+"failed") {
		passed := s.verb == adl+"passed"
		verdict = &passed
	}
	if verdict != nil && s.timestamp >= r.judgedAt {
		r.judgedAt, r.passed = s.timestamp, verdict
	}
	if score := s.result.Score.Scaled; score != nil && s.verb != adl+"progressed" && s.timestamp >= r.scoredAt {
		r.scoredAt, r.score = s.timestamp, score
	}
}

func sum(course string, learners map[string]*reached) figures {
	f := figures{ID: course, Learners: len(learners), Started: len(learners)}
	scores, scored, last := 0.0, 0, int64(math.MinInt64)
	for _, r := range learners {
		if r.completed {
			f.Completed++
		}
		if r.passed != nil && *r.passed {
			f.Passed++
		}
		if r.passed != nil && !*r.passed {
			f.Failed++
		}
		if r.score != nil {
			scores, scored = scores+*r.score, scored+1
		}
		last = max(last, r.last)
	}
	if scored > 0 {
		average := scores / float64(scored)
		f.AverageScore = &average
	}
	f.LastActivity = time.UnixMicro(last).UTC().Format("2006-01-02T15:04:05.000000Z")
	return f
}

// differ says in what two figures differ; averages are answered with six
// decimals.
func differ(got, want figures) string {
	text := func(f figures) string {
		return fmt.Sprint(f.Learners, f.Started, f.Completed, f.Passed, f.Failed, f.LastActivity)
	}
	if text(got) != text(want) {
		return fmt.Sprintf("learners, started, completed, passed, failed, last activity are %s, not %s", text(got), text(want))
	}
	a, b := got.AverageScore, want.AverageScore
	if (a == nil) != (b == nil) || a != nil && math.Abs(*a-*b) > 1.1e-6 {
		return fmt.Sprintf("the average score is %s, not %s", number(a), number(b))
	}
	return ""
}

func number(v *float64) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprint(*v)
}
