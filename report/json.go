package report

import (
	"encoding/json"
	"io"
	"math"
	"time"
)

// jsonReport is the report as JSON. A suppressed figure is null and named in
// suppressed; an average that does not exist is null only.
type jsonReport struct {
	Report  string       `json:"report"`
	Tenant  string       `json:"tenant"`
	From    string       `json:"from"`
	To      string       `json:"to"`
	AsOf    string       `json:"as_of"`
	K       int          `json:"k"`
	MadeUp  bool         `json:"made_up,omitempty"`
	Summary jsonSummary  `json:"summary"`
	Courses []jsonCourse `json:"courses"`
}

type jsonSummary struct {
	Courses    int64    `json:"courses"`
	Learners   *int64   `json:"learners"`
	Started    *int64   `json:"started"`
	Completed  *int64   `json:"completed"`
	Suppressed []string `json:"suppressed"`
}

type jsonCourse struct {
	ID           string   `json:"id"`
	Learners     *int64   `json:"learners"`
	Started      *int64   `json:"started"`
	Completed    *int64   `json:"completed"`
	Passed       *int64   `json:"passed"`
	Failed       *int64   `json:"failed"`
	AverageScore *float64 `json:"average_score"`
	LastActivity *string  `json:"last_activity"`
	Suppressed   []string `json:"suppressed"`
}

// WriteJSON writes the report as one JSON document. The same report gives the
// same bytes.
func (r *Report) WriteJSON(w io.Writer) error {
	doc := jsonReport{
		Report: "progress", Tenant: r.Tenant, K: r.K, MadeUp: r.MadeUp,
		From: r.From.Format(time.RFC3339Nano), To: r.To.Format(time.RFC3339Nano), AsOf: r.AsOf.Format(time.RFC3339Nano),
		Courses: make([]jsonCourse, len(r.Courses)),
	}
	s := suppressedList{}
	doc.Summary = jsonSummary{
		Courses:  r.Summary.Courses,
		Learners: s.count("learners", r.Summary.Learners), Started: s.count("started", r.Summary.Started),
		Completed: s.count("completed", r.Summary.Completed),
	}
	doc.Summary.Suppressed = s
	for i, c := range r.Courses {
		doc.Courses[i] = jsonOf(c)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}

func jsonOf(c Course) jsonCourse {
	s := suppressedList{}
	j := jsonCourse{ID: c.ID}
	j.Learners = s.count("learners", c.Learners)
	j.Started = s.count("started", c.Started)
	j.Completed = s.count("completed", c.Completed)
	j.Passed = s.count("passed", c.Passed)
	j.Failed = s.count("failed", c.Failed)
	switch v, ok := c.AverageScore.Value(); {
	case ok:
		v = math.Round(v*1e4) / 1e4
		j.AverageScore = &v
	case !c.AverageScore.Absent():
		s = append(s, "average_score")
	}
	if c.LastActivity.IsZero() {
		s = append(s, "last_activity")
	} else {
		day := c.LastActivity.Format(time.DateOnly)
		j.LastActivity = &day
	}
	j.Suppressed = s
	return j
}

// suppressedList gathers the names of suppressed figures.
type suppressedList []string

func (s *suppressedList) count(name string, c Count) *int64 {
	n, ok := c.Value()
	if !ok {
		*s = append(*s, name)
		return nil
	}
	return &n
}
