package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// machineMemory is the memory of the machine or, if smaller, the limit of the
// control group that this process is in, in bytes; 0 if unknown.
func machineMemory() int64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	total := int64(info.Totalram) * int64(info.Unit)
	for _, path := range cgroupLimits() {
		if n, ok := readInt(path); ok && n > 0 {
			total = min(total, n)
		}
	}
	return total
}

// cgroupLimits lists the files that may hold this process's limit: inside a
// container the root of the mount, outside the group's own folder (version 2),
// and the folder of version 1.
func cgroupLimits() []string {
	paths := []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return paths
	}
	for line := range bytes.Lines(b) {
		if group, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "0::"); ok {
			paths = append(paths, filepath.Join("/sys/fs/cgroup", group, "memory.max"))
		}
	}
	return paths
}
