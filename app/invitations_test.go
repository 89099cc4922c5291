package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lernspur/catalog"
)

// TestInvitations: who has the link registers, within what the invitation allows,
// once, however often it is accepted.
func TestInvitations(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	course := do(t, a, "POST", "/api/v1/courses", `{"activity":"http://example.org/c","title":{"de":"Brandschutz","en":"Fire safety"}}`, 201)["id"].(string)
	invite := func(more string, status int) map[string]any {
		t.Helper()
		return do(t, a, "POST", "/api/v1/invitations", `{"course":"`+course+`"`+more+`}`, status)
	}
	accept := func(token, mail string, status int) map[string]any {
		t.Helper()
		return do(t, a, "POST", "/api/v1/invitations/accept", `{"token":"`+token+`","learner":{"actor":{"mbox":"mailto:`+mail+`"}}}`, status)
	}
	made := invite(`,"most":2,"domain":"@Town.example"`, 201)
	token := made["token"].(string)
	expect(t, "link", made["link"], a.base()+"/invitation/"+token)
	expect(t, "domain", made["domain"], "town.example")
	view, err := a.catalog.Invitation(t.Context(), token)
	if err != nil || view.Course != course || view.Title.In("en") != "Fire safety" || view.Language != "de" || !view.Open || view.SignedIn || view.Domain != "town.example" || view.Tenant != "default" {
		t.Errorf("%+v %v", view, err)
	}

	first := accept(token, "ada@town.example", 200)
	expect(t, "accepted twice", accept(token, "ada@town.example", 200)["id"], first["id"])
	expect(t, "another domain", accept(token, "ada@evil.example", 400)["field"], "mail")
	expect(t, "a domain that only ends alike", accept(token, "ada@eviltown.example", 400)["field"], "mail")
	accept(token, "eve@town.example", 200)
	accept(token, "max@town.example", 410)
	expect(t, "one who is in, when it is used up", accept(token, "ada@town.example", 200)["id"], first["id"])
	if view, err := a.catalog.Invitation(t.Context(), token); err != nil || view.Open {
		t.Errorf("used up: %+v %v", view, err)
	}
	accept(token[:10]+"x"+token[11:], "ada@town.example", 404)
	accept("", "ada@town.example", 404)

	other := invite(`,"signedIn":true`, 201)
	list := do(t, a, "GET", "/api/v1/invitations?course="+course+"&limit=1", "", 200)
	expect(t, "used", dig(t, list, "items", 0, "used"), 2)
	expect(t, "the token in a list", dig(t, list, "items", 0, "token"), nil)
	expect(t, "the next page", dig(t, do(t, a, "GET", list["more"].(string), "", 200), "items", 0, "id"), other["id"])
	expect(t, "of another course", len(do(t, a, "GET", "/api/v1/invitations?course=other", "", 200)["items"].([]any)), 0)
	do(t, a, "DELETE", "/api/v1/invitations/"+other["id"].(string), "", 204)
	do(t, a, "DELETE", "/api/v1/invitations/"+other["id"].(string), "", 204)
	accept(other["token"].(string), "ada@town.example", 410)

	for field, more := range map[string]string{"expires": `,"expires":"2020-01-01T00:00:00Z"`, "most": `,"most":-1`, "domain": `,"domain":"a@b"`} {
		expect(t, "field", invite(more, 400)["field"], field)
	}
	do(t, a, "DELETE", "/api/v1/courses/"+course, "", 204)
	accept(token, "ada@town.example", 404)
	if found := grep(t, a.opts.DataDir, token[:43]); found != "" {
		t.Errorf("a token stands in %s", found)
	}
}

// TestInvitationsAtOnce: never more than may, whoever else accepts at the same time,
// and one registration for each learner.
func TestInvitationsAtOnce(t *testing.T) {
	a := start(t, options(t))
	defer stop(t, a)
	now := time.Now()
	s := catalog.New(catalog.Dependencies{Records: catalogRecords{a.committer, a.store}, Files: packageFiles{a.packages}, Now: func() time.Time { return now }})
	title := do(t, a, "POST", "/api/v1/courses", `{"activity":"http://example.org/c","title":{"en":"C"}}`, 201)["id"].(string)
	i, err := s.Invite(t.Context(), "default", catalog.InviteOptions{Course: title, Most: 3, Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	got := map[string]map[string]bool{} // ids of registrations by learner
	var wg sync.WaitGroup
	for n := range 32 {
		wg.Go(func() {
			l, err := catalog.InvitedLearner("", fmt.Sprintf("l%d@town.example", n%8))
			if err != nil {
				t.Error(err)
				return
			}
			r, err := s.Accept(t.Context(), i.Token, l)
			if errors.Is(err, catalog.ErrInvitationOver) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if got[l.Identifier] == nil {
				got[l.Identifier] = map[string]bool{}
			}
			got[l.Identifier][r.ID.String()] = true
		})
	}
	wg.Wait()
	if len(got) != 3 {
		t.Errorf("%d learners were let in, want 3", len(got))
	}
	for learner, ids := range got {
		if len(ids) != 1 {
			t.Errorf("%s has %d registrations", learner, len(ids))
		}
	}
	now = now.Add(time.Hour)
	l, _ := catalog.InvitedLearner("Ada", "l0@town.example")
	if _, err := s.Accept(t.Context(), i.Token, l); !errors.Is(err, catalog.ErrInvitationOver) {
		t.Errorf("expired: %v", err)
	}
}

func TestInvitedLearners(t *testing.T) {
	l, err := catalog.InvitedLearner(" Ada  Lovelace ", " Ada@Town.EXAMPLE ")
	var actor map[string]string
	if err != nil || json.Unmarshal(l.Actor, &actor) != nil || actor["mbox"] != "mailto:ada@town.example" || actor["name"] != "Ada Lovelace" || l.Name != "Ada Lovelace" {
		t.Errorf("%+v %v", l, err)
	}
	for _, bad := range []string{"", "ada", "ada@", "@town.example", "Ada <ada@town.example>", "ada@town.example,eve@town.example", "a b@town.example", strings.Repeat("a", 250) + "@town.example", "a@b@town.example"} {
		var invalid *catalog.Invalid
		if _, err := catalog.InvitedLearner("", bad); !errors.As(err, &invalid) || invalid.Field != "mail" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
