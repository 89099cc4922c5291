package progress

import (
	"context"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	w := newWorld(t)
	w.post("town", statement("a", adl+"passed", c1, "2026-01-05T08:00:00Z", result(object{"score": object{"scaled": 0.5}})),
		statement("a", adl+"answered", c1+"/q1", "2026-01-05T08:05:00Z", merge(inside(c1), result(object{"success": true, "response": "x"}))),
		statement("b", adl+"answered", c1+"/q1", "2026-01-05T08:05:00Z", merge(inside(c1), result(object{"success": false, "response": "y"}))))
	w.project()
	ctx := context.Background()
	s := Selection{Course: c1, Scope: Scope{All: true}}
	c, err := w.Course(ctx, "town", s)
	t.Logf("%+v %v", c, err)
	d, err := w.DropOff(ctx, "town", s)
	t.Logf("%+v %v", d, err)
	h, err := w.Hours(ctx, "town", s)
	t.Logf("%+v %v", h, err)
	for by := range learnerSorts {
		l, next, err := w.Learners(ctx, "town", s, "", Order{By: by, Limit: 1})
		if err != nil || len(l) != 1 {
			t.Fatal(by, l, next, err)
		}
		l, next, err = w.Learners(ctx, "town", s, "", Order{By: by, Limit: 1, After: next})
		if err != nil || len(l) != 1 || next != nil {
			t.Fatal(by, l, next, err)
		}
	}
	for kind := range kinds {
		if _, _, err := w.Learners(ctx, "town", s, kind, Order{Limit: 1}); err != nil {
			t.Fatal(kind, err)
		}
		if _, _, err := w.Everybody(ctx, "town", Selection{Scope: Scope{All: true}}, kind, Order{Limit: 1}); err != nil {
			t.Fatal(kind, err)
		}
	}
	for by := range totalsSorts {
		if _, _, err := w.Everybody(ctx, "town", Selection{Scope: Scope{All: true}, Learner: "x", Unit: "u", Group: "g"}, "", Order{By: by, Limit: 1}); err != nil {
			t.Fatal(by, err)
		}
	}
	at, err := w.Attempts(ctx, "town", Selection{Scope: Scope{All: true}})
	t.Logf("%+v %v", at, err)
	qs, test, err := w.Questions(ctx, "town", s)
	t.Logf("%+v %+v %v", qs, test, err)
	for by := range spans {
		tr, err := w.Trend(ctx, "town", Selection{Scope: Scope{All: true}, From: time.Unix(0, 0), To: time.Now()}, by)
		t.Logf("%+v %v", tr, err)
	}
	gs, err := w.Groups(ctx, "town", Selection{Scope: Scope{Groups: []string{"a'b\\", "c"}}})
	t.Logf("%+v %v", gs, err)
	gs, err = w.Units(ctx, "town", Selection{Scope: Scope{Groups: []string{"a'b\\", "c"}}})
	t.Logf("%+v %v", gs, err)
	gs, err = w.Units(ctx, "town", Selection{Unit: "x", Group: "x", Scope: Scope{All: true}})
	t.Logf("%+v %v", gs, err)
	ids, err := w.Identifiers(ctx, "town", "x")
	t.Logf("%+v %v", ids, err)
}
