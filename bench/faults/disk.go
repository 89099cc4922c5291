//go:build linux

package faults

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lernspur/bench/faults/client"
	"lernspur/bench/faults/journal"
)

// The series whose folder, or the log in it, is a small disk of its own, and the
// one with a log of small bound.
const (
	seriesDiskLog = "disk/log"
	seriesDiskAll = "disk/all"
	seriesBound   = "bound"
)

// smallLog has segments of 4 MiB.
var smallLog = []string{"LERNSPUR_COMMIT_LOG_BYTES=16MiB", "LERNSPUR_COMMIT_FLUSH_BYTES=4MiB", "LERNSPUR_LIMITS_BODY_BYTES=6MiB"}

// heavy makes the client fill a disk or a log within seconds.
func heavy(o *client.Options) {
	o.Pad, o.Rate = 20_000, 300
}

// disk is a small file system in a mount namespace of its own, which lives as
// long as the process that holds it.
type disk struct {
	holder *exec.Cmd
	stdin  io.Closer
	path   string
}

// mountDisk mounts a file system of size MiB at path, for those only who enter
// the namespace.
func mountDisk(path string, size int) (*disk, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	script := fmt.Sprintf("mount -t tmpfs -o size=%dm,mode=0700 tmpfs \"$1\" && echo mounted && exec cat", size)
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", path)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	d := &disk{cmd, stdin, path}
	line := make([]byte, 8)
	if _, err := io.ReadFull(out, line); err != nil {
		d.unmount()
		return nil, fmt.Errorf("no small disk can be mounted: %s", strings.TrimSpace(said.String()))
	}
	return d, nil
}

// wrap is what a command is run by to see the disk.
func (d *disk) wrap() []string {
	return []string{"nsenter", "--user", "--mount", "--preserve-credentials", "--target", strconv.Itoa(d.holder.Process.Pid), "--"}
}

// outside is the path of a file on the disk as the campaign sees it.
func (d *disk) outside(name string) string {
	return filepath.Join(fmt.Sprintf("/proc/%d/root", d.holder.Process.Pid), d.path, name)
}

func (d *disk) unmount() {
	d.stdin.Close()
	_ = d.holder.Wait() // cat ends with its input, and the disk with it
}

// noDisk says why there can be no small disk, "" if there can.
func noDisk() string {
	for _, tool := range []string{"unshare", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			return tool + " is not installed"
		}
	}
	dir, err := os.MkdirTemp("", "faults-disk-")
	if err != nil {
		return err.Error()
	}
	defer os.RemoveAll(dir)
	d, err := mountDisk(dir, 1)
	if err != nil {
		return err.Error()
	}
	d.unmount()
	return ""
}

// fill takes all the room that is left.
func (d *disk) fill() error {
	f, err := os.OpenFile(d.outside("ballast"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	block := make([]byte, 1<<16)
	for size := len(block); size > 0; {
		switch _, err := f.Write(block[:size]); {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			return err
		}
	}
	return nil
}

func (d *disk) free() error { return os.Remove(d.outside("ballast")) }

// diskFull is how the server refuses statements then.
const diskFull = "the disk of the log is full"

// fullDisk fills the disk under load, kills this or that meanwhile, and makes
// room again: everything has to go on by itself then.
func fullDisk(kind string) fault {
	f := fault{name: kind, series: kind, missing: noDisk, load: heavy}
	f.run = func(r *round) error {
		size := r.server.logSize()
		d := r.series.disk
		if err := d.fill(); err != nil {
			return err
		}
		from := time.Now()
		if kind == seriesDiskLog {
			// The log has reserved some room, and gives some back whenever the database
			// has a segment: that is taken as well.
			for !strings.Contains(r.journalText(), diskFull) && time.Since(from) < 30*time.Second {
				if err := d.fill(); err != nil {
					return err
				}
				time.Sleep(50 * time.Millisecond)
			}
		}
		time.Sleep(r.between(1500*time.Millisecond, 3*time.Second))
		victim := []string{"", victimServer, victimEngine, victimBoth}[r.n%4]
		if victim == victimEngine {
			// It may not come back before there is room.
			if pid := r.server.enginePID(); pid != 0 {
				_ = syscall.Kill(pid, syscall.SIGKILL)
				r.kill("on a full disk")
			}
		} else if victim != "" {
			if err := r.strike(victim, nil); err != nil {
				return err
			}
			r.kill("on a full disk")
			if err := r.startOnFull(); err != nil {
				return err
			}
		}
		if err := d.free(); err != nil {
			return err
		}
		r.count("disks filled", 1)
		if !r.server.running() {
			if err := r.server.start(); err != nil {
				return err
			}
		}
		r.count("refused for the full disk", strings.Count(r.journalText(), diskFull))
		r.count("INSERTs on a full disk", strings.Count(r.server.logSince(size), "the outcome of an INSERT is unknown"))
		if kind == seriesDiskLog && r.result.Counts["refused for the full disk"] == 0 {
			r.problem("the disk of the log was full for %s and nothing was refused for it", time.Since(from))
		}
		time.Sleep(3 * time.Second) // back-off
		return nil
	}
	return f
}

// startOnFull starts the server while there is no room. It may refuse to start,
// but not with a damaged log; what it does meanwhile must not harm.
func (r *round) startOnFull() error {
	size := r.server.logSize()
	if err := r.server.launch(); err != nil {
		return err
	}
	select {
	case <-r.server.exited:
		r.count("starts refused on a full disk", 1)
	case <-time.After(r.between(2*time.Second, 4*time.Second)):
		r.count("starts on a full disk", 1)
	}
	if said := r.server.logSince(size); strings.Contains(said, "is damaged") {
		r.problem("on a full disk the server found a damaged log: %s", said)
	}
	return nil
}

func (r *round) journalText() string {
	b, err := os.ReadFile(r.journal)
	if err != nil {
		return ""
	}
	return string(b)
}

// smallBound stops the engine for so long that the log reaches its bound: until
// then posts are taken, then refused, and all is there in the end.
func smallBound() fault {
	return fault{name: seriesBound, series: seriesBound, load: heavy, run: func(r *round) error {
		pid, err := r.server.awaitEngine(0, 20*time.Second)
		if err != nil {
			return err
		}
		from := time.Now()
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return err
		}
		var reached time.Time
		for ; reached.IsZero(); reached = r.firstRefusal("statements wait in the log up to its bound") {
			if time.Since(from) > 60*time.Second {
				_ = syscall.Kill(pid, syscall.SIGCONT)
				return errors.New("the log did not reach its bound within 60 s")
			}
			time.Sleep(250 * time.Millisecond)
		}
		r.away = append(r.away, span{from, reached})
		time.Sleep(2 * time.Second)
		if size := logBytes(filepath.Join(r.server.dir, "log")); size > 18<<20 {
			r.problem("the log has %d bytes; its bound is 16 MiB, and a segment may be longer by a group", size)
		}
		r.count("bounds reached", 1)
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			return err
		}
		time.Sleep(2 * time.Second)
		return nil
	}}
}

// firstRefusal is when an attempt was first refused with these words.
func (r *round) firstRefusal(words string) (at time.Time) {
	_ = journal.ReadFile(r.journal, func(rec journal.Record) error { // it is there, and its last line may be half
		if at.IsZero() && rec.Kind == journal.Refusal && strings.Contains(rec.Text, words) {
			at = time.UnixMicro(rec.At)
		}
		return nil
	})
	return at
}

func logBytes(dir string) (n int64) {
	names, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil {
			n += info.Size()
		}
	}
	return n
}
