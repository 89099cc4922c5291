package lrs

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// zipFrom is the size from which an answer is worth compressing.
const zipFrom = 1400

var (
	unzipPool = sync.Pool{New: func() any { return new(gzip.Reader) }}
	zipPool   = sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
		if err != nil {
			panic(err) // the level is a constant
		}
		return &zipper{w: w}
	}}
)

// zipper compresses whole answers, so that their length is known.
type zipper struct {
	w   *gzip.Writer
	out bytes.Buffer
}

// newUnzipper gets a decompressor from the pool; the caller puts it back.
func newUnzipper(from io.Reader) (*gzip.Reader, error) {
	u := unzipPool.Get().(*gzip.Reader)
	if err := u.Reset(from); err != nil {
		unzipPool.Put(u)
		return nil, err
	}
	return u, nil
}

// isCorrupt tells whether decompression failed on the data.
func isCorrupt(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.As(err, &corrupt)
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip or * with a
// weight that is not zero; gzip's own word counts more than that of *.
func acceptsGzip(accept string) bool {
	star := false
	for part := range strings.SplitSeq(accept, ",") {
		coding, params, _ := strings.Cut(part, ";")
		wanted := true
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			weight, err := strconv.ParseFloat(q, 64)
			wanted = err == nil && weight > 0
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return wanted
		case "*":
			star = wanted
		}
	}
	return star
}

// byteCount writes a limit for people.
func byteCount(n int64) string {
	switch {
	case n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + " MiB"
	case n%(1<<10) == 0:
		return strconv.FormatInt(n>>10, 10) + " KiB"
	default:
		return strconv.FormatInt(n, 10) + " bytes"
	}
}
