package scorm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Learner is a learner who plays. One goroutine uses it.
type Learner struct {
	Registration string
	// Step is how far content is, and Attempt and Session what the server says they
	// are.
	Step             int
	Attempt, Session string

	client *http.Client
	run    string // where the run-time page speaks to, with a slash at its end
	commit int
	last   []byte // the last commit
}

// stepsOfAnAnswer is how many steps lie between answers to questions.
const stepsOfAnAnswer = 2

// Answers is how many questions were answered after a step.
func Answers(step int) int { return step / stepsOfAnAnswer }

// SuspendData is what content keeps after a step: some 2 to 4 kB, as authoring tools
// write them.
func SuspendData(step int) string {
	text := "step=" + strconv.Itoa(step) + ";"
	return text + strings.Repeat("viewed:"+strconv.Itoa(step*7919%997)+"|", 200+step%60*5)
}

// Status is an answer other than success.
type Status int

func (s Status) Error() string { return "the server answered " + strconv.Itoa(int(s)) }

func (l *Learner) post(ctx context.Context, path string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.run+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	answer, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = Status(answer.StatusCode)
	}
	return text, err
}

// Open opens the part. data is the run-time data that content begins with, and the
// Step is what they say.
func (l *Learner) Open(ctx context.Context) (data map[string]string, err error) {
	text, err := l.post(ctx, "open?item="+item, nil)
	if err != nil {
		return nil, err
	}
	var opened struct {
		Session, Attempt string
		Data             map[string]string
	}
	if err := json.Unmarshal(text, &opened); err != nil {
		return nil, err
	}
	l.Session, l.Attempt, l.commit, l.Step = opened.Session, opened.Attempt, 0, 0
	if kept := opened.Data["cmi.suspend_data"]; kept != "" {
		number, _, _ := strings.Cut(strings.TrimPrefix(kept, "step="), ";")
		if l.Step, err = strconv.Atoi(number); err != nil {
			return nil, fmt.Errorf("the suspend_data that came back begin with %.20q", kept)
		}
	}
	return opened.Data, nil
}

// Begin is the commit with which content begins: it stores nothing new.
func (l *Learner) Begin(ctx context.Context) error { return l.store(ctx, false) }

// Next goes a step on and stores it.
func (l *Learner) Next(ctx context.Context) error {
	l.Step++
	return l.store(ctx, false)
}

// End goes a step on, passes, and ends the session.
func (l *Learner) End(ctx context.Context) error {
	l.Step++
	return l.store(ctx, true)
}

// Again sends the last commit once more, as the run-time page does while it does not
// know whether it arrived.
func (l *Learner) Again(ctx context.Context) error {
	_, err := l.post(ctx, "commit?item="+item, l.last)
	return err
}

type object = map[string]any

func (l *Learner) store(ctx context.Context, ends bool) error {
	l.commit++
	core := object{"lesson_location": "page " + strconv.Itoa(l.Step), "lesson_status": "incomplete", "exit": "suspend", "session_time": clock(l.commit),
		"score": object{"raw": "", "min": "", "max": "100"}, "student_id": "", "student_name": "", "credit": "credit", "entry": "", "lesson_mode": "normal"}
	if l.Step == 0 {
		core["lesson_location"] = ""
	}
	if ends {
		core["lesson_status"], core["exit"], core["score"] = "passed", "", object{"raw": "90", "min": "0", "max": "100"}
	}
	answers := make([]object, Answers(l.Step))
	for i := range answers {
		answers[i] = object{"id": "q-" + strconv.Itoa(i), "type": "choice", "time": "10:00:00", "weighting": "1", "latency": "00:00:07",
			"student_response": "b", "result": "correct", "correct_responses": []object{{"pattern": "b"}}, "objectives": object{}}
	}
	cmi := object{"core": core, "interactions": answers, "objectives": []object{}, "comments": "", "launch_data": ""}
	if l.Step > 0 {
		cmi["suspend_data"] = SuspendData(l.Step)
	}
	now := time.Now().UnixMilli()
	calls := make([]object, 8)
	for i := range calls {
		calls[i] = object{"at": now, "call": "LMSSetValue", "element": "cmi.core.lesson_location", "value": "page " + strconv.Itoa(l.Step), "result": "true"}
	}
	var err error
	l.last, err = json.Marshal(object{"session": l.Session, "commit": l.commit, "begins": true, "ends": ends, "data": object{"cmi": cmi},
		"said": []string{"cmi.core.session_time"}, "log": calls})
	if err != nil {
		return err
	}
	return l.Again(ctx)
}

// clock is a time span of ten seconds for each commit, as SCORM 1.2 writes it.
func clock(commits int) string {
	s := commits * 10
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}
