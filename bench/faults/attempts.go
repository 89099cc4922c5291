//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"lernspur/bench/scorm"
	"lernspur/internal/failpoint"
)

// AttemptKills are the kills of the short form: one within each gap of the commit
// path and one at any moment.
func AttemptKills() []string { return append([]string{"any moment"}, failpoint.Places...) }

// Attempts kills the server while learners play SCORM, once for each of kills: a
// place of the commit path, or any other word for any moment. Half of the learners
// go on in the window that they have, which sends what is in doubt until it is
// answered; the others open the part again. What they tell of broken promises is
// the answer; the error says that nothing could be found out.
func Attempts(ctx context.Context, dir, binary string, learners int, kills []string, seed uint64, out io.Writer) (problems []string, err error) {
	rng := rand.New(rand.NewPCG(seed, 3))
	s, err := newSeries(dir, "attempts", binary, 0, rng)
	if err != nil {
		return nil, err
	}
	port, err := freePort(rng)
	if err != nil {
		return nil, errors.Join(err, s.end(false))
	}
	// Launches lead to this address, over all starts.
	s.server.env = append(s.server.env, "LERNSPUR_CONTENT_ADDR="+net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	c := &class{server: s.server, rng: rng, out: out}
	err = c.run(ctx, learners, kills)
	return c.problems, errors.Join(err, s.end(err != nil || len(c.problems) > 0))
}

// class are learners who play at one server.
type class struct {
	server *server
	rng    *rand.Rand
	out    io.Writer
	place  *scorm.Place
	pupils []*pupil

	mu       sync.Mutex
	problems []string
}

func (c *class) problem(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

func (c *class) run(ctx context.Context, learners int, kills []string) error {
	if err := c.server.start(); err != nil {
		return err
	}
	c.place = &scorm.Place{URL: "http://" + c.server.addr, Key: apiKey, Secret: apiSecret,
		Client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: learners}}}
	course, err := c.place.Upload(ctx)
	if err != nil {
		return err
	}
	playing, stop := context.WithCancel(ctx)
	defer stop()
	var done sync.WaitGroup
	for i := range learners {
		l, err := c.place.Learner(ctx, course, "learner-"+strconv.Itoa(i))
		if err != nil {
			return err
		}
		p := &pupil{Learner: l, class: c, name: strconv.Itoa(i), stays: i%2 == 0}
		c.pupils = append(c.pupils, p)
		done.Go(func() { p.play(ctx, playing.Done()) })
	}
	err = c.kills(kills)
	stop()
	done.Wait()
	if err != nil {
		return err
	}
	for _, p := range c.pupils {
		if err := p.judge(ctx); err != nil {
			return err
		}
	}
	clean, output, err := c.server.verify()
	if err == nil && !clean {
		c.problem("lernspur verify: %s", output)
	}
	return err
}

// kills ends the server again and again, amid of commits.
func (c *class) kills(kills []string) error {
	for _, place := range kills {
		time.Sleep(300*time.Millisecond + time.Duration(c.rng.IntN(400))*time.Millisecond)
		held := false
		for _, known := range failpoint.Places {
			held = held || place == known
		}
		if held {
			if err := c.server.control.Arm(place, hold); err != nil {
				return err
			}
			if !c.server.control.Await(30 * time.Second) {
				return fmt.Errorf("nothing passed the place %q within 30 s", place)
			}
		}
		c.server.kill()
		if held && c.server.control.Over() {
			return fmt.Errorf("the place %q was let go before the server was dead", place)
		}
		fmt.Fprintf(c.out, "killed at: %s\n", place)
		if err := c.server.start(); err != nil {
			return err
		}
	}
	time.Sleep(300 * time.Millisecond)
	return nil
}

// pupil is a learner who knows what was acknowledged.
type pupil struct {
	*scorm.Learner
	class *class
	name  string
	stays bool // in the window, when the server is away

	attempt  string
	acked    int // the step of the last commit that was acknowledged
	commits  int // acknowledged
	losses   int // of the server
	resumed  int // beginnings of a session that went on, acknowledged
	maybe    int // those of which nobody knows
	finished bool
}

// tries is how long a learner waits for the server, at 50 ms each.
const tries = 1200

// play goes through the part step by step until stop, and ends it then.
func (p *pupil) play(ctx context.Context, stop <-chan struct{}) {
	if err := p.open(ctx); err != nil {
		p.class.problem("learner %s: %v", p.name, err)
		return
	}
	for ending := false; !ending; {
		select {
		case <-stop:
			ending = true
		case <-time.After(time.Duration(20+len(p.name)*7) * time.Millisecond):
		}
		step := p.Next
		if ending {
			step = p.End
		}
		if err := p.settle(ctx, step(ctx), ending); err != nil {
			p.class.problem("learner %s after step %d: %v", p.name, p.acked, err)
			return
		}
	}
	p.finished = true
}

// settle makes good what a commit that was not acknowledged left open.
func (p *pupil) settle(ctx context.Context, err error, ending bool) error {
	if err == nil {
		p.acked, p.commits = p.Step, p.commits+1
		return nil
	}
	p.losses++
	if p.stays || ending {
		if err := p.again(ctx, err, func() error { return p.Again(ctx) }); err != nil {
			return err
		}
		p.acked, p.commits = p.Step, p.commits+1
		return nil
	}
	return p.open(ctx)
}

// again tries until the server is there. Answers other than that it is busy are
// errors.
func (p *pupil) again(ctx context.Context, err error, do func() error) error {
	for range tries {
		var status scorm.Status
		if err == nil || errors.As(err, &status) && status < 500 || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
		err = do()
	}
	return err
}

// open opens the part, and holds what comes back against what was acknowledged.
func (p *pupil) open(ctx context.Context) error {
	tried, first := p.Step, p.attempt == ""
	for {
		var data map[string]string
		err := p.again(ctx, errors.New("not opened yet"), func() (err error) {
			data, err = p.Open(ctx)
			return err
		})
		if err != nil {
			return err
		}
		if first && p.Step == 0 {
			p.attempt = p.Attempt
		}
		if err := p.holds(data, tried, first); err != nil {
			return err
		}
		p.acked, tried = p.Step, p.Step
		// The first commit tells that content has begun, before anything is stored.
		if err = p.Begin(ctx); err == nil {
			if p.commits++; !first {
				p.resumed++
			}
			return nil
		}
		if p.losses++; p.stays {
			err = p.again(ctx, err, func() error { return p.Again(ctx) })
			if p.commits++; !first {
				p.resumed++
			}
			return err
		}
		if !first {
			p.maybe++
		}
		// Whether content has begun at all is not known: the next opening begins, or
		// goes on.
		if first {
			p.maybe, p.attempt = p.maybe+1, ""
		}
	}
}

// holds compares run-time data with what was stored: the last step that was
// acknowledged or, where the outcome was open, the one after it.
func (p *pupil) holds(data map[string]string, tried int, first bool) error {
	switch {
	case p.Step != p.acked && p.Step != tried:
		return fmt.Errorf("step %d came back; %d was acknowledged and %d tried", p.Step, p.acked, tried)
	case p.attempt != "" && p.Attempt != p.attempt:
		return errors.New("the attempt is another one")
	case !first && data["cmi.core.entry"] != "resume":
		return fmt.Errorf("entry is %q", data["cmi.core.entry"])
	case p.Step == 0:
		return nil
	case data["cmi.suspend_data"] != scorm.SuspendData(p.Step), data["cmi.core.lesson_location"] != "page "+strconv.Itoa(p.Step):
		return fmt.Errorf("of step %d another location or other suspend_data came back", p.Step)
	}
	for i := range scorm.Answers(p.Step) {
		if data[fmt.Sprintf("cmi.interactions.%d.id", i)] != "q-"+strconv.Itoa(i) {
			return fmt.Errorf("answer %d did not come back", i)
		}
	}
	if _, more := data[fmt.Sprintf("cmi.interactions.%d.id", scorm.Answers(p.Step))]; more {
		return errors.New("an answer came back that was not given")
	}
	return nil
}

// judge holds the statements of the registration against what was played: none is
// missing, none is there twice.
func (p *pupil) judge(ctx context.Context) error {
	if !p.finished {
		return nil // that was said
	}
	all, err := p.class.place.Statements(ctx, p.Registration)
	if err != nil {
		return err
	}
	got := map[string]int{}
	for _, st := range all {
		_, verb, _ := strings.Cut(st.Verb.ID, "/verbs/")
		_, question, _ := strings.Cut(st.Object.ID, "/interaction/")
		if question == "" && !strings.Contains(st.Object.ID, "/item/") {
			question = "course"
		}
		got[verb+" "+question]++
	}
	want := map[string]int{"initialized ": 1, "scored ": 1, "passed ": 1, "terminated ": 1, "completed course": 1, "passed course": 1}
	for i := range scorm.Answers(p.Step) {
		want["responded q-"+strconv.Itoa(i)] = 1
	}
	if n := got["resumed "]; n < p.resumed || n > p.resumed+p.maybe {
		p.class.problem("learner %s: %d statements resumed; %d were acknowledged and %d in doubt", p.name, n, p.resumed, p.maybe)
	}
	// Every session but the last was left without an end, and the next opening said so.
	if n := got["suspended "]; n != got["resumed "] {
		p.class.problem("learner %s: %d statements suspended, and %d resumed", p.name, n, got["resumed "])
	}
	delete(got, "resumed ")
	delete(got, "suspended ")
	for name, n := range want {
		if got[name] != n {
			p.class.problem("learner %s: %d statements %q, not %d", p.name, got[name], name, n)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		p.class.problem("learner %s: statements that nothing led to: %v", p.name, got)
	}
	if p.commits < 2 {
		p.class.problem("learner %s came to nothing", p.name)
	}
	fmt.Fprintf(p.class.out, "learner %s: step %d, %d commits acknowledged, %d lost their answer, %d sessions went on, %d statements\n",
		p.name, p.Step, p.commits, p.losses, p.resumed, len(all))
	return nil
}

// BuildServer builds a server that can be held at the places of the commit path.
func BuildServer(dir string) (binary string, err error) {
	c := &campaign{dir: filepath.Clean(dir)}
	err = c.prepare()
	return c.binary, err
}
