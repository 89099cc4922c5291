package lrs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lernspur/documents"

	"github.com/google/uuid"
)

// fakeDocuments answers what a test says.
type fakeDocuments struct {
	err      error
	document *documents.Document
}

func (f *fakeDocuments) Document(context.Context, documents.Key) (*documents.Document, error) {
	return f.document, f.err
}

func (f *fakeDocuments) Change(ctx context.Context, _ documents.Key, change func(*documents.Document) (*documents.Document, error)) (*documents.Document, error) {
	if f.err != nil {
		return nil, f.err
	}
	return change(f.document)
}

func (f *fakeDocuments) DeleteAll(context.Context, documents.Shelf, func(documents.Key) bool) error {
	return f.err
}

func (f *fakeDocuments) DocumentIDs(context.Context, documents.Shelf, uuid.UUID, int64) ([]string, int64, error) {
	return nil, 0, f.err
}

const (
	testContext = "agent=%7B%22mbox%22%3A%22mailto%3Aa%40example.org%22%7D&activityId=http%3A%2F%2Fexample.org%2Fa"
	testMany    = "/xapi/activities/state?" + testContext
	testState   = testMany + "&stateId=s"
)

// TestDocumentErrors: what the commit path and the store may answer, on every
// method.
func TestDocumentErrors(t *testing.T) {
	fake := &fakeDocuments{}
	w := newWorld(t, func(o *Options) { o.Documents = fake })
	for _, test := range []struct {
		name   string
		err    error
		status int
		text   string
	}{
		{"busy", &Busy{RetryAfter: time.Second, Reason: "the log is full"}, 503, "the log is full"},
		{"uncertain", ErrUncertain, 503, "when the document is read again"},
		{"too long", context.DeadlineExceeded, 503, ""},
		{"internal", errors.New("a secret"), 500, "internal error"},
	} {
		fake.err = test.err
		for _, method := range []string{"GET", "PUT", "POST", "DELETE", "GET many", "DELETE many"} {
			method, many := strings.CutSuffix(method, " many")
			address := testState
			if many {
				address = testMany
			}
			if test.name == "uncertain" && method == "GET" {
				continue // a read is never uncertain
			}
			got := w.do(method, address, "{}")
			if got.status != test.status || !strings.Contains(got.errorText(t), test.text) || strings.Contains(got.body, "secret") {
				t.Errorf("%s, %s: %d %s", test.name, method, got.status, got.body)
			}
			if (got.header.Get("Retry-After") != "") != (test.status == 503) {
				t.Errorf("%s, %s: Retry-After %q", test.name, method, got.header.Get("Retry-After"))
			}
			if got.header.Get("ETag")+got.header.Get("Last-Modified") != "" {
				t.Errorf("%s, %s: an error has the headers of a document", test.name, method)
			}
		}
	}
}

// TestDocumentsWait: a list waits for what was acknowledged, a document does not
// have to.
func TestDocumentsWait(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Documents = &fakeDocuments{document: &documents.Document{ContentType: "a/b", Content: []byte("x"), Version: 1}}
	})
	w.double.wait = func(context.Context) (int64, error) { return 0, &Busy{Reason: "the database is slow"} }
	if got := w.do("GET", testMany, ""); got.status != 503 {
		t.Errorf("a list: %d", got.status)
	}
	if got := w.do("GET", testState, ""); got.status != 200 || got.body != "x" {
		t.Errorf("a document: %d %s", got.status, got.body)
	}
}

// TestDocumentAccess: what each scope opens.
func TestDocumentAccess(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Documents = &fakeDocuments{document: &documents.Document{ContentType: "application/json", Content: []byte("{}"), Version: 1}}
		o.Keys = testKeys{"state:x": {"state"}, "profile:x": {"profile"}, "readall:x": {"all/read"}, "define:x": {"define"}, "none:x": nil, "write:x": {"statements/write"}}
	})
	agent := url.Values{"agent": {`{"mbox":"mailto:a@example.org"}`}, "profileId": {"p"}}
	activity := url.Values{"activityId": {"http://example.org/a"}, "profileId": {"p"}}
	addresses := map[string]string{"state": testState, "profile": "/xapi/agents/profile?" + agent.Encode(), "profile of an activity": "/xapi/activities/profile?" + activity.Encode()}
	for name, address := range addresses {
		for key, may := range map[string]string{"state": "GET PUT POST DELETE", "profile": "GET PUT POST DELETE", "readall": "GET", "define": "", "none": "", "write": ""} {
			if (key == "state" || key == "profile") && !strings.HasPrefix(name, key) {
				may = ""
			}
			for _, method := range []string{"GET", "PUT", "POST", "DELETE"} {
				r, err := http.NewRequest(method, w.url+address, strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				r.SetBasicAuth(key, "x")
				r.Header.Set("X-Experience-API-Version", "1.0.3")
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("If-Match", "*")
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				if allowed := res.StatusCode != 403; allowed != strings.Contains(may, method) || res.StatusCode >= 500 {
					t.Errorf("%s of %s with the scope of %s: %d", method, name, key, res.StatusCode)
				}
			}
		}
	}
}

func TestReadETags(t *testing.T) {
	for _, test := range []struct {
		value string
		any   bool
		list  string
	}{
		{``, false, ""}, {`*`, true, "*"}, {`"a"`, false, "a"}, {`a`, false, "a"}, {`W/"a"`, false, "a"}, {`"a-gzip"`, false, "a"},
		{`"a", "b"`, false, "a|b"}, {`a,b`, false, "a|b"}, {`"a,b"`, false, "a,b"}, {`"*"`, false, "*"}, {`"a`, false, "a"}, {`,, "a" ,`, false, "a"}, {`W/a`, false, "a"},
	} {
		got := readETags([]string{test.value})
		if !got.given || got.any != test.any || strings.Join(got.list, "|") != test.list {
			t.Errorf("%q: %+v", test.value, got)
		}
	}
	if got := readETags(nil); got.given {
		t.Error("a header that was not sent counts as given")
	}
}
