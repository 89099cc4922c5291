package app

import (
	"encoding/base64"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lernspur/directory"
	"lernspur/internal/browsertest"
	"lernspur/signin"
	"lernspur/web/visitor"
)

// passing is a part that is passed by opening it; it looks for its API as content
// does.
const passing = `<!doctype html><html lang="en"><meta charset="utf-8"><title>part</title><h1>part</h1><script>
let w = window; while (!w.API && w.parent !== w) w = w.parent
const api = w.API
window.began = api.LMSInitialize('')
api.LMSSetValue('cmi.core.lesson_status', 'passed'); api.LMSSetValue('cmi.core.score.raw', '90'); api.LMSCommit('')
addEventListener('pagehide', () => api.LMSFinish(''))
</script></html>`

// pagesOf is a server whose pages and content have host names of their own, with
// accounts that all have one password.
func pagesOf(t *testing.T) (a *App, base string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	base = "http://localhost:" + port
	o := options(t)
	o.Addr, o.ContentAddr, o.Pages = "127.0.0.1:"+port, "127.0.0.1:0", base
	a = start(t, o)
	t.Cleanup(func() { stop(t, a) })
	name, mail := "Ada Yılmaz", []string{"mbox|mailto:ada@musterstadt.example"}
	person, err := a.people.AddPerson(t.Context(), "default", directory.PersonEdit{Name: &name, Identifiers: &mail})
	if err != nil {
		t.Fatal(err)
	}
	for account, roles := range map[string][]visitor.Role{"maria": {visitor.ContentManager}, "ada": {visitor.Learner}} {
		p := signin.Profile{Roles: &roles}
		if account == "ada" {
			p.Person, p.Name = &person.ID, &name
		}
		if _, _, err := a.signin.Create(t.Context(), "default", account, adminPassword, p); err != nil {
			t.Fatal(err)
		}
	}
	return a, base
}

// signIn signs somebody in and comes to a page.
func signIn(b *browsertest.Page, base, account, page string) {
	b.Helper()
	b.Visit(base + page)
	b.Until(`location.pathname === '/signin' && document.getElementById('account')`)
	b.Do(chromedp.SendKeys(chromedp.CSS("#account"), account), chromedp.SendKeys(chromedp.CSS("#password"), adminPassword), chromedp.Click(chromedp.CSS("form .wide")))
	b.Until(`location.pathname === '` + page + `' && document.readyState === 'complete'`)
}

// press presses the button of the form whose action ends so.
func press(b *browsertest.Page, action string) {
	b.Helper()
	b.Text(`document.querySelector('form[action$="` + action + `"] button').click()`)
}

// TestPagesInABrowser goes the whole way: a package is uploaded by its form and
// replaced by a drop, somebody is registered and passes it by a link, and sees
// that on her page, on a telephone.
func TestPagesInABrowser(t *testing.T) {
	_, base := pagesOf(t)
	b := browsertest.Open(t, 3*time.Minute)
	signIn(b, base, "maria", "/packages")
	packed := zipped(t, scorm("one.html", passing, "two.html", passing))
	file := filepath.Join(t.TempDir(), "fire.zip")
	if err := os.WriteFile(file, packed, 0o600); err != nil {
		t.Fatal(err)
	}

	b.Do(chromedp.SetUploadFiles(chromedp.CSS("#package"), []string{file}))
	b.Until(`document.querySelector('.chosen').textContent === 'fire.zip'`)
	press(b, "/packages")
	b.Until(`location.pathname.startsWith('/courses/fire-safety-') && document.querySelector('.done')`)
	course := b.Text(`location.pathname`)
	if got := b.Text(`document.querySelector('h1').textContent`); got != "Fire safety" {
		t.Errorf("the course is called %q", got)
	}

	drop := `(() => {
const bytes = Uint8Array.from(atob('` + base64.StdEncoding.EncodeToString(packed) + `'), (c) => c.charCodeAt(0))
const dropped = new DataTransfer()
dropped.items.add(new File([bytes], 'again.zip', { type: 'application/zip' }))
document.querySelector('.target').dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }))
})()`
	b.Text(drop)
	b.Until(`location.search.includes('done=replaced')`)
	if got := b.Text(`document.body.innerText`); !strings.Contains(got, "Version 2") {
		t.Errorf("after the drop: %s", got)
	}
	b.Text(`document.querySelectorAll('details').forEach((d) => { d.open = true })`)
	// What is refused is said on the page, without leaving it.
	b.Text(strings.Replace(drop, base64.StdEncoding.EncodeToString(packed), "bm8gemlw", 1))
	b.Until(`document.querySelector('.outcome .findings') && document.activeElement.className === 'outcome'`)

	b.Visit(base + course)
	b.Text(`(document.getElementById('f-name').value = 'Ada Yılmaz', document.getElementById('f-mail').value = 'ada@musterstadt.example')`)
	press(b, course+"/registrations")
	b.Until(`location.search.includes('done=registered')`)
	registration := b.Text(`location.pathname`)
	press(b, registration+"/link")
	b.Until(`document.getElementById('made')`)
	link := b.Text(`document.getElementById('made').value`)

	b.Visit(link)
	b.Until(`document.getElementById('content')?.contentWindow?.began === 'true'`)
	if got := b.Text(`document.cookie`); got != "" || strings.HasPrefix(link, base) {
		t.Errorf("content at %s has the cookies %q", link, got)
	}
	b.Visit(base + registration)
	b.Until(`document.querySelector('.state').classList.contains('started')`)
	if got := b.Text(`document.body.innerText`); !strings.Contains(got, "90") || !strings.Contains(got, "Part one") {
		t.Errorf("the registration: %s", got)
	}
	press(b, "/signout")
	b.Until(`location.pathname === '/signin' && document.querySelector('.done')`)
	onATelephone(b, base, course)
}

// onATelephone is the learner's half: she finds the course on her page and opens it.
func onATelephone(b *browsertest.Page, base, course string) {
	b.Helper()
	b.Screen(390, 780, false)
	signIn(b, base, "ada", "/my")
	for range 2 { // once into the other language, and back
		before := b.Text(`document.documentElement.lang`)
		press(b, "/language")
		b.Until(`document.documentElement.lang !== '` + before + `' && document.readyState === 'complete'`)
	}
	answers := map[string]string{"de": "Ein Kurs wartet auf Sie.", "en": "One course is waiting for you."}
	if got := b.Text(`document.querySelector('.answer').textContent`); got != answers[b.Text(`document.documentElement.lang`)] {
		b.Errorf("her page answers %q", got)
	}
	press(b, "/open")
	b.Until(`location.hostname === '127.0.0.1' && document.getElementById('content')?.contentWindow?.began === 'true'`)
	b.Visit(base + course)
	b.Until(`document.querySelector('h1') && location.pathname === '` + course + `'`)
	if got := b.Text(`document.body.innerText`); strings.Contains(got, "Ada") && strings.Contains(got, "ada@musterstadt.example") || b.Text(`document.querySelectorAll('table').length`) != "0" {
		b.Errorf("a learner sees the course's page: %s", got)
	}
}
