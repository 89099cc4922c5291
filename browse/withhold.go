package browse

import (
	"bytes"
	"encoding/json"
	"strings"

	"lernspur/statements"
)

// withhold leaves out of a stored statement what is not to be seen: people who are not
// among those that the sight is of, and how questions were answered. What remains is
// JSON; it is the statement byte for byte when nothing is left out.
func (s *sight) withhold(raw []byte) (shown []byte, withheld bool) {
	if s.all && s.answers {
		return raw, false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var statement map[string]any
	if d.Decode(&statement) != nil {
		return []byte("{}"), true // what cannot be read cannot be judged
	}
	if !s.from(statement) {
		return raw, false
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(statement) != nil {
		return []byte("{}"), true
	}
	return bytes.TrimSpace(b.Bytes()), true
}

// from takes out of a statement or SubStatement what is not to be seen, and tells
// whether that was anything.
func (s *sight) from(statement map[string]any) (withheld bool) {
	if !s.answers && isAnswer(statement) {
		if _, ok := statement["result"]; ok {
			delete(statement, "result")
			withheld = true
		}
	}
	object, _ := statement["object"].(map[string]any)
	switch kind, _ := object["objectType"].(string); kind {
	case "Agent", "Group":
		withheld = s.agent(object) || withheld
	case "SubStatement":
		withheld = s.from(object) || withheld
	}
	withheld = s.agentIn(statement, "actor") || withheld
	context, _ := statement["context"].(map[string]any)
	withheld = s.agentIn(context, "instructor") || withheld
	withheld = s.agentIn(context, "team") || withheld
	for list, name := range map[string]string{"contextAgents": "agent", "contextGroups": "group"} {
		entries, _ := context[list].([]any)
		for _, entry := range entries {
			one, _ := entry.(map[string]any)
			withheld = s.agentIn(one, name) || withheld
		}
	}
	return withheld
}

func (s *sight) agentIn(of map[string]any, name string) bool {
	agent, ok := of[name].(map[string]any)
	return ok && s.agent(agent)
}

// agent leaves nothing of an Agent or Group that is not to be seen but what it is. Of
// a Group without an identifier the members remain that may be seen.
func (s *sight) agent(agent map[string]any) (withheld bool) {
	members, _ := agent["member"].([]any)
	known := false
	if identified(agent) {
		text, err := json.Marshal(agent)
		if err == nil {
			var identifier string
			if identifier, err = statements.AgentIdentifier(text, statements.V2); err == nil {
				known = s.knows(identifier)
			}
		}
		if !known {
			withheld = true
			for name := range agent {
				if name != "objectType" {
					delete(agent, name)
				}
			}
			return withheld
		}
	}
	for _, m := range members {
		if one, ok := m.(map[string]any); ok {
			withheld = s.agent(one) || withheld
		}
	}
	if withheld && !known { // the name of a gathering can be that of somebody
		delete(agent, "name")
	}
	return withheld
}

func identified(agent map[string]any) bool {
	for _, name := range [...]string{"mbox", "mbox_sha1sum", "openid", "account"} {
		if _, ok := agent[name]; ok {
			return true
		}
	}
	return false
}

// answering are the verbs by which content says how questions were answered.
var answering = map[string]bool{"http://adlnet.gov/expapi/verbs/answered": true, "http://adlnet.gov/expapi/verbs/responded": true}

const interaction = "http://adlnet.gov/expapi/activities/cmi.interaction"

// isAnswer tells whether a statement says how somebody answered a question.
func isAnswer(statement map[string]any) bool {
	verb, _ := statement["verb"].(map[string]any)
	id, _ := verb["id"].(string)
	object, _ := statement["object"].(map[string]any)
	definition, _ := object["definition"].(map[string]any)
	kind, _ := definition["type"].(string)
	result, _ := statement["result"].(map[string]any)
	_, responded := result["response"]
	_, asks := definition["interactionType"]
	return answering[id] || strings.EqualFold(kind, interaction) || asks || responded
}
