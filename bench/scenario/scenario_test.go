package scenario

import (
	"context"
	"math"
	"os"
	"testing"
	"time"

	"lernspur/engine"
)

func TestMain(m *testing.M) {
	engine.MaybeMain()
	os.Exit(m.Run())
}

func TestTrend(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []float64
		want float64
	}{
		{"nothing", nil, 0}, {"one", []float64{5}, 0}, {"level", []float64{3, 3, 3}, 0},
		{"rising", []float64{1, 3, 5, 7}, 2}, {"saw", []float64{0, 10, 0, 10, 0}, 0}, {"falling", []float64{9, 6, 3}, -3},
	} {
		if got := trend(c.in); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDistinctEndsWhenThereAreNoMore(t *testing.T) {
	n := 0
	got := distinct(10, func() (string, []byte) {
		n++
		return string(rune('a' + n%3)), nil
	})
	if len(got) != 3 {
		t.Errorf("%d of 3 different keys", len(got))
	}
}

// The ceilings insert every prepared row in every variant: pass checks it.
func TestCeilings(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	e, err := Open(ctx, Options{Dir: t.TempDir(), Seed: 1, Quick: true, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c, err := e.newCeilings(ctx, 3000)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.screen(ctx); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.round(ctx, "a1", time.Millisecond, 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	rounds, long := 0, 0
	for _, ceiling := range c.list {
		rounds += len(ceiling.Rounds)
		if len(ceiling.Sustained) > 0 {
			long++
		}
		if n := len(ceiling.Sustained); n != 0 && n != 2 {
			t.Errorf("%+v lasted for long in %d of 2 rounds", ceiling.Variant, n)
		}
	}
	if len(c.list) != 32 || rounds != 4 || long != 1 {
		t.Errorf("%d variants, %d rounds, %d variants for long", len(c.list), rounds, long)
	}
	if _, err := e.dropCaches(ctx); err != nil {
		t.Error(err)
	}
	if err := c.drop(ctx); err != nil {
		t.Error(err)
	}
}
