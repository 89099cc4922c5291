package launch

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/statements"

	"github.com/google/uuid"
)

// maker makes the statements of the LMS (9.3). All are about one registration.
type maker struct {
	course       *catalog.Course
	registration uuid.UUID
	actor        json.RawMessage
	at           int64
}

// object is a JSON object.
type object = map[string]any

// made is a statement of the verb about the item, in a session.
func (m *maker) made(verb string, item *manifest.Item, session uuid.UUID, moveOn bool) object {
	categories := []object{{"id": categoryCmi5}}
	if moveOn {
		categories = append(categories, object{"id": categoryMoveOn})
	}
	definition := object{}
	if name := item.Title.LanguageMap(); name != nil {
		definition["name"] = name
	}
	switch item.Type {
	case manifest.Block:
		definition["type"] = typeBlock
	case manifest.Course:
		definition["type"] = typeCourse
	default:
		// A type that is no IRI would have every statement about the AU refused.
		if statements.IsIRI(item.ActivityType) {
			definition["type"] = item.ActivityType
		}
	}
	return object{
		"id":    uuid.NewString(),
		"actor": m.actor,
		"verb":  object{"id": verb, "display": object{"en": verb[strings.LastIndexByte(verb, '/')+1:]}},
		"object": object{
			"objectType": "Activity", "id": m.course.ItemActivity(item), "definition": definition,
		},
		"context": object{
			"registration": m.registration.String(),
			"contextActivities": object{
				"category": categories,
				"grouping": activities(grouping(m.course, item)),
			},
			"extensions": object{extensionSession: session.String()},
		},
		"timestamp": time.UnixMicro(m.at).UTC().Format("2006-01-02T15:04:05.000Z"),
	}
}

// grouping is the publisher's id (9.6.2.3), and the course, so that everything
// counts for it.
func grouping(course *catalog.Course, item *manifest.Item) []string {
	return []string{item.ID, course.Activity}
}

func activities(ids []string) []object {
	list := make([]object, len(ids))
	for i, id := range ids {
		list[i] = object{"id": id}
	}
	return list
}

// launched says that an AU is launched (9.3.1), with what its launch data say.
func (m *maker) launched(item *manifest.Item, session *Session, address string) object {
	st := m.made(verbLaunched, item, session.ID, false)
	extensions := st["context"].(object)["extensions"].(object)
	extensions[extensionMode] = session.Mode
	extensions[extensionURL] = address
	extensions[extensionMoveOn] = moveOnOf(item)
	if session.Mastery != nil {
		extensions[extensionMastery] = *session.Mastery
	}
	if item.Launch.Parameters != "" {
		extensions[extensionParameters] = item.Launch.Parameters
	}
	return st
}

// satisfied says so of blocks and the course (9.3.9).
func (m *maker) satisfied(items []*manifest.Item, session uuid.UUID) []object {
	var list []object
	for _, item := range items {
		list = append(list, m.made(verbSatisfied, item, session, false))
	}
	return list
}

// waived says that an AU need not be done (9.3.7).
func (m *maker) waived(item *manifest.Item, session uuid.UUID, reason string) object {
	st := m.made(verbWaived, item, session, true)
	st["result"] = object{"success": true, "completion": true, "extensions": object{extensionReason: reason}}
	return st
}

// abandoned says that a session ended without a word of the AU (9.3.6).
func (m *maker) abandoned(item *manifest.Item, session *Session, last int64) object {
	st := m.made(verbAbandoned, item, session.ID, false)
	st["result"] = object{"duration": duration(max(last, session.Launched) - session.Launched)}
	return st
}

// duration is a length in microseconds as in ISO 8601, to hundredths of a second.
func duration(micros int64) string {
	return "PT" + strconv.FormatFloat(float64(micros/10_000)/100, 'f', -1, 64) + "S"
}

func moveOnOf(item *manifest.Item) string {
	if item.MoveOn == "" {
		return moveOnNotApplicable
	}
	return item.MoveOn
}

// launchData is the document LMS.LaunchData (10.2).
func launchData(item *manifest.Item, session *Session, returnURL string) ([]byte, error) {
	data := object{
		"contextTemplate": object{
			"contextActivities": object{"grouping": activities(session.Grouping)},
			"extensions":        object{extensionSession: session.ID.String()},
		},
		"launchMode":   session.Mode,
		"launchMethod": item.LaunchMethod,
		"moveOn":       moveOnOf(item),
	}
	if item.LaunchMethod == "" {
		data["launchMethod"] = "AnyWindow"
	}
	if item.Launch.Parameters != "" {
		data["launchParameters"] = item.Launch.Parameters
	}
	if session.Mastery != nil {
		data["masteryScore"] = *session.Mastery
	}
	if item.EntitlementKey != "" {
		data["entitlementKey"] = object{"courseStructure": item.EntitlementKey}
	}
	if returnURL != "" {
		data["returnURL"] = returnURL
	}
	return json.Marshal(data)
}
