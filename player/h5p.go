package player

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"lernspur/content/manifest"
)

const (
	// maxEvents bounds the events of one message, and maxEvent one of them, in
	// bytes of JSON.
	maxEvents = 200
	maxEvent  = 64 << 10
	// maxPending bounds all of one message together.
	maxPending = 1 << 20
	// maxUserData bounds what H5P content keeps, in bytes.
	maxUserData = 1 << 20
	// maxBurst is how many events may come at once, eventRate how many in a second
	// in the long run.
	maxBurst  = 600
	eventRate = 10
)

// UserData is what H5P content keeps: JSON by sub-content ("0": the content
// itself), then by name.
type UserData map[string]map[string]string

func (d UserData) size() (n int) {
	for part, all := range d {
		n += len(part)
		for name, text := range all {
			n += len(name) + len(text)
		}
	}
	return n
}

// h5pRecord is what a record has beyond that of SCORM.
type h5pRecord struct {
	State UserData `json:"state,omitempty"`
	// Opened is when the session began, in microseconds, and Last the number of
	// its last event that was taken.
	Opened int64 `json:"opened"`
	Last   int64 `json:"last,omitempty"`
	// Outcomes are the verbs by which the current attempt has come to a result.
	Outcomes map[string]bool `json:"outcomes,omitempty"`
	// Begun counts the attempts that began within a session.
	Begun int `json:"begun,omitempty"`
	// Tries are what the last commit says about attempts.
	Tries []try `json:"tries,omitempty"`
	// Allowance is how many events may come now, as of Counted (microseconds).
	Allowance float64 `json:"allowance"`
	Counted   int64   `json:"counted"`
}

// try is what is known of an attempt. Instants are in microseconds.
type try struct {
	Attempt    uuid.UUID `json:"attempt"`
	Started    int64     `json:"started"`
	Ended      int64     `json:"ended,omitempty"`
	Completion *bool     `json:"completion,omitempty"`
	Success    *bool     `json:"success,omitempty"`
	Score      *Score    `json:"score,omitempty"`
}

// h5p is never nil.
func (r *record) h5p() *h5pRecord {
	if r.H5P == nil {
		return &h5pRecord{}
	}
	return r.H5P
}

// tooMany means that content says more than can be taken.
type tooMany struct{ wait time.Duration }

func (e *tooMany) Error() string {
	return fmt.Sprintf("the content sends more than %d events a second; try again in %s", eventRate, e.wait.Round(time.Second))
}

// spend takes n events off the allowance.
func (h *h5pRecord) spend(n int, now time.Time) error {
	passed := max(0, float64(now.UnixMicro()-h.Counted)/1e6)
	allowance := min(maxBurst, h.Allowance+passed*eventRate)
	if float64(n) > allowance {
		return &tooMany{time.Duration((float64(n) - allowance) / eventRate * float64(time.Second))}
	}
	h.Allowance, h.Counted = allowance-float64(n), now.UnixMicro()
	return nil
}

// h5pSetup is what the page around H5P content is told, as JSON.
type h5pSetup struct {
	// Run is where messages go, Content where files are and Assets where ours are,
	// with a slash at the end; Frame is the page within.
	Run     string `json:"run"`
	Content string `json:"content"`
	Assets  string `json:"assets"`
	Frame   string `json:"frame"`
	Item    string `json:"item"`
	Course  string `json:"course"`
	// Activity is the IRI of the course.
	Activity  string `json:"activity"`
	Title     string `json:"title"`
	Language  string `json:"language"`
	Learner   string `json:"learner"`
	Preview   bool   `json:"preview"`
	Keeps     bool   `json:"keeps"`
	ReturnURL string `json:"returnUrl,omitempty"`
	// Words are ours, Core those of the H5P core.
	Words map[string]string `json:"words"`
	Core  map[string]string `json:"core"`
}

// playH5P answers the page around H5P content.
func (p *Player) playH5P(w http.ResponseWriter, r *http.Request, pl play) {
	if pl.item == nil {
		p.page(w, r, http.StatusNotFound, "nothing")
		return
	}
	text := wordsFor(r)
	assets := "/player/" + assetVersion + "/"
	title := pl.course.Title.In(text.Language)
	language := "en"
	if all := versionOf(pl.launch, pl.course).Manifest.Languages; len(all) > 0 {
		language = all[0]
	}
	_, name := learner(pl.launch)
	p.render(w, http.StatusOK, "h5p.html", struct {
		Words words
		Title string
		Setup h5pSetup
		Asset string
	}{text, title, h5pSetup{
		Run: "/run/" + pl.launch.Token + "/", Content: "/content/" + pl.launch.Token + "/", Assets: assets, Frame: assets + "h5p/frame.html",
		Item: pl.item.ID, Course: pl.course.ID, Activity: pl.course.ItemActivity(pl.item), Title: title, Language: language, Learner: name,
		Preview: !recorded(pl.launch), Keeps: kept(pl.launch), ReturnURL: returnURL(pl.launch), Words: text.Script, Core: text.H5P,
	}, assets})
}

// h5pMessage is what the page around H5P content sends.
type h5pMessage struct {
	Session uuid.UUID  `json:"session"`
	Commit  int64      `json:"commit"`
	Events  []h5pEvent `json:"events"`
	// State is what content keeps, as a whole; nil when it has not changed.
	State UserData `json:"state"`
	// Ends tells that the window closes.
	Ends bool `json:"ends"`
}

// h5pEvent is a statement that content made.
type h5pEvent struct {
	// N numbers the events of a session from 1.
	N int64 `json:"n"`
	// Age is how long ago it was, in milliseconds.
	Age       int64           `json:"age"`
	Statement json.RawMessage `json:"statement"`
}

func (m *h5pMessage) check() (problem string, status int) {
	total := 0
	for i, e := range m.Events {
		if e.N < 1 || i > 0 && e.N <= m.Events[i-1].N {
			return "expected events with rising numbers", http.StatusBadRequest
		}
		if total += len(e.Statement); len(e.Statement) > maxEvent {
			return fmt.Sprintf("expected statements of %d bytes at most", maxEvent), http.StatusRequestEntityTooLarge
		}
	}
	switch {
	case m.Session == uuid.Nil || m.Commit < 1:
		return "expected session and commit", http.StatusBadRequest
	case len(m.Events) > maxEvents || total > maxPending:
		return fmt.Sprintf("expected %d events of %d bytes together at most", maxEvents, maxPending), http.StatusRequestEntityTooLarge
	case m.State.size() > maxUserData:
		return fmt.Sprintf("content can keep %d bytes", maxUserData), http.StatusRequestEntityTooLarge
	}
	return "", 0
}

// events takes what H5P content said and what it keeps.
func (p *Player) events(w http.ResponseWriter, r *http.Request) {
	pl, ok := p.playing(w, r)
	if !ok {
		return
	}
	var m h5pMessage
	if !p.read(w, r, &m) {
		return
	}
	if pl.item == nil || pl.kind != manifest.H5P {
		problem(w, http.StatusBadRequest, "expected an item of H5P")
		return
	}
	if text, status := m.check(); text != "" {
		problem(w, status, text)
		return
	}
	err := p.take(r.Context(), pl, m.Session, m.Commit, func(rec *record) error { return p.applyEvents(pl, rec, &m) })
	if err != nil {
		p.refuse(w, err)
		return
	}
	answer(w, http.StatusOK, verdictOK)
}

// maxTries is how many attempts may begin within a session: content that tells an
// outcome with every click would fill the registration.
const maxTries = 50

// applyEvents makes a message the present of a record.
func (p *Player) applyEvents(pl play, rec *record, m *h5pMessage) error {
	now := p.opts.Now()
	if rec.H5P == nil {
		rec.H5P = &h5pRecord{Allowance: maxBurst, Opened: now.UnixMicro()}
	}
	h := rec.H5P
	if err := h.spend(len(m.Events), now); err != nil {
		return err
	}
	if m.State != nil {
		h.State = m.State
	}
	rec.Pending, h.Tries = nil, nil
	if len(m.Events) > 0 || m.Ends {
		h.Tries = []try{{Attempt: rec.Attempt, Started: rec.Started}}
	}
	for _, e := range m.Events {
		if e.N <= h.Last {
			continue
		}
		h.Last = e.N
		at := now.Add(-min(max(0, time.Duration(e.Age)), 48*60*60*1000) * time.Millisecond)
		if opened := time.UnixMicro(h.Opened); at.Before(opened) {
			at = opened
		}
		p.applyEvent(pl, rec, &e, at)
	}
	rec.Commit, rec.Ended = m.Commit, m.Ends
	if m.Ends {
		h.Tries[len(h.Tries)-1].Ended = now.UnixMicro()
	}
	return nil
}

// applyEvent adds the statement of an event.
func (p *Player) applyEvent(pl play, rec *record, e *h5pEvent, at time.Time) {
	h := rec.H5P
	said, err := readH5P(e.Statement, pl.course.ItemActivity(pl.item))
	call := Call{At: at.UnixMilli(), Call: "xAPI", Result: "true"}
	if err != nil {
		call.Result, call.Error = "false", err.Error()
		rec.remember([]Call{call})
		return
	}
	call.Element, call.Value = said.Part, said.Verb.ID
	rec.remember([]Call{call})
	rec.Begun = true
	if said.outcome() {
		if h.Outcomes[said.word()] && h.Begun < maxTries {
			// It has come to this result before: the learner tried again.
			h.Tries[len(h.Tries)-1].Ended = at.UnixMicro()
			rec.Attempt, rec.Number, rec.Started = uuid.New(), rec.Number+1, at.UnixMicro()
			h.Tries = append(h.Tries, try{Attempt: rec.Attempt, Started: rec.Started})
			h.Outcomes = nil
			h.Begun++
		}
		if h.Outcomes == nil {
			h.Outcomes = map[string]bool{}
		}
		h.Outcomes[said.word()] = true
		h.Tries[len(h.Tries)-1].learn(said)
	}
	if recorded(pl.launch) {
		s := p.session(pl, rec)
		s.At = at
		rec.Pending = append(rec.Pending, said.statement(&s, e.N))
	}
}

// learn takes over what an outcome says; what it does not say stays.
func (y *try) learn(said *h5pStatement) {
	v := said.verdict()
	if v.completion != nil {
		y.Completion = v.completion
	}
	if v.success != nil {
		y.Success = v.success
	}
	if said.Result != nil && said.Result.Score != nil {
		y.Score = said.Result.Score
	}
}
