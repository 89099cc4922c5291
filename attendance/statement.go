package attendance

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"lernspur/catalog"
)

// The words of statements.
const (
	verbAttended  = "http://adlnet.gov/expapi/verbs/attended"
	verbCompleted = "http://adlnet.gov/expapi/verbs/completed"
	verbVoided    = "http://adlnet.gov/expapi/verbs/voided"
	typeMeeting   = "http://adlnet.gov/expapi/activities/meeting"
	typeCourse    = "http://adlnet.gov/expapi/activities/course"
)

// namespace is that of the ids of statements (RFC 9562, 5.5).
var namespace = uuid.MustParse("6f0d1c1e-7d0e-4a0b-9a55-3f2b1c7d9e42")

// statementID is derived from what the statement is about, so that saying it again
// is the same statement. turn counts how often the learner's attendance was
// recorded.
func statementID(tenant string, r *Record, turn int, word string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte(tenant+"\x00"+r.Session.String()+"\x00"+r.Learner.Identifier+"\x00"+strconv.Itoa(turn)+"\x00"+word))
}

type object = map[string]any

// Activity is the id of the Activity of a session in statements.
func (s *Service) Activity(session uuid.UUID) string {
	return s.deps.Base + "/sessions/" + session.String()
}

// said are the statements of somebody's attendance: that the session was attended,
// for how long, as a part of its course; and where the session completes the
// course, that the course was completed. The first is about the session, as the
// vocabulary of ADL has it (a meeting that is attended), so that two sessions of a
// course are two things; by its grouping it counts for the course.
func (s *Service) said(se *Session, c *catalog.Course, r *Record) []object {
	course, meeting := object{"objectType": "Activity", "id": c.Activity}, object{"objectType": "Activity", "id": s.Activity(se.ID)}
	// It happened when the session did, also when it is recorded later.
	at := stamp(min(se.Ends, r.At))
	attended := object{
		"id": statementID(se.Tenant, r, r.Turn, "attended"), "actor": r.Learner.Actor, "verb": verb(verbAttended, "attended", "hat teilgenommen an"),
		"object":    object{"objectType": "Activity", "id": meeting["id"], "definition": object{"type": typeMeeting, "name": object{"und": se.Title}}},
		"result":    object{"completion": true, "duration": fmt.Sprintf("PT%dM", r.Minutes)},
		"context":   object{"registration": r.Registration, "platform": "Lernspur", "contextActivities": object{"parent": []object{course}, "grouping": []object{course}}},
		"timestamp": at,
	}
	if len(se.TrainerActor) > 0 {
		attended["context"].(object)["instructor"] = se.TrainerActor
	}
	if !r.Completed {
		return []object{attended}
	}
	whole := object{"objectType": "Activity", "id": c.Activity}
	if c.Current == 0 { // a package names itself
		definition := object{"type": typeCourse}
		if name := c.Title.LanguageMap(); name != nil {
			definition["name"] = name
		}
		whole["definition"] = definition
	}
	return []object{attended, {
		"id": statementID(se.Tenant, r, r.Turn, "completed"), "actor": r.Learner.Actor, "verb": verb(verbCompleted, "completed", "hat abgeschlossen"),
		"object": whole, "result": object{"completion": true},
		"context":   object{"registration": r.Registration, "platform": "Lernspur", "contextActivities": object{"other": []object{meeting}}},
		"timestamp": at,
	}}
}

// takenBack void what was said in the record's turn.
func (s *Service) takenBack(tenant string, r *Record, now int64) []object {
	words := []string{"attended"}
	if r.Completed {
		words = append(words, "completed")
	}
	var list []object
	for _, word := range words {
		list = append(list, object{
			"id":        statementID(tenant, r, r.Turn, "not "+word),
			"actor":     object{"objectType": "Agent", "account": object{"homePage": s.deps.Base, "name": "lernspur"}},
			"verb":      verb(verbVoided, "voided", "hat zurückgenommen"),
			"object":    object{"objectType": "StatementRef", "id": statementID(tenant, r, r.Turn, word)},
			"timestamp": stamp(now),
		})
	}
	return list
}

// voids tells whether a statement of ours voids another one.
func voids(statement json.RawMessage) bool {
	var st struct{ Verb struct{ ID string } }
	return json.Unmarshal(statement, &st) == nil && st.Verb.ID == verbVoided
}

func verb(id, english, german string) object {
	return object{"id": id, "display": object{"en": english, "de": german}}
}

func stamp(micros int64) string {
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.000Z")
}

// with is a list of statements with more behind it.
func with(pending json.RawMessage, more []object) (json.RawMessage, error) {
	var all []json.RawMessage
	if pending != nil {
		if err := json.Unmarshal(pending, &all); err != nil {
			return nil, err
		}
	}
	for _, st := range more {
		text, err := json.Marshal(st)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return json.Marshal(all)
}
