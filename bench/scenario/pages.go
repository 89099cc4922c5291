package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"lernspur/bench/load"
	"lernspur/bench/result"
)

// The town that the learners belong to.
const (
	departments   = 6
	officesOfEach = 10
	courseRuns    = 200
	sizeOfRun     = 30
)

// pages asks what the pages about progress ask for, with cold and with warm caches,
// with all learners in a directory.
func (e *Env) pages(ctx context.Context, n int64, keys int) (all []result.Lookup, failed []error, err error) {
	conn, err := load.Dial(ctx, e.server.Addr)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	if err := e.town(conn); err != nil {
		return nil, nil, fmt.Errorf("making the directory: %w", err)
	}
	units, err := e.ids(conn, "/api/v1/units")
	if err != nil {
		return nil, nil, err
	}
	groups, err := e.ids(conn, "/api/v1/groups?limit=1000")
	if err != nil {
		return nil, nil, err
	}
	people, err := e.ids(conn, "/api/v1/people?limit=1000")
	if err != nil {
		return nil, nil, err
	}
	if err := e.settle(ctx, 3*time.Minute); err != nil {
		return nil, nil, err
	}
	// Beyond what the projection holds, the figures of learners are put together at leisure.
	e.logf("waiting until the figures of learners are put together")
	if err := e.together(ctx, 10*time.Minute); err != nil {
		return nil, nil, err
	}
	questions := e.pageQuestions(n, keys, units, groups, people)
	all, _, failed, err = e.askAll(ctx, conn, questions)
	return all, failed, err
}

// together waits until progress_learners has come as far as the statements.
func (e *Env) together(ctx context.Context, within time.Duration) error {
	for end := time.Now().Add(within); ; time.Sleep(time.Second) {
		var done uint8
		err := e.admin.QueryRow(ctx, `SELECT (SELECT argMax(stored, version) FROM progress_cursor WHERE name LIKE 'learners, %') >= (SELECT max(stored) FROM statements)`).Scan(&done)
		if err != nil || done == 1 {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("the figures of learners are not put together after %s", within)
		}
	}
}

// pageQuestions are the questions of the pages overview, course, group and learner.
func (e *Env) pageQuestions(n int64, keys int, units, groups, people []string) []lookup {
	r := rand.New(rand.NewPCG(e.opts.Seed, uint64(n)+1))
	last := time.UnixMicro(e.gen.Facts(uint64(n) - 1).Timestamp)
	recent, weeks := last.AddDate(0, 0, -30).Format(time.DateOnly), last.AddDate(0, 0, -12*7).Format(time.DateOnly)
	ask := func(path string, pairs ...string) []byte {
		v := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return e.get("/api/v1/progress/" + path + "?" + v.Encode())
	}
	// Courses of which much is known are looked at most.
	course := func() string { return e.gen.CourseID(e.gen.Facts(r.Uint64N(uint64(n))).Course) }
	of := func(kind string, next func() []byte) lookup {
		l := lookup{kind: kind}
		for range keys {
			l.queries = append(l.queries, next())
		}
		return l
	}
	unit := func() string { return units[r.IntN(len(units))] }
	group := func() string { return groups[r.IntN(len(groups))] }
	learner := func() string { return "learners/" + url.PathEscape(people[r.IntN(len(people))]) }
	inCourse := func() string { return "courses/" + url.PathEscape(course()) }
	return []lookup{
		of("overview: summary", func() []byte { return ask("summary", "from", recent) }),
		of("overview: summary of a unit", func() []byte { return ask("summary", "from", recent, "unit", unit()) }),
		of("overview: weeks", func() []byte { return ask("periods", "by", "week", "from", weeks) }),
		of("overview: weeks of a unit", func() []byte { return ask("periods", "by", "week", "from", weeks, "unit", unit()) }),
		of("overview: units", func() []byte { return ask("units", "from", recent) }),
		of("overview: groups", func() []byte { return ask("groups", "from", recent) }),
		of("overview: courses", func() []byte { return ask("courses", "limit", "50") }),
		of("overview: courses of a unit", func() []byte { return ask("courses", "limit", "50", "unit", unit()) }),
		of("course: figures", func() []byte { return ask(inCourse(), "from", recent) }),
		of("course: weeks", func() []byte { return ask("periods", "by", "week", "from", weeks, "course", course()) }),
		of("course: drop-off", func() []byte { return ask(inCourse() + "/drop-off") }),
		of("course: questions", func() []byte { return ask("questions", "course", course()) }),
		of("course: groups", func() []byte { return ask("groups", "course", course()) }),
		of("course: learners", func() []byte {
			return ask("learners", "course", course(), "sort", "name", "count", "true", "limit", "50")
		}),
		of("group: figures", func() []byte { return ask("groups", "group", group(), "from", recent) }),
		of("group: who needs support", func() []byte {
			return ask("learners", "group", group(), "kind", "at-risk", "sort", "last_activity", "limit", "50")
		}),
		of("group: members", func() []byte { return ask("learners", "group", group(), "sort", "name", "limit", "50") }),
		of("group: courses", func() []byte { return ask("courses", "group", group(), "limit", "50") }),
		of("learner: figures", func() []byte { return ask(learner()) }),
		of("learner: attempts", func() []byte { return ask(learner() + "/attempts") }),
	}
}

// ids are those of the things in a list.
func (e *Env) ids(conn *load.Conn, path string) (ids []string, err error) {
	answer, err := conn.Do(e.get(path))
	if err != nil || answer.Status != 200 {
		return nil, fmt.Errorf("%s: %d %v %.300s", path, answer.Status, err, answer.Body)
	}
	var page struct {
		Items []struct{ ID string }
	}
	if err := json.Unmarshal(answer.Body, &page); err != nil || len(page.Items) == 0 {
		return nil, fmt.Errorf("%s: nothing: %v", path, err)
	}
	for _, one := range page.Items {
		ids = append(ids, one.ID)
	}
	return ids, nil
}

// town brings units, people and groups into the directory. What is there stays as it is.
func (e *Env) town(conn *load.Conn) error {
	var units, people, groups strings.Builder
	units.WriteString("code;name;parent\n")
	for d := range departments {
		fmt.Fprintf(&units, "D%d;Dezernat %d;\n", d, d)
		for o := range officesOfEach {
			fmt.Fprintf(&units, "%d%02d;Amt %d%02d;D%d\n", d, o, d, o, d)
		}
	}
	const who = "staff;mbox;account;home_page"
	people.WriteString(who + ";name;unit\n")
	groups.WriteString("group;code;" + who + "\n")
	identity := func(i int) string {
		kind, rest, _ := strings.Cut(e.gen.Identifier(i), "|")
		if kind == "mbox" {
			return fmt.Sprintf("P%d;%s;;", i, strings.TrimPrefix(rest, "mailto:"))
		}
		home, name, _ := strings.Cut(rest, "|")
		return fmt.Sprintf("P%d;;%s;%s", i, name, home)
	}
	for i := range e.gen.Learners() {
		fmt.Fprintf(&people, "%s;Person %d;%d%02d\n", identity(i), i, i%departments, i/departments%officesOfEach)
	}
	for g := range courseRuns {
		for m := range sizeOfRun {
			fmt.Fprintf(&groups, "Durchgang %d;G%d;%s\n", g, g, identity((g*sizeOfRun+m)*3%e.gen.Learners()))
		}
	}
	for _, file := range []struct{ kind, text string }{{"units", units.String()}, {"people", people.String()}, {"groups", groups.String()}} {
		answer, err := conn.Do(fmt.Appendf(nil, "POST /api/v1/imports?kind=%s HTTP/1.1\r\n%sContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n%s", file.kind, e.head, len(file.text), file.text))
		if err != nil || answer.Status != 200 {
			return fmt.Errorf("%s: %d %v %.500s", file.kind, answer.Status, err, answer.Body)
		}
	}
	return nil
}
