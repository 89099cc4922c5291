package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Process is a child that answers HTTP on a loopback address.
type Process struct {
	Addr string // 127.0.0.1:port
	cmd  *exec.Cmd
	tail *tail
	done chan struct{}
	err  error
}

// FreeAddr is a loopback address that nothing listens on.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Start starts a program and waits until a GET of ready at addr answers 200.
// env is added to the environment of this process.
func Start(ctx context.Context, addr, ready string, env []string, program string, args ...string) (*Process, error) {
	p := &Process{Addr: addr, cmd: exec.Command(program, args...), tail: &tail{}, done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.tail, p.tail
	p.cmd.SysProcAttr = diesWithParent()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := p.wait(ctx, ready); err != nil {
		p.Stop(10 * time.Second)
		return nil, fmt.Errorf("%s: %w; its last words:\n%s", program, err, p.tail)
	}
	return p, nil
}

func (p *Process) wait(ctx context.Context, ready string) error {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	for {
		select {
		case <-p.done:
			return fmt.Errorf("ended at once: %w", errors.Join(p.err, ctx.Err()))
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
		if _, err := p.Get(ready); err == nil {
			return nil
		}
	}
}

// Get reads a small page of the process. Anything but 200 is an error.
func (p *Process) Get(path string) ([]byte, error) {
	client := http.Client{Timeout: 5 * time.Second}
	r, err := client.Get("http://" + p.Addr + path)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, r.Status)
	}
	return body, err
}

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done ends with the process.
func (p *Process) Done() <-chan struct{} { return p.done }

// Words are the last lines that the process wrote.
func (p *Process) Words() string { return p.tail.String() }

// Stop asks the process to end and kills it when it does not within the time.
func (p *Process) Stop(within time.Duration) error {
	select {
	case <-p.done:
		return p.err
	default:
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended just now
	select {
	case <-p.done:
		return p.err
	case <-time.After(within):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("did not end within %v", within)
	}
}

// tail keeps the last of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailBytes = 16 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if extra := len(t.buf) - tailBytes; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[extra:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
