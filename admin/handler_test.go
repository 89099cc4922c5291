package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"lernspur/directory"
	"lernspur/statements"
	"lernspur/verify"
)

// fakeWriter keeps what is committed, by id.
type fakeWriter struct {
	kept    map[uuid.UUID][16]byte
	commits int
	errs    []error // answered first
}

func (f *fakeWriter) Commit(_ context.Context, _ string, sts []*statements.Statement) error {
	f.commits++
	if len(f.errs) > 0 {
		err := f.errs[0]
		f.errs = f.errs[1:]
		return err
	}
	for i, s := range sts {
		if d, ok := f.kept[s.ID]; ok && d != s.Digest {
			return &Conflict{Index: i, ID: s.ID}
		}
	}
	for _, s := range sts {
		f.kept[s.ID] = s.Digest
	}
	return nil
}

func (f *fakeWriter) Wait(context.Context) (int64, error) { return 1000, nil }

type fakeKeys struct{ Keys }

func (fakeKeys) List(tenant string) []directory.KeyRecord {
	return []directory.KeyRecord{
		{ID: "old", Tenant: tenant, Authority: `{"mbox":"mailto:old@example.org"}`, Revoked: 1},
		{ID: "ended", Tenant: tenant, Authority: `{"mbox":"mailto:ended@example.org"}`, Binding: directory.Binding{Expires: 1}},
		{ID: "key", Tenant: tenant, Authority: `{"mbox":"mailto:key@example.org"}`},
	}
}

func element(id, verb string) []byte {
	return fmt.Appendf(nil, `{"id":"00000000-0000-4000-8000-00000000000%s","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"http://example.org/%s"},"object":{"id":"http://example.org/o"}}`, id, verb)
}

func TestImportBatch(t *testing.T) {
	bad := []byte(`{"actor":{}}`)
	tests := []struct {
		name      string
		batch     [][]byte
		keepGoing bool
		accepted  int
		failures  []int
		kept      string
	}{
		{"all good", [][]byte{element("1", "v"), element("2", "v")}, false, 2, nil, "12"},
		{"empty", nil, false, 0, nil, ""},
		{"stops at a bad one", [][]byte{element("1", "v"), bad, element("2", "v")}, false, 1, []int{1}, "1"},
		{"goes on", [][]byte{element("1", "v"), bad, element("2", "v"), bad}, true, 2, []int{1, 3}, "12"},
		{"stops at a conflict", [][]byte{element("1", "v"), element("9", "other"), element("2", "v")}, false, 1, []int{1}, "1"},
		{"goes on behind a conflict", [][]byte{element("1", "v"), element("9", "other"), element("2", "v")}, true, 2, []int{1}, "12"},
		{"a conflict before a bad one", [][]byte{element("1", "v"), element("9", "other"), bad}, false, 1, []int{1}, "1"},
		{"the same again", [][]byte{element("1", "v"), element("1", "v"), element("9", "stored")}, false, 3, nil, "1"},
		{"the same again in one that conflicts", [][]byte{element("9", "other"), element("1", "v"), element("9", "other")}, true, 1, []int{0, 2}, "1"},
		{"two contents in one batch", [][]byte{element("1", "v"), element("1", "w"), element("2", "v")}, true, 2, []int{1}, "12"},
		{"a damaged one cannot reach into the next", [][]byte{[]byte(`{"a":"`), element("1", "v"), []byte(`"}`)}, true, 1, []int{0, 2}, "1"},
		{"two in one", [][]byte{append(append(element("1", "v"), ','), element("2", "v")...)}, true, 0, []int{0}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &fakeWriter{kept: map[uuid.UUID][16]byte{}}
			c := Local(Handler(Services{Keys: fakeKeys{}, Writer: w}, nil))
			defer c.Close()
			if _, err := c.Import(t.Context(), ImportRequest{Tenant: "t", Edition: statements.V1}, [][]byte{element("9", "stored")}); err != nil {
				t.Fatal(err)
			}
			got, err := c.Import(t.Context(), ImportRequest{Tenant: "t", Edition: statements.V1, KeepGoing: test.keepGoing}, test.batch)
			if err != nil {
				t.Fatal(err)
			}
			var failures []int
			for _, f := range got.Failures {
				failures = append(failures, f.Index)
				if f.Message == "" {
					t.Errorf("failure %d does not say why", f.Index)
				}
			}
			if got.Accepted != test.accepted || !slices.Equal(failures, test.failures) {
				t.Errorf("accepted %d, failures %v, want %d, %v", got.Accepted, failures, test.accepted, test.failures)
			}
			var kept []string
			for id := range w.kept {
				if last := id.String()[35:]; last != "9" {
					kept = append(kept, last)
				}
			}
			slices.Sort(kept)
			if strings.Join(kept, "") != test.kept {
				t.Errorf("kept %v, want %s", kept, test.kept)
			}
		})
	}
}

func TestImportErrors(t *testing.T) {
	w := &fakeWriter{kept: map[uuid.UUID][16]byte{}, errs: []error{
		&Busy{RetryAfter: 1500 * time.Millisecond, Reason: "the disk of the log is full"}, errors.New("something else")}}
	c := Local(Handler(Services{Keys: fakeKeys{}, Writer: w}, nil))
	defer c.Close()
	ask := ImportRequest{Tenant: "t", Edition: statements.V1}
	_, err := c.Import(t.Context(), ask, [][]byte{element("1", "v")})
	var busy *Busy
	if !errors.As(err, &busy) || busy.RetryAfter != 2*time.Second || busy.Reason != "the disk of the log is full" {
		t.Errorf("busy: %v", err)
	}
	if _, err := c.Import(t.Context(), ask, [][]byte{element("1", "v")}); err == nil || err.Error() != "something else" {
		t.Errorf("another error: %v", err)
	}
	for want, ask := range map[string]ImportRequest{
		"revoked": {Tenant: "t", Key: "old", Edition: statements.V1}, `no key "x"`: {Tenant: "t", Key: "x", Edition: statements.V1}, "edition": {Tenant: "t"},
	} {
		if _, err := c.Import(t.Context(), ask, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", ask, err, want)
		}
	}
}

// fakeReader has pages, and fails where there is no more.
type fakeReader struct{ pages []statements.Page }

func (f *fakeReader) Find(context.Context, string, statements.Query) (statements.Page, error) {
	if len(f.pages) == 0 {
		return statements.Page{}, errors.New("the database\nis away")
	}
	p := f.pages[0]
	f.pages = f.pages[1:]
	return p, nil
}

func (f *fakeReader) Rows(context.Context, string, int64, int64) iter.Seq2[*statements.Statement, error] {
	return func(yield func(*statements.Statement, error) bool) {
		_ = yield(&statements.Statement{Raw: []byte("{}")}, nil) && yield(nil, errors.New("the database is away"))
	}
}

// TestExportTellsWhenItIsNotAll: the beginning must not pass for the whole.
func TestExportTellsWhenItIsNotAll(t *testing.T) {
	reader := &fakeReader{pages: []statements.Page{{Statements: []statements.Found{{Raw: []byte("{\n\r\"a\":1}")}}, More: true}}}
	c := Local(Handler(Services{Writer: &fakeWriter{}, Reader: reader}, nil))
	defer c.Close()
	for voided, want := range map[bool]string{false: "{  \"a\":1}\n", true: "{}\n"} {
		var out bytes.Buffer
		err := c.Export(t.Context(), ExportRequest{Voided: voided}, &out)
		if err == nil || !strings.Contains(err.Error(), "incomplete: the database") {
			t.Errorf("voided %t: error %v", voided, err)
		}
		if out.String() != want {
			t.Errorf("voided %t: %q, want %q", voided, out.String(), want)
		}
	}
}

func TestVerifyStreams(t *testing.T) {
	outcome := &verify.Report{Watermark: "w", Differences: 3}
	var fail error
	c := Local(Handler(Services{Writer: &fakeWriter{}, Verify: func(_ context.Context, o verify.Options) (*verify.Report, error) {
		if o.Upto != 1000 || !slices.Equal(o.Tenants, []string{"t"}) || o.MaxDifferences != 5 {
			t.Errorf("options %+v", o)
		}
		o.Progress(verify.Progress{Step: "one"})
		o.Progress(verify.Progress{Step: "two", Statements: 7})
		return outcome, fail
	}, RebuildProgress: func(context.Context) error { return errors.New("no table") }}, nil))
	defer c.Close()
	var steps []string
	ask := VerifyRequest{Tenants: []string{"t"}, MaxDifferences: 5}
	report, err := c.Verify(t.Context(), ask, func(p verify.Progress) { steps = append(steps, p.Step) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcome, report); diff != "" || !slices.Equal(steps, []string{"one", "two"}) {
		t.Errorf("steps %v, -want +got\n%s", steps, diff)
	}
	fail = errors.New("the database is away")
	if _, err := c.Verify(t.Context(), ask, nil); err == nil || err.Error() != fail.Error() {
		t.Errorf("error %v", err)
	}
	ask.RebuildProgress = true
	if _, err := c.Verify(t.Context(), ask, nil); err == nil || !strings.Contains(err.Error(), "computing progress anew: no table") {
		t.Errorf("error %v", err)
	}
}

// TestReportCutOff: half a report must not look like one.
func TestReportCutOff(t *testing.T) {
	write := ""
	c := Local(Handler(Services{Report: func(_ context.Context, r ReportRequest, w io.Writer) error {
		if r != (ReportRequest{"t", "json", "de", "2026-01-01", "2026-12-31", "2026-12-31T00:00:00Z"}) {
			t.Errorf("request %+v", r)
		}
		if write != "" {
			_, _ = io.WriteString(w, write)
		}
		return errors.New("the database is away")
	}}, nil))
	defer c.Close()
	ask := ReportRequest{"t", "json", "de", "2026-01-01", "2026-12-31", "2026-12-31T00:00:00Z"}
	if err := c.Report(t.Context(), ask, io.Discard); err == nil || err.Error() != "the database is away" {
		t.Errorf("before the beginning: %v", err)
	}
	write = strings.Repeat("x", 1<<20)
	if err := c.Report(t.Context(), ask, io.Discard); err == nil {
		t.Error("half a report passes for one")
	}
}

// FuzzFrames: what is written is read, and no input does harm.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("3\nabc0\n"))
	f.Add([]byte("-1\n"))
	f.Add([]byte("99999999999999999999\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		elements, err := readFrames(bytes.NewReader(body))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := writeFrames(&again, elements); err != nil {
			t.Fatal(err)
		}
		second, err := readFrames(&again)
		if err != nil || !slices.EqualFunc(elements, second, bytes.Equal) {
			t.Errorf("%q: %q, %v", body, second, err)
		}
	})
}

func TestKeyInfoHasNoSecret(t *testing.T) {
	b, err := json.Marshal(keyInfo(directory.KeyRecord{ID: "k", SecretHash: [32]byte{1, 2, 3}}))
	if err != nil || strings.Contains(strings.ToLower(string(b)), "secret") {
		t.Errorf("%s, %v", b, err)
	}
}

// making is Keys that notes what is made.
type making struct {
	Keys
	asked directory.NewKey
}

func (k *making) Create(_ context.Context, n directory.NewKey) (directory.KeyRecord, string, error) {
	k.asked = n
	return directory.KeyRecord{ID: "k", Tenant: n.Tenant, Scopes: n.Scopes, Binding: n.Binding}, "secret", nil
}

func TestBindingsTravel(t *testing.T) {
	keys := &making{}
	c := Local(Handler(Services{Keys: keys}, nil))
	defer c.Close()
	bound := Binding{Actor: `{"mbox":"mailto:ada@example.org"}`, Registration: "3b2b5b0e-8d3c-4a30-9a5c-7f8f9d7a0001",
		ActivityPrefix: "https://course.example/", Expires: time.UnixMicro(1_800_000_000_000_001).UTC(), Origin: "https://content.example"}
	got, err := c.CreateKey(t.Context(), NewKeyRequest{Scopes: []string{"all"}, Binding: bound})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bound, got.Binding); diff != "" {
		t.Error(diff)
	}
	want := directory.Binding{Actor: bound.Actor, Registration: uuid.MustParse(bound.Registration), ActivityPrefix: bound.ActivityPrefix,
		Expires: 1_800_000_000_000_001, Origin: bound.Origin}
	if diff := cmp.Diff(want, keys.asked.Binding); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"x", uuid.Nil.String(), "urn:uuid:3b2b5b0e-8d3c-4a30-9a5c-7f8f9d7a0001"} {
		if _, err := c.CreateKey(t.Context(), NewKeyRequest{Scopes: []string{"all"}, Binding: Binding{Registration: bad}}); err == nil || !strings.Contains(err.Error(), "is not a UUID") {
			t.Errorf("registration %q: %v", bad, err)
		}
	}
}
