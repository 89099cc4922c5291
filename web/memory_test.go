package web

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/attendance"
	"lernspur/browse"
	"lernspur/catalog"
	"lernspur/catalog/api"
	"lernspur/documents"
	"lernspur/evaluation"
	"lernspur/report/desk"
	"lernspur/web/visitor"
)

// shelf keeps the records and files of a catalogue in memory.
type shelf struct {
	mu      sync.Mutex
	version int64
	records map[documents.Key]*documents.Document
	files   map[string][]byte
	fail    error // of everything that is asked
}

func (s *shelf) Change(_ context.Context, key documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	current := s.records[key]
	next, err := change(current)
	if err != nil || next == nil {
		return current, err
	}
	s.version++
	next.Key, next.Version = key, s.version
	if s.records[key] = next; next.Deleted {
		delete(s.records, key)
	}
	return next, nil
}

func (s *shelf) Document(_ context.Context, key documents.Key) (*documents.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records[key], s.fail
}

func (s *shelf) List(_ context.Context, r documents.Range) ([]*documents.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	order := func(a, b *documents.Document) int {
		return cmp.Or(bytes.Compare(a.Registration[:], b.Registration[:]), strings.Compare(a.ID, b.ID))
	}
	after := &documents.Document{Key: documents.Key{Registration: r.AfterRegistration, ID: r.AfterID}}
	var list []*documents.Document
	for _, d := range slices.SortedFunc(maps.Values(s.records), order) {
		if d.Shelf == r.Shelf && order(d, after) > 0 && (r.Registration == [16]byte{} || d.Registration == r.Registration) && len(list) < r.Limit {
			list = append(list, d)
		}
	}
	return list, s.fail
}

func (s *shelf) Hold(context.Context, string, []string) (func(), error) { return func() {}, nil }

func (s *shelf) Put(_ context.Context, _, hash string, r io.Reader, _ int64) (int64, error) {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[hash] = b
	return int64(len(b)), err
}

func (s *shelf) Open(_ context.Context, _, hash string) (io.ReadCloser, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.files[hash]
	if !ok {
		return nil, 0, catalog.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(b)), int64(len(b)), nil
}

func (s *shelf) Sweep(context.Context, string, time.Time, func(context.Context, string, []string) (map[string]bool, error)) (int, error) {
	return 0, nil
}

// Load and Replace implement evaluation.Records.
func (s *shelf) Load(_ context.Context, yield func(*documents.Document) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, d := range s.records {
		if key.Kind == documents.Evaluation {
			if err := yield(d); err != nil {
				return err
			}
		}
	}
	return s.fail
}

func (s *shelf) Replace(_ context.Context, at documents.Shelf, docs []*documents.Document) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	for _, d := range docs {
		s.version++
		d.Shelf, d.Version = at, s.version
		s.records[d.Key] = d
	}
	return nil
}

// Record forgets statements.
func (s *shelf) Record(context.Context, string, []byte) error { return s.fail }

// keyring are API keys in memory.
type keyring struct{ list []Key }

func (k *keyring) List(string) []Key { return k.list }
func (k *keyring) Scopes() []string {
	return []string{"all", "all/read", "statements/read", "statements/read/mine", "statements/write", "statements/void", "statements/void/mine", "state", "profile", "define", "content", "directory"}
}
func (k *keyring) Create(_ context.Context, _, label string, scopes []string) (Key, string, error) {
	key := Key{ID: "63h4uqx2icwv", Label: label, Scopes: scopes, Created: testNow.UnixMicro()}
	k.list = append(k.list, key)
	return key, "not-a-real-secret", nil
}
func (k *keyring) Revoke(_ context.Context, _, id string) error {
	for i := range k.list {
		if k.list[i].ID == id {
			k.list[i].Revoked = testNow.UnixMicro()
			return nil
		}
	}
	return ErrKey
}

// testNow is when tests look at pages.
var testNow = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// town is a site with a catalogue in memory.
type town struct {
	*Site
	shelf      *shelf
	catalog    *catalog.Service
	attendance *attendance.Service
	keys       *keyring
	figures    *figures
	sent       *sent
	evaluation *evaluation.Service
	desk       *desk.Desk
	said       *saidAlready
	people     *registry
	accounts   *clerk
	now        time.Time
	chosen     string   // language
	who        []string // the identifiers of whoever looks as a learner
}

func newTown(t testing.TB, content string) *town {
	t.Helper()
	w := &town{shelf: &shelf{records: map[documents.Key]*documents.Document{}, files: map[string][]byte{}}, keys: &keyring{}, figures: &figures{}, said: &saidAlready{}, now: testNow}
	clock := func() time.Time { return w.now }
	w.catalog = catalog.New(catalog.Dependencies{Records: w.shelf, Files: w.shelf, Spool: t.TempDir(), Now: clock})
	w.attendance = attendance.New(attendance.Dependencies{Records: w.shelf, Recorder: w.shelf, Catalog: w.catalog, Now: clock})
	w.sent = newSent(t, clock)
	var err error
	if w.evaluation, err = evaluation.Open(t.Context(), evaluation.Dependencies{Records: w.shelf, Now: clock}); err != nil {
		t.Fatal(err)
	}
	w.switches(t, evaluation.Everything)
	w.desk = desk.New(desk.Dependencies{Records: w.shelf, Engine: &machine{}, Press: press{}, Now: clock})
	t.Cleanup(w.desk.Close)
	w.people, w.accounts = newRegistry(t, clock), &clerk{}
	w.Site = New(Dependencies{
		Forwards: w.sent.forwards, Webhooks: w.sent.webhooks, Digests: w.sent.choices,
		Evaluation: w.evaluation,
		Directory:  w.people, Accounts: w.accounts,
		Statements: browse.New(browse.Options{Reader: w.said, Marks: w.said, People: inTown{}, Now: clock, Evaluated: func(ctx context.Context, tenant string) (browse.Evaluated, error) {
			on, err := w.evaluation.Of(ctx, tenant)
			return browse.Evaluated{Timelines: on.Missing(evaluation.Moments...) == "", Answers: on.Answers}, err
		}}),
		Reports: w.desk, Address: func(*http.Request) string { return "192.0.2.1" },
		Attendance: w.attendance, Progress: w.figures, Names: called{},
		Catalog: w.catalog, Transfer: api.New(api.Options{Catalog: w.catalog}), Keys: w.keys, Content: content,
		Link: func(token string) string { return content + "/launch/" + token }, Base: func() string { return "https://lrs.example" },
		Identifiers: func(context.Context, *visitor.Visitor) ([]string, error) { return w.who, nil },
		Learner: func(_ context.Context, v *visitor.Visitor) (catalog.Learner, error) {
			return catalog.Learner{Actor: []byte(`{"account":{"homePage":"https://lrs.example","name":"` + v.Account + `"}}`), Name: v.Name}, nil
		},
		Calls: func(_ context.Context, _ string, _ uuid.UUID, item string, number int) (*Calls, error) {
			if item != "one" || number != 2 {
				return nil, catalog.ErrNotFound
			}
			return &Calls{Calls: []Call{{At: 5e6, Call: "LMSInitialize", Result: "true"}, {At: 6.25e6, Call: "LMSSetValue", Element: "cmi.core.exit", Value: "<gone>", Result: "false", Error: "405"}}}, nil
		},
		SetLanguage: func(_ context.Context, _ *visitor.Visitor, lang string) error { w.chosen = lang; return nil },
		Now:         clock, Location: time.UTC,
	})
	return w
}

// switches switches on and off what may be told.
func (w *town) switches(t testing.TB, on evaluation.Settings) {
	t.Helper()
	var edits []evaluation.Edit
	for _, sw := range evaluation.Switches {
		edits = append(edits, evaluation.Edit{Switch: sw, On: on.On(sw), Ground: "Dienstvereinbarung 7"})
	}
	if _, err := w.evaluation.Change(t.Context(), "default", "m.muster", -1, edits); err != nil {
		t.Fatal(err)
	}
}

// as is the site for a visitor who has roles; nobody without any.
func (w *town) as(roles ...visitor.Role) http.Handler { return w.asAccount("m.muster", roles...) }

func (w *town) asAccount(account string, roles ...visitor.Role) http.Handler {
	if len(roles) == 0 {
		return w
	}
	v := &visitor.Visitor{Tenant: "default", Account: account, Name: "Maria Muster", Person: "maria", Roles: roles, Groups: []string{"g1"}, Guard: "guard-word"}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.ServeHTTP(rw, r.WithContext(visitor.With(r.Context(), v)))
	})
}

// zipped is a package of these files.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(f, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fireSafety is a package of SCORM 1.2 with two parts and a note or two.
func fireSafety() map[string]string {
	return map[string]string{
		"imsmanifest.xml": `<?xml version="1.0"?>
<manifest identifier="fire" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="org"><organization identifier="org"><title>Brandschutz im Rathaus</title>
<item identifier="one" identifierref="r1"><title>Verhalten im Brandfall</title></item>
<item identifier="two" identifierref="r2"><title>Abschlusstest</title><adlcp:masteryscore>80</adlcp:masteryscore></item>
</organization></organizations>
<resources><resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="One.html"><file href="one.html"/><file href="picture.png"/></resource>
<resource identifier="r2" type="webcontent" adlcp:scormtype="sco" href="two.html"><file href="two.html"/></resource></resources></manifest>`,
		"one.html": "<!doctype html><title>one</title>", "two.html": "<!doctype html><title>two</title>",
	}
}

// replaceTitle gives a manifest of fireSafety another title.
func replaceTitle(manifest, title string) string {
	return strings.Replace(manifest, "Brandschutz im Rathaus", title, 1)
}
