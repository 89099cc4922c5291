package recounttest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Statement is what a statement says, as far as figures need it.
type Statement struct {
	ID    string
	Actor struct {
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
		ContextActivities struct{ Grouping, Parent []struct{ ID string } }
	}
	Timestamp, Stored time.Time
}

// Read reads exported statements that were stored up to an instant, without those that are
// voided by then.
func Read(ndjson []byte, asOf time.Time) ([]Statement, error) {
	var all []Statement
	voided := make(map[string]bool)
	lines := bufio.NewScanner(bytes.NewReader(ndjson))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s Statement
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("%w: %s", err, lines.Bytes())
		}
		if s.Stored.After(asOf) {
			continue
		}
		if s.Object.ObjectType == "StatementRef" {
			if strings.HasSuffix(s.Verb.ID, "/voided") {
				voided[s.Object.ID] = true
			}
			continue
		}
		all = append(all, s)
	}
	return slices.DeleteFunc(all, func(s Statement) bool { return voided[s.ID] }), lines.Err()
}

// Identifier is that of the actor.
func (s *Statement) Identifier() string {
	if s.Actor.Mbox != "" {
		return "mbox|" + s.Actor.Mbox
	}
	return "account|" + s.Actor.Account.HomePage + "|" + s.Actor.Account.Name
}

func (s *Statement) courses() (ids []string) {
	list := s.Context.ContextActivities.Grouping
	if len(list) == 0 {
		list = s.Context.ContextActivities.Parent
	}
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	if len(ids) == 0 {
		ids = []string{s.Object.ID}
	}
	return ids
}

func (s *Statement) verb() string { return s.Verb.ID[strings.LastIndexByte(s.Verb.ID, '/')+1:] }

func (s *Statement) byPlatform() bool {
	return slices.Contains([]string{"launched", "satisfied", "waived", "abandoned", "assigned", "registered"}, s.verb())
}

func (s *Statement) completes() bool {
	return s.Result.Completion != nil && *s.Result.Completion || s.verb() == "completed" || s.verb() == "satisfied"
}

func (s *Statement) verdict() (passed, ok bool) {
	if s.Result.Success != nil {
		return *s.Result.Success, true
	}
	return s.verb() == "passed", s.verb() == "passed" || s.verb() == "failed"
}

// score is to the billionth.
func (s *Statement) score() (float64, bool) {
	sc := s.Result.Score
	switch {
	case s.verb() == "progressed":
	case sc.Scaled != nil:
		return math.Round(*sc.Scaled*1e9) / 1e9, true
	case sc.Raw != nil && sc.Min != nil && sc.Max != nil && *sc.Max > *sc.Min:
		return math.Round((*sc.Raw-*sc.Min)/(*sc.Max-*sc.Min)*1e9) / 1e9, true
	}
	return 0, false
}

var duration = regexp.MustCompile(`^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$`)

func (s *Statement) session() (time.Duration, bool) {
	m := duration.FindStringSubmatch(s.Result.Duration)
	if m == nil || !slices.Contains([]string{"terminated", "suspended", "abandoned"}, s.verb()) {
		return 0, false
	}
	var d time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(m[i+1]) // digits, or nothing
		d += time.Duration(n) * unit
	}
	return d, true
}

// before is the order of time; of two at the same instant the one that was stored earlier.
func before(a, b Statement) int {
	if c := a.Timestamp.Compare(b.Timestamp); c != 0 {
		return c
	}
	return a.Stored.Compare(b.Stored)
}
