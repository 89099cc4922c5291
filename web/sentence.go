package web

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lernspur/browse"
	"lernspur/statements"
)

// part is a piece of a sentence: words of ours, or a name that somebody gave.
type part struct {
	Text string
	// Name tells that the text is a name, which may be written in any direction.
	Name bool
	Link string // of a name, to the page of whoever has it
}

// sentence says in words what a statement says.
type sentence []part

// Text is the sentence without its links.
func (s sentence) Text() string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.Text)
	}
	return b.String()
}

func plain(text string) sentence { return sentence{{Text: text}} }

// phrase is the message of a key with sentences in its places.
func (w *words) phrase(key string, of ...sentence) sentence {
	text := w.t(key)
	var s sentence
	for text != "" {
		from := strings.IndexByte(text, '{')
		to := strings.IndexByte(text, '}')
		if from < 0 || to < from {
			break
		}
		if n, err := strconv.Atoi(text[from+1 : to]); err == nil && n < len(of) {
			if from > 0 {
				s = append(s, part{Text: text[:from]})
			}
			s = append(s, of[n]...)
		}
		text = text[to+1:]
	}
	if text != "" {
		s = append(s, part{Text: text})
	}
	return s
}

// The longest names and texts that a sentence has, in characters.
const (
	longestName = 120
	longestText = 160
)

// clean is a text that somebody else wrote, as it can stand in a sentence: on one line,
// without characters that cannot be seen or that turn around what follows them, and not
// too long.
func clean(text string, longest int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d', unicode.Is(unicode.Co, r):
			continue
		}
		if space {
			b.WriteByte(' ')
			n, space = n+1, false
		}
		if n++; n > longest {
			return b.String() + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}

// saidVerbs are the verbs for which there is a sentence, by what is said then.
var saidVerbs = map[string]string{
	"http://adlnet.gov/expapi/verbs/": "answered=answered asked=asked attempted=attempted attended=attended commented=commented completed=completed exited=terminated experienced=experienced " +
		"failed=failed imported=imported initialized=initialized interacted=interacted launched=launched mastered=mastered passed=passed preferred=preferred progressed=progressed " +
		"registered=registered responded=responded resumed=resumed scored=scored shared=shared suspended=suspended terminated=terminated voided=voided " +
		"abandoned=abandoned waived=waived satisfied=satisfied",
	"https://w3id.org/xapi/adl/verbs/":     "abandoned=abandoned waived=waived satisfied=satisfied logged-in=in logged-out=out",
	"https://w3id.org/xapi/video/verbs/":   "played=played paused=paused seeked=seeked",
	"https://w3id.org/xapi/dod-isd/verbs/": "assigned=assigned",
	"https://w3id.org/xapi/tla/verbs/":     "assigned=assigned",
	"http://activitystrea.ms/schema/1.0/":  "access=experienced assign=assigned complete=completed consume=experienced create=created join=joined leave=left like=liked listen=listened play=played read=read save=saved search=searched share=shared start=attempted submit=submitted update=updated watch=watched",
	"http://activitystrea.ms/":             "create=created join=joined leave=left read=read share=shared submit=submitted watch=watched",
	"http://id.tincanapi.com/verb/":        "viewed=experienced downloaded=downloaded earned=earned rated=rated reviewed=reviewed bookmarked=saved paused=paused skipped=skipped",
	"https://w3id.org/xapi/acrossx/verbs/": "accessed=experienced liked=liked searched=searched watched=watched",
	"https://w3id.org/xapi/netc/verbs/":    "accessed=experienced viewed=experienced downloaded=downloaded",
}

// verbNames is saidVerbs by the whole IRI of each verb.
var verbNames = func() map[string]string {
	names := make(map[string]string)
	for prefix, list := range saidVerbs {
		for _, pair := range strings.Fields(list) {
			end, name, _ := strings.Cut(pair, "=")
			names[prefix+end] = name
		}
	}
	return names
}()

// narrator puts statements into words, for one page.
type narrator struct {
	words *words
	// activity is what an activity is called, empty for what nobody named.
	activity func(id string) string
	// person is the address of somebody's page, empty for none.
	person func(p browse.Person) string
}

// tell says in one sentence what a statement says.
func (t *narrator) tell(st *browse.Statement) sentence {
	if st.Verb.ID == "" {
		return plain(t.words.t("says.nothing"))
	}
	return t.said(&st.Said, st.Object.Target).begun()
}

// begun is a sentence that begins with a capital letter, unless it begins with a name.
func (s sentence) begun() sentence {
	if len(s) > 0 && !s[0].Name {
		r, size := utf8.DecodeRuneInString(s[0].Text)
		s[0].Text = string(unicode.ToUpper(r)) + s[0].Text[size:]
	}
	return s
}

// said puts a statement or a SubStatement into words; target is what it points to.
func (t *narrator) said(s *browse.Said, target *browse.Statement) sentence {
	actor := t.agent(s.Actor, true)
	switch s.Object.Kind {
	case statements.ObjectSubStatement:
		inner := plain(t.words.t("says.nothing"))
		if s.Object.Sub != nil {
			inner = t.said(s.Object.Sub, nil).begun()
		}
		return t.words.phrase("says.sub", actor, t.words.phrase("says.quoted", inner), t.verb(s.Verb))
	case statements.ObjectStatementRef:
		other := plain(t.words.t("says.unseen"))
		if target != nil {
			other = t.words.phrase("says.quoted", t.pointed(target))
		}
		if verbNames[s.Verb.ID] == "voided" {
			return t.words.phrase("says.voided", actor, other)
		}
		return t.words.phrase("says.ref", actor, other, t.verb(s.Verb))
	}
	object, outcome := t.object(&s.Object), t.outcome(s)
	name := verbNames[s.Verb.ID]
	switch name {
	case "", "voided":
		return t.words.phrase("says.other", actor, object, outcome, t.verb(s.Verb))
	case "answered", "responded":
		text := t.words.phrase(t.answer(s.Result), actor, object, outcome)
		if s.Result == nil || s.Result.Response == "" {
			return text
		}
		response := t.words.phrase("says.quoted", sentence{{Text: clean(s.Result.Response, longestText), Name: true}})
		return t.words.phrase("says.response", text, response)
	}
	return t.words.phrase("says.verb."+name, actor, object, outcome)
}

// pointed says what another statement says, without following it further.
func (t *narrator) pointed(st *browse.Statement) sentence {
	if st.Object.Kind == statements.ObjectStatementRef {
		return t.words.phrase("says.ref", t.agent(st.Actor, true), plain(t.words.t("says.another")), t.verb(st.Verb)).begun()
	}
	return t.tell(st)
}

// answer is the message for how a question was answered.
func (t *narrator) answer(r *browse.Result) string {
	switch {
	case r == nil || r.Success == nil:
		return "says.verb.answered"
	case *r.Success:
		return "says.right"
	}
	return "says.wrong"
}

// namedMembers is how many people of a gathering are named.
const namedMembers = 3

// agent is what somebody is called, or those together who act. acting is for whom the
// sentence begins with.
func (t *narrator) agent(a browse.Agent, acting bool) sentence {
	if a.Withheld() {
		if a.Group {
			return plain(t.words.t("says.others"))
		}
		if acting {
			return plain(t.words.t("says.somebody"))
		}
		return plain(t.words.t("says.somebody.else"))
	}
	if !a.Group || a.Identifier != "" && len(a.Members) == 0 {
		name := sentence{t.name(a)}
		if a.Group {
			return t.words.phrase("says.group", name)
		}
		return name
	}
	if clean(a.Name, longestName) != "" || a.Identifier != "" {
		return t.words.phrase("says.group", sentence{t.name(a)})
	}
	var names sentence
	shown := a.Members[:min(namedMembers, len(a.Members))]
	rest := len(a.Members) - len(shown)
	for i, m := range shown {
		switch {
		case i > 0 && i == len(shown)-1 && rest == 0:
			names = append(names, part{Text: t.words.t("says.and")})
		case i > 0:
			names = append(names, part{Text: ", "})
		}
		if m.Withheld() {
			names = append(names, part{Text: t.words.t("says.somebody.else")})
		} else {
			names = append(names, t.name(m))
		}
	}
	if rest > 0 {
		names = append(names, part{Text: t.words.tn("says.more", rest)})
	}
	return t.words.phrase("says.gathering", names)
}

// name is the name of somebody: the directory's, else the statement's, else what of
// the identifier says most.
func (t *narrator) name(a browse.Agent) part {
	p := part{Name: true, Text: clean(a.Person.Name, longestName)}
	if p.Text == "" {
		p.Text = clean(a.Name, longestName)
	}
	if p.Text == "" {
		p.Text = clean(statements.IdentifierText(a.Identifier), longestName)
	}
	if p.Text == "" {
		return part{Text: t.words.t("says.somebody")}
	}
	of := a.Person
	if of.ID == "" && !a.Group {
		of.ID = a.Identifier
	}
	if t.person != nil && of.ID != "" {
		p.Link = t.person(of)
	}
	return p
}

// verb is what a statement calls its verb, for those that there is no sentence for.
func (t *narrator) verb(v browse.Verb) sentence {
	text := clean(inLanguage(v.Display, t.words.lang), longestName)
	if text == "" {
		text = clean(lastOf(v.ID), longestName)
	}
	return sentence{{Text: text, Name: true}}
}

// lastOf is the end of an IRI, where its name stands as a rule.
func lastOf(iri string) string {
	trimmed := strings.TrimRight(iri, "/#")
	if i := strings.LastIndexAny(trimmed, "/#:"); i >= 0 && i+1 < len(trimmed) {
		return trimmed[i+1:]
	}
	return iri
}

// object is what a statement is about.
func (t *narrator) object(o *browse.Object) sentence {
	if o.Kind == statements.ObjectAgent || o.Kind == statements.ObjectGroup {
		return t.agent(o.Agent, false)
	}
	return t.words.phrase("says.quoted", sentence{{Text: t.activityName(o), Name: true}})
}

// activityName is what an activity is called: by the catalogue or by all statements
// together, else by this statement, else its id.
func (t *narrator) activityName(o *browse.Object) string {
	own := clean(inLanguage(o.Name, t.words.lang), longestName)
	if t.activity != nil {
		if name := clean(t.activity(o.ID), longestName); name != "" && name != clean(o.ID, longestName) {
			return name
		}
	}
	for _, name := range []string{own, clean(inLanguage(o.Description, t.words.lang), longestName), clean(o.ID, longestName)} {
		if name != "" {
			return name
		}
	}
	return "–"
}

// outcome is what came out, as words that go into the middle of a sentence; empty for
// nothing.
func (t *narrator) outcome(s *browse.Said) sentence {
	r := s.Result
	if r == nil {
		return nil
	}
	progressed := verbNames[s.Verb.ID] == "progressed"
	switch {
	case r.Scaled != nil && progressed:
		return plain(t.words.t("says.upto", t.words.percent(*r.Scaled)))
	case r.Scaled != nil:
		return plain(t.words.t("says.with", t.words.percent(*r.Scaled)))
	case progressed:
		return nil
	case r.Raw != nil && r.Max != nil:
		return plain(t.words.t("says.points.of", t.words.number(*r.Raw), t.words.number(*r.Max)))
	case r.Raw != nil:
		return plain(t.words.t("says.points", t.words.number(*r.Raw)))
	}
	return nil
}

// number is a number with at most two places; one that is too large for words as
// programs write it.
func (w *words) number(x float64) string {
	if x >= 1e15 || x <= -1e15 || x != x {
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	_, rest, _ := strings.Cut(strconv.FormatFloat(x, 'f', 2, 64), ".")
	return w.decimal(x, len(strings.TrimRight(rest, "0")))
}
