package lrs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"lernspur/statements"
)

// Activities knows what statements said of activities. It is safe for
// concurrent use.
type Activities interface {
	// Definitions returns the merged definitions of activities, as JSON by id.
	// Those that nobody defined are missing.
	Definitions(ctx context.Context, tenant string, activities []string) (map[string][]byte, error)
}

// People knows which Agents are one person. It is safe for concurrent use.
type People interface {
	// Person returns what is known of the person behind an identifier. Without
	// any knowledge it is the zero Person.
	Person(ctx context.Context, tenant, identifier string) (Person, error)
}

// Person is what a directory knows of a person: names, and the identifiers of
// all the Agents that are this person, as statements.Agent has them.
type Person struct {
	Names       []string
	Identifiers []string
}

// account is an account in an Agent or Person.
type account struct {
	HomePage string `json:"homePage"`
	Name     string `json:"name"`
}

// personBody is a Person as it is answered (xAPI 1.0.3 Part 3, 2.4).
type personBody struct {
	ObjectType string    `json:"objectType"`
	Name       []string  `json:"name,omitempty"`
	Mbox       []string  `json:"mbox,omitempty"`
	MboxSHA1   []string  `json:"mbox_sha1sum,omitempty"`
	OpenID     []string  `json:"openid,omitempty"`
	Account    []account `json:"account,omitempty"`
}

// add adds the Agent with an identifier.
func (b *personBody) add(identifier string) {
	kind, value, _ := strings.Cut(identifier, "|")
	switch kind {
	case "mbox":
		b.Mbox = append(b.Mbox, value)
	case "mbox_sha1sum":
		b.MboxSHA1 = append(b.MboxSHA1, value)
	case "openid":
		b.OpenID = append(b.OpenID, value)
	case "account":
		home, name, _ := strings.Cut(value, "|")
		b.Account = append(b.Account, account{home, name})
	}
}

// getAgent answers the Person that an Agent is (xAPI 1.0.3 Part 3, 2.4).
func (a *API) getAgent(x *exchange, r *http.Request) error {
	p, err := parseParameters(r.URL.RawQuery, "agent")
	if err != nil {
		return err
	}
	value, given := p["agent"]
	if !given {
		return badRequest("the parameter agent is missing")
	}
	agent, err := statements.ParseAgent([]byte(value), x.edition)
	if err != nil {
		return agentProblem(err)
	}
	if agent.Group {
		return badRequest("the parameter agent is a Group; only an Agent is a person")
	}
	watermark, err := a.wait(r.Context())
	if err != nil {
		return err
	}
	x.Header()[headerConsistent] = a.consistent.at(watermark)
	var person Person
	if a.opts.People != nil {
		if person, err = a.opts.People.Person(r.Context(), x.cred.Tenant, agent.Identifier); err != nil {
			return err
		}
	}
	body := personBody{ObjectType: "Person", Name: slices.Clone(person.Names)}
	if !slices.Contains(person.Identifiers, agent.Identifier) {
		body.add(agent.Identifier)
	}
	for _, identifier := range person.Identifiers {
		body.add(identifier)
	}
	if len(body.Name) == 0 {
		name, err := a.lastName(r.Context(), x.cred, agent.Identifier, watermark)
		if err != nil {
			return err
		}
		if name == "" {
			name = agent.Name
		}
		if name != "" {
			body.Name = []string{name}
		}
	}
	return x.answerJSON(r, body)
}

// agentProblem is the error of the parameter agent.
func agentProblem(err error) error {
	var invalid *statements.Invalid
	if errors.As(err, &invalid) && len(invalid.Violations) > 0 {
		return badRequest("the parameter agent is not an Agent or identified Group: %s", invalid.Violations[0].Message)
	}
	return badRequest("the parameter agent is not an Agent or identified Group")
}

// lastName is what the latest statement that the credential may read calls an
// Agent; "" when it does not name it.
func (a *API) lastName(ctx context.Context, cred *Credential, identifier string, upto int64) (string, error) {
	if !cred.grants(accessRead) {
		return "", nil
	}
	q := statements.Query{Agent: identifier, Limit: 1, Upto: upto, Bounds: cred.bounds()}
	if cred.onlyOwn() {
		q.Authority = cred.AuthorityIdentifier
	}
	page, err := a.opts.Reader.Find(ctx, cred.Tenant, q)
	if err != nil || len(page.Statements) == 0 {
		return "", err
	}
	return statements.NameIn(page.Statements[0].Raw, identifier), nil
}

// getActivity answers an Activity with all that statements said of it (xAPI
// 1.0.3 Part 3, 2.5). One that nobody has spoken of is answered with its id
// alone.
func (a *API) getActivity(x *exchange, r *http.Request) error {
	p, err := parseParameters(r.URL.RawQuery, "activityId")
	if err != nil {
		return err
	}
	id, err := p.iri("activityId")
	if err != nil {
		return err
	}
	if id == "" {
		return badRequest("the parameter activityId is missing")
	}
	watermark, err := a.wait(r.Context())
	if err != nil {
		return err
	}
	x.Header()[headerConsistent] = a.consistent.at(watermark)
	body := struct {
		ObjectType string          `json:"objectType"`
		ID         string          `json:"id"`
		Definition json.RawMessage `json:"definition,omitempty"`
	}{ObjectType: "Activity", ID: id}
	if a.opts.Activities != nil {
		definitions, err := a.opts.Activities.Definitions(r.Context(), x.cred.Tenant, []string{id})
		if err != nil {
			return err
		}
		body.Definition = definitions[id]
	}
	return x.answerJSON(r, body)
}

// answerJSON sends a value as JSON.
func (x *exchange) answerJSON(r *http.Request, value any) error {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return x.answer(r, text.Len(), func(write func([]byte)) { write([]byte(text.String())) })
}

// mayDefine tells whether what a statement of a credential with the scope
// define says of activities counts for the Activities resource (xAPI 1.0.3 Part
// 3, 4.2): one that is bound to some activities redefines no others.
func (c *Credential) mayDefine(st *statements.Statement) bool {
	if c.BoundActivityPrefix == "" {
		return true
	}
	for activity := range st.Definitions {
		if !strings.HasPrefix(activity, c.BoundActivityPrefix) {
			return false
		}
	}
	return true
}
