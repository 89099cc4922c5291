package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"

	"lernspur/browse"
	"lernspur/web/visitor"
)

// sentencesOf are a statement's sentences in German and in English, after the
// statements before it, which are told of as well where it points to one.
func sentencesOf(t *testing.T, before []string, body string) (de, en string) {
	t.Helper()
	site := newTown(t, "http://content.example")
	for _, b := range before {
		site.said.say(t, testNow, b)
	}
	id := site.said.say(t, testNow, body)
	st, err := site.deps.Statements.Get(context.Background(), &visitor.Visitor{Tenant: "default", Roles: []visitor.Role{visitor.DataProtection}}, id)
	if err != nil {
		t.Fatal(err)
	}
	for lang, to := range map[string]*string{"de": &de, "en": &en} {
		w := languages[lang]
		narrator := &narrator{words: w, activity: func(id string) string {
			if id == fireCourse {
				return map[string]string{"de": "Brandschutz", "en": "Fire safety"}[lang]
			}
			return id
		}}
		*to = narrator.tell(&st).Text()
	}
	return de, en
}

// TestToldSentences holds what is said of statements against sentences written by hand.
func TestToldSentences(t *testing.T) {
	const (
		lovelace = `{"mbox":"mailto:lovelace@stadt.example","name":"Ada Lovelace"}`
		page     = `{"id":"https://stadt.example/kurs/seite-2","definition":{"name":{"de-DE":"Fluchtwege","en-GB":"Ways out"}}}`
	)
	group := func(more string) string { return `{"objectType":"Group",` + more + `}` }
	score := func(s string) string { return `,"result":{"score":{` + s + `}}` }
	first := uuid.MustParse("00000000-0000-4000-8000-000000000001")
	pointer := fmt.Sprintf(`{"objectType":"StatementRef","id":%q}`, first)
	for _, c := range []struct {
		name   string
		before []string
		body   string
		de, en string
	}{
		{"passed with a score", nil, says(lovelace, "passed", fireObject, score(`"scaled":0.8`)), "Ada Lovelace hat „Brandschutz“ mit 80 % bestanden", "Ada Lovelace passed “Fire safety” with 80%"},
		{"passed", nil, says(lovelace, "passed", fireObject, ""), "Ada Lovelace hat „Brandschutz“ bestanden", "Ada Lovelace passed “Fire safety”"},
		{"a score with a place", nil, says(lovelace, "failed", fireObject, score(`"scaled":0.125`)), "Ada Lovelace hat „Brandschutz“ mit 12,5 % nicht bestanden", "Ada Lovelace did not pass “Fire safety” with 12.5%"},
		{"a negative score", nil, says(lovelace, "failed", fireObject, score(`"scaled":-0.5`)), "Ada Lovelace hat „Brandschutz“ mit −50 % nicht bestanden", "Ada Lovelace did not pass “Fire safety” with −50%"},
		{"points", nil, says(lovelace, "completed", fireObject, score(`"raw":12.5,"max":1500`)), "Ada Lovelace hat „Brandschutz“ mit 12,5 von 1.500 Punkten abgeschlossen", "Ada Lovelace completed “Fire safety” with 12.5 of 1,500 points"},
		{"points of nobody knows how many", nil, says(lovelace, "completed", fireObject, score(`"raw":7`)), "Ada Lovelace hat „Brandschutz“ mit 7 Punkten abgeschlossen", "Ada Lovelace completed “Fire safety” with 7 points"},
		{"progressed", nil, says(lovelace, "progressed", fireObject, score(`"scaled":0.3`)), "Ada Lovelace ist in „Brandschutz“ bis 30 % vorangekommen", "Ada Lovelace made progress in “Fire safety” up to 30%"},
		{"the name of the directory", nil, says(adaAgent, "initialized", fireObject, ""), "Ada Yılmaz hat „Brandschutz“ geöffnet", "Ada Yılmaz opened “Fire safety”"},
		{"no name but an address", nil, says(`{"mbox":"mailto:new@stadt.example"}`, "terminated", fireObject, ""), "new@stadt.example hat „Brandschutz“ beendet", "new@stadt.example left “Fire safety”"},
		{"an account", nil, says(`{"account":{"homePage":"https://portal.example","name":"n.7"}}`, "suspended", fireObject, ""), "n.7 hat „Brandschutz“ unterbrochen", "n.7 paused work on “Fire safety”"},
		{"an empty name", nil, says(`{"mbox":"mailto:new@stadt.example","name":" \u200b "}`, "resumed", fireObject, ""), "new@stadt.example hat „Brandschutz“ fortgesetzt", "new@stadt.example resumed “Fire safety”"},
		{"a name of the statement's activity", nil, says(lovelace, "experienced", page, ""), "Ada Lovelace hat „Fluchtwege“ angesehen", "Ada Lovelace looked at “Ways out”"},
		{"an activity in another language", nil, says(lovelace, "experienced", `{"id":"https://x.example/1","definition":{"name":{"fr":"Sorties"}}}`, ""), "Ada Lovelace hat „Sorties“ angesehen", "Ada Lovelace looked at “Sorties”"},
		{"only a description", nil, says(lovelace, "experienced", `{"id":"https://x.example/1","definition":{"description":{"und":"Ways"}}}`, ""), "Ada Lovelace hat „Ways“ angesehen", "Ada Lovelace looked at “Ways”"},
		{"an activity that nobody named", nil, says(lovelace, "attempted", `{"id":"https://x.example/1"}`, ""), "Ada Lovelace hat „https://x.example/1“ begonnen", "Ada Lovelace began “https://x.example/1”"},
		{"a right answer", nil, says(lovelace, "answered", `{"id":"https://x.example/q","definition":{"description":{"de":"Welche Nummer?"}}}`, `,"result":{"success":true,"response":"112"}`),
			"Ada Lovelace hat die Frage „Welche Nummer?“ richtig beantwortet – Antwort: „112“", "Ada Lovelace answered the question “Welche Nummer?” correctly – answer: “112”"},
		{"a wrong answer", nil, says(lovelace, "answered", fireObject, `,"result":{"success":false}`), "Ada Lovelace hat die Frage „Brandschutz“ falsch beantwortet", "Ada Lovelace answered the question “Fire safety” incorrectly"},
		{"an answer of which nobody says more", nil, says(lovelace, "answered", fireObject, ""), "Ada Lovelace hat die Frage „Brandschutz“ beantwortet", "Ada Lovelace answered the question “Fire safety”"},
		{"waived", nil, says(lovelace, "https://w3id.org/xapi/adl/verbs/waived", fireObject, ""), "Ada Lovelace wurde „Brandschutz“ erlassen", "“Fire safety” was waived for Ada Lovelace"},
		{"a film", nil, says(lovelace, "https://w3id.org/xapi/video/verbs/played", fireObject, ""), "Ada Lovelace hat „Brandschutz“ abgespielt", "Ada Lovelace played “Fire safety”"},
		{"a verb with its display", nil, strings.Replace(says(lovelace, "https://x.example/v/amazed", fireObject, ""), `/amazed"`, `/amazed","display":{"de":"bestaunte","en":"was amazed by"}`, 1),
			"Ada Lovelace: bestaunte „Brandschutz“", "Ada Lovelace: was amazed by “Fire safety”"},
		{"a verb that nobody named", nil, says(lovelace, "https://x.example/v/amazed", fireObject, score(`"scaled":1`)), "Ada Lovelace: amazed „Brandschutz“ mit 100 %", "Ada Lovelace: amazed “Fire safety” with 100%"},
		{"another person", nil, says(lovelace, "commented", `{"objectType":"Agent","mbox":"mailto:bob@stadt.example","name":"Bob"}`, ""), "Ada Lovelace hat Bob kommentiert", "Ada Lovelace commented on Bob"},
		{"a group with a name", nil, says(group(`"mbox":"mailto:team@stadt.example","name":"Team Blau"`), "completed", fireObject, ""), "Die Gruppe Team Blau hat „Brandschutz“ abgeschlossen", "The group Team Blau completed “Fire safety”"},
		{"a group of two", nil, says(group(`"member":[`+lovelace+`,`+berndAgent+`]`), "completed", fireObject, ""), "Eine Gruppe (Ada Lovelace und Bernd Hoffmann) hat „Brandschutz“ abgeschlossen", "A group (Ada Lovelace and Bernd Hoffmann) completed “Fire safety”"},
		{"a group of four", nil, says(group(`"member":[`+lovelace+`,`+berndAgent+`,`+claraAgent+`,`+adaAgent+`]`), "completed", fireObject, ""),
			"Eine Gruppe (Ada Lovelace, Bernd Hoffmann, Clara Schulz und eine weitere Person) hat „Brandschutz“ abgeschlossen", "A group (Ada Lovelace, Bernd Hoffmann, Clara Schulz and one more person) completed “Fire safety”"},
		{"within another statement", nil, strings.Replace(says(lovelace, "https://x.example/v/planned", `{"objectType":"SubStatement",`+says(lovelace, "attended", fireObject, "")[1:], ""), `/planned"`, `/planned","display":{"de":"hat vor","en":"plans"}`, 1),
			"Ada Lovelace: hat vor – „Ada Lovelace hat an „Brandschutz“ teilgenommen“", "Ada Lovelace: plans – “Ada Lovelace attended “Fire safety””"},
		{"taken back", []string{says(lovelace, "passed", fireObject, "")}, says(berndAgent, "voided", pointer, ""),
			"Bernd Hoffmann hat ein Statement zurückgezogen: „Ada Lovelace hat „Brandschutz“ bestanden“", "Bernd Hoffmann voided a statement: “Ada Lovelace passed “Fire safety””"},
		{"taken back, of which nobody knows", nil, says(berndAgent, "voided", strings.Replace(pointer, "1\"", "9\"", 1), ""),
			"Bernd Hoffmann hat ein Statement zurückgezogen: nicht vorhanden oder nicht für Sie", "Bernd Hoffmann voided a statement: not there, or not for you"},
		{"about another one", []string{says(lovelace, "passed", fireObject, "")}, says(berndAgent, "https://x.example/v/confirmed", pointer, ""),
			"Bernd Hoffmann: confirmed – zu einem anderen Statement: „Ada Lovelace hat „Brandschutz“ bestanden“", "Bernd Hoffmann: confirmed – about another statement: “Ada Lovelace passed “Fire safety””"},
		{"about itself", nil, says(berndAgent, "https://x.example/v/confirmed", pointer, ""),
			"Bernd Hoffmann: confirmed – zu einem anderen Statement: „Bernd Hoffmann: confirmed – zu einem anderen Statement: eines, das auf ein weiteres verweist“",
			"Bernd Hoffmann: confirmed – about another statement: “Bernd Hoffmann: confirmed – about another statement: one that points to a further one”"},
		{"lines and characters that nobody sees", nil, says(`{"mbox":"mailto:x@stadt.example","name":"Ada\n\tvon\u0000 \u202eneztul\u200f\u0007"}`, "passed", fireObject, ""), "Ada von neztul hat „Brandschutz“ bestanden", "Ada von neztul passed “Fire safety”"},
		{"a name in Arabic", nil, says(`{"mbox":"mailto:x@stadt.example","name":"آدا لوفليس"}`, "passed", fireObject, ""), "آدا لوفليس hat „Brandschutz“ bestanden", "آدا لوفليس passed “Fire safety”"},
		{"a script", nil, says(`{"mbox":"mailto:x@stadt.example","name":"<script>alert(1)</script>"}`, "passed", fireObject, ""), "<script>alert(1)</script> hat „Brandschutz“ bestanden", "<script>alert(1)</script> passed “Fire safety”"},
		{"places in a name", nil, says(`{"mbox":"mailto:x@stadt.example","name":"{1} {0}"}`, "passed", fireObject, ""), "{1} {0} hat „Brandschutz“ bestanden", "{1} {0} passed “Fire safety”"},
		{"a number that is no number", nil, says(lovelace, "passed", fireObject, score(`"raw":1e400`)), "Ada Lovelace hat „Brandschutz“ bestanden", "Ada Lovelace passed “Fire safety”"},
		{"a large number", nil, says(lovelace, "passed", fireObject, score(`"raw":1e30`)), "Ada Lovelace hat „Brandschutz“ mit 1e+30 Punkten bestanden", "Ada Lovelace passed “Fire safety” with 1e+30 points"},
	} {
		t.Run(c.name, func(t *testing.T) {
			de, en := sentencesOf(t, c.before, c.body)
			if got := strings.ReplaceAll(de, "\u00a0", " "); got != c.de {
				t.Errorf("German\n%s\nwant\n%s", got, c.de)
			}
			if got := strings.ReplaceAll(en, "\u00a0", " "); got != c.en {
				t.Errorf("English\n%s\nwant\n%s", got, c.en)
			}
		})
	}
}

// TestClean: what others wrote stands on one line, is not too long, and is cut between
// characters.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " a  b\r\n c ": "a b c", "\x00\x1b[31mred\x7f": "[31mred", "a\u202eb\u2066c\u200bd": "abcd", "a\u2028b": "a b", "\ufeffx": "x", "ä\xffö": "äö", "👩\u200d🚒": "👩\u200d🚒", "\ue000x": "x",
	} {
		if got := clean(text, 100); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got := clean(strings.Repeat("ü", 1000), 10); got != strings.Repeat("ü", 10)+"…" || !utf8.ValidString(got) {
		t.Errorf("cut to %q", got)
	}
}

// TestEverySentence: every verb that is known has a sentence in which who and what are
// told of once, in both languages.
func TestEverySentence(t *testing.T) {
	for id, name := range verbNames {
		for lang, w := range languages {
			st := &browse.Statement{Said: browse.Said{Actor: browse.Agent{Identifier: "mbox|mailto:x@y", Name: "WHO"}, Verb: browse.Verb{ID: id}, Object: browse.Object{Kind: 1, ID: "https://x.example/WHAT"}}}
			text := (&narrator{words: w}).tell(st).Text()
			if strings.Count(text, "WHO") != 1 || strings.Count(text, "WHAT") != 1 || strings.ContainsAny(text, "{}[]") {
				t.Errorf("%s (%s) in %s: %s", id, name, lang, text)
			}
		}
	}
}
