package records

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lernspur/statements"
)

func TestDeleteRefusals(t *testing.T) {
	d, _, server := served(t, nil)
	d.post("{}")
	id := uuid.NewString()
	tests := []struct {
		name, scope, contentType, path, body string
		status                               int
		detail                               string
	}{
		{"no credentials", "", "application/json", "/delete", `{}`, 401, ""},
		{"a key that reads everything", "all/read", "application/json", "/delete", `{}`, 403, "needs one of the scopes"},
		{"a key that writes", "statements/write", "application/json", "/delete", `{}`, 403, ""},
		{"parameters", "all", "application/json", "/delete?verb=x", `{}`, 400, "no parameters in the address"},
		{"another type", "all", "text/plain", "/delete", `{}`, 415, ""},
		{"no JSON", "all", "application/json", "/delete", `{`, 400, "not what is expected"},
		{"more than an object", "all", "application/json; charset=utf-8", "/delete", `{"ids":["` + id + `"]} {}`, 400, "something follows"},
		{"too long", "all", "application/json", "/delete", `{"verb":"http://` + strings.Repeat("x", maxDeleteBody) + `"}`, 413, "longer than"},
		{"nothing chosen", "all", "application/json", "/delete", `{}`, 400, "the selection is empty"},
		{"null chooses nothing", "all", "application/json", "/delete", `{"verb":null,"actor":null}`, 400, ""},
		{"misspelled", "all", "application/json", "/delete", `{"verbs":"http://a.example/v"}`, 400, "unknown field"},
		{"actor", "all", "application/json", "/delete", `{"actor":{"name":"Ada"}}`, 400, "actor is not an Agent"},
		{"verb", "all", "application/json", "/delete", `{"verb":""}`, 400, "verb is not an IRI"},
		{"registration", "all", "application/json", "/delete", `{"registration":"x"}`, 400, "registration is not a UUID"},
		{"since", "all", "application/json", "/delete", `{"since":"yesterday"}`, 400, "since is not a timestamp"},
		{"no ids", "all", "application/json", "/delete", `{"ids":[]}`, 400, "ids has 0 entries"},
		{"a bad id", "all", "application/json", "/delete", `{"ids":["x"]}`, 400, "not a UUID"},
		{"too many ids", "all", "application/json", "/delete", `{"ids":[` + strings.Repeat(`"`+id+`",`, maxDeleteIDs) + `"` + id + `"]}`, 400, "1 to 1000"},
		{"related to nothing", "all", "application/json", "/delete", `{"verb":"http://a.example/v","related_agents":true}`, 400, "goes with agent"},
		{"no such confirmation", "all", "application/json", "/delete", `{"ids":["` + id + `"],"confirmation":"x"}`, 409, "not one of this selection"},
		{"confirmation of another selection", "all", "application/json", "/delete", `{"ids":["` + id + `"],"confirmation":"` +
			confirm("town", statements.Selection{Verb: "http://a.example/v"}, 1, 1, 1).String() + `"}`, 409, "not one of this selection"},
		{"confirmation of another tenant", "all", "application/json", "/delete", `{"ids":["` + id + `"],"confirmation":"` +
			confirm("village", statements.Selection{IDs: []uuid.UUID{uuid.MustParse(id)}}, 1, 1, 1).String() + `"}`, 409, "not one of this selection"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest("POST", server.URL+Base+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.scope != "" {
				r.SetBasicAuth(test.scope, "town")
			}
			r.Header.Set("Content-Type", test.contentType)
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, _ := io.ReadAll(answer.Body)
			if answer.StatusCode != test.status || !strings.Contains(string(body), test.detail) {
				t.Errorf("%d %s, want %d %s", answer.StatusCode, body, test.status, test.detail)
			}
		})
	}
	if answer := ask(t, server, "DELETE", "", "all"); answer.StatusCode != 404 {
		t.Errorf("DELETE: %d", answer.StatusCode)
	}
	if answer := ask(t, server, "GET", "/delete", "all"); answer.StatusCode != 405 {
		t.Errorf("GET: %d", answer.StatusCode)
	}
	if answer := ask(t, server, "GET", "/deletions/x", "all"); answer.StatusCode != 400 {
		t.Errorf("a deletion without a UUID: %d", answer.StatusCode)
	}
}

// TestConfirmation changes one thing at a time.
func TestConfirmation(t *testing.T) {
	sel := statements.Selection{Agent: "mbox|mailto:ada@stadt.example", Since: 1}
	c := confirm("town", sel, 5, 3, 7)
	read, ok := parseConfirmation(c.String())
	if !ok || read != c || read.sum("town", sel) != c.digest {
		t.Fatalf("%+v became %+v", c, read)
	}
	if v := c.id().Version(); v != 8 {
		t.Errorf("the id is of version %d", v)
	}
	for name, other := range map[string]confirmation{
		"tenant":    confirm("village", sel, 5, 3, 7),
		"selection": confirm("town", statements.Selection{Actor: sel.Agent, Since: 1}, 5, 3, 7),
		"watermark": confirm("town", sel, 6, 3, 7),
		"count":     confirm("town", sel, 5, 4, 7),
		"time":      confirm("town", sel, 5, 3, 8),
	} {
		if other.digest == c.digest {
			t.Errorf("another %s has the same digest", name)
		}
	}
	text := c.String()
	for i := range text {
		b := []byte(text)
		if b[i]++; b[i] == '{' || b[i] == ':' || b[i] == '[' {
			b[i] = 'A'
		}
		if read, ok := parseConfirmation(string(b)); ok && read.sum("town", sel) == read.digest {
			t.Errorf("damage at %d is not noticed", i)
		}
	}
	for _, bad := range []string{"", "AA", strings.Repeat("A", 200), text + "AA", text[:len(text)-4], " " + text} {
		if _, ok := parseConfirmation(bad); ok {
			t.Errorf("%q is a confirmation", bad)
		}
	}
}
