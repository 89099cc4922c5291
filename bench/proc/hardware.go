package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Hardware describes the machine of a measurement.
type Hardware struct {
	CPU    string  `json:"cpu"`
	Cores  int     `json:"cores"`
	Memory int64   `json:"memory_bytes"`
	Disk   string  `json:"disk"`
	Kernel string  `json:"kernel"`
	Go     string  `json:"go"`
	Load   float64 `json:"load_before"` // one-minute load average when the measurement began
}

// Describe reads what the machine is; dir is where the data of the
// measurement lie.
func Describe(dir string) Hardware {
	h := Hardware{CPU: "unknown", Cores: runtime.NumCPU(), Disk: disk(dir), Kernel: runtime.GOOS, Go: runtime.Version()}
	h.CPU = field("/proc/cpuinfo", "model name", h.CPU)
	if kib, err := strconv.ParseInt(strings.TrimSuffix(field("/proc/meminfo", "MemTotal", ""), " kB"), 10, 64); err == nil {
		h.Memory = kib << 10
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		h.Kernel = "Linux " + strings.TrimSpace(string(b))
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(b), &h.Load) // zero where it cannot be read
	}
	return h
}

// field reads the first value of a name in a file of "name: value" lines.
func field(path, name, otherwise string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return otherwise
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}

// disk names file system and device behind a folder.
func disk(dir string) string {
	out, err := exec.Command("df", "--output=source,fstype", dir).Output()
	if err != nil {
		return "unknown"
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	parts := strings.Fields(lines[len(lines)-1])
	if len(parts) != 2 {
		return "unknown"
	}
	kind := "solid state"
	device := filepath.Base(parts[0])
	rotational, err := os.ReadFile("/sys/block/" + device + "/queue/rotational")
	switch {
	case strings.HasPrefix(device, "vd"):
		kind = "virtual disk"
	case err != nil:
		kind = "kind unknown"
	case strings.TrimSpace(string(rotational)) == "1":
		kind = "rotating"
	}
	return fmt.Sprintf("%s (%s, %s)", parts[0], parts[1], kind)
}
