//go:build linux

package faults

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"lernspur/bench/faults/client"
	"lernspur/internal/failpoint"
)

// The victims of a kill.
const (
	victimServer = "server"
	victimEngine = "engine"
	victimBoth   = "both"
)

// killsPerRound is how often each round of the whole campaign kills: the second
// time what came up from the first.
const killsPerRound = 2

// atRandom kills at any moment.
func atRandom(victim string) fault {
	return fault{name: "kill/" + victim, run: func(r *round) error {
		for range r.kills {
			time.Sleep(r.between(0, 700*time.Millisecond))
			if err := r.strike(victim, nil); err != nil {
				return err
			}
			r.kill("at random")
			if err := r.recover(); err != nil {
				return err
			}
		}
		return nil
	}}
}

// inGap kills while a goroutine is held at a place of the commit path.
func inGap(place, victim string) fault {
	var load func(*client.Options)
	if place == failpoint.Synced {
		load = crowded
	}
	return fault{name: "gap/" + place + "/" + victim, load: load, run: func(r *round) error {
		for range r.kills {
			landed, err := r.killAt(place, victim)
			if err != nil {
				return err
			}
			if landed {
				r.kill(place)
			}
			if err := r.recover(); err != nil {
				return err
			}
			time.Sleep(r.between(200*time.Millisecond, 600*time.Millisecond))
		}
		return nil
	}}
}

// crowded puts many requests into each group.
func crowded(o *client.Options) { o.Rate, o.Workers = 800, 30 }

// hold is how long a place is held at most; a kill takes milliseconds.
const hold = 5 * time.Second

// killAt kills within a gap. landed says that the place was held until the
// victim was dead.
func (r *round) killAt(place, victim string) (landed bool, err error) {
	control := r.server.control
	if err := control.Arm(place, hold); err != nil {
		return false, err
	}
	if !control.Await(30 * time.Second) {
		return false, fmt.Errorf("nothing passed the place %q within 30 s", place)
	}
	least := time.Duration(0)
	if place == failpoint.Answered {
		least = 30 * time.Millisecond // the answers are on their way
	}
	time.Sleep(least + r.between(0, 30*time.Millisecond))
	err = r.strike(victim, func() {
		landed = !control.Over()
		_ = control.Release() // a dead server has let go
	})
	return landed, err
}

// strike kills the victim and waits until it is dead, then calls dead. When it
// is the engine alone, it waits until there is another one.
func (r *round) strike(victim string, dead func()) error {
	if dead == nil {
		dead = func() {}
	}
	pid := 0
	if victim != victimServer {
		var err error
		if pid, err = r.server.awaitEngine(0, 20*time.Second); err != nil {
			return err
		}
	}
	from := time.Now()
	if victim == victimBoth {
		// The engine first half of the time: the server sees it go then.
		if r.rng.IntN(2) == 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	if victim != victimEngine {
		r.server.kill()
	}
	if pid != 0 {
		_ = syscall.Kill(pid, syscall.SIGKILL) // twice is as good
		if !gone(pid, 10*time.Second) {
			return fmt.Errorf("process %d survives SIGKILL", pid)
		}
	}
	dead()
	if victim != victimEngine {
		return nil
	}
	return r.awaitReturn(pid, from)
}

// awaitReturn waits until a new engine answers at its port.
func (r *round) awaitReturn(old int, from time.Time) error {
	pid, err := r.server.awaitEngine(old, 20*time.Second)
	if err != nil {
		return err
	}
	port := argument(pid, "--tcp_port=")
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.DialTimeout("tcp4", "127.0.0.1:"+port, time.Second)
		if err == nil {
			conn.Close()
			r.away = append(r.away, span{from, time.Now()})
			return nil
		}
		if !r.server.running() {
			return errors.New("the server ended when its engine was killed")
		}
		if time.Since(begun) > 30*time.Second {
			return fmt.Errorf("the engine did not come back: %w", err)
		}
	}
}

// recover starts the server again if it was killed. Now and then it is killed
// once more while it starts.
func (r *round) recover() error {
	if r.server.running() {
		return nil
	}
	if r.rng.IntN(4) == 0 {
		if err := r.server.launch(); err != nil {
			return err
		}
		time.Sleep(r.between(0, 1500*time.Millisecond))
		r.server.kill()
		r.kill("during the start")
	}
	return r.server.start()
}
