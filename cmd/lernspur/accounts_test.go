package main_test

import (
	"regexp"
	"strings"
	"testing"
)

var oneTimeLink = regexp.MustCompile(`(?m)^link +(http\S+/signin/reset\?\S+token=\S{43}\S*)$`)

func TestAccounts(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		out := p.must(t, "accounts", "create", "Ada@town.example", "--name", "Ada Lovelace", "--role", "trainer,learner", "--group", "g1", "--person", "p1", "--language", "de")
		contains(t, out, "account  ada@town.example", "roles    learner, trainer")
		if oneTimeLink.FindString(out) == "" {
			t.Fatalf("no link in:\n%s", out)
		}
		list := p.must(t, "accounts", "list")
		contains(t, list, "ada@town.example", "Ada Lovelace", "g1", "p1", "link until 20")
		r := p.run(t, "Drei Enten fliegen\n", "accounts", "create", "grace", "--tenant", "town", "--password-stdin")
		if r.code != 0 || strings.Contains(r.out, "link") {
			t.Errorf("%d %s %s", r.code, r.out, r.err)
		}
		list = p.must(t, "accounts", "list", "--tenant", "town")
		if !regexp.MustCompile(`(?m)^grace .* password$`).MatchString(list) || strings.Contains(list, "ada") {
			t.Errorf("the list is:\n%s", list)
		}
		contains(t, p.must(t, "accounts", "roles", "ada@town.example", "administrator", "auditor", "--group", ""), "roles    administrator, auditor", "groups   \n")
		contains(t, p.must(t, "accounts", "disable", "ada@town.example"), "disabled ada@town.example")
		contains(t, p.must(t, "accounts", "list"), "administrator, auditor", "disabled")
		contains(t, p.must(t, "accounts", "enable", "ada@town.example"), "enabled ada@town.example")
		if out := p.must(t, "accounts", "reset", "grace", "--tenant", "town"); oneTimeLink.FindString(out) == "" {
			t.Errorf("no link in:\n%s", out)
		}
		contains(t, p.must(t, "accounts", "remove", "grace", "--tenant", "town"), "removed grace")
		for _, bad := range []struct {
			args []string
			in   string
			want string
		}{
			{[]string{"accounts", "reset", "nobody"}, "", "there is no such account"},
			{[]string{"accounts", "disable", "grace"}, "", "there is no such account"},
			{[]string{"accounts", "create", "ADA@town.example"}, "", "already"},
			{[]string{"accounts", "create", "a b"}, "", "account:"},
			{[]string{"accounts", "create", "bob", "--role", "boss"}, "", "boss"},
			{[]string{"accounts", "create", "bob", "--password-stdin"}, "passwort1234\n", "too many people"},
			{[]string{"accounts", "create", "bob", "--password-stdin"}, "", "no password"},
			{[]string{"accounts", "create", "bob", "--tenant", "a b"}, "", "tenant"},
		} {
			r := p.run(t, bad.in, bad.args...)
			if r.code != 1 {
				t.Errorf("%v: exit code %d", bad.args, r.code)
			}
			contains(t, r.err, bad.want)
		}
	})
}
