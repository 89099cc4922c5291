package app

import (
	"errors"
	"io"
	"testing"

	"lernspur/lrs"
)

// TestReadsWhileTheDatabaseIsAway: nothing waits to be stored, so the commit
// path has no reason to send readers away; their queries fail.
func TestReadsWhileTheDatabaseIsAway(t *testing.T) {
	a := start(t, options(t))
	if status, answer := ask(t, a, "POST", "/xapi/statements", statement); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	if status, answer := ask(t, a, "GET", "/xapi/statements", ""); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	a.store.Close()
	for _, path := range []string{"/xapi/statements", "/xapi/statements?statementId=00000000-0000-4000-8000-000000000001"} {
		if status, answer := ask(t, a, "GET", path, ""); status != 503 {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	_ = a.Stop(t.Context()) // the store cannot say that it has everything
	var busy *lrs.Busy
	if err := away(io.EOF); !errors.As(err, &busy) || !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	if err := errors.New("ours"); away(err) != err || away(nil) != nil {
		t.Error("an error of another kind is taken for it")
	}
}
