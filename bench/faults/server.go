//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lernspur/internal/failpoint"
)

const (
	apiKey    = "faults"
	apiSecret = "nothing but loopback"
)

// server is the program under test, started again after each kill on the same
// folder and address.
type server struct {
	binary  string
	dir     string // its data folder
	addr    string
	logPath string
	env     []string // on top of what every server here gets
	wrap    []string // what the command is run by, if not directly
	control *failpoint.Control

	cmd    *exec.Cmd
	exited chan struct{}
}

// url is the address of the xAPI resources.
func (s *server) url() string { return "http://" + s.addr + "/xapi" }

func (s *server) command(args ...string) *exec.Cmd {
	line := append(append([]string{}, s.wrap...), append([]string{s.binary}, args...)...)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = append(os.Environ(), "LERNSPUR_ADDR="+s.addr, "LERNSPUR_CONTENT_ADDR=127.0.0.1:0", "LERNSPUR_DATA="+s.dir,
		"LERNSPUR_KEY="+apiKey, "LERNSPUR_SECRET="+apiSecret, "LERNSPUR_LOG_FORMAT=json", "LERNSPUR_ENGINE_MEMORY=1GiB",
		"LERNSPUR_LIMITS_WAIT_TIMEOUT=5s", "LERNSPUR_COMMIT_INSERT_TIMEOUT="+insertTimeout.String())
	cmd.Env = append(cmd.Env, s.env...)
	cmd.Dir = filepath.Dir(s.logPath) // away from any configuration file
	return cmd
}

// insertTimeout is short, so that a stopped engine is soon given up.
const insertTimeout = 1500 * time.Millisecond

// launch starts the process and does not wait for it.
func (s *server) launch() error {
	out, err := os.OpenFile(s.logPath, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer out.Close() // the child has its own
	cmd := s.command("serve")
	if s.control != nil {
		cmd.Env = append(cmd.Env, failpoint.Variable+"="+s.control.Path())
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	s.cmd, s.exited = cmd, exited
	go func() {
		_ = cmd.Wait() // its state is in cmd.ProcessState
		close(exited)
	}()
	return nil
}

// errExited says that the server ended instead of becoming ready.
var errExited = errors.New("the server ended instead of becoming ready")

// start starts the server and waits until it is ready.
func (s *server) start() error {
	if err := s.launch(); err != nil {
		return err
	}
	return s.ready(90 * time.Second)
}

func (s *server) ready(wait time.Duration) error {
	for begun := time.Now(); ; {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/readyz", nil)
		if err != nil {
			cancel()
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		cancel()
		if err == nil && resp.StatusCode == http.StatusOK {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("%w (%s); see %s", errExited, s.cmd.ProcessState, s.logPath)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Since(begun) > wait {
			return fmt.Errorf("the server was not ready after %s; see %s", wait, s.logPath)
		}
	}
}

// running says whether the process is there.
func (s *server) running() bool {
	if s.cmd == nil {
		return false
	}
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}

// kill ends the server with SIGKILL and returns when it is dead.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // dead already is as good
	<-s.exited
}

// stop ends the server in order.
func (s *server) stop() error {
	if !s.running() {
		return nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.exited:
	case <-time.After(90 * time.Second):
		s.kill()
		return errors.New("the server did not stop within 90 s of SIGTERM")
	}
	if !s.cmd.ProcessState.Success() {
		return fmt.Errorf("the server ended its orderly stop with %s; see %s", s.cmd.ProcessState, s.logPath)
	}
	return nil
}

// verify runs `lernspur verify` beside the server.
func (s *server) verify() (clean bool, output string, err error) {
	b, err := s.command("verify").CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return false, string(b), nil
	}
	return err == nil, string(b), err
}

// logSize is how long the server's own log is now, for logSince.
func (s *server) logSize() int64 {
	info, err := os.Stat(s.logPath)
	if err != nil {
		return 0
	}
	return info.Size()
}

// logSince is what the server has logged since it was that long.
func (s *server) logSince(size int64) string {
	f, err := os.Open(s.logPath)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.NewSectionReader(f, size, 64<<20)) // a part will do
	return string(b)
}

// enginePID finds the engine among the server's children, 0 if there is none.
func (s *server) enginePID() int {
	if !s.running() {
		return 0
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// "PID (name) state parent …"; the name may hold anything.
		fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(fields) < 2 || fields[0] == "Z" || fields[1] != strconv.Itoa(s.cmd.Process.Pid) {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if argument(pid, "--tcp_port=") != "" {
			return pid
		}
	}
	return 0
}

// argument finds the rest of a process's argument that begins with prefix.
func argument(pid int, prefix string) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	for _, arg := range strings.Split(string(b), "\x00") {
		if rest, ok := strings.CutPrefix(arg, prefix); ok {
			return rest
		}
	}
	return ""
}

// awaitEngine waits until there is an engine other than the one given.
func (s *server) awaitEngine(not int, wait time.Duration) (int, error) {
	for begun := time.Now(); time.Since(begun) < wait; time.Sleep(5 * time.Millisecond) {
		if pid := s.enginePID(); pid != 0 && pid != not {
			return pid, nil
		}
	}
	return 0, fmt.Errorf("there was no engine within %s", wait)
}

// gone waits until a process is dead (it may stay as a zombie until its parent
// asks).
func gone(pid int, wait time.Duration) bool {
	for begun := time.Now(); time.Since(begun) < wait; time.Sleep(time.Millisecond) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return true
		}
		if rest := string(b[strings.LastIndexByte(string(b), ')')+1:]); strings.HasPrefix(rest, " Z") {
			return true
		}
	}
	return false
}
