package progress

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

const (
	question1 = c1 + "/q/1"
	question2 = c1 + "/q/2"
)

// instant is when something happened: mostly close to the rest, so that gaps of
// about ten minutes occur, sometimes on other days; exact to the millisecond.
func (m *machine) instant(pick func(string, ...string) string) string {
	at := time.Date(2026, 1, 1, 22, 0, 0, 0, time.UTC)
	switch pick("when", "same", "same", "close", "close", "close", "other day") {
	case "same":
		at = at.Add(time.Duration(rapid.IntRange(0, 3).Draw(m.rt, "minute")) * time.Minute)
	case "close":
		at = at.Add(time.Duration(rapid.IntRange(0, 9_000_000).Draw(m.rt, "millisecond")) * time.Millisecond)
	case "other day":
		at = at.AddDate(0, 0, rapid.IntRange(-5, 9).Draw(m.rt, "day"))
	}
	return at.Format(time.RFC3339Nano)
}

var identifiers = []string{"mbox|mailto:a@stadt.example", "mbox|mailto:b@stadt.example", "account|https://stadt.example|u1"}

// movePeople gives an identifier to a person, or takes it away: people merge and
// come apart.
func (m *machine) movePeople() {
	tenant := rapid.SampledFrom(m.tenants()).Draw(m.rt, "moves")
	identifier := rapid.SampledFrom(identifiers).Draw(m.rt, "identifier")
	person := rapid.SampledFrom([]string{"", "p1", "p1", "p2"}).Draw(m.rt, "person")
	if m.people[tenant] == nil {
		m.people[tenant] = make(map[string]string)
	}
	if m.people[tenant][identifier] = person; person == "" {
		delete(m.people[tenant], identifier)
	}
	m.w.person(tenant, identifier, person)
}

// readDurations says that the durations in a course are cumulative, or not.
func (m *machine) readDurations() {
	tenant := rapid.SampledFrom(m.tenants()).Draw(m.rt, "reads")
	duration := rapid.SampledFrom([]string{DurationSession, DurationCumulative}).Draw(m.rt, "duration")
	if m.cumulative[tenant] == nil {
		m.cumulative[tenant] = make(map[string]bool)
	}
	m.cumulative[tenant][c1] = duration == DurationCumulative
	if err := m.w.SetDuration(context.Background(), tenant, c1, duration); err != nil {
		m.rt.Fatal(err)
	}
}

// cutFacts does what a cycle does before it is killed between two of its INSERTs.
func (m *machine) cutFacts() {
	ctx := context.Background()
	if m.w.mark.Load() > m.w.Watermark() {
		s, f, err := m.w.next(ctx, m.w.mark.Load())
		if err == nil && f.n > 0 {
			err = m.w.exec(ctx, foldSQL(s, f.n, f.voiding))
		}
		list := freshFacts(s, f.answers)
		if f.voiding {
			list = append(affectedFacts(s, m.w.nextGeneration()), list...)
		}
		for _, sql := range list[:rapid.IntRange(0, len(list)).Draw(m.rt, "inserts")] {
			if err == nil {
				err = m.w.exec(ctx, sql)
			}
		}
		if err != nil {
			m.rt.Fatal(err)
		}
	}
	m.w.restart()
}

// compareFigures holds every figure against the oracle.
func (m *machine) compareFigures() {
	ctx := context.Background()
	for _, tenant := range m.tenants() {
		o := newOracleWorld(m.posted, tenant, m.people[tenant], m.cumulative[tenant], m.w.now().Truncate(time.Hour))
		same := func(what string, want, got any, err error) {
			m.rt.Helper()
			if err != nil {
				m.rt.Fatalf("%s: %v", what, err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
				m.rt.Fatalf("tenant %s, %s (-statements +projection):\n%s", tenant, what, diff)
			}
		}
		learners, _, err := m.w.Learners(ctx, tenant, everybody, "", Order{Limit: 1000})
		byKey := make(map[courseAndHuman]Learner)
		for _, l := range learners {
			l.Units, l.Assigned = nil, false
			byKey[courseAndHuman{l.Course, l.ID}] = l
		}
		same("learners", o.learners(), byKey, err)
		trend, err := m.w.Trend(ctx, tenant, everybody, "day")
		same("trend", o.trend(), trend, err)

		course := rapid.SampledFrom([]string{c1, c2}).Draw(m.rt, "compared")
		s := Selection{Course: course, Scope: Scope{All: true}}
		figures, err := m.w.Course(ctx, tenant, s)
		want := o.figures(course)
		states := oracle(m.rt, m.posted, tenant, m.people[tenant])[course]
		want.LatestScored, want.LatestScores = states.Scored, states.ScoreSum
		same("figures of "+course, want, figures, err)
		dropOff, err := m.w.DropOff(ctx, tenant, s)
		same("drop-off of "+course, o.dropOff(course), dropOff, err)
		hours, err := m.w.Hours(ctx, tenant, s)
		same("hours of "+course, o.hours(course), hours, err)
		questions, _, err := m.w.Questions(ctx, tenant, s)
		byID := make(map[string]Question)
		for _, q := range questions {
			byID[q.ID] = q
		}
		same("questions of "+course, o.questions(course), byID, err)
	}
}

// person makes a person have an identifier, or nobody (empty), in the tables of
// the directory. path are the units of the person.
func (w *world) person(tenant, identifier, person string, path ...string) {
	w.t.Helper()
	w.directory++
	deleted := 0
	if person == "" {
		deleted = 1
	}
	unit := ""
	if len(path) > 0 {
		unit = path[len(path)-1]
	}
	w.insert(fmt.Sprintf(`INSERT INTO persons (tenant, identifier, person, name, unit, path, version, deleted) VALUES ('%s', '%s', '%s', '', '%s', %s, %d, %d)`,
		tenant, identifier, person, unit, arrayOf(path), w.directory, deleted))
	w.insert(fmt.Sprintf(`INSERT INTO directory_cursor (tenant, version, day, written) VALUES ('%s', %d, '2026-01-01', %[2]d)`, tenant, w.directory))
}

func (w *world) insert(sql string) {
	w.t.Helper()
	if err := w.store.Conn().Exec(context.Background(), sql); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}
