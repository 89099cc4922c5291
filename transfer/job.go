package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// A batch is as large as both allow.
const (
	batchStatements = 1000
	batchBytes      = 2 << 20
)

// Verdict is what became of a batch.
type Verdict struct {
	// Accepted statements are durable.
	Accepted int
	Failures []Failure // in order
}

// Failure is a statement of a batch that was not taken.
type Failure struct {
	Index   int // in the batch
	Message string
}

// ErrFailed ends an import at a statement that was not taken.
var ErrFailed = errors.New("the import stopped at a statement that was not taken")

// Job is the import of one file.
type Job struct {
	Reader *Reader
	// Send stores a batch. Unless KeepGoing is set it may take only the
	// statements before the first failure. When it returns an error nothing is
	// said about the batch.
	Send func(ctx context.Context, batch [][]byte) (Verdict, error)
	// KeepGoing goes on behind statements that are not taken.
	KeepGoing bool
	// Failed is told of each statement that was not taken.
	Failed func(e Element, message string)
	// Acknowledged is called when everything before a place is dealt with.
	Acknowledged func(m Memory)
	// Memory is where the import begins, and what it has come to.
	Memory Memory
}

// Run imports the rest of the file. Errors: ErrFailed, a *SyntaxError, those of
// Send and of reading.
func (j *Job) Run(ctx context.Context) error {
	for {
		batch, readErr := j.read()
		if len(batch) > 0 {
			if err := j.send(ctx, batch); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

// read takes the next batch from the file. With an error it may still have
// statements.
func (j *Job) read() ([]Element, error) {
	var batch []Element
	size := 0
	for len(batch) < batchStatements && size < batchBytes {
		e, err := j.Reader.Next()
		if err != nil {
			return batch, err
		}
		e.Text = e.WithID() // a copy
		size += len(e.Text)
		batch = append(batch, e)
	}
	return batch, nil
}

func (j *Job) send(ctx context.Context, batch []Element) error {
	texts := make([][]byte, len(batch))
	for i, e := range batch {
		texts[i] = e.Text
	}
	verdict, err := j.Send(ctx, texts)
	if err != nil {
		return err
	}
	j.Memory.Accepted += verdict.Accepted
	for _, f := range verdict.Failures {
		if f.Index < 0 || f.Index >= len(batch) {
			return fmt.Errorf("the answer speaks of statement %d of a batch of %d", f.Index, len(batch))
		}
		if j.KeepGoing {
			j.Memory.Failed++
		}
		j.Failed(batch[f.Index], f.Message)
		if !j.KeepGoing {
			// The statement itself is tried again next time.
			if f.Index > 0 {
				j.Memory.State = batch[f.Index-1].After
			}
			j.Acknowledged(j.Memory)
			return ErrFailed
		}
	}
	j.Memory.State = batch[len(batch)-1].After
	j.Acknowledged(j.Memory)
	return nil
}
