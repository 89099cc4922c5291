package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// AddZip is AddPackage for a zip that comes as a stream. It lies in the spool
// until it has been read, and never longer. What reading the stream says is
// answered as it is. Errors: those of AddPackage.
func (s *Service) AddZip(ctx context.Context, tenant string, zip io.Reader, o AddOptions) (*Course, []manifest.Finding, error) {
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		return nil, nil, &Busy{10 * time.Second, fmt.Sprintf("%d packages are being uploaded, which is the most at one time; try again", s.deps.Uploads)}
	}
	f, err := os.CreateTemp(s.deps.Spool, "package-*.zip")
	if err != nil {
		return nil, nil, room(err)
	}
	defer func() {
		_ = f.Close()           // nothing of it is needed any more
		_ = os.Remove(f.Name()) // or else by the next start
	}()
	limits := s.deps.Limits
	if limits.Packed <= 0 {
		limits.Packed = archive.DefaultLimits().Packed
	}
	// One byte more than there may be: the archive says what is wrong then.
	size, err := io.Copy(f, io.LimitReader(zip, limits.Packed+1))
	if err != nil {
		return nil, nil, room(err)
	}
	a, err := archive.Zip(f, size, limits)
	if err != nil {
		return nil, nil, refusedOr(err, nil)
	}
	defer a.Close()
	return s.AddPackage(ctx, tenant, a, o)
}

// room is the error for a disk that is full.
func room(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", &Busy{time.Minute, "there is no room for packages now; try again later"}, err)
	}
	return err
}
