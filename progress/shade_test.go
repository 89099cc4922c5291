package progress

import "testing"

// TestShadeOfNobody: of few it is not told that there is nobody, and who sees everything
// is told that there is nothing.
func TestShadeOfNobody(t *testing.T) {
	p := New(Dependencies{})
	for name, c := range map[string]func(shade) any{
		"a score of nobody":         func(s shade) any { return s.mean(0, 0) },
		"a share of nobody":         func(s shade) any { return s.share(0, 0) },
		"the last day of nobody":    func(s shade) any { return p.instant(s, 0, 0) },
		"a figure made of nobody":   func(s shade) any { return s.of(0, nil) },
		"a score of four":           func(s shade) any { return s.mean(2e9, 4) },
		"a share of four":           func(s shade) any { return s.share(2, 4) },
		"a score that tells all":    func(s shade) any { return s.mean(10e9, 10) },
		"a share with nobody in it": func(s shade) any { return s.share(0, 10) },
	} {
		if got := c(shade{5}); got != (hidden{}) {
			t.Errorf("%s: %v", name, got)
		}
		if got := c(shade{}); got == (hidden{}) {
			t.Errorf("%s is hidden from who sees everything", name)
		}
	}
	if got := (shade{5}).mean(8e9, 10); got != 0.8 {
		t.Errorf("a score of ten: %v", got)
	}
}
