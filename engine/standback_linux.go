package engine

import (
	"runtime"
	"sync"
	"syscall"
)

// standBack is the Linux nice value of the threads that merge.
const standBack = 5

// mayStandBack tells whether a thread of this process can make itself less
// urgent and then urgent again. The server does that around every merge, and
// dies where only the first half is allowed: in a user namespace, whose
// privileges do not reach that far.
var mayStandBack = sync.OnceValue(func() bool {
	answer := make(chan bool)
	go func() {
		// Without the thread being unlocked it ends here, as it may stay less urgent.
		runtime.LockOSThread()
		tid := syscall.Gettid()
		before, err := syscall.Getpriority(syscall.PRIO_PROCESS, tid)
		nice := 20 - before // what the kernel answers is 20 less the value
		answer <- err == nil && nice < standBack &&
			syscall.Setpriority(syscall.PRIO_PROCESS, tid, standBack) == nil &&
			syscall.Setpriority(syscall.PRIO_PROCESS, tid, nice) == nil
	}()
	return <-answer
})
