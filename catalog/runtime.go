package catalog

import (
	"context"
	"fmt"

	"lernspur/documents"
)

// MaxState is how much content can keep of an item, in bytes.
const MaxState = 4 << 20

// State is what content keeps of an item at run time, and its version; nil and 0
// when there is nothing, or nothing any more after a Reset. That of a preview is
// the launch's own.
func (s *Service) State(ctx context.Context, l *Launch, item string) (data []byte, version int64, err error) {
	d, err := s.deps.Records.Document(ctx, runtimeKey(l, item))
	if err != nil || d == nil {
		return nil, 0, err
	}
	return d.Content, d.Version, nil
}

// KeepState replaces it durably, if it still has this version, and answers the
// new version. data is bytes of any kind, MaxState at most, and is not changed
// afterwards. What an old launch keeps after a Reset reaches nobody. Errors:
// ErrChanged, *Invalid, *Busy.
func (s *Service) KeepState(ctx context.Context, l *Launch, item string, version int64, data []byte) (int64, error) {
	if len(data) > MaxState {
		return 0, &Invalid{"state", fmt.Sprintf("content can keep %d bytes of an item", MaxState)}
	}
	d, err := s.deps.Records.Change(ctx, runtimeKey(l, item), func(current *documents.Document) (*documents.Document, error) {
		var at int64
		if current != nil {
			at = current.Version
		}
		if at != version {
			return nil, ErrChanged
		}
		return &documents.Document{ContentType: unknownType, Content: data}, nil
	})
	if err != nil {
		return 0, err
	}
	return d.Version, nil
}
