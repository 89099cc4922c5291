//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"lernspur/bench/faults/check"
	"lernspur/internal/failpoint"
)

// series are rounds on one data folder.
type series struct {
	kind     string
	dir      string // holds everything that is kept of it
	server   *server
	control  *failpoint.Control
	disk     *disk // nil for an ordinary folder
	journals []string
	rounds   int
}

// newSeries sets up a folder, and what its kind asks for.
func newSeries(dir, kind, binary string, n int, rng *rand.Rand) (*series, error) {
	s := &series{kind: kind, dir: filepath.Join(dir, fmt.Sprintf("series-%03d", n))}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	port, err := freePort(rng)
	if err != nil {
		return nil, err
	}
	s.control, err = failpoint.Listen(filepath.Join(s.dir, "failpoints.sock"))
	if err != nil {
		return nil, err
	}
	s.server = &server{binary: binary, dir: filepath.Join(s.dir, "data"), addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		logPath: filepath.Join(s.dir, "server.log"), control: s.control}
	switch kind {
	case seriesDiskLog:
		s.server.env = smallLog
		s.disk, err = mountDisk(filepath.Join(s.server.dir, "log"), 9)
	case seriesDiskAll:
		s.server.env = smallLog
		s.disk, err = mountDisk(s.server.dir, 256)
	case seriesBound:
		s.server.env = smallLog
	default:
		// Few rows per INSERT, or many; often, or seldom.
		s.server.env = []string{fmt.Sprintf("LERNSPUR_COMMIT_FLUSH_ROWS=%d", []int{20, 200, 8000}[rng.IntN(3)]),
			"LERNSPUR_COMMIT_FLUSH_INTERVAL=" + []string{"20ms", "200ms", "1s"}[rng.IntN(3)]}
	}
	if err != nil {
		s.control.Close()
		return nil, err
	}
	if s.disk != nil {
		s.server.wrap = s.disk.wrap()
	}
	return s, nil
}

// freePort finds a port that nothing listens on, outside the range of outgoing
// connections: a client that dials while the server is away could otherwise
// connect to itself.
func freePort(rng *rand.Rand) (int, error) {
	for range 100 {
		port := 12_000 + rng.IntN(7_000)
		l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, errors.New("no free port")
}

// finish looks at all of the series once more, after an orderly stop and another
// start; sample statements are read by id.
func (s *series) finish(ctx context.Context, sample int) ([]string, error) {
	if len(s.journals) == 0 {
		return nil, nil
	}
	var problems []string
	if err := s.server.stop(); err != nil {
		problems = append(problems, err.Error())
	}
	if err := s.server.start(); err != nil {
		return append(problems, err.Error()), nil
	}
	found, err := check.Run(ctx, check.Options{URL: s.server.url(), Key: apiKey, Secret: apiSecret, Journals: s.journals, Sample: sample})
	if err != nil {
		return append(problems, "checking: "+err.Error()), nil
	}
	for _, p := range found.Problems {
		problems = append(problems, p.String())
	}
	clean, output, err := s.server.verify()
	if err != nil {
		return problems, err
	}
	if !clean {
		problems = append(problems, "lernspur verify: "+output)
	}
	if err := s.server.stop(); err != nil {
		problems = append(problems, err.Error())
	}
	return problems, nil
}

// end stops what is running. A folder that is to be kept gets what was on a
// disk of its own.
func (s *series) end(keep bool) error {
	var err error
	if s.server.running() {
		if keep {
			s.server.kill() // as it is
		} else {
			err = s.server.stop()
		}
	}
	s.control.Close()
	if s.disk != nil {
		if keep {
			err = errors.Join(err, copyFiles(filepath.Join(s.dir, "disk"), s.disk.outside(".")))
		}
		s.disk.unmount()
	}
	if keep {
		return err
	}
	return errors.Join(err, removeAll(s.dir))
}

// copyFiles copies the files below a folder, but not sockets and links.
func copyFiles(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		return os.WriteFile(target, b, 0o600)
	})
}

// removeAll removes a folder; a process that has just ended may still have been
// writing to it.
func removeAll(dir string) error {
	var err error
	for range 50 {
		if err = os.RemoveAll(dir); err == nil || !strings.Contains(err.Error(), "not empty") {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}
