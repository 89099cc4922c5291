package engine

import (
	"bytes"
	"os"
	"strconv"
)

// DefaultMemory is the default budget in bytes: half of the machine (or of what
// the control group grants), at most MaxDefaultMemory, at least MinMemory.
func DefaultMemory() int64 {
	return budget(machineMemory())
}

// budget applies the bounds to a machine's memory in bytes; 0 means unknown.
func budget(machine int64) int64 {
	if machine == 0 {
		return MaxDefaultMemory / 2
	}
	return max(MinMemory, min(machine/2, MaxDefaultMemory))
}

// readInt reads a file that holds one number; ok is false for anything else, as
// "max" in a control group without a limit.
func readInt(path string) (n int64, ok bool) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64)
	return n, err == nil
}
