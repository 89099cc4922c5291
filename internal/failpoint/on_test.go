//go:build faults

package failpoint

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

// connect starts a Control and connects this process to it, as init does.
func connect(t *testing.T) *Control {
	t.Helper()
	c, err := Listen(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if conn, err = net.Dial("unix", c.Path()); err != nil {
		t.Fatal(err)
	}
	go obey()
	for begun := time.Now(); c.send("go\n") != nil; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 5*time.Second {
			t.Fatal("no connection")
		}
	}
	return c
}

// arm arms a place and waits until the program knows.
func arm(t *testing.T, c *Control, place string, hold time.Duration) {
	t.Helper()
	if err := c.Arm(place, hold); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); armed.Load() == nil; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 5*time.Second {
			t.Fatal("not armed")
		}
	}
}

func TestHeldUntilReleased(t *testing.T) {
	c := connect(t)
	arm(t, c, LookedUp, time.Minute)
	Hit(Synced) // another place
	passed := make(chan struct{})
	go func() { Hit(LookedUp); close(passed) }()
	if !c.Await(5 * time.Second) {
		t.Fatal("not announced")
	}
	Hit(LookedUp) // the second caller goes on
	select {
	case <-passed:
		t.Fatal("not held")
	case <-time.After(20 * time.Millisecond):
	}
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	<-passed
	if c.Over() {
		t.Error("it was released and says that the time was up")
	}
}

func TestHeldForATimeOnly(t *testing.T) {
	c := connect(t)
	arm(t, c, Inserted, 10*time.Millisecond)
	Hit(Inserted)
	if !c.Await(5 * time.Second) {
		t.Fatal("not announced")
	}
	for begun := time.Now(); !c.Over(); time.Sleep(time.Millisecond) {
		if time.Since(begun) > 5*time.Second {
			t.Fatal("does not say that the time was up")
		}
	}
}

func TestReleaseDisarms(t *testing.T) {
	c := connect(t)
	arm(t, c, Answered, time.Minute)
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	for armed.Load() != nil {
		time.Sleep(time.Millisecond)
	}
	Hit(Answered)
}
