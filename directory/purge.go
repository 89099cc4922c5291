package directory

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
)

const (
	// purgeAfter is how long a key stays that is past its time, for whoever looks
	// into why it does not work any more.
	purgeAfter = 24 * time.Hour
	// purgeEvery is how often such keys are looked for.
	purgeEvery = time.Hour
)

// Purge removes the keys whose time ended long enough ago, and answers how many.
// Every launch makes a key, so that without this their number, and with it the
// cost of each Refresh, would grow for ever. Revoked keys without an end stay:
// what was revoked must not come back by a restart.
func (k *Keys) Purge(ctx context.Context) (int, error) {
	k.change.Lock()
	defer k.change.Unlock()
	line := k.opts.Now().Add(-purgeAfter).UnixMicro()
	var ids []string
	k.byID.Range(func(id, value any) bool {
		if end := value.(*entry).record.Binding.Expires; end != 0 && end <= line {
			ids = append(ids, id.(string))
		}
		return true
	})
	if len(ids) == 0 {
		return 0, nil
	}
	if err := k.store.DeleteKeys(ctx, ids); err != nil {
		return 0, fmt.Errorf("remove keys that are past their time: %w", err)
	}
	for _, id := range ids {
		k.byID.Delete(id)
	}
	return len(ids), nil
}

// purge is Purge in the background.
func (k *Keys) purge(ctx context.Context) {
	n, err := k.Purge(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		k.opts.Logger.Warn("keys that are past their time stay for now", zap.Error(err))
	case n > 0:
		k.opts.Logger.Info("keys that are past their time were removed", zap.Int("keys", n))
	}
}
