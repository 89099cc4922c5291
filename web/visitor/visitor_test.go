package visitor

import (
	"context"
	"testing"
)

func TestHas(t *testing.T) {
	trainer := &Visitor{Roles: []Role{Learner, Trainer}}
	for _, c := range []struct {
		name    string
		visitor *Visitor
		roles   []Role
		want    bool
	}{
		{"nobody has no role", nil, Roles, false},
		{"one of two roles", trainer, []Role{Administrator, Trainer}, true},
		{"another role", trainer, []Role{Auditor}, false},
		{"no role asked for", trainer, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.visitor.Has(c.roles...); got != c.want {
				t.Errorf("Has(%v) = %v, want %v", c.roles, got, c.want)
			}
		})
	}
}

func TestFrom(t *testing.T) {
	if v := From(context.Background()); v != nil {
		t.Errorf("an empty context has visitor %v", v)
	}
	want := &Visitor{Account: "m.muster"}
	if got := From(With(context.Background(), want)); got != want {
		t.Errorf("From = %v, want %v", got, want)
	}
}
