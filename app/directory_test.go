package app

import (
	"net/url"
	"strings"
	"testing"

	"lernspur/directory"
)

func addition(name, identifier string) directory.PersonEdit {
	return directory.PersonEdit{Name: &name, Identifiers: &[]string{identifier}}
}

// rowsOfPersons is what the table for joins has about a person.
func rowsOfPersons(t *testing.T, a *App, person string) (n uint64) {
	t.Helper()
	if err := a.people.Wait(t.Context(), "default"); err != nil {
		t.Fatal(err)
	}
	if err := a.store.Conn().QueryRow(t.Context(), "SELECT count() FROM persons FINAL WHERE tenant = 'default' AND person = '"+person+"'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestDirectoryFromEndToEnd: learners of statements are unassigned until somebody has
// their identifier; the table for joins follows, and everything outlives a restart.
func TestDirectoryFromEndToEnd(t *testing.T) {
	o := options(t)
	a := start(t, o)
	status, answer := ask(t, a, "POST", "/xapi/statements", `[
		{"actor":{"mbox":"mailto:ada@example.org","name":"Ada"},"verb":{"id":"http://example.com/did"},"object":{"id":"http://example.com/a"}},
		{"actor":{"account":{"homePage":"https://id.example.org","name":"a1"}},"verb":{"id":"http://example.com/did"},"object":{"id":"http://example.com/a"}}]`)
	if status != 200 {
		t.Fatal(status, answer)
	}
	if _, err := a.committer.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	unassigned := func(want ...string) {
		t.Helper()
		status, answer := ask(t, a, "GET", "/api/v1/people/unassigned", "")
		if status != 200 || strings.Count(answer, `"identifier"`) != len(want) {
			t.Errorf("%d %s", status, answer)
		}
		for _, identifier := range want {
			if !strings.Contains(answer, identifier) {
				t.Errorf("%s lacks %s", answer, identifier)
			}
		}
	}
	unassigned("mbox|mailto:ada@example.org", "account|https://id.example.org|a1")
	ada, err := a.people.AddPerson(t.Context(), "default", addition("Ada Example", "mbox|mailto:ada@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	unassigned("account|https://id.example.org|a1")
	other, err := a.people.AddPerson(t.Context(), "default", addition("A. Example", "account|https://id.example.org|a1"))
	if err != nil {
		t.Fatal(err)
	}
	unassigned()
	if n := rowsOfPersons(t, a, ada.ID); n != 2 { // the address and its sum
		t.Errorf("%d rows", n)
	}
	if status, answer := ask(t, a, "POST", "/api/v1/people/"+ada.ID+"/merge", `{"gone":"`+other.ID+`"}`); status != 201 {
		t.Fatal(status, answer)
	}
	version := a.people.Version("default")
	for range 2 {
		if n, left := rowsOfPersons(t, a, ada.ID), rowsOfPersons(t, a, other.ID); n != 3 || left != 0 {
			t.Errorf("after the merge %d rows, and %d of who is gone", n, left)
		}
		status, answer := ask(t, a, "GET", "/xapi/agents?agent="+url.QueryEscape(`{"account":{"homePage":"https://id.example.org","name":"a1"}}`), "")
		if status != 200 || !strings.Contains(answer, `"name":["Ada Example","A. Example"]`) || !strings.Contains(answer, "mailto:ada@example.org") {
			t.Errorf("%d %s", status, answer)
		}
		if a.people.Version("default") != version || a.people.Shown("default") != version {
			t.Errorf("version %d, %d in the tables, not %d", a.people.Version("default"), a.people.Shown("default"), version)
		}
		stop(t, a)
		a = start(t, o)
	}
	stop(t, a)
}
