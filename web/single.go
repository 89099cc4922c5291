package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"lernspur/browse"
	"lernspur/statements"
)

// fact is one thing that a statement says, for the page of the statement.
type fact struct {
	Name string // key of the message
	Says sentence
	Code string // an id, as it was sent
	Link string // to the statements with the same
	At   int64
}

// singlePage is what the page of a statement shows.
type singlePage struct {
	Sentence         sentence
	Voided, Withheld bool
	Facts            []fact
	JSON, Raw        string
	Cut              bool // JSON is not all of it
}

// shownJSON is how much of a statement's JSON its page shows, in bytes.
const shownJSON = 64 << 10

// single shows one statement, with everything that it says.
func (s *Site) single(q *request) error {
	st, err := q.thisStatement()
	if err != nil {
		return err
	}
	t, err := q.narrator([]browse.Statement{st})
	if err != nil {
		return err
	}
	body := singlePage{Sentence: t.tell(&st), Voided: st.Voided, Withheld: st.Withheld, Raw: q.link("/statements/" + st.ID.String() + "/raw")}
	if body.Facts, err = q.facts(t, &st); err != nil {
		return err
	}
	body.JSON, body.Cut = readable(st.Raw)
	return q.show(http.StatusOK, "single", &view{Title: q.words.t("statement.title"), Crumbs: q.crumbs("/statements", q.words.t("menu.statements")), Body: body})
}

// thisStatement is the one that the address names.
func (q *request) thisStatement() (browse.Statement, error) {
	id, err := uuid.Parse(q.r.PathValue("statement"))
	if err != nil {
		return browse.Statement{}, browse.ErrNotFound
	}
	return q.site.deps.Statements.Get(q.r.Context(), q.who, id)
}

// rawStatement answers the JSON of a statement, to the byte.
func (s *Site) rawStatement(q *request) error {
	st, err := q.thisStatement()
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(st.Raw)))
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write(st.Raw) // the client is gone
	}
	return nil
}

// readable is JSON on lines of its own, with what cannot be seen or turns around what
// follows it as escapes; cut tells that it is not all.
func readable(raw []byte) (text string, cut bool) {
	var b bytes.Buffer
	if json.Indent(&b, raw[:min(len(raw), 4*shownJSON)], "", "  ") != nil {
		b.Reset()
		b.Write(raw) // all but the beginning is missing then
	}
	text = b.String()
	if cut = len(text) > shownJSON || len(raw) > 4*shownJSON; cut {
		text = text[:min(shownJSON, len(text))]
		for len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]) {
			text = text[:len(text)-1]
		}
	}
	var seen strings.Builder
	for _, r := range text {
		if r != '\n' && clean(string(r), 1) == "" && r != ' ' {
			fmt.Fprintf(&seen, `\u%04x`, r)
			continue
		}
		seen.WriteRune(r)
	}
	return seen.String(), cut
}

// facts are everything that a statement says, one by one.
func (q *request) facts(t *narrator, st *browse.Statement) (list []fact, err error) {
	follows, err := q.follows()
	if err != nil {
		return nil, err
	}
	text := func(s string) sentence {
		if s = clean(s, longestText); s == "" {
			return nil
		}
		return sentence{{Text: s, Name: true}}
	}
	list = append(q.saidFacts(t, st, follows), q.resultFacts(st.Result, text)...)
	list = append(list, q.contextFacts(t, &st.Context, follows, text)...)
	list = append(list, fact{Name: "fact.timestamp", At: st.Timestamp}, fact{Name: "fact.stored", At: st.Stored})
	for _, a := range st.Attachments {
		name := clean(inLanguage(a.Display, q.words.lang), longestName)
		if name == "" {
			name = clean(a.ContentType, longestName)
		}
		list = append(list, fact{Name: "fact.attachment", Says: sentence{{Text: name, Name: true}, {Text: " (" + q.words.size(a.Length) + ")"}}})
	}
	list = append(list, fact{Name: "fact.version", Says: text(st.Version)}, fact{Name: "fact.authority", Says: text(statements.IdentifierText(st.Authority.Identifier))},
		fact{Name: "fact.id", Code: st.ID.String()})
	return slices.DeleteFunc(list, fact.empty), nil
}

// empty tells that a statement says nothing of the kind.
func (f fact) empty() bool { return len(f.Says) == 0 && f.Code == "" && f.At == 0 }

// saidFacts are who did what; follows tells whether one person can be followed.
func (q *request) saidFacts(t *narrator, st *browse.Statement, follows bool) []fact {
	actor := fact{Name: "fact.actor", Says: t.agent(st.Actor, true), Code: clean(st.Actor.Identifier, maxFilter)}
	if id := st.Actor.Identifier; id != "" && follows {
		actor.Link = q.page("/statements", "person", id)
	}
	list := []fact{actor, {Name: "fact.verb", Says: t.verb(st.Verb), Code: st.Verb.ID, Link: q.page("/statements", "verb", st.Verb.ID)}}
	switch st.Object.Kind {
	case statements.ObjectActivity:
		list = append(list, fact{Name: "fact.object", Says: t.object(&st.Object), Code: st.Object.ID, Link: q.page("/statements", "activity", st.Object.ID)})
	case statements.ObjectAgent, statements.ObjectGroup:
		list = append(list, fact{Name: "fact.object", Says: t.object(&st.Object), Code: clean(st.Object.Agent.Identifier, maxFilter)})
	case statements.ObjectStatementRef:
		ref := fact{Name: "fact.ref", Code: st.Object.Ref.String()}
		if st.Object.Target != nil {
			ref.Link = q.link("/statements/" + ref.Code)
		}
		list = append(list, ref)
	}
	return list
}

// contextFacts are what stands beside the matter.
func (q *request) contextFacts(t *narrator, c *browse.Context, follows bool, text func(string) sentence) (list []fact) {
	if c.Registration != uuid.Nil {
		registration := fact{Name: "fact.registration", Code: c.Registration.String()}
		if follows {
			registration.Link = q.page("/statements", "registration", registration.Code)
		}
		list = append(list, registration)
	}
	if c.Instructor != nil {
		list = append(list, fact{Name: "fact.instructor", Says: t.agent(*c.Instructor, false)})
	}
	around := func(name string, ids []string) {
		for _, id := range ids {
			list = append(list, fact{Name: name, Says: t.object(&browse.Object{Kind: statements.ObjectActivity, ID: id}), Code: id,
				Link: q.page("/statements", "activity", id, "related_activities", "true")})
		}
	}
	around("fact.parent", c.Parents)
	around("fact.grouping", c.Groupings)
	return append(list, fact{Name: "fact.platform", Says: text(c.Platform)}, fact{Name: "fact.language", Says: text(c.Language)})
}

// resultFacts are what came out.
func (q *request) resultFacts(r *browse.Result, text func(string) sentence) (list []fact) {
	if r == nil {
		return nil
	}
	yes := func(name string, v *bool) {
		if v != nil {
			list = append(list, fact{Name: name, Says: plain(q.words.t(map[bool]string{true: "yes", false: "no"}[*v]))})
		}
	}
	number := func(name string, v *float64, words func(float64) string) {
		if v != nil {
			list = append(list, fact{Name: name, Says: plain(words(*v))})
		}
	}
	yes("fact.success", r.Success)
	yes("fact.completion", r.Completion)
	number("fact.scaled", r.Scaled, q.words.percent)
	number("fact.raw", r.Raw, q.words.number)
	number("fact.min", r.Min, q.words.number)
	number("fact.max", r.Max, q.words.number)
	if r.Duration != "" {
		says := text(r.Duration)
		if _, known := minutesOf(r.Duration); known {
			says = plain(q.words.duration(r.Duration))
		}
		list = append(list, fact{Name: "fact.duration", Says: says})
	}
	if r.Response != "" {
		list = append(list, fact{Name: "fact.response", Says: sentence{{Text: clean(r.Response, 2000), Name: true}}})
	}
	return list
}
