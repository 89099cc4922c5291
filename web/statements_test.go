package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lernspur/evaluation"
	"lernspur/web/visitor"
)

// TestBrowser: statements as sentences, chosen by every filter, for each role.
func TestBrowser(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin, trainer, protector := site.as(visitor.Administrator), site.as(visitor.Trainer), site.as(visitor.DataProtection)
	contains(t, "nothing yet", ask(admin, "GET", "/statements", nil), 200, "Noch ist kein Statement eingegangen.", "Sobald ein Lerninhalt")
	ids := learnerStatements(t, site)
	page := ask(admin, "GET", "/statements", nil)
	contains(t, "all", page, 200, "Das neueste dieser Statements ist vor 5 Minuten eingegangen.", "Bernd Hoffmann</bdi></a> hat „<bdi>Brandschutz im Rathaus</bdi>“ mit 80\u00a0% bestanden", "die Frage „<bdi>Welche Nummer rufen Sie?</bdi>“ richtig beantwortet – Antwort: „<bdi>Notruf 112</bdi>“",
		"<bdi>bestaunt</bdi> „<bdi>Das Feuer</bdi>“", `href="/statements/`+ids[0].String()+`"`, `href="/statements/live"`, "Moodle", `href="/statements?registration=ec531277-b57b-4c15-8d91-d292c5b2b8f7"`, `<option value="http://adlnet.gov/expapi/verbs/passed">… hat … bestanden (passed)`)
	if first, last := strings.Index(page.Body.String(), "Das Feuer"), strings.Index(page.Body.String(), "mit 40"); first < 0 || last < first {
		t.Errorf("the newest is not the first: %d, %d", first, last)
	}
	contains(t, "in English", ask(admin, "GET", "/statements?lang=en", nil), 200, "did not pass “<bdi>Fire safety</bdi>” with 40%", "came in 5 minutes ago")
	fire := url.QueryEscape(fireCourse)
	for _, c := range []struct {
		name, query string
		want        string // the statements by number, the newest first, for an administrator and for a trainer of Ada
		hers        string
	}{
		{"everything", "", "5 4 3 2 1", "3 1"},
		{"one person, all her identifiers", "person=p1", "3 1", "3 1"},
		{"one identifier", "person=mbox%7Cmailto:ada@musterstadt.example", "3 1", "3 1"},
		{"a name", "person=ada", "3 1", "3 1"},
		{"a mail address of nobody's", "person=bernd@musterstadt.example", "2", ""},
		{"an agent as xAPI has it", "agent=" + url.QueryEscape(`{"mbox":"mailto:bernd@musterstadt.example"}`), "2", ""},
		{"another's person", "person=p3", "5 4", ""},
		{"in any role", "person=mbox%7Cmailto:bernd@musterstadt.example&related_agents=true", "3 2", ""},
		{"a verb", "verb=http://adlnet.gov/expapi/verbs/passed", "3 2", "3"},
		{"a course by its id", "activity=" + fire, "3 2 1", "3 1"},
		{"a registration", "registration=ec531277-b57b-4c15-8d91-d292c5b2b8f7", "1", "1"},
		{"a day", "since=2026-11-20&until=2026-11-20", "5 4 3 2 1", "3 1"},
		{"another day", "until=2026-11-19", "", ""},
		{"an instant", "since=2026-11-20T09:53:30Z", "5", ""},
		{"a cursor of another's statement", fmt.Sprint("before=", site.said.list[3].Stored), "3 2 1", "3 1"},
		{"a cursor behind everything", "before=9223372036854775807", "5 4 3 2 1", "3 1"},
		{"several filters", "verb=http://adlnet.gov/expapi/verbs/passed&person=p1", "3", "3"},
	} {
		numbers := func(body string) string {
			var list []string
			for i := len(ids); i > 0; i-- {
				if strings.Contains(body, `href="/statements/`+ids[i-1].String()+`"`) {
					list = append(list, fmt.Sprint(i))
				}
			}
			return strings.Join(list, " ")
		}
		for who, want := range map[string]string{"admin": c.want, "data protection": c.want, "trainer": c.hers} {
			answer := ask(map[string]http.Handler{"admin": admin, "data protection": protector, "trainer": trainer}[who], "GET", "/statements?"+c.query, nil)
			if got := numbers(answer.Body.String()); answer.Code != 200 || got != want {
				t.Errorf("%s as %s: %d, %q, want %q", c.name, who, answer.Code, got, want)
			}
			if who == "trainer" && (strings.Contains(answer.Body.String(), "Clara") || strings.Contains(answer.Body.String(), "Bernd")) {
				t.Errorf("%s as a trainer tells of others: %s", c.name, answer.Body)
			}
		}
	}
	for _, query := range []string{"person=p3", "person=bernd@musterstadt.example", "person=nobody"} {
		contains(t, query, ask(trainer, "GET", "/statements?"+query, nil), 200, "Niemand, dessen Statements Sie sehen dürfen")
	}
	contains(t, "several people", ask(admin, "GET", "/statements?person=clara", nil), 200, "mehrere Personen", "Clara Schulz (clara@musterstadt.example)", `href="/statements?person=p4"`)
	contains(t, "nothing here", ask(admin, "GET", "/statements?verb=https://x.example/v", nil), 200, "Zu dieser Auswahl gibt es kein Statement.", `selected>v</option>`)
	for field, query := range map[string]string{"verb": "verb=passed", "activity": "activity=nothing", "registration": "registration=x", "since": "since=gestern", "until": "until=2026-13-01", "person": "agent=%7B%7D"} {
		contains(t, query, ask(admin, "GET", "/statements?"+query, nil), 400, `href="#f-`+field+`"`)
	}
	contains(t, "a cursor that is none", ask(admin, "GET", "/statements?before=x", nil), 400)
	contains(t, "too long", ask(admin, "GET", "/statements?verb=http://"+strings.Repeat("x", maxFilter), nil), 400)
}

// TestPagesOfStatements: every page is full, and together they are everything once.
func TestPagesOfStatements(t *testing.T) {
	site := newTown(t, "http://content.example")
	for i := range 130 {
		actor := adaAgent
		if i%3 == 0 {
			actor = berndAgent
		}
		site.said.say(t, testNow.Add(time.Duration(i)*time.Second), says(actor, "passed", fireObject, ""))
	}
	trainer := site.as(visitor.Trainer)
	var sizes []int
	seen := map[string]bool{}
	for next := "/statements?verb=http%3A%2F%2Fadlnet.gov%2Fexpapi%2Fverbs%2Fpassed"; next != "" && len(sizes) < 9; {
		body := ask(trainer, "GET", next, nil).Body.String()
		sizes = append(sizes, strings.Count(body, `<p class="told">`))
		for _, f := range site.said.list {
			if strings.Contains(body, "/statements/"+f.ID.String()+`"`) {
				seen[f.ID.String()] = true
			}
		}
		_, rest, more := strings.Cut(body, `<p><a class="button quiet" href="`)
		if next, _, _ = strings.Cut(rest, `"`); !more {
			next = ""
		}
		next = strings.ReplaceAll(next, "&amp;", "&")
	}
	if !slices.Equal(sizes, []int{50, 36}) || len(seen) != 86 {
		t.Errorf("pages of %v, %d statements", sizes, len(seen))
	}
}

// TestSingleStatement: its page and its JSON, for whoever may see it.
func TestSingleStatement(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := learnerStatements(t, site)
	site.said.voided = map[uuid.UUID]bool{ids[0]: true}
	admin, trainer := site.as(visitor.Administrator), site.as(visitor.Trainer)
	page := func(i int) string { return "/statements/" + ids[i].String() }
	contains(t, "hers", ask(trainer, "GET", page(0), nil), 200, "Ada Yılmaz</bdi></a> hat „<bdi>Brandschutz im Rathaus</bdi>“ mit 40\u00a0% nicht bestanden", "zurückgezogen", "12\u00a0Min.", "ec531277-b57b-4c15-8d91-d292c5b2b8f7", "Moodle", "&#34;scaled&#34;: 0.4", "mbox|mailto:ada@musterstadt.example", "63h4uqx2icwv")
	withheld := ask(trainer, "GET", page(2), nil)
	contains(t, "hers, taught by another", withheld, 200, "Was nicht für Sie ist, ist weggelassen", "eine andere Person", "https://other.example/c")
	for _, address := range []string{page(2), page(2) + "/raw"} {
		if body := ask(trainer, "GET", address, nil).Body.String(); strings.Contains(body, "ernd") {
			t.Errorf("%s tells a trainer of another: %s", address, body)
		}
	}
	contains(t, "another's", ask(trainer, "GET", page(1), nil), 404)
	contains(t, "another's JSON", ask(trainer, "GET", page(1)+"/raw", nil), 404)
	contains(t, "one that is not there", ask(admin, "GET", "/statements/"+uuid.NewString(), nil), 404)
	contains(t, "no id", ask(admin, "GET", "/statements/x", nil), 404)
	raw := ask(admin, "GET", page(1)+"/raw", nil)
	if raw.Body.String() != string(site.said.list[1].Raw) || raw.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("the JSON is %s", raw.Body)
	}
	site.switches(t, evaluation.Everything.With(evaluation.Timelines, false))
	for _, address := range []string{"/statements", page(0), page(0) + "/raw", "/statements/live", "/statements/live/new?after=1", "/statements?person=p1"} {
		contains(t, "a trainer, timelines off: "+address, ask(trainer, "GET", address, nil), 403, "ausgeschaltet", "Die Administration kann es")
	}
	contains(t, "an administrator, timelines off", ask(admin, "GET", "/statements", nil), 200, "auszuwählen ist in Ihrer Organisation ausgeschaltet")
	contains(t, "one person, timelines off", ask(admin, "GET", "/statements?person=p1", nil), 403, "ausgeschaltet")
	contains(t, "one registration, timelines off", ask(admin, "GET", "/statements?registration="+uuid.NewString(), nil), 403, "ausgeschaltet")
	contains(t, "data protection, timelines off", ask(site.as(visitor.DataProtection), "GET", "/statements?person=p1", nil), 200, "Ada Yılmaz")
}

// hostile are statements as somebody would write them who wants to do harm.
func hostile(t testing.TB, site *town) (ids []uuid.UUID) {
	t.Helper()
	long := strings.Repeat("Ä", 100_000)
	for _, body := range []string{
		says(`{"mbox":"mailto:x@example.org","name":"<script>alert('name')</script>\"><img src=x onerror=alert(1)>"}`, "passed", `{"id":"https://x.example/a?b=\"><script>alert(2)</script>"}`, `,"result":{"response":"<b>bold</b> {{.}} {0}"}`),
		says(`{"mbox":"mailto:y@example.org","name":"\u202egnp.exe\u2066\u0000\u001b[31m"}`, "answered", `{"id":"https://x.example/b","definition":{"name":{"de":"\u202e\u200f`+long[:2000]+`"}}}`, `,"result":{"response":"`+long+`","extensions":{"https://x.example/e":"\u202e`+long+`"}}`),
		says(`{"account":{"homePage":"https://x.example","name":"javascript:alert(3)"}}`, "https://x.example/javascript:alert(4)", `{"id":"javascript:alert(5)","definition":{"moreInfo":"javascript:alert(6)"}}`, `,"context":{"platform":"</dd><script>alert(7)</script>"}`),
		says(`{"mbox":"mailto:z@example.org","name":"آدا بنت لوفليس"}`, "passed", `{"id":"https://x.example/`+strings.Repeat("x", 5000)+`"}`, ""),
	} {
		ids = append(ids, site.said.say(t, testNow.Add(-time.Minute), body))
	}
	return ids
}

// TestHostileStatements: what others write stays text, is short, and turns nothing
// around.
func TestHostileStatements(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := hostile(t, site)
	admin := site.as(visitor.Administrator)
	addresses := []string{"/statements", "/statements/live", "/statements?lang=en", "/statements/live/new?after=1"}
	for _, id := range ids {
		addresses = append(addresses, "/statements/"+id.String())
	}
	for _, address := range addresses {
		answer := ask(admin, "GET", address, nil)
		body := answer.Body.String()
		if strings.Contains(address, "new?") {
			var news liveNews
			if err := json.Unmarshal(answer.Body.Bytes(), &news); err != nil || news.Count != len(ids) {
				t.Fatalf("%v: %s", err, body)
			}
			body = news.HTML
		}
		for _, bad := range []string{"<script>alert", "<img src=x", "<b>bold", `href="javascript:`, "\u202e", "\u2066", "\x00", "\x1b"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s has %q", address, bad)
			}
		}
		if answer.Code != 200 || len(body) > 200_000 {
			t.Errorf("%s: %d, %d bytes", address, answer.Code, len(body))
		}
	}
	contains(t, "the list", ask(admin, "GET", "/statements", nil), 200, "&lt;script&gt;alert(", "<bdi>آدا بنت لوفليس</bdi>", "<bdi>gnp.exe[31m</bdi>")
	contains(t, "the second", ask(admin, "GET", "/statements/"+ids[1].String(), nil), 200, `\u202e`, "Hier steht nur der Anfang")
}

// TestLive: what has come is answered once, the newest first, and what is left out is
// said; the page alone has a link that loads it anew.
func TestLive(t *testing.T) {
	site := newTown(t, "http://content.example")
	learnerStatements(t, site)
	admin, trainer := site.as(visitor.Administrator), site.as(visitor.Trainer)
	after := site.said.Watermark()
	contains(t, "the page", ask(admin, "GET", "/statements/live?verb=http://adlnet.gov/expapi/verbs/passed", nil), 200, fmt.Sprintf(`data-after="%d"`, after), "/statements/live/new?verb=http%3A%2F%2Fadlnet.gov", "Neu laden", `<script src="/assets/live.`, `role="status"`)
	news := func(who string, query string) (n liveNews) {
		t.Helper()
		handler := admin
		if who == "trainer" {
			handler = trainer
		}
		answer := ask(handler, "GET", "/statements/live/new?"+query, nil)
		if err := json.Unmarshal(answer.Body.Bytes(), &n); err != nil || answer.Code != 200 || answer.Header().Get("Content-Type") != "application/json" {
			t.Fatalf("%d %v %s", answer.Code, err, answer.Body)
		}
		return n
	}
	if n := news("admin", fmt.Sprint("after=", after)); n.Count != 0 || n.After != fmt.Sprint(after) || n.HTML != "" {
		t.Errorf("nothing has come: %+v", n)
	}
	site.said.say(t, testNow, says(berndAgent, "completed", fireObject, ""))
	hers := site.said.say(t, testNow, says(adaAgent, "completed", fireObject, ""))
	n := news("admin", fmt.Sprint("after=", after))
	if n.Count != 2 || n.Text != "2 neue Statements" || n.After != fmt.Sprint(site.said.Watermark()) || strings.Index(n.HTML, "Ada Yılmaz") > strings.Index(n.HTML, "Bernd Hoffmann") {
		t.Errorf("two have come: %+v", n)
	}
	if n := news("admin", "after="+n.After); n.Count != 0 {
		t.Errorf("they come twice: %+v", n)
	}
	if n := news("trainer", fmt.Sprint("after=", after, "&lang=en")); n.Count != 1 || !strings.Contains(n.HTML, hers.String()) || strings.Contains(n.HTML, "Bernd") || n.Text != "1 new statement" {
		t.Errorf("a trainer gets %+v", n)
	}
	for range 60 {
		site.said.say(t, testNow, says(berndAgent, "completed", fireObject, ""))
	}
	if n := news("admin", fmt.Sprint("after=", after)); n.Count != newLive || !strings.Contains(n.Text, "die neuesten 50 stehen oben") || n.After != fmt.Sprint(site.said.Watermark()) {
		t.Errorf("more have come than there is room for: %d, %s", n.Count, n.Text)
	}
	for _, query := range []string{"", "after=x", "after=-1", "after=1&verb=x", "after=1&person=clara", "after=1&person=nobody"} {
		contains(t, query, ask(admin, "GET", "/statements/live/new?"+query, nil), 400)
	}
	if answer := ask(admin, "GET", "/statements/live?person=clara&lang=en", nil); answer.Header().Get("Location") != "/statements?person=clara&lang=en" {
		t.Errorf("several people: %d %v", answer.Code, answer.Header())
	}
	contains(t, "one person", ask(admin, "GET", "/statements/live?person=p1", nil), 200, "<bdi>Ada Yılmaz</bdi></p>")
}

// TestAtRisk: whom to write to, with the reason beside each; nothing where that is
// switched off.
func TestAtRisk(t *testing.T) {
	site := newTown(t, "http://content.example")
	trainer := site.as(visitor.Trainer)
	page := ask(trainer, "GET", "/progress/at-risk", nil)
	contains(t, "the list", page, 200, "2 Personen brauchen Unterstützung.", "bernd@musterstadt.example", "nicht zugeordnet", "seit 48 Tagen ohne Aktivität", "2 Versuche nicht bestanden", "Ada Yılmaz", "zuletzt bei „Abschlusstest“", "48 Tage",
		`/api/v1/progress/at-risk?format=xlsx&amp;idle_days=7&amp;limit=10000&amp;sort=last_activity`, `/progress/learner?learner=p1`, `<option value="g1">Einarbeitung Herbst`, "after=eyJ2IjoiMSJ9")
	site.figures.asked = nil
	contains(t, "chosen", ask(trainer, "GET", "/progress/at-risk?group=g1&reason=idle&idle_days=10&sort=name&after=x&course="+url.QueryEscape(fireCourse), nil), 200, `value="g1" selected`, `value="idle" selected`, `value="10" selected`, `value="name" selected`, `value="`+fireCourse+`" selected`)
	if want := "at-risk?after=x&count=true&course=https%3A%2F%2Flernen.example%2Fbrandschutz&group=g1&idle_days=10&limit=50&reason=idle&sort=name"; !slices.Contains(site.figures.asked, want) {
		t.Errorf("asked %v", site.figures.asked)
	}
	contains(t, "what cannot be", ask(trainer, "GET", "/progress/at-risk?reason=shoes&idle_days=-3&sort=shoes", nil), 200, `value="7" selected`, `value="last_activity" selected`)
	contains(t, "nobody here", ask(trainer, "GET", "/progress/at-risk?group=empty", nil), 200, "In dieser Auswahl braucht heute niemand Unterstützung.", "Wählen Sie eine andere Gruppe")
	contains(t, "in English", ask(trainer, "GET", "/progress/at-risk?lang=en", nil), 200, "2 people need support", "48 days")
	contains(t, "the overview leads there", ask(trainer, "GET", "/progress", nil), 200, `href="/progress/at-risk"`)
	contains(t, "the group leads there", ask(trainer, "GET", "/progress/group?group=g1", nil), 200, `href="/progress/at-risk?group=g1"`)
	site.switches(t, evaluation.Everything.With(evaluation.AtRisk, false))
	contains(t, "switched off", ask(trainer, "GET", "/progress/at-risk", nil), 403, "ausgeschaltet", "Die Administration kann es")
	if strings.Contains(ask(trainer, "GET", "/progress", nil).Body.String(), "/progress/at-risk") {
		t.Error("the overview leads to what is switched off")
	}
}
