//go:build linux

package faults

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lernspur/internal/failpoint"
)

// cutLog kills the server after the fsync of a group and before its answer,
// then cuts the log somewhere within that group, as a crash of the machine may
// have done: only what was not acknowledged may vanish.
func cutLog() fault {
	return fault{name: "log/cut", load: crowded, run: func(r *round) error {
		landed, err := r.killAt(failpoint.Synced, victimBoth)
		if err != nil {
			return err
		}
		if landed {
			r.kill(failpoint.Synced)
			path, from, to, err := lastGroup(filepath.Join(r.server.dir, "log"))
			if err != nil {
				return err
			}
			at := from + r.rng.Int64N(to-from)
			if err := os.Truncate(path, at); err != nil {
				return err
			}
			r.count("logs cut", 1)
		}
		return r.server.start()
	}}
}

// flipBit damages one bit of the log of a server that was killed: it has to
// refuse to start and say why; with the bit as it was, all is there.
func flipBit() fault {
	return fault{name: "log/flip", run: func(r *round) error {
		return r.server.ready(10 * time.Second)
	}, after: func(r *round) error {
		if err := r.strike(victimBoth, nil); err != nil {
			return err
		}
		names, err := filepath.Glob(filepath.Join(r.server.dir, "log", "*.log"))
		if err != nil || len(names) == 0 {
			return errors.Join(errors.New("there is no log"), err)
		}
		path := names[r.rng.IntN(len(names))]
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		at, bit := r.rng.Int64N(info.Size()), byte(1)<<r.rng.IntN(8)
		if err := flip(path, at, bit); err != nil {
			return err
		}
		size := r.server.logSize()
		if err := r.server.launch(); err != nil {
			return err
		}
		select {
		case <-r.server.exited:
		case <-time.After(60 * time.Second):
			r.problem("the server runs on a log with a flipped bit at byte %d of %s", at, path)
			r.server.kill()
		}
		if r.server.cmd.ProcessState.ExitCode() <= 0 {
			r.problem("with a flipped bit the server ended with %s", r.server.cmd.ProcessState)
		}
		if said := r.server.logSince(size); !strings.Contains(said, "is damaged at byte") || !strings.Contains(said, path) {
			r.problem("with a flipped bit at byte %d of %s the server says: %s", at, path, said)
		}
		r.count("bits flipped", 1)
		return flip(path, at, bit)
	}}
}

func flip(path string, at int64, bit byte) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return err
	}
	b[0] ^= bit
	_, err = f.WriteAt(b[:], at)
	return err
}

// The form of the log's records, as its description says: kind, three zero
// bytes, length of the payload, sequence, two checksums.
const (
	headerSize  = 24
	recordGroup = 2
)

// lastGroup finds the last group of statements in the log; to is the end of the
// file, past the marks that were written with it.
func lastGroup(dir string) (path string, from, to int64, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(names) == 0 {
		return "", 0, 0, errors.Join(errors.New("there is no log"), err)
	}
	slices.Sort(names)
	path = names[len(names)-1]
	b, err := os.ReadFile(path)
	if err != nil {
		return "", 0, 0, err
	}
	from = -1
	for at := 0; at < len(b); {
		if len(b)-at < headerSize {
			return "", 0, 0, fmt.Errorf("%s ends within a header", path)
		}
		if b[at] == recordGroup {
			from = int64(at)
		}
		at += headerSize + int(binary.LittleEndian.Uint32(b[at+4:]))
	}
	if from < 0 {
		return "", 0, 0, fmt.Errorf("%s has no group", path)
	}
	return path, from, int64(len(b)), nil
}
