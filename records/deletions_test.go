package records

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"
)

// noPurge removes what it is asked to, but can never remove bytes.
type noPurge struct {
	Remover
	asked chan struct{}
}

func (n noPurge) Deletions(context.Context, ...State) ([]Deletion, error) {
	return []Deletion{{Tenant: "town", ID: uuid.New(), State: Done}}, nil
}
func (n noPurge) Purge(context.Context) error {
	select {
	case n.asked <- struct{}{}:
	default:
	}
	return errors.New("the disk is full")
}
func (n noPurge) Hide(string, uuid.UUID)                          {}
func (n noPurge) Remove(context.Context, string, uuid.UUID) error { return nil }
func (n noPurge) Forget(context.Context, string, uuid.UUID) error { return nil }
func (n noPurge) Put(context.Context, Deletion) error             { return nil }

// TestADeletionDoesNotWaitForBytes: what cannot be purged holds up nothing.
func TestADeletionDoesNotWaitForBytes(t *testing.T) {
	remover := noPurge{asked: make(chan struct{}, 1)}
	d := newDeletions(remover, zap.NewNop())
	d.pause = time.Hour
	if err := d.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer d.stop()
	limit := time.After(10 * time.Second)
	select {
	case <-remover.asked:
	case <-limit:
		t.Fatal("nothing was purged")
	}
	u := d.enqueue(Deletion{Tenant: "town", ID: uuid.New(), State: Chosen})
	select {
	case <-u.done:
	case <-limit:
		t.Fatal("a deletion waits until bytes can be removed")
	}
}
