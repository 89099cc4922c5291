package progress

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"
)

// The oracle computes progress a second time, from the JSON of the statements
// and the words of docs/metrics.md alone, in the plainest way: all statements
// of a learner in a course, sorted, looked at one after the other.

type oracleStatement struct {
	tenant string
	stored int64
	ID     string
	Actor  struct {
		Mbox    string
		Account struct{ HomePage, Name string }
	}
	Verb   struct{ ID string }
	Object struct{ ObjectType, ID string }
	Result struct {
		Success, Completion *bool
		Score               struct{ Scaled, Raw, Min, Max *float64 }
		Duration, Response  string
	}
	Context struct {
		Registration      string
		ContextActivities struct{ Grouping, Parent []struct{ ID string } }
	}
	Timestamp time.Time
}

func (s *oracleStatement) voids() string {
	if s.Verb.ID == "http://adlnet.gov/expapi/verbs/voided" && s.Object.ObjectType == "StatementRef" {
		return s.Object.ID
	}
	return ""
}

func (s *oracleStatement) learner() string {
	switch {
	case s.Actor.Mbox != "":
		return s.Actor.Mbox
	case s.Actor.Account.Name != "":
		return s.Actor.Account.HomePage + " " + s.Actor.Account.Name
	}
	return ""
}

func (s *oracleStatement) courses() []string {
	ids := make(map[string]bool)
	activities := s.Context.ContextActivities.Grouping
	if len(activities) == 0 {
		activities = s.Context.ContextActivities.Parent
	}
	for _, a := range activities {
		ids[a.ID] = true
	}
	if len(activities) == 0 && s.isActivity() {
		ids[s.Object.ID] = true
	}
	var list []string
	for id := range ids {
		list = append(list, id)
	}
	return list
}

func (s *oracleStatement) isActivity() bool {
	return s.Object.ObjectType == "" || s.Object.ObjectType == "Activity"
}

// byPlatform tells whether the platform caused the statement.
func (s *oracleStatement) byPlatform() bool {
	last := s.Verb.ID[strings.LastIndexByte(s.Verb.ID, '/')+1:]
	return slices.Contains([]string{"launched", "satisfied", "waived", "abandoned", "assigned"}, last)
}

func (s *oracleStatement) completes() bool {
	return s.Result.Completion != nil && *s.Result.Completion ||
		strings.HasSuffix(s.Verb.ID, "/completed") || strings.HasSuffix(s.Verb.ID, "/satisfied")
}

func (s *oracleStatement) verdict() (passed, ok bool) {
	switch {
	case s.Result.Success != nil:
		return *s.Result.Success, true
	case strings.HasSuffix(s.Verb.ID, "/passed"):
		return true, true
	case strings.HasSuffix(s.Verb.ID, "/failed"):
		return false, true
	}
	return false, false
}

// score is exact to the billionth.
func (s *oracleStatement) score() (int64, bool) {
	sc := s.Result.Score
	if strings.HasSuffix(s.Verb.ID, "/progressed") {
		return 0, false
	}
	var v *big.Rat
	switch {
	case sc.Scaled != nil:
		v = new(big.Rat).SetFloat64(*sc.Scaled)
	case sc.Raw != nil && sc.Min != nil && sc.Max != nil && *sc.Max > *sc.Min:
		low := new(big.Rat).SetFloat64(*sc.Min)
		v = new(big.Rat).Sub(new(big.Rat).SetFloat64(*sc.Raw), low)
		v.Quo(v, new(big.Rat).Sub(new(big.Rat).SetFloat64(*sc.Max), low))
	default:
		return 0, false
	}
	f, _ := v.Float64()
	return int64(math.Round(f * 1e9)), true
}

// oracle computes the courses of a tenant from statements (JSON by tenant and stored).
func oracle(t failing, all []oracleStatement, tenant string, people map[string]string) map[string]Course {
	t.Helper()
	voided := make(map[string]bool)
	for _, s := range all {
		if s.tenant == tenant {
			voided[s.voids()] = true
		}
	}
	type key struct{ course, human string }
	of := make(map[key][]oracleStatement)
	directory := oracleWorld{people: people}
	for _, s := range all {
		if s.tenant != tenant || s.voids() != "" || voided[s.ID] || s.learner() == "" {
			continue
		}
		for _, course := range s.courses() {
			k := key{course, directory.human(s)}
			of[k] = append(of[k], s)
		}
	}
	courses := make(map[string]Course)
	for k, sts := range of {
		c := courses[k.course]
		if c.ID == "" {
			c.ID, c.LastActivity = k.course, math.MinInt64
		}
		c.addLearner(sts)
		courses[k.course] = c
	}
	return courses
}

// addLearner counts one learner with all statements in the course.
func (c *Course) addLearner(sts []oracleStatement) {
	slices.SortFunc(sts, func(a, b oracleStatement) int {
		if d := a.Timestamp.Compare(b.Timestamp); d != 0 {
			return d
		}
		return int(a.stored - b.stored)
	})
	var started, completed int64
	verdicts, score := [2]int64{}, []int64{}
	for _, s := range sts {
		if !s.byPlatform() {
			started = 1
		}
		if !s.isActivity() || s.Object.ID != c.ID {
			continue
		}
		if s.completes() {
			completed = 1
		}
		if passed, ok := s.verdict(); ok {
			if verdicts = [2]int64{0, 1}; passed {
				verdicts = [2]int64{1, 0}
			}
		}
		if v, ok := s.score(); ok {
			score = []int64{v}
		}
	}
	c.Learners++
	c.Started += started
	c.Completed += completed
	c.Passed += verdicts[0]
	c.Failed += verdicts[1]
	for _, v := range score {
		c.Scored++
		c.ScoreSum += v
	}
	c.LastActivity = max(c.LastActivity, sts[len(sts)-1].Timestamp.UnixMicro())
}

// decodeForOracle reads what was posted.
func decodeForOracle(t failing, tenant string, stored int64, raw string) oracleStatement {
	t.Helper()
	s := oracleStatement{tenant: tenant, stored: stored}
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return s
}
