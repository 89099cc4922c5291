package web

import (
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"lernspur/web/visitor"
)

func TestNumbers(t *testing.T) {
	de, en := languages["de"], languages["en"]
	for _, c := range []struct{ name, got, want string }{
		{"thousands, de", de.integer(1234567), "1.234.567"}, {"thousands, en", en.integer(1234567), "1,234,567"}, {"small", de.integer(999), "999"}, {"below zero", en.integer(-1000), "−1,000"},
		{"percent, de", de.percent(0.825), "82,5\u00a0%"}, {"percent, en", en.percent(0.825), "82.5%"}, {"all", en.percent(1), "100%"}, {"none", en.percent(0), "0%"}, {"third", en.percent(1.0 / 3), "33.3%"}, {"loss", en.percent(-0.5), "−50%"},
		{"bytes", de.size(1), "1 Byte"}, {"kilobytes", de.size(1500), "1,5\u00a0KB"}, {"megabytes", en.size(20_400_000), "20\u00a0MB"}, {"nearly", en.size(999_600), "1.0\u00a0MB"}, {"huge", en.size(3e15), "3,000\u00a0TB"},
		{"minutes", de.length(45), "45\u00a0Min."}, {"hours", en.length(120), "2\u00a0h"}, {"both", en.length(90), "1\u00a0h 30\u00a0min"},
		{"no number of minutes", de.duration("P1M"), "P1M"}, {"in words", de.duration("PT1H30M"), "1\u00a0Std. 30\u00a0Min."},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		d      time.Duration
		de, en string
	}{
		{0, "gerade eben", "just now"}, {-10 * time.Second, "gleich", "in a moment"}, {time.Minute, "vor einer Minute", "1 minute ago"}, {59 * time.Minute, "vor 59 Minuten", "59 minutes ago"},
		{time.Hour, "vor einer Stunde", "1 hour ago"}, {23 * time.Hour, "vor 23 Stunden", "23 hours ago"}, {24 * time.Hour, "vor einem Tag", "1 day ago"}, {-49 * time.Hour, "in 2 Tagen", "in 2 days"},
		{59 * 24 * time.Hour, "vor 59 Tagen", "59 days ago"}, {60 * 24 * time.Hour, "vor 2 Monaten", "2 months ago"}, {366 * 24 * time.Hour, "vor einem Jahr", "1 year ago"}, {800 * 24 * time.Hour, "vor 2 Jahren", "2 years ago"},
		{-400 * 24 * time.Hour, "in einem Jahr", "in 1 year"},
	} {
		if got := languages["de"].ago(now.Add(-c.d), now); got != c.de {
			t.Errorf("%s: %q, want %q", c.d, got, c.de)
		}
		if got := languages["en"].ago(now.Add(-c.d), now); got != c.en {
			t.Errorf("%s: %q, want %q", c.d, got, c.en)
		}
	}
	if got := languages["de"].moment(now); got != "20.11.2026, 10:00 Uhr" {
		t.Error(got)
	}
	if got := languages["en"].moment(now); got != "20 Nov 2026, 10:00" {
		t.Error(got)
	}
}

func TestDurations(t *testing.T) {
	for iso, want := range map[string]int{"PT45M": 45, "PT1H30M": 90, "P1DT2H": 1560, "P1W": 10080, "PT90S": 2, "PT1,5H": 90, "": -1, "P": -1, "PT": 0, "P1M": -1, "P1Y": -1, "1H": -1, "PT1X": -1, "PTH": -1} {
		got, ok := minutesOf(iso)
		if !ok {
			got = -1
		}
		if iso != "P" && iso != "PT" && got != want {
			t.Errorf("%q: %d, want %d", iso, got, want)
		}
	}
	for minutes, want := range map[int]string{45: "PT45M", 60: "PT1H", 90: "PT1H30M"} {
		if got := isoMinutes(minutes); got != want {
			t.Errorf("%d: %s", minutes, got)
		}
	}
}

// TestLanguages: the address before the account, that before the browser, German
// for all others; and the address's goes on to other pages.
func TestLanguages(t *testing.T) {
	for _, c := range []struct{ name, address, account, header, want, link string }{
		{"nothing is said", "/", "", "", "de", "/courses#a"},
		{"the browser", "/", "", "en-GB,en;q=0.8,de;q=0.5", "en", "/courses#a"},
		{"another language", "/", "", "fr", "de", "/courses#a"},
		{"the account", "/", "en", "de", "en", "/courses#a"},
		{"the address", "/?lang=en", "de", "de", "en", "/courses?lang=en#a"},
		{"nonsense in the address", "/?lang=xx", "", "en", "en", "/courses#a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", c.address, nil)
			r.Header.Set("Accept-Language", c.header)
			w, asked := wordsFor(r, &visitor.Visitor{Language: c.account})
			q := &request{r: r, words: w, asked: asked, site: &Site{}}
			if w.lang != c.want || q.link("/courses#a") != c.link {
				t.Errorf("%s, %s", w.lang, q.link("/courses#a"))
			}
		})
	}
	q := &request{asked: "en", site: &Site{prefix: "/lrs"}}
	if got := q.link("/a?b=c"); got != "/lrs/a?b=c&lang=en" {
		t.Error(got)
	}
}

// TestChooseLanguage: what somebody chose is noted, and leads back to our pages only.
func TestChooseLanguage(t *testing.T) {
	site := newTown(t, "")
	learner := site.as(visitor.Learner)
	for _, c := range []struct{ lang, back, want string }{
		{"en", "/my?x=1", "/my?x=1"}, {"en", "https://evil.example/", "/"}, {"en", "//evil.example", "/"}, {"en", "/\\evil.example", "/"}, {"en", "", "/"}, {"fr", "/my", ""},
	} {
		site.chosen = ""
		answer := ask(learner, "POST", "/language?lang=de", url.Values{"lang": {c.lang}, "back": {c.back}})
		if c.want == "" && answer.Code != 400 || answer.Header().Get("Location") != c.want || c.want != "" && site.chosen != "en" {
			t.Errorf("%v: %d to %q, chosen %q", c, answer.Code, answer.Header().Get("Location"), site.chosen)
		}
	}
	contains(t, "the form", ask(learner, "GET", "/my?lang=en", nil), 200, `name="back" value="/my"`, `value="de" lang="de">Deutsch`)
}
