package load

import (
	"math/bits"
	"time"
)

// subBits is how finely a power of two is divided: 128 steps, so a value is
// known to within 0.8 %.
const (
	subBits  = 7
	subCount = 1 << subBits
	maxBits  = 42 // of nanoseconds: 73 minutes
	buckets  = (maxBits - subBits + 1) * subCount
)

// Histogram counts durations. Its zero value is empty and ready to use; it is
// for one goroutine.
type Histogram struct {
	counts [buckets]uint32
	n      uint64
	sum    time.Duration
	max    time.Duration
}

func bucketOf(d time.Duration) int {
	v := uint64(max(d, 0))
	if v < subCount {
		return int(v)
	}
	shift := bits.Len64(v) - subBits - 1
	at := (shift+1)*subCount + int(v>>shift) - subCount
	return min(at, buckets-1)
}

// upperOf is the largest duration that falls into a bucket.
func upperOf(bucket int) time.Duration {
	if bucket < subCount {
		return time.Duration(bucket)
	}
	shift := bucket/subCount - 1
	return time.Duration((uint64(bucket%subCount+subCount+1) << shift) - 1)
}

// Record counts one duration.
func (h *Histogram) Record(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.n++
	h.sum += d
	h.max = max(h.max, d)
}

// Add counts everything that another histogram counted.
func (h *Histogram) Add(o *Histogram) {
	for i, c := range o.counts {
		h.counts[i] += c
	}
	h.n += o.n
	h.sum += o.sum
	h.max = max(h.max, o.max)
}

// Count is how many durations were recorded.
func (h *Histogram) Count() uint64 { return h.n }

// Mean is the arithmetic mean, 0 when there is nothing.
func (h *Histogram) Mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return h.sum / time.Duration(h.n)
}

// Max is the longest duration, exactly.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile is the duration that the share q (0 to 1) of all does not exceed,
// 0 when there is nothing. It errs upwards by at most 0.8 %.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := uint64(q*float64(h.n) + 0.9999999)
	rank = min(max(rank, 1), h.n)
	var seen uint64
	for i, c := range h.counts {
		if seen += uint64(c); seen >= rank {
			return min(upperOf(i), h.max)
		}
	}
	return h.max
}

// Summary is a histogram in figures, in milliseconds.
type Summary struct {
	Count uint64  `json:"count"`
	Mean  float64 `json:"mean_ms"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

// Summary gives the usual figures.
func (h *Histogram) Summary() Summary {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Summary{h.n, ms(h.Mean()), ms(h.Quantile(0.5)), ms(h.Quantile(0.95)), ms(h.Quantile(0.99)), ms(h.max)}
}
