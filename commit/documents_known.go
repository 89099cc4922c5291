package commit

import (
	"container/list"
	"sync"

	"lernspur/documents"
)

// knownDocuments are the documents that need not be asked for: those on their
// way into the store, which the store would answer wrongly, and recent ones.
// What it says is exact, since every change of a document goes through this
// process and is noted here at the moment at which it is durable.
type knownDocuments struct {
	mu      sync.Mutex
	pending map[documents.Sum]pendingDocument
	recent  map[documents.Sum]*list.Element // of recentDocument
	order   list.List                       // the most recently used first
	bytes   int64                           // of recent
	limit   int64
	ever    documentFilter // every document that the log or the store has
}

// never stands for a document that never was.
var never = &documents.Document{Deleted: true}

func sumsOf(docs []*documents.Document) []documents.Sum {
	sums := make([]documents.Sum, len(docs))
	for i, d := range docs {
		sums[i] = d.Sum()
	}
	return sums
}

// pendingDocument is the newest version on its way. Without a document it is
// read from the log.
type pendingDocument struct {
	version  int64
	document *documents.Document
	at       position
}

type recentDocument struct {
	sum      documents.Sum
	document *documents.Document
	size     int64
}

// overhead is about what a recent document costs besides its texts.
const overhead = 300

func newKnownDocuments(limit int64) *knownDocuments {
	return &knownDocuments{limit: limit, pending: make(map[documents.Sum]pendingDocument), recent: make(map[documents.Sum]*list.Element)}
}

// durable notes what the log has now. inMemory tells that the documents are kept
// until they are in the store; otherwise they are read back from at. sums are
// those of docs.
func (k *knownDocuments) durable(docs []*documents.Document, sums []documents.Sum, at position, inMemory bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, d := range docs {
		sum := sums[i]
		p := pendingDocument{version: d.Version, at: at}
		if inMemory {
			p.document = d
		}
		k.pending[sum] = p
		k.ever.add(sum)
		k.put(sum, d)
	}
}

// visible notes that the store has these versions.
func (k *knownDocuments) visible(docs []*documents.Document) {
	sums := sumsOf(docs)
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, d := range docs {
		sum := sums[i]
		if p, there := k.pending[sum]; there && p.version == d.Version {
			delete(k.pending, sum)
		}
	}
}

// read notes what the store answered to someone who holds the document's lock.
func (k *knownDocuments) read(sum documents.Sum, d *documents.Document) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.put(sum, d)
}

// put makes d the most recent document; one that is too large to be kept drives
// out what was known of it. k.mu is held.
func (k *knownDocuments) put(sum documents.Sum, d *documents.Document) {
	if e, there := k.recent[sum]; there {
		k.remove(e)
	}
	size := int64(d.Size()+len(d.ContentType)+len(d.Content)) + overhead
	if size > k.limit/4 {
		return
	}
	k.recent[sum] = k.order.PushFront(recentDocument{sum, d, size})
	for k.bytes += size; k.bytes > k.limit; {
		k.remove(k.order.Back())
	}
}

func (k *knownDocuments) remove(e *list.Element) {
	r := k.order.Remove(e).(recentDocument)
	delete(k.recent, r.sum)
	k.bytes -= r.size
}

// get answers the newest version if it is known. When known is false and at is
// not empty, the log has it there; otherwise the store has it.
func (k *knownDocuments) get(sum documents.Sum) (d *documents.Document, known bool, at position) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e, there := k.recent[sum]; there {
		k.order.MoveToFront(e)
		return e.Value.(recentDocument).document, true, position{}
	}
	if p, there := k.pending[sum]; there {
		return p.document, p.document != nil, p.at
	}
	if !k.ever.has(sum) {
		return never, true, position{}
	}
	return nil, false, position{}
}

// recovered notes what a log that was found holds for the store.
func (k *knownDocuments) recovered(d documentVersion, at position) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pending[d.sum] = pendingDocument{version: d.version, at: at}
	k.ever.add(d.sum)
}

// stored notes a document that the store had at the start.
func (k *knownDocuments) stored(sum documents.Sum) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ever.add(sum)
}
