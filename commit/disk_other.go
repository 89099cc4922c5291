//go:build !linux

package commit

import (
	"errors"
	"os"
	"syscall"
)

func datasync(f *os.File) error { return f.Sync() }

func reserve(*os.File, int64) error { return nil }

func noSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errNoSpace
	}
	return err
}
