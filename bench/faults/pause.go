//go:build linux

package faults

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"lernspur/bench/faults/client"
	"lernspur/internal/failpoint"
)

// slowly is for rounds that take long.
func slowly(o *client.Options) { o.Rate = 100 }

// paused stops the engine in the middle of an INSERT for longer than the server
// waits, then lets it go on: the abandoned INSERT may land late.
func paused() fault {
	return fault{name: "pause/insert", load: slowly, run: pauses}
}

// pausedLarge does it to INSERTs of thousands of statements, which are sent in
// pieces: what gathers during the first pause.
func pausedLarge() fault {
	return fault{name: "pause/large", series: "large", load: func(o *client.Options) { o.Rate = 1500 }, run: pauses}
}

func pauses(r *round) error {
	size := r.server.logSize()
	for i := range r.kills + 1 {
		// The base INSERT, or the look-ups before it.
		place := []string{failpoint.LookedUp, failpoint.Answered}[min(i, r.rng.IntN(2))]
		if err := r.pauseAt(place); err != nil {
			return err
		}
	}
	// What was found out about them is in the log a moment later.
	time.Sleep(time.Second)
	r.found(r.server.logSince(size))
	return nil
}

func (r *round) pauseAt(place string) error {
	control := r.server.control
	pid, err := r.server.awaitEngine(0, 20*time.Second)
	if err != nil {
		return err
	}
	if err := control.Arm(place, hold); err != nil {
		return err
	}
	if !control.Await(30 * time.Second) {
		return fmt.Errorf("nothing passed the place %q within 30 s", place)
	}
	if err := control.Release(); err != nil {
		return err
	}
	time.Sleep(r.between(0, 12*time.Millisecond)) // an INSERT takes about that
	from := time.Now()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	time.Sleep(insertTimeout + r.between(200*time.Millisecond, 2*time.Second))
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		return err
	}
	r.away = append(r.away, span{from, time.Now()})
	r.count("pauses", 1)
	time.Sleep(r.between(0, 600*time.Millisecond))
	return nil
}

var foundOut = regexp.MustCompile(`"found out what the database has","present":(\d+),"missing":(\d+)`)

// found counts, from the server's log, INSERTs whose outcome was unknown, and
// those among them that had landed all the same.
func (r *round) found(log string) {
	for _, m := range foundOut.FindAllStringSubmatch(log, -1) {
		r.count("unknown outcomes", 1)
		if n, _ := strconv.Atoi(m[1]); n > 0 {
			r.count("of them landed", 1)
		}
	}
}

// How many there are in a round, and at one time.
const (
	logins       = 20
	loginsAtOnce = 4
)

// badLogins sends logins that the engine must refuse; this build of it dies of
// some.
func badLogins() fault {
	return fault{name: "logins", load: slowly, run: func(r *round) error {
		pid, err := r.server.awaitEngine(0, 20*time.Second)
		if err != nil {
			return err
		}
		for range logins / loginsAtOnce {
			port := argument(pid, "--tcp_port=")
			if port == "" {
				return fmt.Errorf("the engine %d has no port", pid)
			}
			from := time.Now()
			var burst sync.WaitGroup
			for i := range loginsAtOnce {
				burst.Go(func() { r.badLogin(net.JoinHostPort("127.0.0.1", port), i) })
			}
			burst.Wait()
			if gone(pid, 100*time.Millisecond) {
				r.count("engines that died of a login", 1)
				if err := r.awaitReturn(pid, from); err != nil {
					return err
				}
				if pid, err = r.server.awaitEngine(pid, 20*time.Second); err != nil {
					return err
				}
			}
		}
		if r.letIn.Load() {
			r.problem("the engine let in somebody with a wrong password")
		}
		r.count("bad logins", logins)
		return nil
	}}
}

func (r *round) badLogin(addr string, i int) {
	auth := []clickhouse.Auth{
		{Database: "nowhere", Username: "default", Password: "wrong"},
		{Database: "lernspur", Username: "lernspur", Password: "wrong"},
		{Database: "nowhere", Username: "nobody", Password: ""},
	}[i%3]
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{addr}, Auth: auth, DialTimeout: 2 * time.Second, MaxOpenConns: 1})
	if err != nil {
		return
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if conn.Ping(ctx) == nil {
		r.letIn.Store(true)
	}
}
