//go:build !faults

package failpoint

// Enabled says whether this program can be held at all.
const Enabled = false

// Hit does nothing.
func Hit(string) {}
