package app

import (
	"net/url"
	"strings"
	"testing"

	"lernspur/directory"
	"lernspur/signin"
	"lernspur/web/visitor"
)

// TestPagesOnProgress: each role sees on the pages what it may see: a trainer the
// learners of her group, an auditor nobody, others nothing.
func TestPagesOnProgress(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	switchOn(t, a)
	ctx := t.Context()
	name, identifiers := "Ada Yılmaz", []string{"mbox|mailto:ada@town.example"}
	ada, err := a.people.AddPerson(ctx, "default", directory.PersonEdit{Name: &name, Identifiers: &identifiers})
	if err != nil {
		t.Fatal(err)
	}
	group, members := "Einarbeitung", []directory.GroupMember{{Person: ada.ID}}
	g, err := a.people.AddGroup(ctx, "default", directory.GroupEdit{Name: &group, Members: &members})
	if err == nil {
		err = a.people.Wait(ctx, "default")
	}
	if err != nil {
		t.Fatal(err)
	}
	const course = "https://content.example/fire"
	for _, who := range []string{"ada", "bob"} {
		status, answer := ask(t, a, "POST", "/xapi/statements", `{"actor":{"mbox":"mailto:`+who+`@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},
			"object":{"id":"`+course+`","definition":{"name":{"de":"Brandschutz"}}},"result":{"completion":true,"score":{"scaled":0.8}}}`)
		if status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)
	as := func(role visitor.Role, groups ...string) *person {
		account := string(role) + "-" + strings.Join(groups, "")
		if _, _, err := a.signin.Create(ctx, "default", account, adminPassword, signin.Profile{Roles: &[]visitor.Role{role}, Groups: &groups}); err != nil {
			t.Fatal(err)
		}
		return comeIn(t, a, account)
	}
	page := "/progress/course?lang=de&course=" + url.QueryEscape(course)
	for _, c := range []struct {
		name   string
		who    *person
		path   string
		status int
		says   []string
		hides  []string
	}{
		{"an administrator", as(visitor.Administrator), "/progress?lang=de", 200, []string{"2 von 2 Lernenden", "Brandschutz", "Einarbeitung"}, nil},
		{"a trainer", as(visitor.Trainer, g.ID), "/progress?lang=de", 200, []string{"1 von 1 Lernenden", "Brandschutz", "Einarbeitung"}, nil},
		{"a trainer without groups", as(visitor.Trainer), "/progress?lang=de", 200, []string{"noch niemand"}, []string{"Brandschutz", "Einarbeitung"}},
		{"a project lead", as(visitor.ProjectLead), "/progress?lang=de", 200, []string{"nicht ausgewiesen (Gruppe zu klein)"}, []string{"Ada"}},
		{"a course, by an administrator", as(visitor.Administrator, "x"), page, 200, []string{"Ada Yılmaz", "bob@town.example", "Begonnen: 2, abgeschlossen: 2."}, nil},
		{"a course, by a trainer", as(visitor.Trainer, g.ID, "none"), page, 200, []string{"Ada Yılmaz", "Begonnen: 1, abgeschlossen: 1."}, []string{"bob@"}},
		{"a course, by an auditor", as(visitor.Auditor), page, 200, []string{"nicht ausgewiesen (Gruppe zu klein)"}, []string{"Ada", "bob@"}},
		{"a course, by another trainer", as(visitor.Trainer, "other"), page, 404, nil, []string{"Ada", "Brandschutz"}},
		{"a group, by its trainer", as(visitor.Trainer, g.ID, "more"), "/progress/group?lang=de&group=" + g.ID, 200, []string{"Einarbeitung", "Ada Yılmaz", "1 von 1"}, []string{"bob@"}},
		{"a group, by another trainer", as(visitor.Trainer, "others"), "/progress/group?group=" + g.ID, 404, nil, []string{"Einarbeitung", "Ada"}},
		{"a group, by an auditor", as(visitor.Auditor, "a"), "/progress/group?group=" + g.ID, 403, nil, []string{"Einarbeitung", "Ada"}},
		{"a learner, by her trainer", as(visitor.Trainer, g.ID, "one"), "/progress/learner?lang=de&learner=" + ada.ID, 200, []string{"Ada Yılmaz", "Brandschutz", "ada@town.example"}, nil},
		{"a learner, by another trainer", as(visitor.Trainer, "strangers"), "/progress/learner?learner=" + ada.ID, 404, nil, []string{"Ada", "Brandschutz"}},
		{"a learner of nobody's group, by a trainer", as(visitor.Trainer, g.ID, "two"), "/progress/learner?learner=mbox%7Cmailto:bob@town.example", 404, nil, []string{"Brandschutz"}},
		{"a course, by a learner", as(visitor.Learner), page, 403, nil, []string{"Ada", "Brandschutz"}},
	} {
		status, text := c.who.send("GET", c.path, "")
		if status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, status, c.status, text)
		}
		for _, part := range c.says {
			if !strings.Contains(text, part) {
				t.Errorf("%s: nothing of %q: %s", c.name, part, text)
			}
		}
		for _, part := range c.hides {
			if strings.Contains(text, part) {
				t.Errorf("%s: %q is told: %s", c.name, part, text)
			}
		}
	}
}
