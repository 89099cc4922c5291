package commit

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

// Acknowledge says when Commit answers.
type Acknowledge string

const (
	// AcknowledgeLog answers when the statements are on the local disk.
	AcknowledgeLog Acknowledge = "log"
	// AcknowledgeStore answers when the store has them, for machines whose
	// local disk is not to be trusted.
	AcknowledgeStore Acknowledge = "store"
)

// Options of a Committer. Zero values take the defaults given.
type Options struct {
	Dir           string        // folder of the log
	Sink          Sink          //
	Acknowledge   Acknowledge   // log
	LogBytes      int64         // 1 GiB: what the log may take on disk before posts are refused
	SegmentBytes  int64         // 64 MiB, a quarter of LogBytes at most: size of one file of the log
	MemoryBytes   int64         // 48 MiB: statements kept in memory for the flusher; what is beyond is read back from the log
	HoldBack      time.Duration // 500 ms: how long a request waits at most while that memory is full
	GroupBytes    int           // 32 MiB: an open group of this size takes no further request
	FlushRows     int           // 8,000
	FlushBytes    int           // 16 MiB
	FlushInterval time.Duration // 1 s
	InsertTimeout time.Duration // 30 s
	WaitTimeout   time.Duration // 10 s: how long Wait waits
	Inserters     int           // 2: batches under way at once; one more where a reader waits
	DocumentCache int64         // 16 MiB: documents kept in memory so that a change need not read them first
	Clock         func() time.Time
	Logger        *zap.Logger
	Registerer    prometheus.Registerer
}

func (o *Options) defaults() {
	def(&o.Acknowledge, AcknowledgeLog)
	def(&o.LogBytes, 1<<30)
	// Room for a segment is taken up front: it has to stay within the bound.
	def(&o.SegmentBytes, min(64<<20, max(1<<20, o.LogBytes/4)))
	def(&o.MemoryBytes, 48<<20)
	def(&o.HoldBack, 500*time.Millisecond)
	def(&o.GroupBytes, 32<<20)
	def(&o.FlushRows, 8000)
	def(&o.FlushBytes, 16<<20)
	def(&o.FlushInterval, time.Second)
	def(&o.InsertTimeout, 30*time.Second)
	def(&o.WaitTimeout, 10*time.Second)
	def(&o.Inserters, 2)
	def(&o.DocumentCache, 16<<20)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
}

// waitingLimit is how many bytes may wait for the store so that the log stays
// within its bound: its oldest segment also has what the store has already.
func (o *Options) waitingLimit() int64 { return max(o.LogBytes-o.SegmentBytes, o.LogBytes/2) }

func def[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}
