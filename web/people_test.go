package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lernspur/catalog"
	"lernspur/web/visitor"
)

var invitationInPage = regexp.MustCompile(`https://lrs\.example(/invitation/[A-Za-z0-9_.-]+)`)

// anInvitation makes an invitation to a course and answers its page.
func anInvitation(t *testing.T, site *town, course string, more url.Values) string {
	t.Helper()
	form := url.Values{"days": {"7"}}
	for field, values := range more {
		form[field] = values
	}
	answer := ask(site.as(visitor.ContentManager), "POST", "/courses/"+course+"/invitations", form)
	contains(t, "the invitation", answer, 200, "nur jetzt zu sehen")
	return invitationInPage.FindStringSubmatch(answer.Body.String())[1]
}

// TestInvitations: whoever has the link registers and gets a link of her own, and
// nobody gets that of somebody else.
func TestInvitations(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	id := aCourse(t, site, fireSafety())
	page := "/courses/" + id + "/invitations"
	contains(t, "no invitations", ask(manager, "GET", page, nil), 200, "Noch keine.")
	link := anInvitation(t, site, id, url.Values{"most": {"2"}, "domain": {"town.example"}})
	if list := ask(manager, "GET", page, nil); invitationInPage.MatchString(list.Body.String()) {
		t.Error("the link is shown twice")
	}
	nobody := site.as()
	contains(t, "the page", ask(nobody, "GET", link+"?lang=en", nil), 200, "Brandschutz im Rathaus", "You are invited", "An address at town.example", "/signin?next="+url.QueryEscape(link))

	joined := ask(nobody, "POST", link, url.Values{"name": {"Ada"}, "mail": {"ada@town.example"}})
	contains(t, "accepted", joined, 200, "Sie sind registriert.", "20.12.2026")
	token := strings.TrimPrefix(linkInPage.FindString(joined.Body.String()), "http://content.example/launch/")
	if l, _, err := site.catalog.Launched(t.Context(), token); err != nil || l.Learner.Name != "Ada" || l.Mode != catalog.Normal {
		t.Errorf("%v %+v", err, l)
	}
	site.now = site.now.Add(time.Second)
	again := ask(nobody, "POST", link, url.Values{"name": {"Eve"}, "mail": {"ada@town.example"}})
	contains(t, "under another's address", again, 409, "schon registriert")
	if linkInPage.MatchString(again.Body.String()) {
		t.Error("somebody else gets her link")
	}
	contains(t, "another domain", ask(nobody, "POST", link, url.Values{"mail": {"ada@other.example"}}), 422, "nur für E-Mail-Adressen bei town.example", `value="ada@other.example"`)
	contains(t, "no address", ask(nobody, "POST", link, url.Values{"mail": {"ada"}}), 422, "ada@example.org")
	contains(t, "the list", ask(manager, "GET", page, nil), 200, "@town.example", "1 / 2")
	contains(t, "days", ask(manager, "POST", page, url.Values{"days": {"0"}, "most": {"x"}, "domain": {"a@b"}}), 422, `href="#f-days"`, `href="#f-most"`)
	contains(t, "a domain", ask(manager, "POST", page, url.Values{"days": {"7"}, "domain": {"a@b"}}), 422, `href="#f-domain"`)
}

// TestInvitedAccounts: an invitation for people with an account, until it is revoked.
func TestInvitedAccounts(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager, nobody := site.as(visitor.ContentManager), site.as()
	id := aCourse(t, site, fireSafety())
	page := "/courses/" + id + "/invitations"
	learner := site.as(visitor.Learner)
	forAccounts := anInvitation(t, site, id, url.Values{"signed-in": {"yes"}})
	contains(t, "for accounts, as nobody", ask(nobody, "GET", forAccounts, nil), 200, "mit einem Konto hier")
	contains(t, "for accounts, posted by nobody", ask(nobody, "POST", forAccounts, url.Values{"mail": {"x@town.example"}}), 403)
	contains(t, "for accounts", ask(learner, "GET", forAccounts, nil), 200, "angemeldet als Maria Muster")
	for range 2 { // she may follow it as often as she likes
		if answer := ask(learner, "POST", forAccounts, nil); answer.Header().Get("Location") != "/my?done=accepted" {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	}
	site.who = []string{"account|https://lrs.example|m.muster"}
	contains(t, "her page", ask(learner, "GET", "/my?done=accepted", nil), 200, "Hier ist Ihr Kurs", "Beginnen")

	list := ask(manager, "GET", page, nil)
	contains(t, "the list", list, 200, "mit Konto")
	revoke := regexp.MustCompile(page + `/[0-9a-f-]+/revoke`).FindString(list.Body.String())
	if answer := ask(manager, "POST", revoke, nil); answer.Header().Get("Location") != page+"?done=uninvited" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "revoked", ask(learner, "GET", forAccounts, nil), 410, "gilt nicht", "nach einem neuen Link")
	contains(t, "revoked, posted", ask(learner, "POST", forAccounts, nil), 410)
	contains(t, "no invitation", ask(nobody, "GET", "/invitation/nothing", nil), 404, "gilt nicht")
}

// TestDates: a registration can be open for some days.
func TestDates(t *testing.T) {
	site := newTown(t, "http://content.example")
	manager := site.as(visitor.ContentManager)
	id := aCourse(t, site, fireSafety())
	answer := ask(manager, "POST", "/courses/"+id+"/registrations", url.Values{"kind": {"mail"}, "mail": {"ada@example.org"}})
	page := strings.TrimSuffix(answer.Header().Get("Location"), "?done=registered")
	if answer := ask(manager, "POST", page+"/dates", url.Values{"opens": {"2026-11-21"}, "closes": {"2026-11-21"}}); answer.Header().Get("Location") != page+"?done=saved" {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "the dates", ask(manager, "GET", page, nil), 200, `value="2026-11-21"`)
	contains(t, "a link before", ask(manager, "POST", page+"/link", url.Values{"days": {"1"}}), 409, "zurzeit nicht geöffnet")
	site.now = time.Date(2026, 11, 21, 23, 59, 0, 0, time.UTC)
	contains(t, "a link on the day", ask(manager, "POST", page+"/link", url.Values{"days": {"1"}}), 200)
	site.now = time.Date(2026, 11, 22, 0, 0, 1, 0, time.UTC)
	contains(t, "a link behind it", ask(manager, "POST", page+"/link", url.Values{"days": {"1"}}), 409)
	contains(t, "the wrong way round", ask(manager, "POST", page+"/dates", url.Values{"opens": {"2026-11-22"}, "closes": {"2026-11-21"}}), 422, "vor dem ersten")
	contains(t, "no day", ask(manager, "POST", page+"/dates", url.Values{"opens": {"morgen"}}), 422)
	if answer := ask(manager, "POST", page+"/dates", nil); answer.Code != 303 {
		t.Errorf("none: %d", answer.Code)
	}
}

// aSession makes a session as a trainer, with the form that made it.
func aSession(t *testing.T, site *town) (page string, form url.Values) {
	t.Helper()
	course := aCourse(t, site, fireSafety())
	form = url.Values{"course": {course}, "title": {"Löschübung"}, "begins": {"2026-11-20T09:30"}, "ends": {"2026-11-20T11:00"}, "place": {"Hof"}, "completes": {"yes"}, "least": {"60"}}
	made := ask(site.as(visitor.Trainer), "POST", "/attendance", form)
	page, ok := strings.CutSuffix(made.Header().Get("Location"), "?done=session")
	if !ok {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	return page, form
}

// TestAttendance: a trainer makes a session and records who came.
func TestAttendance(t *testing.T) {
	site := newTown(t, "http://content.example")
	trainer := site.as(visitor.Trainer)
	contains(t, "no course", ask(trainer, "GET", "/attendance", nil), 200, "noch gibt es keinen")
	page, form := aSession(t, site)
	contains(t, "the session", ask(trainer, "GET", page, nil), 200, "Löschübung", "20.11.2026, 09:30 Uhr", "ab 60 Minuten", "Noch niemand.")
	contains(t, "the list", ask(trainer, "GET", "/attendance", nil), 200, "Ein Termin steht an.", "Brandschutz im Rathaus")
	for field, value := range map[string]string{"begins": "", "ends": "2026-11-20T09:00", "title": " ", "course": "nothing", "least": "x"} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set(field, value)
		contains(t, "a bad "+field, ask(trainer, "POST", "/attendance", bad), 422, `href="#f-`+field+`"`)
	}

	if answer := ask(trainer, "POST", page+"/records", url.Values{"mail": {"ada@example.org"}, "name": {"Ada"}}); answer.Header().Get("Location") != page+"?done=recorded" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if answer := ask(trainer, "POST", page+"/records", url.Values{"list": {"E-Mail;Name;anwesend\nbob@example.org;Bob;30\neve@example.org;Eve;nein\n"}}); answer.Code != 303 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "who came", ask(trainer, "GET", page, nil), 200, "2 Personen haben teilgenommen", "Ada", "teilgenommen, abgeschlossen", "nicht teilgenommen", "aus einer Liste")
	contains(t, "a bad list", ask(trainer, "POST", page+"/records", url.Values{"list": {"E-Mail;anwesend\nnothing;vielleicht\n"}}), 422, "es ist nichts eingetragen", "Zeile 2")
	contains(t, "a bad address", ask(trainer, "POST", page+"/records", url.Values{"mail": {"ada"}, "minutes": {"900"}}), 422, `href="#f-mail"`, `href="#f-minutes"`)
	contains(t, "deleting it", ask(trainer, "POST", page+"/delete", nil), 409)
	back := regexp.MustCompile(page+`/records/[0-9a-f]+/back`).FindAllString(ask(trainer, "GET", page, nil).Body.String(), -1)
	if len(back) != 2 {
		t.Fatalf("%v", back)
	}
	for _, address := range back {
		if answer := ask(trainer, "POST", address, nil); answer.Header().Get("Location") != page+"?done=taken-back" {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	}
}

// TestCode: participants enter a code; it counts until the trainer ends it.
func TestCode(t *testing.T) {
	site := newTown(t, "http://content.example")
	trainer := site.as(visitor.Trainer)
	page, _ := aSession(t, site)
	ask(trainer, "POST", page+"/code", nil)
	code := regexp.MustCompile(`<p class="code">([A-Z0-9-]+)</p>`).FindStringSubmatch(ask(trainer, "GET", page, nil).Body.String())[1]
	learner := site.as(visitor.Learner)
	site.who = []string{"account|https://lrs.example|m.muster"}
	contains(t, "a wrong code", ask(learner, "POST", "/my/code", url.Values{"code": {"AAAA-AAAA"}}), 422, "Diesen Code gibt es nicht", `href="#f-code"`)
	if answer := ask(learner, "POST", "/my/code", url.Values{"code": {strings.ToLower(code)}}); answer.Header().Get("Location") != "/my?done=attended" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	contains(t, "her page", ask(learner, "GET", "/my?done=attended", nil), 200, "Ihre Teilnahme ist festgehalten.", "abgeschlossen", "Präsenz")
	ask(trainer, "POST", page+"/code/end", nil)
	contains(t, "a code that ended", ask(learner, "POST", "/my/code", url.Values{"code": {code}}), 422, "Diesen Code gibt es nicht")
}

// TestOtherTrainers: a session is there for who made it, and for content managers.
func TestOtherTrainers(t *testing.T) {
	site := newTown(t, "http://content.example")
	page, _ := aSession(t, site)
	other := &visitor.Visitor{Tenant: "default", Account: "other", Roles: []visitor.Role{visitor.Trainer}}
	asOther := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site.ServeHTTP(w, r.WithContext(visitor.With(r.Context(), other)))
	})
	contains(t, "another trainer", ask(asOther, "GET", "/attendance", nil), 200, "0 Termine stehen an.")
	for _, route := range routeTable {
		if address := strings.NewReplacer("/attendance/{session}", page, "{record}", "x").Replace(route.path); strings.HasPrefix(address, page) {
			contains(t, route.method+" "+route.path+" by another trainer", ask(asOther, route.method, address, url.Values{"mail": {"x@example.org"}}), 404)
		}
	}
	contains(t, "a content manager", ask(site.as(visitor.ContentManager), "GET", page, nil), 200, "Löschübung")
}
