package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"lernspur/documents"
)

// Where the records of the catalogue are: one for each course, registration and
// launch, and two that find registrations by their id and by learner. A record is
// changed as a whole, under its own lock, so that no change is lost; what spans
// several is written in an order in which a crash between them leaves nothing
// that is referred to and not there.

// contentType is that of the records, except for what content keeps.
const contentType = "application/json"

func courseKey(tenant, id string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogCourse}, ID: id}
}

func registrationKey(tenant, course string, id uuid.UUID) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogRegistration, Activity: course}, Registration: id}
}

func placeKey(tenant string, registration uuid.UUID) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogPlace}, Registration: registration}
}

func enrolmentKey(tenant, learner, course string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogEnrolment, Agent: learner}, ID: course}
}

// launchKey is the place of a launch by the hash of its token.
func launchKey(tenant, sum string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogLaunch}, ID: sum}
}

// historyKey is the place of a launch in the history of its course. Ids of
// launches rise with time.
func historyKey(l *Launch) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: l.Tenant, Kind: documents.CatalogHistory, Activity: l.Course},
		Registration: l.Registration, ID: l.ID.String()}
}

// runtimeShelf has what content keeps of a registration between two resets. A
// preview has its own, under the launch's id.
func runtimeShelf(tenant, course string, resets int) documents.Shelf {
	return documents.Shelf{Tenant: tenant, Kind: documents.CatalogRuntime, Activity: course, Agent: strconv.Itoa(resets)}
}

func runtimeKey(l *Launch, item string) documents.Key {
	owner := l.Registration
	if l.Preview() {
		owner = l.ID
	}
	return documents.Key{Shelf: runtimeShelf(l.Tenant, l.Course, l.Resets), Registration: owner, ID: item}
}

// invitationKey is the place of an invitation. Ids rise with time.
func invitationKey(tenant, id string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogInvitation}, ID: id}
}

// invitingKey finds an invitation by the hash of its token.
func invitingKey(tenant, sum string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogInviting}, ID: sum}
}

// invitedKey is what a learner (canonical identifier) has of an invitation.
func invitedKey(tenant, invitation, learner string) documents.Key {
	return documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.CatalogInvited, Activity: invitation, Agent: learner}}
}

// change changes a record as a T; change gets nil when there is none, and answers
// nil for no change.
func change[T any](ctx context.Context, r Records, key documents.Key, change func(*T) (*T, error)) (*T, error) {
	var outcome *T
	_, err := r.Change(ctx, key, func(d *documents.Document) (*documents.Document, error) {
		current, err := decode[T](d)
		if err != nil {
			return nil, err
		}
		next, err := change(current)
		if err != nil {
			return nil, err
		}
		if outcome = next; next == nil {
			outcome = current
			return nil, nil
		}
		content, err := json.Marshal(next)
		if err != nil {
			return nil, err
		}
		if len(content) > maxRecord {
			return nil, &Conflict{fmt.Sprintf("this would make the record larger than %d bytes", maxRecord)}
		}
		return &documents.Document{ContentType: contentType, Content: content}, nil
	})
	if err != nil {
		return nil, err
	}
	return outcome, nil
}

// recordTime is how long the change of a record may take.
const recordTime = time.Minute

// decided is a context for changes after which something has to be forgotten or
// released: they go on without who asked for them, as what becomes of them has to
// be known here.
func decided(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), recordTime)
}

// maxRecord bounds one record, in bytes.
const maxRecord = 4 << 20

// read reads a record as a T; nil when there is none.
func read[T any](ctx context.Context, r Records, key documents.Key) (*T, error) {
	d, err := r.Document(ctx, key)
	if err != nil {
		return nil, err
	}
	return decode[T](d)
}

func decode[T any](d *documents.Document) (*T, error) {
	if d == nil {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal(d.Content, v); err != nil {
		return nil, fmt.Errorf("a record of the catalogue (%s, %q) cannot be read: %w", d.Kind, d.ID, err)
	}
	return v, nil
}
