package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Kind tells what a record says.
type Kind string

// The kinds of records.
const (
	// Intent comes before the first attempt of a request.
	Intent Kind = "intent"
	// Attempt is one more try of the request N that begins now.
	Attempt Kind = "attempt"
	// Ack is a success: every statement of the request N is the server's from
	// here on.
	Ack Kind = "ack"
	// Refusal is an attempt of the request N that was answered otherwise, or not
	// at all (Status 0).
	Refusal Kind = "refusal"
	// Read is an answer to a read of one statement.
	Read Kind = "read"
	// Violation is a promise that the client saw broken.
	Violation Kind = "violation"
)

// Purpose tells why a request was sent.
type Purpose string

// The purposes of requests.
const (
	// New: ids that were never sent before.
	New Purpose = "new"
	// Unnamed: statements without an id, sent once only.
	Unnamed Purpose = "unnamed"
	// Repeat: statements that were acknowledged already, the same bytes.
	Repeat Purpose = "repeat"
	// Conflict: an acknowledged id with other content.
	Conflict Purpose = "conflict"
)

// Sent is one statement of a request. Body is what was sent, to the byte.
type Sent struct {
	ID     string `json:"id,omitempty"` // "" when the server is to choose
	Marker string `json:"mark"`         // unique text inside the statement
	Body   string `json:"body"`
}

// Record is one line of a journal. At is in microseconds since the Unix epoch.
type Record struct {
	Kind       Kind     `json:"kind"`
	At         int64    `json:"at"`
	N          int64    `json:"n,omitempty"`
	Purpose    Purpose  `json:"purpose,omitempty"`
	Method     string   `json:"method,omitempty"`
	Statements []Sent   `json:"statements,omitempty"`
	IDs        []string `json:"ids,omitempty"`
	Status     int      `json:"status,omitempty"`
	Text       string   `json:"text,omitempty"`
}

// Writer appends to a journal. Its methods may be called from any goroutine;
// those that wait for the disk share one fsync.
type Writer struct {
	file  *os.File
	items chan item
	done  chan struct{}
	once  sync.Once
}

type item struct {
	line []byte
	sync bool
	err  chan error
}

// Create opens a new journal at path, which must not exist.
func Create(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: f, items: make(chan item, 64), done: make(chan struct{})}
	go w.run()
	return w, nil
}

// Write returns when the record is in the file; it outlives this process then,
// but not the machine.
func (w *Writer) Write(r Record) error { return w.put(r, false) }

// Sync returns when the record is on the disk.
func (w *Writer) Sync(r Record) error { return w.put(r, true) }

func (w *Writer) put(r Record, sync bool) error {
	if r.At == 0 {
		r.At = time.Now().UnixMicro()
	}
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return err
	}
	it := item{line.Bytes(), sync, make(chan error, 1)}
	w.items <- it
	return <-it.err
}

// run writes what has gathered with one write, and syncs once for all of it.
func (w *Writer) run() {
	defer close(w.done)
	for first := range w.items {
		batch := []item{first}
	more:
		for {
			select {
			case it, ok := <-w.items:
				if !ok {
					break more
				}
				batch = append(batch, it)
			default:
				break more
			}
		}
		var lines []byte
		for _, it := range batch {
			lines = append(lines, it.line...)
		}
		_, err := w.file.Write(lines)
		synced := err
		wanted := false
		for _, it := range batch {
			if !it.sync {
				it.err <- err
			}
			wanted = wanted || it.sync
		}
		if wanted && err == nil {
			synced = w.file.Sync()
		}
		for _, it := range batch {
			if it.sync {
				it.err <- synced
			}
		}
	}
}

// Close ends the journal; nothing may be written any more.
func (w *Writer) Close() error {
	w.once.Do(func() { close(w.items) })
	<-w.done
	return errors.Join(w.file.Sync(), w.file.Close())
}

// ReadFile calls visit with every record of a journal. A last line that was cut
// off is left out: its writer was not told that it is there.
func ReadFile(path string, visit func(Record) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var rec Record
		if err := json.Unmarshal(line, &rec); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, n, err)
		}
		if err := visit(rec); err != nil {
			return err
		}
	}
}
