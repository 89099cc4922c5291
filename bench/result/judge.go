package result

import "fmt"

// Judge notes what makes a run doubtful or breaks a promise that has no
// figure: something read too late, a log that grew, posts refused.
func (r *Run) Judge() {
	note := func(format string, args ...any) { r.Anomalies = append(r.Anomalies, fmt.Sprintf(format, args...)) }
	for i, t := range r.Batch {
		if t.Log != nil && t.Log.Trend > 0.02 {
			note("posts of 50, round %d: the log grew by %.1f %% of what came in", i+1, 100*t.Log.Trend)
		}
	}
	for _, part := range []struct {
		name string
		runs []Throughput
	}{{"posts of 50", r.Batch}, {"single posts", r.Single}, {"the bare handler", r.Bare}} {
		for i, t := range part.runs {
			if t.Refused > 0 {
				note("%s, round %d: %d requests were refused with 503", part.name, i+1, t.Refused)
			}
			if t.Others > 0.25 {
				note("%s, round %d: something else took %.2f cores", part.name, i+1, t.Others)
			}
		}
	}
	for _, s := range r.Scorm {
		if s.Others > 0.25 {
			note("learners who play SCORM: something else took %.2f cores", s.Others)
		}
		if due := float64(s.Learners) / s.PauseSeconds * s.Seconds; float64(s.Commits) < 0.95*due {
			note("learners who play SCORM: only %d of %.0f commits came through", s.Commits, due)
		}
	}
	for _, f := range r.Fresh {
		if f.Late > 0 {
			note("read right after a post by %s, %s: %d statements were not there at once", f.By, f.Load, f.Late)
		}
	}
}
