package launch

import (
	"encoding/json"
	"errors"
	"slices"

	"lernspur/statements"

	"github.com/google/uuid"
)

// view is what the rules look at in a statement.
type view struct {
	id      uuid.UUID
	digest  [16]byte
	idGiven bool
	utc     bool // a timestamp was sent, in UTC
	voiding bool
	verb    string

	actor   string // identifier
	agent   bool   // the actor is an Agent, not a Group
	account bool

	activity     string // id of the object when that is an Activity
	registration uuid.UUID
	context      bool
	categories   []string
	grouping     []string
	extensions   map[string]json.RawMessage

	success, completion, duration bool // there are such properties
	succeeded, isComplete         bool // their values
	score                         *score
}

type score struct {
	Scaled *float64 `json:"scaled"`
	Raw    *float64 `json:"raw"`
	Min    *float64 `json:"min"`
	Max    *float64 `json:"max"`
}

// defined tells a cmi5 defined statement from an allowed one (7.1.3).
func (v *view) defined() bool { return slices.Contains(v.categories, categoryCmi5) }

// sent is the part of a statement's text that no column has.
type sent struct {
	Actor struct {
		ObjectType string          `json:"objectType"`
		Account    json.RawMessage `json:"account"`
	} `json:"actor"`
	Result *struct {
		Score      *score  `json:"score"`
		Success    *bool   `json:"success"`
		Completion *bool   `json:"completion"`
		Duration   *string `json:"duration"`
	} `json:"result"`
	Context *struct {
		Activities map[string]json.RawMessage `json:"contextActivities"`
		Extensions map[string]json.RawMessage `json:"extensions"`
	} `json:"context"`
}

// look takes a statement apart that keeps the rules of xAPI.
func look(st *statements.Statement) (*view, error) {
	var s sent
	if err := json.Unmarshal(st.Raw, &s); err != nil {
		return nil, errors.New("launch: a parsed statement is no JSON: " + err.Error())
	}
	v := &view{
		id: st.ID, digest: st.Digest, idGiven: st.IDGiven, utc: st.UTC, voiding: st.Voiding, verb: st.Verb,
		actor: st.Actor, agent: s.Actor.ObjectType == "" || s.Actor.ObjectType == "Agent", account: len(s.Actor.Account) > 0,
		registration: st.Registration,
	}
	if st.ObjectKind == statements.ObjectActivity {
		v.activity = st.Object
	}
	if r := s.Result; r != nil {
		v.score, v.duration = r.Score, r.Duration != nil
		if v.success = r.Success != nil; v.success {
			v.succeeded = *r.Success
		}
		if v.completion = r.Completion != nil; v.completion {
			v.isComplete = *r.Completion
		}
	}
	if c := s.Context; c != nil {
		v.context, v.extensions = true, c.Extensions
		v.categories, v.grouping = ids(c.Activities["category"]), ids(c.Activities["grouping"])
	}
	return v, nil
}

// ids are those of a list of Activities, or of a single one, as 1.0.x takes it.
func ids(raw json.RawMessage) []string {
	type activity struct {
		ID string `json:"id"`
	}
	var list []activity
	if json.Unmarshal(raw, &list) != nil {
		list = make([]activity, 1)
		if json.Unmarshal(raw, &list[0]) != nil {
			return nil
		}
	}
	var found []string
	for _, a := range list {
		found = append(found, a.ID)
	}
	return found
}

// text is an extension that is a string; "" otherwise.
func (v *view) text(extension string) string {
	var s string
	if json.Unmarshal(v.extensions[extension], &s) != nil {
		return ""
	}
	return s
}
