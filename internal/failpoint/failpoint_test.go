package failpoint

import (
	"path/filepath"
	"testing"
	"time"
)

// TestProgramCannotBeHeld guards the build for use; the tag is for the campaign.
func TestProgramCannotBeHeld(t *testing.T) {
	if Enabled {
		t.Skip("built with the tag faults")
	}
	if n := testing.AllocsPerRun(100, func() { Hit(Synced) }); n != 0 {
		t.Errorf("Hit allocates %v times", n)
	}
}

func TestControlWithoutAProgram(t *testing.T) {
	c, err := Listen(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Arm(Synced, time.Second); err == nil {
		t.Error("a place was armed in a program that is not there")
	}
	if c.Await(time.Millisecond) || c.Over() {
		t.Error("something was reached in a program that is not there")
	}
}
