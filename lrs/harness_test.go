package lrs

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lernspur/statements"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// The doubles below produce what a real engine cannot be made to produce on
// demand: refusals, time-outs, panics. What the endpoint does with real
// statements is tested on the real engine in integration_*_test.go.

type double struct {
	commit func(ctx context.Context, tenant string, sts []*statements.Statement) error
	wait   func(ctx context.Context) (int64, error)
	find   func(ctx context.Context, tenant string, q statements.Query) (statements.Page, error)
	get    func(ctx context.Context, tenant string, id uuid.UUID, upto int64) (statements.Found, bool, bool, error)
}

const testWatermark = 1_700_000_000_123_456 // 2023-11-14T22:13:20.123456Z

func (d *double) Commit(ctx context.Context, tenant string, sts []*statements.Statement) error {
	if d.commit == nil {
		return nil
	}
	return d.commit(ctx, tenant, sts)
}

func (d *double) Wait(ctx context.Context) (int64, error) {
	if d.wait == nil {
		return testWatermark, nil
	}
	return d.wait(ctx)
}

func (d *double) Watermark() int64 { return testWatermark }

func (d *double) Consistent() int64 { return testWatermark }

func (d *double) Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error) {
	if d.find == nil {
		return statements.Page{}, nil
	}
	return d.find(ctx, tenant, q)
}

func (d *double) Get(ctx context.Context, tenant string, id uuid.UUID, upto int64) (statements.Found, bool, bool, error) {
	if d.get == nil {
		return statements.Found{}, false, false, nil
	}
	return d.get(ctx, tenant, id, upto)
}

// testKeys maps "key:secret" to scopes, in the tenant "town".
type testKeys map[string][]string

func (k testKeys) Identify(r *http.Request) (*Credential, error) {
	key, secret, given := r.BasicAuth()
	if !given {
		return nil, nil
	}
	scopes, ok := k[key+":"+secret]
	if !ok {
		return nil, ErrCredentials
	}
	return &Credential{
		KeyID: key, Tenant: "town", Scopes: scopes,
		Authority:           []byte(`{"objectType":"Agent","account":{"homePage":"http://town.example","name":"` + key + `"}}`),
		AuthorityIdentifier: "account|http://town.example|" + key,
	}, nil
}

// world is an endpoint over a double.
type world struct {
	*testing.T
	double   *double
	url      string
	logs     *observer.ObservedLogs
	registry *prometheus.Registry
}

func newWorld(t *testing.T, change func(o *Options)) *world {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	w := &world{T: t, double: &double{}, logs: logs, registry: prometheus.NewRegistry()}
	o := Options{
		Writer: w.double, Reader: w.double, Logger: zap.New(core), Registerer: w.registry,
		Keys: testKeys{
			"all:secret": {"all"}, "write:secret": {"statements/write"}, "read:secret": {"statements/read"},
			"mine:secret": {"statements/read/mine"}, "readall:secret": {"all/read"}, "none:secret": nil,
		},
	}
	if change != nil {
		change(&o)
	}
	router := mux.NewRouter()
	New(o).Register(router)
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// answer is one answer, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

// errorText is the error of an answer, which has to be one.
func (a answer) errorText(t *testing.T) string {
	t.Helper()
	var e errorBody
	if err := json.Unmarshal([]byte(a.body), &e); err != nil || e.Error == "" {
		t.Fatalf("not an error: %d %q", a.status, a.body)
	}
	return e.Error
}

const goodStatement = `{"actor":{"mbox":"mailto:ada@example.org"},"verb":{"id":"http://example.org/did"},"object":{"id":"http://example.org/it"}}`

// do sends a request as key "all" under 1.0.3, changed by headers given as
// "Name: value"; "Name:" takes one away.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.Helper()
	return w.send(method, path, strings.NewReader(body), headers...)
}

func (w *world) send(method, path string, body io.Reader, headers ...string) answer {
	w.Helper()
	r, err := http.NewRequest(method, w.url+path, body)
	if err != nil {
		w.Fatal(err)
	}
	r.SetBasicAuth("all", "secret")
	r.Header.Set("X-Experience-API-Version", "1.0.3")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		if r.Header.Del(name); strings.TrimSpace(value) != "" {
			r.Header.Set(name, strings.TrimSpace(value))
		}
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}
	res, err := client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

// counter reads a counter, or the number of observations of a histogram, with
// all the labels given as "name=value".
func (w *world) counter(name string, labels ...string) float64 {
	w.Helper()
	families, err := w.registry.Gather()
	if err != nil {
		w.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			have := map[string]bool{}
			for _, l := range m.GetLabel() {
				have[l.GetName()+"="+l.GetValue()] = true
			}
			all := true
			for _, l := range labels {
				all = all && have[l]
			}
			if all {
				sum += m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}
