package engine

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Command is the hidden command under which a binary serves as the child.
const Command = "engine"

// Lines by which the child tells its parent how far it is, on standard output.
const (
	lineVersion   = "lernspur-engine-version "
	lineListening = "lernspur-engine-listening"
)

// exitNewer is the child's exit code for a data folder from a newer version.
const exitNewer = 78

// childStopTimeout bounds the child's own orderly stop; a child without a parent
// has nobody else to end it.
const childStopTimeout = 20 * time.Second

// MaybeMain turns this process into the child if it was started as one, and does
// not return then. The TestMain of every package that calls Start from its tests
// calls it first, so that the test binary serves as its own child.
func MaybeMain() {
	if len(os.Args) > 1 && os.Args[1] == Command {
		os.Exit(Main(os.Args[2:]))
	}
}

// Main is what the hidden command runs in the child, with the arguments that
// follow the command's name. It loads the library, runs the engine until
// standard input closes, and returns the exit code. Nobody but Start calls it.
func Main(args []string) int {
	flags := flag.NewFlagSet(Command, flag.ContinueOnError)
	library := flags.String("library", "", "path of libchdb")
	written := flags.String("written-by", "", "version that wrote the data folder")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *library == "" {
		fmt.Fprintln(os.Stderr, "engine: this command is started by `lernspur serve`, not by hand")
		return 2
	}
	unpretend()
	go stopWithParent(os.Stdin)
	run, version, err := load(*library)
	if err != nil {
		fmt.Fprintf(os.Stderr, "engine: %v\n", err)
		return 1
	}
	fmt.Println(lineVersion + version)
	if newer(*written, version) {
		return exitNewer
	}
	return run(append([]string{"clickhouse-local"}, flags.Args()...))
}

// unpretend makes the child the first to go when memory is short, and keeps it
// from leaving core dumps of its size. Both are best effort.
func unpretend() {
	const path = "/proc/self/oom_score_adj"
	if score, ok := readInt(path); ok {
		_ = os.WriteFile(path, fmt.Appendf(nil, "%d", min(score+300, 1000)), 0o600)
	}
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}

// stopWithParent waits until the parent closes its end of the pipe, on purpose
// or by dying, and then ends this process: in order, or else at once.
func stopWithParent(parent io.Reader) {
	_, _ = io.Copy(io.Discard, parent) // an error means the same as the end
	_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	time.Sleep(childStopTimeout)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// load opens the library and returns its entry point and its version.
func load(path string) (run func(argv []string) int, version string, err error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, "", fmt.Errorf("cannot load %s: %w", path, err)
	}
	for _, name := range []string{"chdb_query_cmdline", "chdb_version", "chdb_set_signal_handlers_enabled"} {
		if _, err := purego.Dlsym(handle, name); err != nil {
			return nil, "", fmt.Errorf("%s has no %s: another release of the library is needed: %w", path, name, err)
		}
	}
	var cmdline func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	var libVersion func() string
	var handlers func(enabled int32)
	purego.RegisterLibFunc(&cmdline, handle, "chdb_query_cmdline")
	purego.RegisterLibFunc(&libVersion, handle, "chdb_version")
	purego.RegisterLibFunc(&handlers, handle, "chdb_set_signal_handlers_enabled")
	run = func(argv []string) int {
		// Its handlers would spend four seconds on a stack trace without symbols
		// before a crash ends the process; the restart must not wait for that.
		handlers(0)
		// The engine keeps per-thread state over the whole call.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		var pin runtime.Pinner
		defer pin.Unpin()
		ptrs := make([]*byte, len(argv)+1) // C wants a NULL after the last
		for i, arg := range argv {
			b := append([]byte(arg), 0)
			pin.Pin(&b[0])
			ptrs[i] = &b[0]
		}
		pin.Pin(&ptrs[0])
		cmdline(int32(len(argv)), unsafe.Pointer(&ptrs[0]))
		return 0
	}
	return run, libVersion(), nil
}
