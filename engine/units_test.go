package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestNewer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wrote, is string
		want      bool
	}{
		{"", "26.7.3", false},
		{"26.7.3", "26.7.3", false},
		{"26.7.9", "26.7.3", false}, // patches do not count
		{"26.7.3-stable.1", "26.7", false},
		{"26.8.1", "26.7.3", true},
		{"27.1.1", "26.12.3", true},
		{"26.12.1", "27.1.3", false},
		{"26.10.1", "26.9.1", true}, // numbers, not text
	} {
		if got := newer(c.wrote, c.is); got != c.want {
			t.Errorf("written by %q, running %q: newer %v, want %v", c.wrote, c.is, got, c.want)
		}
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	const gib = 1 << 30
	for _, c := range []struct{ machine, want int64 }{
		{0, 2 * gib}, // unknown
		{1 * gib, 768 << 20},
		{2 * gib, 1 * gib},
		{6 * gib, 3 * gib},
		{8 * gib, 4 * gib},
		{64 * gib, 4 * gib},
	} {
		if got := budget(c.machine); got != c.want {
			t.Errorf("machine of %d MiB: %d MiB, want %d MiB", c.machine>>20, got>>20, c.want>>20)
		}
	}
	if m := machineMemory(); m < 512<<20 {
		t.Errorf("this machine has %d bytes?", m)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	for _, c := range []struct {
		name  string
		write []string
		want  []string
	}{
		{"one", []string{"a\n"}, []string{"a"}},
		{"in pieces", []string{"a", "b\nc", "\n"}, []string{"ab", "c"}},
		{"empty lines are dropped", []string{"\n\na\n\n"}, []string{"a"}},
		{"without an end", []string{"a\nb"}, []string{"a", "b"}},
		{"as long as can be", []string{long + "\n"}, []string{long}},
		{"too long", []string{long + "y\nb\n"}, []string{long + "…", "b"}},
		{"too long, in pieces", []string{long, "y", "z\nb\n"}, []string{long + "…", "b"}},
		{"no UTF-8", []string{"a\xffb\n"}, []string{"a?b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			l := &lines{take: func(s string) { got = append(got, s) }}
			for _, w := range c.write {
				if n, err := l.Write([]byte(w)); n != len(w) || err != nil {
					t.Errorf("Write(%d bytes): %d, %v", len(w), n, err)
				}
			}
			l.flush()
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	l := &lines{take: func(string) {}}
	for i := range 100 {
		fmt.Fprintf(l, "%d\n", i)
	}
	if last := l.last(); len(last) != tailLines || last[0] != "80" || last[tailLines-1] != "99" {
		t.Errorf("the tail is %q", last)
	}
}

func TestFreePort(t *testing.T) {
	t.Parallel()
	low, high := ephemeral()
	for range 50 {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		if port < portFrom || port >= portTo || port >= low && port <= high {
			t.Errorf("port %d; allowed %d to %d without %d to %d", port, portFrom, portTo, low, high)
		}
	}
}

func TestChildEnv(t *testing.T) {
	t.Parallel()
	got := childEnv([]string{"HOME=/h", "LERNSPUR_SECRET=s", "PATH=/bin", "LERNSPUR_ADDR=:1"})
	if want := []string{"HOME=/h", "PATH=/bin"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
