package player

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"path"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// memory is a small catalogue in memory, with one course, for tests of what a
// Player does with it.
type memory struct {
	mu         sync.Mutex
	course     *catalog.Course
	files      map[string][]byte
	launches   map[string]*catalog.Launch
	reg        catalog.Registration
	states     map[string][]byte
	versions   map[string]int64
	statements []map[string]any
	byID       map[string]bool
	documents  []Document
	fail       error // of the next Record
	seekable   bool
}

// learnerJSON is who learns in tests.
const learnerJSON = `{"objectType":"Agent","name":"Jana Muster","account":{"homePage":"https://id.example.org","name":"jana"}}`

// newMemory keeps a package of these files as its course.
func newMemory(t *testing.T, files map[string]string) *memory {
	t.Helper()
	m := &memory{
		files: map[string][]byte{}, launches: map[string]*catalog.Launch{}, states: map[string][]byte{},
		versions: map[string]int64{}, byID: map[string]bool{}, seekable: true,
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	known := map[string]catalog.File{}
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, text); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text))
		known[name] = catalog.File{Hash: hex.EncodeToString(sum[:]), Size: int64(len(text)), Type: mime.TypeByExtension(path.Ext(name))}
		m.files[name] = []byte(text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	m.course = &catalog.Course{Tenant: "default", ID: "test", Activity: "https://lernspur.example/courses/test",
		Title: manifest.Text{{Language: "en", Value: "Fire safety"}}, Current: 1,
		Versions: []catalog.Version{{Number: 1, Manifest: readPackage(t, packed.Bytes()), Files: known}}}
	m.reg = catalog.Registration{ID: uuid.New(), Tenant: "default", Course: "test", Version: 1, State: catalog.NotStarted,
		Learner: catalog.Learner{Actor: json.RawMessage(learnerJSON), Name: "Jana Muster"}}
	return m
}

func readPackage(t *testing.T, zipped []byte) *manifest.Package {
	t.Helper()
	a, err := archive.Zip(bytes.NewReader(zipped), int64(len(zipped)), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	p, err := manifest.Read(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Findings {
		if f.Severity == manifest.Error {
			t.Fatalf("the package is refused: %+v", f)
		}
	}
	return p
}

// launch makes a launch and answers its token.
func (m *memory) launch(item string, mode catalog.Mode, preview bool) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := &catalog.Launch{Token: "t" + hex.EncodeToString(uuid.New().NodeID()) + uuid.NewString(), ID: uuid.New(), Tenant: "default", Course: "test", Version: 1,
		Item: item, Registration: m.reg.ID, Learner: m.reg.Learner, Mode: mode, Expires: time.Now().Add(time.Hour).UnixMicro()}
	if preview {
		l.Registration = uuid.Nil
	}
	m.launches[l.Token] = l
	return l.Token
}

func (m *memory) Launched(_ context.Context, token string) (*catalog.Launch, *catalog.Course, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.launches[token]
	switch {
	case l == nil:
		return nil, nil, catalog.ErrNoLaunch
	case l.Expires < time.Now().UnixMicro():
		return nil, nil, catalog.ErrExpired
	}
	return l, m.course, nil
}

type seekable struct{ *bytes.Reader }

func (seekable) Close() error { return nil }

func (m *memory) OpenFile(_ context.Context, _, _ string, _ int, name string) (io.ReadCloser, catalog.File, error) {
	text, ok := m.files[name]
	if !ok {
		return nil, catalog.File{}, catalog.ErrNotFound
	}
	if !m.seekable {
		return io.NopCloser(io.MultiReader(bytes.NewReader(text))), m.course.Versions[0].Files[name], nil
	}
	return seekable{bytes.NewReader(text)}, m.course.Versions[0].Files[name], nil
}

func place(l *catalog.Launch, item string) string {
	if l.Preview() {
		return l.ID.String() + " " + item
	}
	return l.Registration.String() + " " + item
}

func (m *memory) State(_ context.Context, l *catalog.Launch, item string) ([]byte, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.states[place(l, item)], m.versions[place(l, item)], nil
}

func (m *memory) KeepState(_ context.Context, l *catalog.Launch, item string, version int64, data []byte) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := place(l, item)
	if m.versions[at] != version {
		return 0, catalog.ErrChanged
	}
	m.states[at], m.versions[at] = slices.Clone(data), version+1
	return version + 1, nil
}

func (m *memory) Registration(context.Context, string, uuid.UUID) (*catalog.Registration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.reg
	return &r, nil
}

func (m *memory) Note(_ context.Context, _ string, _ uuid.UUID, change func(*catalog.Registration) error) (*catalog.Registration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.reg
	r.Attempts = slices.Clone(r.Attempts)
	if err := change(&r); err != nil {
		return nil, err
	}
	m.reg = r
	return &r, nil
}

func (m *memory) Record(_ context.Context, _ string, text []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail; err != nil {
		m.fail = nil
		return err
	}
	var all []map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	for _, s := range all {
		if id := s["id"].(string); !m.byID[id] {
			m.byID[id] = true
			m.statements = append(m.statements, s)
		}
	}
	return nil
}

func (m *memory) Put(_ context.Context, _ string, d Document) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.documents = append(m.documents, d)
	return nil
}

// recorded are the statements since the nth, each as one line: verb, object,
// result.
func (m *memory) recorded(t *testing.T, from int) []string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	var lines []string
	for _, s := range m.statements[from:] {
		verb := path.Base(s["verb"].(map[string]any)["id"].(string))
		object := s["object"].(map[string]any)["id"].(string)
		line := verb + " " + object[len("https://lernspur.example/courses/"):]
		if r, ok := s["result"]; ok {
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			line += " " + string(text)
		}
		lines = append(lines, line)
	}
	return lines
}
