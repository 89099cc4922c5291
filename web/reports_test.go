package web

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"lernspur/report/desk"
	"lernspur/report/result"
	"lernspur/web/visitor"
)

// machine makes reports of nothing.
type machine struct {
	mu   sync.Mutex
	runs []desk.Run
}

func (m *machine) Preview(context.Context, string, []byte) (*result.Report, error) {
	return &result.Report{Format: result.Format}, nil
}

func (m *machine) Run(_ context.Context, _, by string, _ []byte, step func(string)) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	step("reading")
	id := "20261120-10000" + string(rune('0'+len(m.runs)))
	m.runs = append([]desk.Run{{ID: id, Title: "Evaluationsbericht", By: by, Made: testNow.UnixMicro(), From: "2025-10-01", To: "2026-09-30", AsOf: "2026-10-15T10:00:00Z", Checksum: strings.Repeat("ab", 32), Version: "0.1.0"}}, m.runs...)
	return id, nil
}

func (m *machine) Runs(context.Context, string) ([]desk.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]desk.Run{}, m.runs...), nil
}

func (m *machine) Definition(context.Context, string, string) ([]byte, error) { return nil, nil }

func (m *machine) Report(_ context.Context, _, run string) ([]byte, error) {
	r := &result.Report{Format: result.Format}
	r.Head.Run = run
	return r.JSON()
}

// press prints next to nothing.
type press struct{}

func (press) Make(_ context.Context, r *result.Report, form string) (*desk.File, error) {
	return &desk.File{Name: "report." + form, Type: "text/html; charset=utf-8", Data: []byte("<!doctype html><title>" + form + r.Head.Run + "</title>")}, nil
}

func (press) Compare(_, _ *result.Report, _ string) []desk.Compared {
	return []desk.Compared{{Name: "Aktive", Before: "422", After: "430", Difference: "+8", Changed: true}, {Name: "Berechtigte", Before: "730", After: "730", Difference: "±0"}, {Name: "Zufriedenheit", Before: "entfällt", After: "entfällt"}}
}

const reportText = "version: 1\ntitle: Evaluationsbericht\ntenant: default\nperiod: {from: 2025-10-01, to: 2026-09-30}\ntargets:\n  - {figure: reach, green: {at_least: 0.4}}\nrecommendations:\n  - {consequence: adapt, text: Anpassen}\n"

// form sends a definition as the editor does.
func editor(t testing.TB, h http.Handler, address, text, file, act string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, field := range [][2]string{{"guard", "guard-word"}, {"text", text}, {"act", act}} {
		if err := form.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "bericht.yaml")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", address, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// reported is a town with a definition and a run of it that is approved and has links; it answers their ids.
func reported(t testing.TB, site *town) (definition, run string) {
	t.Helper()
	lead := site.as(visitor.ProjectLead)
	answer := editor(t, lead, "/reports/new", reportText, "", "save")
	definition, ok := strings.CutPrefix(answer.Header().Get("Location"), "/reports/definitions/")
	if definition, _, _ = strings.Cut(definition, "?"); !ok {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	for range 2 {
		if answer := ask(lead, "POST", "/reports/definitions/"+definition+"/run", url.Values{}); answer.Header().Get("Location") != "/reports/progress" {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		for range 500 {
			if j, ok := site.desk.Job("default"); ok && j.Done {
				run = j.Run
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	for _, act := range []string{"approve", "links"} {
		if answer := ask(lead, "POST", "/reports/runs/"+run+"/"+act, url.Values{"days": {"30"}}); answer.Code >= 400 {
			t.Fatalf("%s: %d %s", act, answer.Code, answer.Body)
		}
	}
	if err := site.desk.SetSchedule(t.Context(), "default", definition, "m.muster", 5, 6); err != nil {
		t.Fatal(err)
	}
	return definition, run
}

// TestReports: from a definition with mistakes to a public link that is revoked.
func TestReports(t *testing.T) {
	site := newTown(t, "http://content.example")
	lead, officer := site.as(visitor.ProjectLead), site.as(visitor.DataProtection)
	contains(t, "no reports", ask(lead, "GET", "/reports", nil), 200, "Noch kein Bericht.", "Neue Festlegung")
	contains(t, "a new one", ask(lead, "GET", "/reports/new", nil), 200, "version: 1", "tenant: &#34;default&#34;")
	contains(t, "mistakes", editor(t, lead, "/reports/new", "version: 2\ntitle: x\n", "", "save"), 422, "Die Festlegung hat", "Zeile 1", "version: 2")
	contains(t, "a file instead", editor(t, lead, "/reports/new", "no", reportText, "check"), 200, "Die Festlegung ist in Ordnung.", "figure: reach")
	preview := editor(t, lead, "/reports/new", reportText, "", "preview")
	contains(t, "a preview", preview, 200, "<title>html</title>")
	if csp := preview.Header().Get("Content-Security-Policy"); csp != documentPolicy {
		t.Error(csp)
	}
	definition, run := reported(t, site)
	contains(t, "the list", ask(officer, "GET", "/reports", nil), 200, "freigegeben", "Entwurf", "monatlich am 5., ab 6 Uhr")
	contains(t, "the progress", ask(lead, "GET", "/reports/progress", nil), 303)
	contains(t, "the run", ask(officer, "GET", "/reports/runs/"+run, nil), 200, "freigegeben von m.muster", strings.Repeat("ab", 32), "Tabellen (XLSX)")
	contains(t, "a comparison", ask(officer, "GET", "/reports/compare?before="+run+"&after="+run, nil), 200, "&#43;8", "Eine von 3 Kennzahlen ist anders.")
	contains(t, "nothing to compare", ask(officer, "GET", "/reports/compare?before=x", nil), 404)
	for form, kind := range map[string]string{"html": "", "pdf": `attachment; filename="report.pdf"`, "json": `attachment; filename="report.json"`} {
		answer := ask(officer, "GET", "/reports/runs/"+run+"/files/"+form, nil)
		if answer.Code != 200 || answer.Header().Get("Content-Disposition") != kind || answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", form, answer.Code, answer.Header())
		}
	}
	contains(t, "days", ask(lead, "POST", "/reports/runs/"+run+"/links", url.Values{"days": {"0"}}), 422, "von 1 bis 731")
	publicLink(t, site, lead, run)
	if to := ask(lead, "POST", "/reports/runs/"+run+"/remove", url.Values{}).Header().Get("Location"); to != "/reports/runs/"+run+"?done=removalasked" {
		t.Error(to)
	}
	contains(t, "who asked", ask(lead, "GET", "/reports/runs/"+run, nil), 200, "jemand anderes muss zustimmen")
	if to := ask(lead, "POST", "/reports/definitions/"+definition+"/schedule", url.Values{"day": {"0"}, "hour": {"3"}}).Header().Get("Location"); !strings.HasSuffix(to, "?done=scheduled") {
		t.Error(to)
	}
	contains(t, "a wrong day", ask(lead, "POST", "/reports/definitions/"+definition+"/schedule", url.Values{"day": {"31"}, "hour": {"3"}}), 400)
	if to := ask(lead, "POST", "/reports/definitions/"+definition+"/delete", url.Values{}).Header().Get("Location"); to != "/reports?done=definitionremoved" {
		t.Error(to)
	}
}

// publicLink makes a link, reads what it leads to as nobody, and revokes it.
func publicLink(t *testing.T, site *town, lead http.Handler, run string) {
	t.Helper()
	answer := ask(lead, "POST", "/reports/runs/"+run+"/links", url.Values{"days": {"7"}})
	m := regexp.MustCompile(`value="https://lrs\.example(/public/reports/[^"]+)"`).FindStringSubmatch(answer.Body.String())
	if m == nil {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	read := ask(site.as(), "GET", m[1], nil)
	contains(t, "the public report", read, 200, "<title>html"+run+"</title>")
	if h := read.Header(); h.Get("X-Robots-Tag") != "noindex" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Content-Security-Policy") != documentPolicy {
		t.Errorf("%v", h)
	}
	contains(t, "as PDF", ask(site.as(), "GET", m[1]+"/report.pdf", nil), 200, "pdf"+run)
	sums := regexp.MustCompile(`/links/([0-9a-f]{64})/revoke`).FindAllStringSubmatch(answer.Body.String(), -1)
	for _, s := range sums {
		contains(t, "revoking", ask(lead, "POST", "/reports/runs/"+run+"/links/"+s[1]+"/revoke", url.Values{}), 303)
	}
	if len(sums) != 2 {
		t.Error(sums)
	}
	contains(t, "the revoked report", ask(site.as(), "GET", m[1], nil), 404)
	for range 60 {
		read = ask(site.as(), "GET", m[1], nil)
	}
	if read.Code != 429 || read.Header().Get("Retry-After") == "" {
		t.Errorf("too often: %d %v", read.Code, read.Header())
	}
}
