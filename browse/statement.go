package browse

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"lernspur/statements"
)

// Statement is a statement as somebody may see it, taken apart.
type Statement struct {
	ID                uuid.UUID
	Stored, Timestamp int64 // microseconds
	// Raw is its JSON. Withheld tells that parts of it are left out for whoever
	// looks; else it is as it is kept, to the byte.
	Raw      []byte
	Withheld bool
	// Voided: another statement takes it back.
	Voided bool
	Said
	Version     string
	Authority   Agent
	Attachments []Attachment
}

// Said is what a statement or a SubStatement says.
type Said struct {
	Actor   Agent
	Verb    Verb
	Object  Object
	Result  *Result
	Context Context
}

// Agent is an Agent or a Group.
type Agent struct {
	// Identifier is canonical, "" for none: a Group without one, or somebody who is
	// not to be seen.
	Identifier string
	Name       string // by which the statement calls it
	Person     Person // of the directory; its ID is empty for nobody
	Group      bool
	Members    []Agent
}

// Withheld tells that somebody is there who is not to be seen.
func (a Agent) Withheld() bool { return a.Identifier == "" && len(a.Members) == 0 }

// Verb is a verb with what the statement says about it, by language.
type Verb struct {
	ID      string            `json:"id"`
	Display map[string]string `json:"display"`
}

// Object is what a statement is about.
type Object struct {
	Kind statements.ObjectKind
	// ID is that of an Activity, with what the statement says about it by language.
	ID                string
	Name, Description map[string]string
	Type              string
	Agent             Agent // of an Agent or a Group
	Sub               *Said // of a SubStatement
	// Ref is the id that a StatementRef points to; Target is that statement, nil
	// when it is not there or not to be seen.
	Ref    uuid.UUID
	Target *Statement
}

// Result is what came out. Numbers are nil where nothing is said.
type Result struct {
	Success, Completion *bool
	Scaled              *float64
	Raw, Min, Max       *float64
	Duration            string // ISO 8601, as it was sent
	Response            string
}

// Context is what a statement says beside the matter.
type Context struct {
	Registration uuid.UUID
	Platform     string
	Language     string
	Instructor   *Agent
	// Parents and Groupings are ids of activities.
	Parents, Groupings []string
}

// Attachment is what a statement says about a file.
type Attachment struct {
	Display     map[string]string `json:"display"`
	ContentType string            `json:"contentType"`
	Length      int64             `json:"length"`
}

// maxParts bounds lists in a statement that are taken apart.
const maxParts = 50

// The JSON of a statement, as far as it is taken apart. What is stored was checked
// when it came, so letter case and duplicates need no second look.
type (
	saidJSON struct {
		Actor       json.RawMessage `json:"actor"`
		Verb        Verb            `json:"verb"`
		Object      json.RawMessage `json:"object"`
		Result      *resultJSON     `json:"result"`
		Context     contextJSON     `json:"context"`
		Timestamp   string          `json:"timestamp"`
		Version     string          `json:"version"`
		Authority   json.RawMessage `json:"authority"`
		Attachments []Attachment    `json:"attachments"`
	}
	resultJSON struct {
		Success    *bool  `json:"success"`
		Completion *bool  `json:"completion"`
		Duration   string `json:"duration"`
		Response   string `json:"response"`
		Score      struct {
			Scaled, Raw, Min, Max json.Number
		} `json:"score"`
	}
	contextJSON struct {
		Registration string          `json:"registration"`
		Platform     string          `json:"platform"`
		Language     string          `json:"language"`
		Instructor   json.RawMessage `json:"instructor"`
		Activities   struct {
			Parent   activitiesJSON `json:"parent"`
			Grouping activitiesJSON `json:"grouping"`
		} `json:"contextActivities"`
	}
	activityJSON struct {
		ID string `json:"id"`
	}
	activitiesJSON []activityJSON
	objectJSON     struct {
		ObjectType string `json:"objectType"`
		ID         string `json:"id"`
		Definition struct {
			Name        map[string]string `json:"name"`
			Description map[string]string `json:"description"`
			Type        string            `json:"type"`
		} `json:"definition"`
	}
	agentJSON struct {
		ObjectType string            `json:"objectType"`
		Name       string            `json:"name"`
		Member     []json.RawMessage `json:"member"`
	}
)

// UnmarshalJSON reads one activity or several: both are allowed (1.0.3 Part 2, 2.4.6.2).
func (a *activitiesJSON) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, (*[]activityJSON)(a))
	}
	var one activityJSON
	if err := json.Unmarshal(text, &one); err != nil {
		return err
	}
	*a = activitiesJSON{one}
	return nil
}

func (a activitiesJSON) ids() (ids []string) {
	for _, one := range a[:min(len(a), maxParts)] {
		ids = append(ids, one.ID)
	}
	return ids
}

// reading takes statements apart for a tenant.
type reading struct {
	ctx    context.Context
	tenant string
	people People
	known  map[string]Person
}

// read takes stored statements apart, as far as the sight goes. voided may be nil.
func (s *Service) read(ctx context.Context, tenant string, sight *sight, upto int64, list []statements.Found, voided map[uuid.UUID]bool) ([]Statement, error) {
	r := &reading{ctx, tenant, s.opts.People, make(map[string]Person)}
	read := make([]Statement, len(list))
	var refs []uuid.UUID
	for i, f := range list {
		read[i] = r.statement(sight, f)
		read[i].Voided = voided[f.ID]
		if ref := read[i].Object.Ref; ref != uuid.Nil && len(refs) < MaxPage {
			refs = append(refs, ref)
		}
	}
	found, gone, err := s.opts.Reader.Several(ctx, tenant, refs, upto)
	if err != nil {
		return nil, err
	}
	targets := make(map[uuid.UUID]*Statement, len(found))
	for _, f := range sight.these(found) {
		target := r.statement(sight, f)
		target.Voided = gone[f.ID]
		targets[f.ID] = &target
	}
	for i := range read {
		read[i].Object.Target = targets[read[i].Object.Ref]
	}
	return read, nil
}

// statement takes one apart.
func (r *reading) statement(sight *sight, f statements.Found) Statement {
	st := Statement{ID: f.ID, Stored: f.Stored, Timestamp: f.Stored}
	st.Raw, st.Withheld = sight.withhold(f.Raw)
	var text saidJSON
	if json.Unmarshal(st.Raw, &text) != nil {
		return st // there is nothing to tell but its JSON
	}
	if at, ok := statements.ParseTimestamp(text.Timestamp, statements.V1); ok {
		st.Timestamp = at
	}
	st.Said = r.said(&text)
	st.Version, st.Authority = text.Version, r.agent(text.Authority)
	st.Attachments = text.Attachments[:min(len(text.Attachments), maxParts)]
	return st
}

func (r *reading) said(text *saidJSON) Said {
	said := Said{Actor: r.agent(text.Actor), Verb: text.Verb, Object: r.object(text.Object)}
	if t := text.Result; t != nil {
		said.Result = &Result{Success: t.Success, Completion: t.Completion, Duration: t.Duration, Response: t.Response,
			Scaled: number(t.Score.Scaled), Raw: number(t.Score.Raw), Min: number(t.Score.Min), Max: number(t.Score.Max)}
	}
	c := &text.Context
	said.Context = Context{Platform: c.Platform, Language: c.Language, Parents: c.Activities.Parent.ids(), Groupings: c.Activities.Grouping.ids()}
	said.Context.Registration, _ = uuid.Parse(c.Registration) // or none
	if len(c.Instructor) > 0 {
		instructor := r.agent(c.Instructor)
		said.Context.Instructor = &instructor
	}
	return said
}

func number(n json.Number) *float64 {
	if x, err := n.Float64(); err == nil {
		return &x
	}
	return nil
}

// agent takes an Agent or a Group apart.
func (r *reading) agent(text json.RawMessage) (a Agent) {
	var of agentJSON
	if len(text) == 0 || json.Unmarshal(text, &of) != nil {
		return a
	}
	a.Name, a.Group = of.Name, of.ObjectType == "Group"
	if identifier, err := statements.AgentIdentifier(text, statements.V2); err == nil {
		a.Identifier, a.Person = identifier, r.owner(identifier)
	}
	for _, m := range of.Member[:min(len(of.Member), maxParts)] {
		a.Members = append(a.Members, r.agent(m))
	}
	return a
}

// owner is who has an identifier.
func (r *reading) owner(identifier string) Person {
	p, ok := r.known[identifier]
	if !ok {
		p, _ = r.people.Owner(r.ctx, r.tenant, identifier)
		r.known[identifier] = p
	}
	return p
}

// object takes apart what a statement is about.
func (r *reading) object(text json.RawMessage) (o Object) {
	var of objectJSON
	if len(text) == 0 || json.Unmarshal(text, &of) != nil {
		return o
	}
	switch of.ObjectType {
	case "Agent", "Group":
		o.Kind, o.Agent = statements.ObjectAgent, r.agent(text)
		if of.ObjectType == "Group" {
			o.Kind = statements.ObjectGroup
		}
	case "StatementRef":
		o.Kind = statements.ObjectStatementRef
		o.Ref, _ = uuid.Parse(of.ID) // which was checked
	case "SubStatement":
		o.Kind = statements.ObjectSubStatement
		var sub saidJSON
		if json.Unmarshal(text, &sub) == nil {
			said := r.said(&sub)
			o.Sub = &said
		}
	default:
		o.Kind, o.ID = statements.ObjectActivity, of.ID
		o.Name, o.Description, o.Type = of.Definition.Name, of.Definition.Description, of.Definition.Type
	}
	return o
}

// Activities are the ids of the activities that a statement is about, its
// SubStatement's and its target's included: those that need names.
func (st *Statement) Activities() (ids []string) {
	add := func(id string) {
		if strings.TrimSpace(id) != "" {
			ids = append(ids, id)
		}
	}
	add(st.Object.ID)
	if st.Object.Sub != nil {
		add(st.Object.Sub.Object.ID)
	}
	if st.Object.Target != nil {
		ids = append(ids, st.Object.Target.Activities()...)
	}
	return ids
}
