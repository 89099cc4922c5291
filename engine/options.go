package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"
)

// Bounds of the memory budget, in bytes.
const (
	// MinMemory is the smallest budget that the engine works with. Below it the
	// baseline of the library (about 400 MiB that its own tracker does not see)
	// leaves too little for a merge.
	MinMemory = 768 << 20
	// MaxDefaultMemory caps the default budget; a configured one may be larger.
	MaxDefaultMemory = 4 << 30
)

// Options say what to start, and where. Only DataDir is required.
type Options struct {
	// Library is the path of libchdb. Empty: it is looked for in SearchDirs.
	Library string
	// SearchDirs are looked through in order. Empty: DefaultSearchDirs().
	SearchDirs []string
	// DataDir is the folder that the engine owns. It is created with mode 0700.
	DataDir string
	// MemoryBytes is the budget of the whole child process. 0: half of the
	// machine, at most MaxDefaultMemory.
	MemoryBytes int64
	// Logger takes the engine's own output, at warn. Nil: thrown away.
	Logger *zap.Logger
	// Binary is what is started as the child, with the argument "engine" in
	// front. Its main must hand that to Main. Empty: os.Executable().
	Binary string
	// OnState is called with true when the engine answers, with false when it
	// has died or was stopped. Calls come one after the other, from one goroutine
	// at a time; they should return quickly.
	OnState func(up bool)
	// StartTimeout bounds one start of the child, until it answers. 0: 60 s.
	StartTimeout time.Duration
	// StopTimeout bounds the orderly stop of the child; then it is killed. 0: 20 s.
	StopTimeout time.Duration
	// Reader opens a second listener on loopback, which speaks HTTP, for one user
	// who may only read. Nil opens none.
	Reader *Reader
}

// Errors that a caller may want to tell apart with errors.Is. The errors that
// are returned say which file or folder is meant and what to do about it.
var (
	// ErrLibraryMissing: no libchdb where it was looked for.
	ErrLibraryMissing = errors.New("the ClickHouse library is missing")
	// ErrWrongPlatform: the library is for another system or processor.
	ErrWrongPlatform = errors.New("the ClickHouse library is for another platform")
	// ErrInUse: another process has the data folder.
	ErrInUse = errors.New("the data folder is in use")
	// ErrNewerData: the data folder was written by a newer engine.
	ErrNewerData = errors.New("the data folder is from a newer version")
)

// fill puts in the defaults and refuses what cannot work.
func (o *Options) fill() error {
	if o.DataDir == "" {
		return errors.New("engine: no data folder given")
	}
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return fmt.Errorf("engine: data folder %s: %w", o.DataDir, err)
	}
	o.DataDir = dir
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Binary == "" {
		if o.Binary, err = os.Executable(); err != nil {
			return fmt.Errorf("engine: own executable: %w", err)
		}
	}
	if o.MemoryBytes == 0 {
		o.MemoryBytes = DefaultMemory()
	}
	if o.MemoryBytes < MinMemory {
		return fmt.Errorf("engine: a memory budget of %d MiB is too small, at least %d MiB are needed",
			o.MemoryBytes>>20, int64(MinMemory)>>20)
	}
	if len(o.SearchDirs) == 0 {
		o.SearchDirs = DefaultSearchDirs()
	}
	if o.OnState == nil {
		o.OnState = func(bool) {}
	}
	if o.StartTimeout <= 0 {
		o.StartTimeout = 60 * time.Second
	}
	if o.StopTimeout <= 0 {
		o.StopTimeout = 20 * time.Second
	}
	o.Library, err = FindLibrary(o.Library, o.SearchDirs)
	return err
}
