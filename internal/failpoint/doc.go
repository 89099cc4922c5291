// Package failpoint marks the places at which the fault campaign kills
// processes: the four gaps between the steps that bring a statement from the
// log into the database.
//
// In the program as it is built for use Hit is an empty function, which the
// compiler removes. With the build tag "faults" it can be told, through a
// socket, to announce that the next passage of a place has come and to hold the
// goroutine there; so a kill lands within a gap that lasts microseconds
// otherwise.
//
// The package knows nothing of what is done at these places.
package failpoint

// The places, in the order in which a statement passes them.
const (
	// Synced: the group is durable in the log, nobody has been answered.
	Synced = "synced"
	// Answered: the requests are answered, no INSERT has begun.
	Answered = "answered"
	// LookedUp: the look-up rows are in the database, the statements are not.
	LookedUp = "looked-up"
	// Inserted: the statements are in the database, the log does not say so yet.
	Inserted = "inserted"
)

// Places are all of them, in order.
var Places = []string{Synced, Answered, LookedUp, Inserted}

// Variable names the environment variable with the path of the Unix socket at
// which a Control listens. It is read under the build tag only.
const Variable = "LERNSPUR_FAILPOINTS"
