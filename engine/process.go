package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.uber.org/zap"
)

// maxLine bounds what is kept of one line of the engine's output, in bytes.
const maxLine = 2048

// tailLines is how many of the last lines are kept for an error message.
const tailLines = 20

// process is one run of the child.
type process struct {
	cmd       *exec.Cmd
	stdin     io.Closer
	listening chan struct{} // closed when the child has bound its port
	done      chan struct{} // closed when the child is gone
	out, err  *lines

	mu      sync.Mutex
	version string
}

// storePath is where the engine keeps its own files inside the data folder.
func storePath(dir string) string { return filepath.Join(dir, "clickhouse") }

// spawn starts a child. It returns as soon as there is a process.
func spawn(o *Options, config string, port, readerPort int, written string, held *os.File) (*process, error) {
	p := &process{listening: make(chan struct{}), done: make(chan struct{})}
	p.out = &lines{take: p.hear}
	p.err = &lines{take: func(line string) { o.Logger.Warn("clickhouse", zap.String("line", line)) }}
	args := []string{Command, "--library=" + o.Library, "--written-by=" + written, "--",
		"--config-file=" + config, "--path=" + storePath(o.DataDir),
		"--listen_host=127.0.0.1", fmt.Sprintf("--tcp_port=%d", port)}
	listen := "SYSTEM START LISTEN TCP; "
	if readerPort != 0 {
		args = append(args, fmt.Sprintf("--http_port=%d", readerPort))
		listen += "SYSTEM START LISTEN HTTP; "
	}
	cmd := exec.Command(o.Binary, append(args,
		// The library keeps results to itself, hence INTO OUTFILE for the sign of
		// life. The last query only keeps the program alive, for 95 years.
		"--query="+listen+"SELECT '"+lineListening+"' INTO OUTFILE '/dev/stdout' APPEND FORMAT TSVRaw; "+
			"SELECT sleep(3) FROM numbers(1000000000) FORMAT Null SETTINGS max_block_size=1")...)
	cmd.Stdout, cmd.Stderr = p.out, p.err
	cmd.ExtraFiles = []*os.File{held} // the child shares the lock on the folder
	cmd.Env = childEnv(os.Environ())
	cmd.Dir = o.DataDir
	// A group of its own: an interrupt typed at the terminal is for the server,
	// which stops its child after it has finished its work.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("engine: cannot start %s: %w", o.Binary, err)
	}
	p.cmd, p.stdin = cmd, stdin
	go func() {
		_ = cmd.Wait() // the state is read from cmd.ProcessState
		p.err.flush()
		close(p.done)
	}()
	return p, nil
}

// childEnv drops our own variables: the child needs none, and some are secrets.
func childEnv(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		return strings.HasPrefix(kv, "LERNSPUR_")
	})
}

// hear takes one line of the child's standard output.
func (p *process) hear(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v, ok := strings.CutPrefix(line, lineVersion); ok {
		p.version = v
	}
	if line == lineListening {
		select {
		case <-p.listening:
		default:
			close(p.listening)
		}
	}
}

// libraryVersion is what the child has said, "" before that.
func (p *process) libraryVersion() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.version
}

// bound waits until the child has its port. Nobody may dial the port earlier:
// until then it could be another engine's, and a refused login kills an engine.
func (p *process) bound(ctx context.Context) error {
	select {
	case <-p.listening:
		return nil
	case <-p.done:
		return p.failure()
	case <-ctx.Done():
		return fmt.Errorf("engine: did not open its port: %w%s", ctx.Err(), p.tail())
	}
}

// stop ends the child in order and kills it when that takes longer than wait, or
// when the context ends. It returns when the child is gone.
func (p *process) stop(ctx context.Context, wait time.Duration) error {
	_ = p.stdin.Close() // the child takes it as the sign to stop
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
	case <-ctx.Done():
	}
	_ = p.cmd.Process.Kill() // already gone is as good
	<-p.done
	return errors.New("engine: did not stop in time and was killed")
}

// errPortTaken: somebody else took the port between the choice and the bind.
var errPortTaken = errors.New("the port is taken")

// code finds the number of the last exception in the engine's output.
var code = regexp.MustCompile(`Code: (\d+)\.`)

// failure says why the child is gone, as well as its output tells.
func (p *process) failure() error {
	state := p.cmd.ProcessState
	if state.ExitCode() == exitNewer {
		return fmt.Errorf("engine: %w", ErrNewerData)
	}
	text := p.tail()
	if m := code.FindAllStringSubmatch(text, -1); len(m) > 0 {
		switch m[len(m)-1][1] {
		case "76": // CANNOT_OPEN_FILE: the engine's own lock on the folder
			if strings.Contains(text, "lock") {
				return fmt.Errorf("engine: %w by an engine that is not ours%s", ErrInUse, text)
			}
		case "210": // NETWORK_ERROR
			return fmt.Errorf("engine: %w%s", errPortTaken, text)
		}
	}
	return fmt.Errorf("engine: ended with %s%s", state, text)
}

// tail is the end of the child's error output, ready to be appended to a message.
func (p *process) tail() string {
	last := p.err.last()
	if len(last) == 0 {
		return ""
	}
	return "; its last words: " + strings.Join(last, " | ")
}

// lines cuts a stream into lines of bounded length and hands them on.
type lines struct {
	take func(string)

	mu    sync.Mutex
	buf   []byte
	over  bool // the rest of an overlong line is being skipped
	saved []string
}

// Write never fails: the child must not be stopped by what it says.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(b)
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		part := b
		if i >= 0 {
			part = b[:i]
		}
		if room := maxLine - len(l.buf); len(part) > room {
			part, l.over = part[:room], true
		}
		l.buf = append(l.buf, part...)
		if i < 0 {
			break
		}
		l.emit()
		b = b[i+1:]
	}
	return n, nil
}

func (l *lines) emit() {
	line := strings.ToValidUTF8(string(l.buf), "?")
	if l.over {
		line += "…"
	}
	l.buf, l.over = l.buf[:0], false
	if line == "" {
		return
	}
	l.saved = append(l.saved, line)
	if len(l.saved) > tailLines {
		l.saved = slices.Delete(l.saved, 0, len(l.saved)-tailLines)
	}
	l.take(line)
}

// flush hands on a last line without an end.
func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.emit()
}

func (l *lines) last() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.saved)
}
