package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lernspur/browse"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// Statements answers statements, and decides whose somebody may see. See
// browse.Service.
type Statements interface {
	Find(ctx context.Context, v *visitor.Visitor, f browse.Filter, before int64, n int) (browse.Page, error)
	New(ctx context.Context, v *visitor.Visitor, f browse.Filter, since int64, n int) (browse.News, error)
	Get(ctx context.Context, v *visitor.Visitor, id uuid.UUID) (browse.Statement, error)
	Verbs(ctx context.Context, v *visitor.Visitor) ([]string, error)
	People(ctx context.Context, v *visitor.Visitor, text string) ([]browse.Person, error)
}

// shownStatements is how many statements a page has.
const shownStatements = 50

// longestID is how much of an id a list shows, in characters.
const longestID = 300

// maxFilter bounds what a filter is given, in bytes.
const maxFilter = 4096

// told is a statement in a list.
type told struct {
	Sentence         sentence
	At, Stored       int64
	Link, Raw        string
	Voided, Withheld bool
	Verb, Object     string // ids
	Registration     string
	RegistrationLink string
	Platform         string
}

// statementForm is what was asked for, as it goes back into the form.
type statementForm struct {
	Person, Verb, Activity, Registration, Since, Until string
	RelatedAgents, RelatedActivities                   bool
	// Follows: people can be chosen.
	Follows bool
	// Verbs and Courses can be chosen.
	Verbs, Courses []choice
	// People are those that the text stands for, when they are several.
	People []choice
	// Nobody: it stands for nobody whom the visitor may see.
	Nobody bool
	// Name is what the one is called whom it stands for.
	Name string
}

// statementsPage is what the browser of statements shows.
type statementsPage struct {
	Form     statementForm
	Filtered bool
	Rows     []told
	Next     string
	Live     string // address
	Newest   string
}

// The names of the filter in an address: those of xAPI (1.0.3 Part 3, 2.1.3), and
// person.
var filterNames = []string{"person", "agent", "verb", "activity", "registration", "since", "until", "related_agents", "related_activities"}

// browser lists statements, the newest first.
func (s *Site) browser(q *request) error {
	f, form, wrong, err := q.statementFilter()
	if err != nil {
		return err
	}
	values := q.r.URL.Query()
	before := int64(0)
	if text := values.Get("before"); text != "" {
		if before, err = strconv.ParseInt(text, 10, 64); err != nil || before <= 0 {
			return &problem{status: http.StatusBadRequest, key: "form"}
		}
	}
	body := statementsPage{Form: form, Live: q.filtered("/statements/live", form), Filtered: q.anyFilter()}
	v := &view{Title: q.words.t("menu.statements"), Errors: wrong}
	if len(wrong) > 0 || form.Nobody || len(form.People) > 0 {
		status := http.StatusOK
		if len(wrong) > 0 {
			status = http.StatusBadRequest
		}
		if form.Nobody {
			v.Answer = q.words.t("statements.nobody", clean(form.Person, longestName))
		}
		if len(form.People) > 0 {
			v.Answer = q.words.t("statements.several", clean(form.Person, longestName))
		}
		if err := q.choices(&body.Form); err != nil {
			return err
		}
		v.Body = body
		return q.show(status, "statements", v)
	}
	var page browse.Page
	if err := together(
		func() (err error) {
			page, err = s.deps.Statements.Find(q.r.Context(), q.who, f, before, shownStatements)
			return err
		},
		func() error { return q.choices(&body.Form) },
	); err != nil {
		return err
	}
	if body.Rows, err = q.told(page.Statements); err != nil {
		return err
	}
	if page.Next != 0 {
		body.Next = q.filtered("/statements", form, "before", strconv.FormatInt(page.Next, 10))
	}
	if before != 0 {
		body.Newest = q.filtered("/statements", form)
	}
	v.Answer = q.statementsAnswer(body)
	v.Body = body
	return q.show(http.StatusOK, "statements", v)
}

func (q *request) statementsAnswer(body statementsPage) string {
	switch {
	case len(body.Rows) == 0 && (body.Filtered || body.Newest != ""):
		return q.words.t("statements.answer.none.here")
	case len(body.Rows) == 0:
		return q.words.t("statements.answer.none")
	}
	ago := q.words.ago(time.UnixMicro(body.Rows[0].Stored), q.site.deps.Now())
	if body.Newest != "" {
		return q.words.t("statements.answer.older", ago)
	}
	return q.words.t("statements.answer", ago)
}

// anyFilter tells whether an address asks for less than everything.
func (q *request) anyFilter() bool {
	values := q.r.URL.Query()
	return slices.ContainsFunc(filterNames, func(name string) bool { return values.Get(name) != "" })
}

// filtered is the address of a page with the same filter, and more.
func (q *request) filtered(path string, form statementForm, more ...string) string {
	yes := map[bool]string{true: "true"}
	return q.page(path, append([]string{"person", form.Person, "verb", form.Verb, "activity", form.Activity, "registration", form.Registration, "since", form.Since, "until", form.Until,
		"related_agents", yes[form.RelatedAgents], "related_activities", yes[form.RelatedActivities]}, more...)...)
}

// statementFilter reads what an address asks for. What cannot be is told by field;
// people are looked for by what they are called.
func (q *request) statementFilter() (f browse.Filter, form statementForm, wrong []fieldError, err error) {
	values := q.r.URL.Query()
	bad := func(field string) { wrong = append(wrong, fieldError{field, q.words.t("statements.wrong." + field)}) }
	if form.Follows, err = q.follows(); err != nil {
		return f, form, nil, err
	}
	for _, name := range filterNames {
		if len(values.Get(name)) > maxFilter {
			return f, form, nil, &problem{status: http.StatusBadRequest, key: "form"}
		}
	}
	text := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	form = statementForm{Person: text("person"), Verb: text("verb"), Activity: text("activity"), Registration: text("registration"), Since: text("since"), Until: text("until"),
		RelatedAgents: text("related_agents") == "true", RelatedActivities: text("related_activities") == "true", Follows: form.Follows}
	f.RelatedAgents, f.RelatedActivities = form.RelatedAgents, form.RelatedActivities
	if agent := text("agent"); agent != "" && form.Person == "" {
		if form.Person, err = statements.AgentIdentifier([]byte(agent), statements.V2); err != nil {
			bad("person")
		}
	}
	if f.Verb = form.Verb; f.Verb != "" && !statements.IsIRI(f.Verb) {
		bad("verb")
	}
	if f.Activity, err = q.activityOf(form.Activity); err != nil {
		return f, form, nil, err
	} else if f.Activity == "" && form.Activity != "" {
		bad("activity")
	}
	if form.Registration != "" {
		if f.Registration, err = uuid.Parse(form.Registration); err != nil {
			bad("registration")
		}
	}
	var ok bool
	if f.Since, ok = q.instant(form.Since, 0); !ok {
		bad("since")
	}
	if f.Until, ok = q.instant(form.Until, 1); !ok {
		bad("until")
	}
	if len(wrong) == 0 && form.Person != "" {
		err = q.personOf(&f, &form)
	} else {
		err = nil
	}
	return f, form, wrong, err
}

// personOf finds whom a text stands for.
func (q *request) personOf(f *browse.Filter, form *statementForm) error {
	people, err := q.site.deps.Statements.People(q.r.Context(), q.who, form.Person)
	if err != nil {
		return err
	}
	switch len(people) {
	case 0:
		form.Nobody = true
	case 1:
		f.Person, form.Person, form.Name = people[0].ID, people[0].ID, callPerson(people[0])
	default:
		for _, p := range people {
			one := *form
			one.Person = p.ID
			name := callPerson(p)
			if len(p.Identifiers) > 0 && p.Name != "" {
				name += " (" + clean(statements.IdentifierText(p.Identifiers[0]), longestName) + ")"
			}
			form.People = append(form.People, choice{Value: q.filtered("/statements", one), Name: name})
		}
	}
	return nil
}

func callPerson(p browse.Person) string {
	if name := clean(p.Name, longestName); name != "" {
		return name
	}
	return clean(statements.IdentifierText(p.ID), longestName)
}

// activityOf is the id of an activity that a text is, or of the course that it is the
// title of; empty for neither.
func (q *request) activityOf(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	courses, err := q.site.deps.Catalog.Courses(q.r.Context(), q.who.Tenant, "", titledCourses)
	if err != nil {
		return "", err
	}
	for _, c := range courses {
		if strings.EqualFold(q.words.titleOf(c), text) && c.Activity != "" {
			return c.Activity, nil
		}
	}
	if statements.IsIRI(text) {
		return text, nil
	}
	return "", nil
}

// instant reads a day, or an instant as xAPI has it. Of a day it is the moment before
// it begins, of days many later. Nothing is 0.
func (q *request) instant(text string, days int) (int64, bool) {
	if text == "" {
		return 0, true
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, q.site.deps.Location); err == nil {
		at := day.AddDate(0, 0, days).UnixMicro() - 1
		return at, at > 0
	}
	at, ok := statements.ParseTimestamp(text, statements.V2)
	return at, ok && at > 0
}

// choices fills in what can be chosen from: the verbs of the newest statements, and
// the courses of the catalogue.
func (q *request) choices(form *statementForm) error {
	verbs, err := q.site.deps.Statements.Verbs(q.r.Context(), q.who)
	if err != nil {
		return err
	}
	if form.Verb != "" && !slices.Contains(verbs, form.Verb) {
		verbs = append([]string{form.Verb}, verbs...)
	}
	for _, verb := range verbs {
		form.Verbs = append(form.Verbs, choice{verb, q.words.verbName(verb), verb == form.Verb})
	}
	slices.SortStableFunc(form.Verbs, func(a, b choice) int { return compareNames(a.Name, b.Name) })
	courses, err := q.site.deps.Catalog.Courses(q.r.Context(), q.who.Tenant, "", choosable)
	if err != nil {
		return err
	}
	for _, c := range courses {
		form.Courses = append(form.Courses, choice{Value: q.words.titleOf(c)})
	}
	slices.SortFunc(form.Courses, func(a, b choice) int { return compareNames(a.Value, b.Value) })
	return nil
}

// verbName is what a verb is called where it can be chosen.
func (w *words) verbName(id string) string {
	name := clean(lastOf(id), longestName)
	known := verbNames[id]
	if known == "" || known == "voided" {
		return name
	}
	key := "says.verb." + known
	if known == "responded" {
		key = "says.verb.answered"
	}
	gap := plain("…")
	return w.phrase(key, gap, gap, nil).Text() + " (" + name + ")"
}

func compareNames(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

// told puts statements into words.
func (q *request) told(list []browse.Statement) ([]told, error) {
	t, err := q.narrator(list)
	if err != nil {
		return nil, err
	}
	follows, err := q.follows()
	if err != nil {
		return nil, err
	}
	var rows []told
	for i := range list {
		st := &list[i]
		one := told{Sentence: t.tell(st), At: st.Timestamp, Stored: st.Stored, Link: q.link("/statements/" + st.ID.String()), Raw: q.link("/statements/" + st.ID.String() + "/raw"),
			Voided: st.Voided, Withheld: st.Withheld, Verb: clean(st.Verb.ID, longestID), Object: clean(st.Object.ID, longestID), Platform: clean(st.Context.Platform, longestName)}
		if r := st.Context.Registration; r != uuid.Nil {
			if one.Registration = r.String(); follows {
				one.RegistrationLink = q.page("/statements", "registration", one.Registration)
			}
		}
		rows = append(rows, one)
	}
	return rows, nil
}

// narrator is who puts these statements into words.
func (q *request) narrator(list []browse.Statement) (*narrator, error) {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Activities()...)
		ids = append(ids, list[i].Context.Parents...)
		ids = append(ids, list[i].Context.Groupings...)
	}
	slices.Sort(ids)
	names, err := q.named(slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	t := &narrator{words: q.words, activity: func(id string) string { return names[id] }}
	if q.who.Has(closeBy...) {
		t.person = func(p browse.Person) string { return q.page("/progress/learner", "learner", p.ID) }
	}
	return t, nil
}
