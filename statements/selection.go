package statements

import "github.com/google/uuid"

// Selection chooses statements by what they say themselves: voided ones and
// voiding ones are chosen as well, and what merely points to one of them is not.
// Fields that are zero narrow nothing; a statement has to fit all the others.
type Selection struct {
	Agent             string // identifier, see AgentUse: actor or object
	RelatedAgents     bool   // or anywhere else
	Actor             string // identifier: the actor
	Verb              string
	Activity          string
	RelatedActivities bool
	Registration      uuid.UUID
	IDs               []uuid.UUID
	Since             int64 // microseconds; statements stored after it
	Until             int64 // microseconds; statements stored at or before it; 0 means no bound
}
