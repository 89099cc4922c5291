package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lernspur/directory"
	"lernspur/store"
)

// strangerRow is an identifier that nobody has.
type strangerRow struct {
	Identifier identifierRow
	Name       string
	Statements int
	Last       int64
	Match      string
	Alike      []personRow
}

// unassignedPage is what the page of unassigned identifiers shows.
type unassignedPage struct {
	Rows   []strangerRow
	More   string
	Writes bool
}

// suggested is how many people are suggested for an identifier.
const suggested = 3

// unassigned answers who learns and is nobody in the directory.
func (s *Site) unassigned(q *request) error {
	var after *store.Unassigned
	if place := q.r.URL.Query().Get("after"); place != "" {
		parts, ok := unpackPlace(place, 2)
		if !ok {
			return &problem{status: http.StatusBadRequest, key: "form"}
		}
		last, err := strconv.ParseInt(parts[0], 10, 64)
		if err != nil {
			return &problem{status: http.StatusBadRequest, key: "form"}
		}
		after = &store.Unassigned{Last: last, Identifier: parts[1]}
	}
	list, err := s.deps.Directory.Unassigned(q.r.Context(), q.who.Tenant, after, pageSize+1)
	if err != nil {
		return err
	}
	body := unassignedPage{Writes: q.writesDirectory()}
	if len(list) > pageSize {
		list = list[:pageSize]
		last := list[pageSize-1]
		body.More = q.nextPage(packPlace(strconv.FormatInt(last.Last, 10), last.Identifier))
	}
	strangers := make([]directory.Stranger, len(list))
	for i, u := range list {
		strangers[i] = directory.Stranger{Identifier: u.Identifier, Name: u.Name}
	}
	alike := s.deps.Directory.Alike(q.who.Tenant, strangers, suggested)
	for i, u := range list {
		row := strangerRow{Identifier: q.identifiers([]string{u.Identifier})[0], Name: u.Name, Statements: u.Statements, Last: u.Last, Match: q.page("/directory/unassigned/match", "identifier", u.Identifier, "name", u.Name)}
		for _, p := range alike[i] {
			other := q.personRow(p)
			if body.Writes {
				other.Link = q.page("/directory/unassigned/match", "identifier", u.Identifier, "name", u.Name, "person", p.ID)
			}
			row.Alike = append(row.Alike, other)
		}
		body.Rows = append(body.Rows, row)
	}
	answer := q.words.tn("unassigned.answer", len(body.Rows))
	if len(body.Rows) == 0 {
		answer = q.words.t("unassigned.none")
	}
	if body.More != "" || after != nil {
		answer = q.words.t("unassigned.answer.more", len(body.Rows))
	}
	return q.show(http.StatusOK, "unassigned", &view{Title: q.words.t("tab.unassigned"), Answer: answer, Tabs: q.directoryTabs(), Body: body, Crumbs: q.directoryCrumbs()})
}

// matchPage is what is shown before an identifier becomes somebody's.
type matchPage struct {
	Identifier      identifierRow
	Name, Query     string
	Searched        bool
	Found           []personRow
	Person          *directory.Person // who is to have it, once that is known
	Chosen, New     string
	ChosenRow       personRow
	ChosenIdentites []identifierRow
}

// askMatch searches for whose an identifier is, and says what follows.
func (s *Site) askMatch(q *request) error {
	values := q.r.URL.Query()
	return s.showMatch(q, http.StatusOK, values.Get("identifier"), values.Get("name"), values.Get("person"), nil)
}

func (s *Site) showMatch(q *request, status int, identifier, name, person string, wrong []fieldError) error {
	if !strings.Contains(identifier, "|") || len(identifier) > 3000 {
		return directory.ErrNotFound
	}
	if p, taken := s.deps.Directory.PersonOf(q.r.Context(), q.who.Tenant, identifier); taken {
		q.to(personPath(p)) // somebody matched it meanwhile
		return nil
	}
	body := matchPage{Identifier: q.identifiers([]string{identifier})[0], Name: name, Query: strings.TrimSpace(q.r.URL.Query().Get("q")),
		New: q.page("/directory/new", "identifier", identifierLine(identifier), "name", name)}
	v := &view{Title: q.words.t("match.title"), Answer: q.words.t("match.answer", body.Identifier.Text), Errors: wrong, Crumbs: q.directoryCrumbs("/directory/unassigned", q.words.t("tab.unassigned"))}
	if person != "" {
		p, ok := s.deps.Directory.Person(q.r.Context(), q.who.Tenant, person)
		if !ok {
			return directory.ErrNotFound
		}
		body.Person, body.ChosenRow, body.ChosenIdentites = p, q.personRow(p), q.identifiers(p.Identifiers)
		v.Answer = q.words.t("match.answer.person", body.Identifier.Text, body.ChosenRow.Name)
	} else if body.Query != "" && len(body.Query) <= maxAsked {
		body.Searched = true
		for _, p := range s.deps.Directory.People(q.r.Context(), q.who.Tenant, directory.PeopleFilter{Query: body.Query}, directory.ListPlace{}, pageSize) {
			row := q.personRow(p)
			row.Link = q.page("/directory/unassigned/match", "identifier", identifier, "name", name, "person", p.ID)
			body.Found = append(body.Found, row)
		}
	}
	v.Body = body
	return q.show(status, "match", v)
}

// match gives somebody an identifier.
func (s *Site) match(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	person, identifier := values.Get("person"), values.Get("identifier")
	p, err := s.deps.Directory.Match(q.r.Context(), q.who.Tenant, person, formVersion(values, "version"), identifier)
	if wrong, known := q.unfit(err, map[string]string{"identifiers": "match", "*": "match"}); known {
		return s.showMatch(q, http.StatusUnprocessableEntity, identifier, values.Get("name"), person, wrong)
	}
	if errors.Is(err, directory.ErrNotFound) {
		return err
	}
	if err != nil {
		return err
	}
	q.to("/directory/people/" + url.PathEscape(p.ID) + "?done=matched")
	return nil
}
