package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

const (
	markerKey = "https://faults.example/marker"
	voidVerb  = "http://adlnet.gov/expapi/verbs/voided"
)

// agent is an Agent or a Group as JSON.
type agent struct {
	Mbox    string `json:"mbox"`
	Sum     string `json:"mbox_sha1sum"`
	OpenID  string `json:"openid"`
	Account *struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	} `json:"account"`
	Member []agent `json:"member"`
}

// parameter is the value of the parameter agent that finds it.
func (a agent) parameter() string {
	var p any
	switch {
	case a.Mbox != "":
		p = map[string]string{"mbox": a.Mbox}
	case a.Sum != "":
		p = map[string]string{"mbox_sha1sum": a.Sum}
	case a.OpenID != "":
		p = map[string]string{"openid": a.OpenID}
	case a.Account != nil:
		p = map[string]any{"account": map[string]string{"homePage": a.Account.HomePage, "name": a.Account.Name}}
	}
	b, _ := json.Marshal(p) // strings only
	return string(b)
}

// statement is what a stored statement says, as far as filters ask for it.
type statement struct {
	raw    string
	id     string
	stored string
	marker string

	agents       []string // direct: actor, object, members of both
	verb         string
	activity     string   // the object
	related      []string // all activities
	courses      []string // whose progress it belongs to
	registration string
	ref          string // target of a StatementRef
	void         bool
	learner      string // the actor, "" for one without an identifier
	timestamp    int64  // microseconds
	result       result
}

type result struct {
	Success    *bool `json:"success"`
	Completion *bool `json:"completion"`
	Score      struct {
		Scaled *float64 `json:"scaled"`
	} `json:"score"`
}

// document is what parse reads of a statement's JSON.
type document struct {
	ID, Stored, Timestamp string
	Actor                 agent
	Verb                  struct{ ID string }
	Object                struct {
		agent
		ObjectType string
		ID         string
	}
	Result  result
	Context struct {
		Registration      string
		Extensions        map[string]json.RawMessage
		ContextActivities struct{ Parent, Grouping, Category, Other []struct{ ID string } }
	}
}

// parse reads a stored statement.
func parse(raw string) (*statement, error) {
	var doc document
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		return nil, fmt.Errorf("%w in %s", err, raw)
	}
	s := &statement{raw: raw, id: doc.ID, stored: doc.Stored, verb: doc.Verb.ID, registration: doc.Context.Registration, result: doc.Result}
	if m := doc.Context.Extensions[markerKey]; m != nil {
		if err := json.Unmarshal(m, &s.marker); err != nil {
			return nil, err
		}
	}
	at, err := time.Parse(time.RFC3339Nano, doc.Timestamp)
	if err != nil {
		return nil, err
	}
	s.timestamp = at.UnixMicro()
	s.learner = doc.Actor.parameter()
	s.agents = append(s.agents, s.learner)
	for _, m := range doc.Actor.Member {
		s.agents = append(s.agents, m.parameter())
	}
	switch doc.Object.ObjectType {
	case "Agent":
		s.agents = append(s.agents, doc.Object.agent.parameter())
	case "StatementRef":
		s.ref = doc.Object.ID
		s.void = s.verb == voidVerb
	default:
		s.activity = doc.Object.ID
		s.related = append(s.related, s.activity)
	}
	c := doc.Context.ContextActivities
	for i, list := range [][]struct{ ID string }{c.Grouping, c.Parent, c.Category, c.Other} {
		of := i < 2 && len(s.courses) == 0 // the grouping, else the parent
		for _, a := range list {
			s.related = append(s.related, a.ID)
			if of {
				s.courses = append(s.courses, a.ID)
			}
		}
	}
	if len(s.courses) == 0 && s.activity != "" {
		s.courses = []string{s.activity}
	}
	return s, nil
}

// added are the members that an LRS sets.
var added = []string{"id", "stored", "timestamp", "authority", "version"}

// altered compares a stored statement with what was sent, member by member: ""
// when everything that was sent is there, to the byte, and nothing else but
// what an LRS adds. A timestamp is the same instant in UTC.
func altered(sent, stored string) string {
	var was, is map[string]json.RawMessage
	if err := json.Unmarshal([]byte(sent), &was); err != nil {
		return "what was sent cannot be read: " + err.Error()
	}
	if err := json.Unmarshal([]byte(stored), &is); err != nil {
		return "what is stored cannot be read: " + err.Error()
	}
	for name, value := range was {
		got, ok := is[name]
		switch {
		case !ok:
			return name + " is missing"
		case name == "timestamp":
			if why := sameInstant(value, got); why != "" {
				return why
			}
		case !bytes.Equal(value, got):
			return fmt.Sprintf("%s was sent as %s and is %s", name, value, got)
		}
	}
	for name := range is {
		if _, sent := was[name]; !sent && !slices.Contains(added, name) {
			return name + " was not sent"
		}
	}
	for _, name := range added {
		if is[name] == nil {
			return name + " was not set"
		}
	}
	return ""
}

func sameInstant(sent, stored []byte) string {
	var a, b time.Time
	if json.Unmarshal(sent, &a) != nil || json.Unmarshal(stored, &b) != nil {
		return fmt.Sprintf("the timestamp %s became %s", sent, stored)
	}
	if !a.Equal(b) || !bytes.HasSuffix(stored, []byte(`Z"`)) {
		return fmt.Sprintf("the timestamp %s became %s", sent, stored)
	}
	return ""
}
