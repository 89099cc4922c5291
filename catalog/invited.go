package catalog

import (
	"encoding/json"
	"net/mail"
	"strings"

	"lernspur/statements"
)

// maxMail bounds a mail address, in bytes (RFC 5321, 4.5.3.1.3).
const maxMail = 254

// InvitedLearner is the learner of a name, which may be empty, and a mail address,
// as people type them in: its identifier is the address, in lower case. Errors:
// *Invalid.
func InvitedLearner(name, address string) (Learner, error) {
	name, address = strings.Join(strings.Fields(name), " "), strings.ToLower(strings.TrimSpace(address))
	if err := checkLine("name", name, maxName, true); err != nil {
		return Learner{}, err
	}
	wrong := &Invalid{"mail", "this is not a mail address such as ada@town.example"}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > maxMail {
		return Learner{}, wrong
	}
	actor, err := json.Marshal(struct {
		ObjectType string `json:"objectType"`
		Name       string `json:"name,omitempty"`
		Mbox       string `json:"mbox"`
	}{"Agent", name, "mailto:" + address})
	if err != nil {
		return Learner{}, err
	}
	identifier, err := statements.AgentIdentifier(actor, statements.V1)
	if err != nil {
		return Learner{}, wrong
	}
	return Learner{Actor: actor, Identifier: identifier, Name: name}, nil
}

// inDomain tells whether an identifier is a mail address of a domain, or an account
// whose name is one.
func inDomain(identifier, domain string) bool {
	_, end, ok := strings.Cut(identifier[strings.LastIndexAny(identifier, "|:")+1:], "@")
	return ok && strings.EqualFold(end, domain)
}
