package statements

import (
	"strings"

	"github.com/google/uuid"
)

// Bounds say which statements somebody may have to do with at all. Fields that
// are zero bound nothing; a statement has to fit all the others. They look at
// the statement itself only: neither StatementRefs nor the members of a Group
// lead around them.
type Bounds struct {
	// Actor is the identifier of the one actor, see AgentUse.
	Actor string
	// Registration is the one registration.
	Registration uuid.UUID
	// ActivityPrefix is how the id of the object begins, which is an Activity.
	ActivityPrefix string
}

// Hold tells whether a statement is within the bounds.
func (b Bounds) Hold(st *Statement) bool {
	return (b.Actor == "" || st.Actor == b.Actor) &&
		(b.Registration == uuid.Nil || st.Registration == b.Registration) &&
		(b.ActivityPrefix == "" || st.ObjectKind == ObjectActivity && strings.HasPrefix(st.Object, b.ActivityPrefix))
}
