package town

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// Platform is what every statement names, but for the voiding ones.
const Platform = "Lernplattform Musterstadt (erfundene Daten)"

// Statement is one of the year, in the order in which they arrive. Some arrive twice.
type Statement struct {
	ID  string
	Raw []byte // JSON
}

// The parts of a statement.
type (
	object  map[string]any
	message struct {
		ID        string  `json:"id"`
		Actor     object  `json:"actor"`
		Verb      object  `json:"verb"`
		Object    object  `json:"object"`
		Result    object  `json:"result,omitempty"`
		Context   *around `json:"context,omitempty"`
		Timestamp string  `json:"timestamp"`
	}
	around struct {
		Registration string `json:"registration,omitempty"`
		Activities   object `json:"contextActivities,omitempty"`
		Platform     string `json:"platform"`
		Language     string `json:"language"`
		Extensions   object `json:"extensions,omitempty"`
	}
)

const (
	adl       = "http://adlnet.gov/expapi/verbs/"
	activity  = "http://adlnet.gov/expapi/activities/"
	sessionID = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
	cmi5      = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	moveOn    = "https://w3id.org/xapi/cmi5/context/categories/moveon"
)

// spoken are the verbs of kinds: id, English, German.
var spoken = map[kind][3]string{
	assigned:      {"https://w3id.org/xapi/dod-isd/verbs/assigned", "was assigned", "wurde zugewiesen"},
	launched:      {adl + "launched", "launched", "hat geöffnet"},
	initialized:   {adl + "initialized", "initialized", "hat begonnen"},
	resumed:       {adl + "resumed", "resumed", "hat fortgesetzt"},
	seen:          {adl + "experienced", "experienced", "hat bearbeitet"},
	answered:      {adl + "answered", "answered", "hat beantwortet"},
	suspended:     {adl + "suspended", "suspended", "hat unterbrochen"},
	terminated:    {adl + "terminated", "terminated", "hat beendet"},
	completed:     {adl + "completed", "completed", "hat abgeschlossen"},
	passed:        {adl + "passed", "passed", "hat bestanden"},
	failed:        {adl + "failed", "failed", "hat nicht bestanden"},
	satisfied:     {"https://w3id.org/xapi/adl/verbs/satisfied", "satisfied", "hat erfüllt"},
	attended:      {adl + "attended", "attended", "hat teilgenommen an"},
	rated:         {adl + "responded", "responded", "hat bewertet"},
	checkedBefore: {adl + "scored", "scored", "hat erreicht"},
	checkedAfter:  {adl + "scored", "scored", "hat erreicht"},
	voided:        {adl + "voided", "voided", "hat zurückgezogen"},
}

// verb is the verb of an event, as the content of a course says it.
func verb(k kind, f Format) object {
	v := spoken[k]
	switch {
	case k == initialized && (f == H5P || f == TinCan):
		v = [3]string{adl + "attempted", "attempted", "hat begonnen"}
	case k == seen && (f == SCORM12 || f == SCORM2004):
		v = [3]string{adl + "completed", "completed", "hat abgeschlossen"}
	case k == seen && f == CMI5:
		v = [3]string{adl + "progressed", "progressed", "hat bearbeitet"}
	}
	return object{"id": v[0], "display": object{"en": v[1], "de": v[2]}}
}

// statement writes an event.
func (t *Town) statement(e *event) Statement {
	id := stream(t.seed, streamID, uint64(e.who)<<24|uint64(e.n)).uuid()
	m := message{ID: id, Verb: verb(e.kind, courses[e.course].Format), Actor: t.actor(e), Timestamp: time.UnixMilli(e.at).In(Zone).Format("2006-01-02T15:04:05.000-07:00")}
	switch e.kind {
	case voided:
		m.Object = object{"objectType": "StatementRef", "id": stream(t.seed, streamID, uint64(e.who)<<24|uint64(e.value)).uuid()}
	case rated:
		m.Object = object{"id": Survey, "definition": object{"type": activity + "question", "interactionType": "likert", "name": german("Wie zufrieden sind Sie mit dem Kurs?")}}
		m.Result = object{"response": strconv.Itoa(int(e.value)), "score": object{"raw": e.value, "min": 1, "max": 5}}
		m.Context = around2(object{"grouping": []object{{"id": courses[e.course].ID()}}})
	case checkedBefore, checkedAfter:
		m.Object, m.Result = check(e)
		m.Context = around2(nil)
	default:
		t.aboutCourse(e, &m)
	}
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(m); err != nil {
		panic(err) // all of it can be written
	}
	return Statement{id, bytes.TrimSpace(raw.Bytes())}
}

// actor is who did it, as the content knows them.
func (t *Town) actor(e *event) object {
	if int(e.who) >= len(t.People) {
		return object{"name": t.strangers[int(e.who)-len(t.People)].Name(), "mbox": "mailto:" + t.strangers[int(e.who)-len(t.People)].Mail}
	}
	p := &t.People[e.who]
	if e.kind == voided {
		return object{"objectType": "Agent", "account": object{"homePage": Base, "name": "lernplattform"}}
	}
	if courses[e.course].Format == CMI5 || e.kind == checkedBefore || e.kind == checkedAfter {
		return object{"objectType": "Agent", "name": p.Name(), "account": object{"homePage": HomePage, "name": p.Staff}}
	}
	return object{"objectType": "Agent", "name": p.Name(), "mbox": "mailto:" + p.Mail}
}

func german(text string) object { return object{"de": text} }

func around2(activities object) *around {
	return &around{Platform: Platform, Language: "de", Activities: activities}
}

// thousandths is a number of them as JSON has it.
func thousandths(n int32) json.Number {
	return json.Number(strconv.FormatFloat(float64(n)/1000, 'f', -1, 64))
}

func score(n int32) object {
	return object{"scaled": thousandths(n), "raw": json.Number(strconv.FormatFloat(float64(n)/10, 'f', -1, 64)), "min": 0, "max": 100}
}

// check is a competence check.
func check(e *event) (about, result object) {
	id, name := CheckBefore, "Kompetenz-Check Digitales (vorher)"
	if e.kind == checkedAfter {
		id, name = CheckAfter, "Kompetenz-Check Digitales (nachher)"
	}
	return object{"id": id, "definition": object{"type": activity + "assessment", "name": german(name)}},
		object{"completion": true, "score": object{"scaled": thousandths(e.value)}, "duration": duration(e.length)}
}

func duration(seconds int32) string { return "PT" + strconv.Itoa(int(seconds)) + "S" }

// aboutCourse writes what is about a course, or something in it.
func (t *Town) aboutCourse(e *event, m *message) {
	c := &courses[e.course]
	whole := object{"id": c.ID(), "definition": object{"type": activity + "course", "name": german(c.Name)}}
	m.Object, m.Context = whole, around2(nil)
	below := object{"parent": []object{{"id": c.ID()}}, "grouping": []object{{"id": c.ID()}}}
	switch e.kind {
	case seen:
		m.Object = object{"id": c.ID() + "/teil/" + strconv.Itoa(int(e.part)+1), "definition": object{"type": activity + "lesson", "name": german(c.parts[e.part])}}
		m.Context.Activities = below
		if c.Format == CMI5 {
			m.Result = object{"extensions": object{"https://w3id.org/xapi/cmi5/result/extensions/progress": (int(e.part) + 1) * 100 / len(c.parts)}}
		}
	case answered:
		m.Object, m.Result = asking(c, int(e.part), int(e.choice))
		m.Context.Activities = below
	case attended:
		m.Object = object{"id": c.ID() + "/termine/" + date(int(e.part)).Format("2006-01-02"), "definition": object{"type": activity + "meeting", "name": german(c.Name)}}
		m.Result = object{"completion": true, "duration": duration(e.length)}
		m.Context.Activities = below
	case completed, satisfied:
		m.Result = object{"completion": true}
		if e.kind == satisfied {
			m.Result = nil
		}
	case passed, failed:
		m.Result = object{"success": e.kind == passed, "score": score(e.value)}
	case suspended, terminated:
		m.Result = object{"duration": duration(e.length)}
	}
	if c.Format != Attendance && e.kind != assigned {
		m.Context.Registration = stream(t.seed, streamReg, uint64(e.who)<<24|uint64(e.course)<<8|uint64(e.attempt)).uuid()
	}
	if c.Format == CMI5 && e.kind != assigned {
		t.asCMI5(e, m)
	}
	if (c.Format == SCORM12 || c.Format == SCORM2004) && e.kind != assigned {
		if m.Context.Activities == nil {
			m.Context.Activities = object{}
		}
		m.Context.Activities["category"] = []object{{"id": "https://w3id.org/xapi/scorm"}}
	}
}

// asCMI5 adds what cmi5 wants: times in UTC, the session, and its categories.
func (t *Town) asCMI5(e *event, m *message) {
	m.Timestamp = time.UnixMilli(e.at).UTC().Format("2006-01-02T15:04:05.000Z")
	m.Context.Extensions = object{sessionID: strconv.Itoa(int(e.who)) + "-" + strconv.Itoa(int(e.course)) + "-" + strconv.Itoa(int(e.attempt)) + "-" + strconv.Itoa(int(e.session))}
	if e.kind == seen || e.kind == answered {
		return // cmi5 allowed
	}
	categories := []object{{"id": cmi5}}
	if e.kind == completed || e.kind == passed || e.kind == failed {
		categories = append(categories, object{"id": moveOn})
	}
	m.Context.Activities = object{"category": categories}
}

// asking is a question and what was answered.
func asking(c *Course, n, choice int) (about, result object) {
	q := &c.questions[n]
	text, options := q.text, q.options
	if text == "" {
		text = "Frage " + strconv.Itoa(n+1) + " zu „" + c.parts[n%len(c.parts)] + "“"
		options = []string{"Aussage A trifft zu", "Aussage B trifft zu", "Keine trifft zu"}
	}
	list := make([]object, len(options))
	for i, o := range options {
		list[i] = object{"id": string(rune('a' + i)), "description": german(o)}
	}
	return object{"id": c.ID() + "/frage/" + strconv.Itoa(n+1), "definition": object{"type": activity + "cmi.interaction", "interactionType": "choice", "description": german(text),
			"correctResponsesPattern": []string{"a"}, "choices": list}},
		object{"success": choice == 0, "response": string(rune('a' + min(choice, len(options)-1)))}
}
