package player

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/statements"
)

// maxCommit bounds what one request of the run-time page may have, in bytes. What
// is kept of an item may have catalog.MaxState.
const maxCommit = 3 << 20

// play is a launch that a request of the run-time page came with.
type play struct {
	launch *catalog.Launch
	course *catalog.Course
	item   *manifest.Item
	kind   manifest.Kind
}

// playing finds the launch of a request and the item that it names. It has
// answered when ok is false.
func (p *Player) playing(w http.ResponseWriter, r *http.Request) (pl play, ok bool) {
	l, course, err := p.opts.Catalog.Launched(r.Context(), r.PathValue("token"))
	if err != nil {
		p.refuse(w, err)
		return pl, false
	}
	v := versionOf(l, course)
	if v == nil {
		p.refuse(w, catalog.ErrNotFound)
		return pl, false
	}
	pl = play{launch: l, course: course, kind: v.Manifest.Kind}
	if id := r.URL.Query().Get("item"); id != "" {
		if pl.item = itemOf(v.Manifest, id); pl.item == nil {
			p.refuse(w, catalog.ErrNotFound)
			return pl, false
		}
	}
	return pl, true
}

// message is what the run-time page sends with every commit.
type message struct {
	Session uuid.UUID `json:"session"`
	Commit  int64     `json:"commit"`
	// Begins and Ends tell that content has called Initialize, and that its
	// session is over.
	Begins bool `json:"begins"`
	Ends   bool `json:"ends"`
	// Data is the run-time data as a whole, but for the elements of Keep, which
	// are as they were: what is sent while a page closes has to be small.
	Data json.RawMessage `json:"data"`
	Keep []string        `json:"keep"`
	// Said are the elements that content has set itself in this session.
	Said []string `json:"said"`
	Log  []Call   `json:"log"`
}

// commit takes what content stored. It answers in the words of the run-time
// library.
func (p *Player) commit(w http.ResponseWriter, r *http.Request) {
	pl, ok := p.playing(w, r)
	if !ok {
		return
	}
	// The content type says nothing: a beacon's is text/plain.
	var m message
	if !p.read(w, r, &m) {
		return
	}
	data, err := ParseCMI(m.Data)
	if pl.item == nil || pl.kind == manifest.H5P || err != nil || m.Session == uuid.Nil || m.Commit < 1 {
		problem(w, http.StatusBadRequest, "expected session, commit, item and data of a session")
		return
	}
	err = p.take(r.Context(), pl, m.Session, m.Commit, func(rec *record) error {
		p.apply(pl, rec, &m, data)
		return nil
	})
	if err != nil {
		p.refuse(w, err)
		return
	}
	answer(w, http.StatusOK, verdictOK)
}

// errElsewhere means that the item was opened again since.
var errElsewhere = errors.New("this was opened again in another window, which goes on with it")

// take keeps a commit, which apply makes the present of the record, and records
// what it says. One that came before, or that comes after the end of its session,
// changes nothing. The end of H5P is only that its window closed, which may show
// again.
func (p *Player) take(ctx context.Context, pl play, session uuid.UUID, commit int64, apply func(*record) error) error {
	if !kept(pl.launch) {
		return nil
	}
	rec, err := p.change(ctx, pl.launch, pl.item.ID, func(rec *record) (bool, error) {
		if rec.Session != session {
			return false, errElsewhere
		}
		if commit <= rec.Commit || rec.Ended && pl.kind != manifest.H5P {
			return false, nil
		}
		if len(rec.Pending) > 0 {
			if err := p.finish(ctx, pl, rec); err != nil {
				return false, err
			}
		}
		return true, apply(rec)
	})
	if err != nil {
		return err
	}
	if commit != rec.Commit {
		return nil // a late one: a later one has told all
	}
	// The commit is kept: who leaves now does not stop what follows from it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	return p.finish(ctx, pl, rec)
}

// finishTime bounds what follows from a commit that is kept.
const finishTime = 30 * time.Second

// finish brings what follows from the commit of a record to its end: where the
// registration stands, the statements, the documents. It may be done any number of
// times, and comes first when nobody knows whether it was.
func (p *Player) finish(ctx context.Context, pl play, rec *record) error {
	note := p.noteCommitted
	if pl.kind == manifest.H5P {
		note = p.noteTries
	}
	more, err := note(ctx, pl, rec)
	if err != nil {
		return err
	}
	if err := p.record(ctx, pl.launch, append(rec.Pending[:len(rec.Pending):len(rec.Pending)], more...)); err != nil {
		return err
	}
	return p.document(ctx, pl, rec)
}

// apply makes a commit the present of a record.
func (p *Player) apply(pl play, rec *record, m *message, data CMI) {
	for _, name := range m.Keep {
		if value := rec.Data[name]; value != "" {
			data[name] = value
		}
	}
	if rec.Said == nil {
		rec.Said = map[string]bool{}
	}
	for _, name := range m.Said {
		if len(rec.Said) < maxElements && len(name) <= 255 {
			rec.Said[name] = true
		}
	}
	s := p.session(pl, rec)
	s.Commit, s.Said, s.Told = m.Commit, rec.Said, rec.Told
	s.Begins, s.Ends = m.Begins && !rec.Live, m.Ends
	rec.Pending = nil
	if recorded(pl.launch) {
		rec.Pending = Translate(rec.Data, data, s)
	}
	if m.Ends {
		rec.tell(data)
	}
	rec.Data, rec.Commit, rec.Last = data, m.Commit, s.At.UnixMicro()
	if rec.First == 0 {
		rec.First = rec.Last
	}
	rec.Live = rec.Live || m.Begins
	rec.Begun = rec.Begun || rec.Live
	rec.Ended = m.Ends
	rec.remember(m.Log)
}

// tell notes the interactions without a result that the end made statements of.
func (r *record) tell(data CMI) {
	r.Told = map[string]bool{}
	for _, i := range data.array("cmi.interactions") {
		if i["result"] == "" {
			r.Told[i[index]] = true
		}
	}
}

func (p *Player) session(pl play, rec *record) Session {
	at := p.opts.Now()
	s := Session{
		Edition: pl.kind, Actor: pl.launch.Learner.Actor, Registration: pl.launch.Registration,
		Attempt: rec.Attempt, ID: rec.Session, Resumed: rec.Resumed, At: at,
		SCO:    activity(pl.course.ItemActivity(pl.item), typeLesson, pl.item.Title),
		Course: activity(pl.course.Activity, typeCourse, pl.course.Title),
	}
	if info := versionOf(pl.launch, pl.course).Manifest.H5P; pl.kind == manifest.H5P && info != nil {
		id := h5pLibraries + url.PathEscape(strings.TrimSuffix(info.MainLibrary+"-"+info.Version, "-"))
		s.Category = []Activity{{ObjectType: "Activity", ID: id}}
	}
	return s
}

// record records statements, if the launch is of those that are recorded.
func (p *Player) record(ctx context.Context, l *catalog.Launch, sts []Statement) error {
	if len(sts) == 0 || !recorded(l) {
		return nil
	}
	err := p.recordAll(ctx, l, sts)
	if !refused(err) {
		return err
	}
	// One of them is refused: the others count. What content keeps is kept anyway,
	// and no learner is held up by it.
	for i := range sts {
		if err := p.recordAll(ctx, l, sts[i:i+1]); refused(err) {
			p.opts.Logger.Warn("a statement of our own is not stored", zap.Stringer("statement", sts[i].ID), zap.String("verb", sts[i].Verb.ID), zap.Error(err))
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (p *Player) recordAll(ctx context.Context, l *catalog.Launch, sts []Statement) error {
	text, err := json.Marshal(sts)
	if err != nil {
		return err
	}
	return p.opts.Recorder.Record(ctx, l.Tenant, text)
}

// refused tells whether trying again changes nothing: the statement was deleted
// meanwhile, or breaks a rule of the tenant's own.
func refused(err error) bool {
	var conflict *catalog.Conflict
	var invalid *statements.Invalid
	return errors.As(err, &conflict) || errors.As(err, &invalid)
}

// course keeps where the learner is in the course, and for SCORM 2004 what the
// sequencing knows. The last one counts.
func (p *Player) course(w http.ResponseWriter, r *http.Request) {
	pl, ok := p.playing(w, r)
	if !ok {
		return
	}
	text, ok := p.body(w, r)
	if !ok {
		return
	}
	if !json.Valid(text) {
		problem(w, http.StatusBadRequest, "expected JSON")
		return
	}
	if kept(pl.launch) {
		if err := p.replace(r.Context(), pl.launch, courseItem, text); err != nil {
			p.refuse(w, err)
			return
		}
	}
	answer(w, http.StatusOK, verdictOK)
}

// courseItem is the place of what is kept of the course as a whole.
const courseItem = ""

// replace keeps data whatever was there.
func (p *Player) replace(ctx context.Context, l *catalog.Launch, item string, data []byte) error {
	for range rounds {
		_, version, err := p.opts.Catalog.State(ctx, l, item)
		if err != nil {
			return err
		}
		if _, err = p.opts.Catalog.KeepState(ctx, l, item, version, data); !errors.Is(err, catalog.ErrChanged) {
			return err
		}
	}
	return &catalog.Busy{RetryAfter: time.Second, Reason: "others are changing this attempt"}
}
