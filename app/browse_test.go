package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lernspur/browse"
	"lernspur/directory"
	"lernspur/web"
	"lernspur/web/visitor"
)

// groupsOfTwo is a town with two groups of one each, Ada and Bob, and Eve in none. The
// statements of each have a word that nothing else has. It answers the ids of the groups,
// of the people, and of the statements by whose they are.
func groupsOfTwo(t *testing.T, a *App) (groups, people map[string]string, said map[string][]string) {
	t.Helper()
	ctx := t.Context()
	groups, people, said = map[string]string{}, map[string]string{}, map[string][]string{}
	for _, name := range []string{"ada", "bob", "eve"} {
		identifiers := []string{"mbox|mailto:" + name + "@town.example", `account|https://portal.example|TOWN\` + name}
		p, err := a.people.AddPerson(ctx, "default", directory.PersonEdit{Name: &name, Identifiers: &identifiers})
		if err != nil {
			t.Fatal(err)
		}
		people[name] = p.ID
		if name == "eve" {
			continue
		}
		g, err := a.people.AddGroup(ctx, "default", directory.GroupEdit{Name: &name, Members: &[]directory.GroupMember{{Person: p.ID}}})
		if err != nil {
			t.Fatal(err)
		}
		groups[name] = g.ID
	}
	if err := a.people.Wait(ctx, "default"); err != nil {
		t.Fatal(err)
	}
	post := func(name, body string) string {
		t.Helper()
		status, answer := ask(t, a, "POST", "/xapi/statements", body)
		var ids []string
		if err := json.Unmarshal([]byte(answer), &ids); err != nil || status != 200 || len(ids) != 1 {
			t.Fatalf("%d %s", status, answer)
		}
		said[name] = append(said[name], ids[0])
		return ids[0]
	}
	for _, name := range []string{"ada", "bob", "eve"} {
		mbox := `{"mbox":"mailto:` + name + `@town.example","name":"name-of-` + name + `"}`
		account := `{"account":{"homePage":"https://portal.example","name":"TOWN\\` + name + `"}}`
		registration := fmt.Sprintf("ec531277-b57b-4c15-8d91-d292c5b2b8%02x", name[0])
		course := `{"id":"https://content.example/fire"}`
		first := post(name, `{"actor":`+mbox+`,"verb":{"id":"http://adlnet.gov/expapi/verbs/failed"},"object":`+course+`,"context":{"registration":"`+registration+`","platform":"platform-of-`+name+`"},"result":{"success":false}}`)
		post(name, `{"actor":`+account+`,"verb":{"id":"http://adlnet.gov/expapi/verbs/failed"},"object":`+course+`,"timestamp":"2026-01-01T00:00:00Z","result":{"success":false,"extensions":{"https://content.example/x":"extension-of-`+name+`"}}}`)
		post(name, `{"actor":`+mbox+`,"verb":{"id":"http://adlnet.gov/expapi/verbs/commented"},"object":{"objectType":"StatementRef","id":"`+first+`"}}`)
	}
	// What each did with the others.
	for name, other := range map[string]string{"ada": "bob", "bob": "ada", "eve": "ada"} {
		actor, object := `{"mbox":"mailto:`+name+`@town.example"}`, `{"objectType":"Agent","mbox":"mailto:`+other+`@town.example","name":"name-of-`+other+`"}`
		post(name, `{"actor":`+actor+`,"verb":{"id":"http://adlnet.gov/expapi/verbs/shared"},"object":`+object+`,"context":{"instructor":`+object+`,"extensions":{"https://content.example/x":"extension-of-`+name+`"}}}`)
		post(name, `{"actor":`+actor+`,"verb":{"id":"http://adlnet.gov/expapi/verbs/asked"},"object":{"objectType":"StatementRef","id":"`+said[other][0]+`"}}`)
	}
	do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)
	return groups, people, said
}

// everything is switched on.
func everything(context.Context, string) (browse.Evaluated, error) {
	return browse.Evaluated{Timelines: true, Answers: true}, nil
}

// everythingOn are the pages where everything is switched on.
func everythingOn(t *testing.T, a *App) *web.Site {
	switchOn(t, a)
	return web.New(web.Dependencies{
		Progress: a.progress, Names: pageNames{a.people, a.store}, Catalog: a.catalog, Base: a.pagesBase, Statements: a.newBrowse(everything),
		Evaluation: pageEvaluation{a.evaluation},
	})
}

// TestStatementsOfForeignGroups goes to every page with statements, and to the list of
// those at risk, as the trainer of Ada, with everything in the address that could lead to
// Bob or Eve: nothing of theirs comes back, while what is Ada's does.
func TestStatementsOfForeignGroups(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	groups, people, said := groupsOfTwo(t, a)
	site := everythingOn(t, a)
	look := func(v *visitor.Visitor, address string) (int, string) {
		r := httptest.NewRequest("GET", address, nil)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r.WithContext(visitor.With(r.Context(), v)))
		return w.Code, w.Body.String()
	}
	trainer := &visitor.Visitor{Tenant: "default", Account: "t", Roles: []visitor.Role{visitor.Trainer}, Groups: []string{groups["ada"]}}
	admin := &visitor.Visitor{Tenant: "default", Account: "a", Roles: []visitor.Role{visitor.Administrator}}
	foreigners := []string{"bob", "eve"}
	var addresses []string
	filters := []string{"", "related_agents=true", "related_activities=true&activity=" + url.QueryEscape("https://content.example/fire"), "activity=" + url.QueryEscape("https://content.example/fire"),
		"verb=" + url.QueryEscape("http://adlnet.gov/expapi/verbs/failed"), "verb=" + url.QueryEscape("http://adlnet.gov/expapi/verbs/shared"), "verb=" + url.QueryEscape("http://adlnet.gov/expapi/verbs/asked"),
		"since=2020-01-01", "until=2100-01-01", "before=9000000000000000", "person=town", "person=", "person=ada&related_agents=true"}
	for _, name := range foreigners {
		for _, person := range []string{people[name], "mbox|mailto:" + name + "@town.example", `account|https://portal.example|TOWN\` + name, name, name + "@town.example"} {
			filters = append(filters, "person="+url.QueryEscape(person), "related_agents=true&person="+url.QueryEscape(person))
		}
		filters = append(filters, "agent="+url.QueryEscape(`{"mbox":"mailto:`+name+`@town.example"}`), fmt.Sprintf("registration=ec531277-b57b-4c15-8d91-d292c5b2b8%02x", name[0]))
		for _, id := range said[name] {
			addresses = append(addresses, "/statements/"+id, "/statements/"+id+"/raw")
		}
		addresses = append(addresses, "/progress/learner?learner="+url.QueryEscape(people[name]), "/progress/learner?learner="+url.QueryEscape("mbox|mailto:"+name+"@town.example"),
			"/progress/at-risk?group="+groups[name]+"&idle_days=1")
	}
	for i, filter := range filters { // all pages read the filter in one place
		addresses = append(addresses, "/statements?"+filter)
		if i%2 == 0 {
			addresses = append(addresses, "/statements/live/new?after=1&"+filter)
		}
		if i%4 == 0 {
			addresses = append(addresses, "/statements/live?"+filter)
		}
	}
	for _, id := range said["ada"] {
		addresses = append(addresses, "/statements/"+id, "/statements/"+id+"/raw")
	}
	addresses = append(addresses, "/progress/at-risk?idle_days=1", "/progress/at-risk?sort=name", "/progress/learner?learner="+people["ada"])
	hers := 0
	for _, address := range addresses {
		status, body := look(trainer, address)
		if status >= 500 {
			t.Errorf("%s: %d %s", address, status, body)
		}
		if strings.Contains(body, "platform-of-ada") || strings.Contains(body, said["ada"][0]) {
			hers++
		}
		for _, name := range foreigners {
			marks := []string{"name-of-" + name, "platform-of-" + name, "extension-of-" + name, `TOWN\\` + name, "<bdi>" + name + "</bdi>"}
			// What the address itself says comes back in the form.
			for _, id := range said[name] {
				if !strings.Contains(address, id) && !refersTo(said["ada"], address) {
					marks = append(marks, id)
				}
			}
			for _, mark := range marks {
				if strings.Contains(body, mark) {
					t.Errorf("the trainer of Ada asks for %s and gets %q", address, mark)
				}
			}
		}
	}
	if hers < 15 {
		t.Errorf("only %d of %d answers have something of Ada's", hers, len(addresses))
	}
	for _, address := range []string{"/statements", "/statements/live", "/statements/" + said["bob"][0], "/progress/learner?learner=" + people["bob"], "/statements?person=" + people["bob"]} {
		if status, body := look(admin, address); status != 200 || !strings.Contains(body, "bob") {
			t.Errorf("an administrator asks for %s: %d %s", address, status, body)
		}
	}
	// Every page of hers is full: one statement a page would show gaps.
	page, err := a.newBrowse(everything).Find(context.Background(), trainer, browse.Filter{}, 0, 2)
	var seen []string
	for err == nil && len(page.Statements) > 0 {
		for _, st := range page.Statements {
			seen = append(seen, st.ID.String())
		}
		if page.Next == 0 {
			break
		}
		if len(page.Statements) != 2 {
			t.Errorf("a page of %d before the last", len(page.Statements))
		}
		page, err = a.newBrowse(everything).Find(context.Background(), trainer, browse.Filter{}, page.Next, 2)
	}
	want := slices.Sorted(slices.Values(said["ada"]))
	if err != nil || !slices.Equal(slices.Sorted(slices.Values(seen)), want) {
		t.Errorf("all pages have %v, %v, want %v", seen, err, want)
	}
}

// refersTo tells whether an address is that of one of some statements: their own JSON
// names what they point to.
func refersTo(ids []string, address string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(address, id) })
}

// TestStatementsAreOffAtFirst: until somebody switches it on, a trainer sees no
// statements, and nobody's can be picked out.
func TestStatementsAreOffAtFirst(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	groups, people, said := groupsOfTwo(t, a)
	site := a.newPages()
	for role, statuses := range map[visitor.Role][4]int{visitor.Trainer: {403, 403, 403, 403}, visitor.Administrator: {200, 403, 200, 403}, visitor.DataProtection: {200, 200, 200, 403}} {
		v := &visitor.Visitor{Tenant: "default", Account: "x", Roles: []visitor.Role{role}, Groups: []string{groups["ada"]}}
		for i, address := range []string{"/statements", "/statements?person=" + people["ada"], "/statements/" + said["ada"][0], "/progress/at-risk"} {
			r := httptest.NewRequest("GET", address, nil)
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r.WithContext(visitor.With(r.Context(), v)))
			if w.Code != statuses[i] {
				t.Errorf("%s asks for %s: %d, want %d", role, address, w.Code, statuses[i])
			}
		}
	}
}
