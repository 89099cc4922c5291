package records_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/statements"
	"lernspur/store"
	"lernspur/verify"
)

type preview struct {
	Count, Voiding, Restored, Pointing int
	Confirmation                       string
}

type deletion struct {
	Deletion, State, Key string
	Count                int
}

// preview asks what a deletion would do.
func (s *server) preview(sel m) (p preview) {
	s.Helper()
	s.want(200, "POST", "/api/v1/statements/delete", sel, &p)
	return p
}

func confirmed(sel m, confirmation string) m {
	c := m{"confirmation": confirmation}
	for name, value := range sel {
		c[name] = value
	}
	return c
}

// delete deletes a selection and answers how many statements that were.
func (s *server) delete(sel m) int {
	s.Helper()
	var d deletion
	s.want(200, "POST", "/api/v1/statements/delete", confirmed(sel, s.preview(sel).Confirmation), &d)
	return d.Count
}

// courses are the learners and the completed ones of each course.
func (s *server) courses() map[string][2]int {
	s.Helper()
	var body struct {
		Courses []struct {
			ID                  string
			Learners, Completed int
		}
	}
	s.want(200, "GET", "/api/v1/progress/courses?wait=true", nil, &body)
	found := make(map[string][2]int)
	for _, c := range body.Courses {
		found[c.ID] = [2]int{c.Learners, c.Completed}
	}
	return found
}

// verified re-reads everything.
func (s *server) verified() {
	s.Helper()
	db, err := store.Open(context.Background(), s.options.DSN, nil)
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	report, err := verify.Run(context.Background(), db, verify.Options{Upto: time.Now().Add(time.Hour).UnixMicro()})
	if err != nil || !report.Clean() {
		s.Errorf("%v %+v", err, report)
	}
}

func TestDelete(t *testing.T) {
	s := start(t)
	done := func(id, who, where string) m {
		st := said(id, who, "", where)
		st["verb"] = m{"id": "http://adlnet.gov/expapi/verbs/completed"}
		return st
	}
	var ids [9]string
	for i := range ids {
		ids[i] = uuid.NewString()
	}
	first := done(ids[0], "ada", "a")
	s.post(first, done(ids[1], "bob", "a"), said(ids[2], "ada", "did", "b"), pointing(ids[3], "eve", "praised", ids[0]),
		done(ids[4], "cem", "a"), voiding(ids[5], ids[4]))
	instructed := done(ids[6], "dan", "a")
	instructed["context"] = m{"instructor": agent("ada")}
	s.post(instructed)
	if got := s.courses()[course("a")]; got != [2]int{3, 3} { // ada, bob and dan; cem is voided
		t.Fatalf("progress before: %v", got)
	}

	// What is seen before: her own, not what points to it, not what names her elsewhere.
	ada := m{"actor": agent("ada")}
	p := s.preview(ada)
	if p.Count != 2 || p.Pointing != 1 || p.Voiding != 0 || p.Restored != 0 || p.Confirmation == "" {
		t.Errorf("%+v", p)
	}
	if n := s.preview(m{"agent": agent("ada"), "related_agents": true}).Count; n != 3 {
		t.Errorf("related to ada are %d, not 3", n)
	}
	s.want(409, "POST", "/api/v1/statements/delete", confirmed(m{"actor": agent("bob")}, p.Confirmation), nil)
	var d, again deletion
	s.want(200, "POST", "/api/v1/statements/delete", confirmed(ada, p.Confirmation), &d)
	if d.Count != 2 || d.State != "done" && d.State != "purged" || d.Key != "town" {
		t.Errorf("%+v", d)
	}

	// It is gone everywhere, and its id stays taken; the reference points to nothing.
	for _, id := range []string{ids[0], ids[2]} {
		s.want(404, "GET", "/xapi/statements?statementId="+id, nil, nil)
		s.want(404, "GET", "/xapi/statements?voidedStatementId="+id, nil, nil)
	}
	if n := len(s.found(url.Values{"agent": {mail("ada")}})); n != 0 {
		t.Errorf("ada still leads to %d statements", n)
	}
	if n, list := s.count(url.Values{}), len(s.found(url.Values{})); n != 4 || list != 4 {
		t.Errorf("%d are counted and %d found, not 4", n, list)
	}
	if got := s.courses(); got[course("a")] != [2]int{2, 2} || len(got) != 1 {
		t.Errorf("progress after: %v", got)
	}
	s.want(409, "POST", "/xapi/statements", first, nil)
	s.want(200, "POST", "/api/v1/statements/delete", confirmed(ada, p.Confirmation), &again)
	if again.Deletion != d.Deletion {
		t.Error("the same confirmation began another deletion")
	}
	if p := s.preview(ada); p.Count != 0 || p.Confirmation != "" {
		t.Errorf("deleting again: %+v", p)
	}

	// Without the voiding statement the voided one is back.
	if p := s.preview(m{"ids": []string{ids[5]}}); p.Restored != 1 || p.Voiding != 1 {
		t.Errorf("deleting the voiding statement: %+v", p)
	}
	if n := s.delete(m{"ids": []string{ids[5], uuid.NewString()}}); n != 1 {
		t.Errorf("%d were deleted by id", n)
	}
	s.want(200, "GET", "/xapi/statements?statementId="+ids[4], nil, nil)
	if got := s.courses()[course("a")]; got != [2]int{3, 3} {
		t.Errorf("progress with the voided one back: %v", got)
	}

	// A selection that is not what was confirmed any more.
	old := s.preview(m{"verb": "http://adlnet.gov/expapi/verbs/completed"})
	s.delete(m{"actor": agent("bob")})
	s.want(409, "POST", "/api/v1/statements/delete", confirmed(m{"verb": "http://adlnet.gov/expapi/verbs/completed"}, old.Confirmation), nil)

	s.want(200, "GET", "/api/v1/statements/deletions/"+d.Deletion, nil, &again)
	s.want(404, "GET", "/api/v1/statements/deletions/"+uuid.NewString(), nil, nil)

	// All of this is so after a restart, too.
	s.end()
	s.begin()
	s.want(409, "POST", "/xapi/statements", first, nil)
	if got := s.courses()[course("a")]; got != [2]int{2, 2} { // cem and dan
		t.Errorf("progress after a restart: %v", got)
	}
	s.verified()
}

// TestDeleteWhileStatementsArrive has the same deletion demanded by many at
// once while others post.
func TestDeleteWhileStatementsArrive(t *testing.T) {
	s := start(t)
	for i := range 20 {
		s.post(said(uuid.NewString(), "ada", "did", "a"), said(uuid.NewString(), "bob", "did", "a"), said(uuid.NewString(), fmt.Sprint("learner", i), "did", "a"))
	}
	ada := m{"actor": agent("ada")}
	confirmation := s.preview(ada).Confirmation
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			status, body := s.ask("POST", "/api/v1/statements/delete", confirmed(ada, confirmation))
			if status != 200 || !strings.Contains(string(body), `"count":20`) {
				t.Errorf("%d %s", status, body)
			}
		})
		wait.Go(func() {
			for range 5 {
				s.post(said(uuid.NewString(), "ada", "did", "b"), said(uuid.NewString(), fmt.Sprint("late", i), "did", "b"))
			}
		})
	}
	wait.Wait()
	// What came after the watermark of the confirmation stays.
	for query, want := range map[string]int{course("a"): 40, course("b"): 60} {
		if n := s.count(url.Values{"activity": {query}}); n != want {
			t.Errorf("%s: %d, not %d", query, n, want)
		}
	}
	if got := s.courses(); got[course("a")][0] != 21 || got[course("b")][0] != 7 {
		t.Errorf("learners: %v", got)
	}
	s.verified()
}

// TestDeleteAfterACrash leaves a deletion at every step, as a crash would.
func TestDeleteAfterACrash(t *testing.T) {
	s := start(t)
	ids := []string{uuid.NewString(), uuid.NewString(), uuid.NewString()}
	s.post(said(ids[0], "ada", "did", "a"), pointing(ids[1], "bob", "praised", ids[0]), voiding(ids[2], ids[0]))
	sql := func(format string) func(db *store.Store, job uuid.UUID) error {
		return func(db *store.Store, job uuid.UUID) error {
			return db.Conn().Exec(context.Background(), fmt.Sprintf(format, job))
		}
	}
	tests := []struct {
		name  string
		state string
		steps []func(db *store.Store, job uuid.UUID) error
		left  int // statements, from all steps before
	}{
		{"before it was chosen", "begun", nil, 1},
		{"chosen", "chosen", nil, 0},
		{"ids kept", "chosen", []func(*store.Store, uuid.UUID) error{
			sql("INSERT INTO deleted SELECT tenant, id, stored FROM deletion_items WHERE job = '%s'")}, 0},
		{"statements gone", "chosen", []func(*store.Store, uuid.UUID) error{
			sql("INSERT INTO deleted SELECT tenant, id, stored FROM deletion_items WHERE job = '%s'"),
			sql("DELETE FROM statements WHERE (tenant, stored) IN (SELECT tenant, stored FROM deletion_items WHERE job = '%s')")}, 0},
		{"rows gone", "chosen", []func(*store.Store, uuid.UUID) error{
			func(db *store.Store, job uuid.UUID) error { return db.Remove(context.Background(), "default", job) }}, 0},
		{"noted and not forgotten", "done", []func(*store.Store, uuid.UUID) error{
			func(db *store.Store, job uuid.UUID) error { return db.Remove(context.Background(), "default", job) }}, 0},
	}
	defer func() { s.T = t }()
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s.T = t
			where, id := fmt.Sprint("course", i), uuid.NewString()
			s.post(said(id, "ada", "did", where), pointing(uuid.NewString(), "bob", "praised", id))
			s.count(url.Values{}) // it is in the tables
			s.courses()
			s.end()
			db, err := store.Open(context.Background(), s.options.DSN, nil)
			if err != nil {
				t.Fatal(err)
			}
			job := uuid.New()
			sel := statements.Selection{Activity: course(where)}
			if n, err := db.Choose(context.Background(), "default", job, sel, time.Now().UnixMicro()); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			if err := db.PutDeletion(context.Background(), store.DeletionRow{Tenant: "default", ID: job, State: test.state, Record: "{}", Version: 1}); err != nil {
				t.Fatal(err)
			}
			for _, step := range test.steps {
				if err := step(db, job); err != nil {
					t.Fatal(err)
				}
			}
			db.Close()
			s.begin()
			// At once, whatever is still to be done.
			query := url.Values{"activity": {course(where)}, "verb": {verb("did")}}
			if n := s.count(query); n != 2*test.left {
				t.Errorf("%d are counted, not %d", n, 2*test.left)
			}
			for begun := time.Now(); test.left == 0; time.Sleep(20 * time.Millisecond) {
				_, body := s.ask("GET", "/api/v1/statements/deletions/"+job.String(), nil)
				if strings.Contains(string(body), `"purged"`) {
					break
				}
				if time.Since(begun) > 30*time.Second {
					t.Fatalf("%s", body)
				}
			}
			// The figures are part of what comes before "done".
			if _, there := s.courses()[course(where)]; there != (test.left > 0 || test.state == "done") {
				t.Errorf("the course has progress: %v", there)
			}
			s.verified()
		})
	}
}
