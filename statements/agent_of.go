package statements

import (
	"encoding/json"
	"fmt"
	"strings"
)

// AgentOf is the JSON of the Agent that has a canonical identifier (see Agent),
// with a name, which may be empty: the inverse of AgentIdentifier. The error is for
// what is no identifier.
func AgentOf(identifier, name string) ([]byte, error) {
	agent := struct {
		ObjectType string `json:"objectType"`
		Name       string `json:"name,omitempty"`
		Mbox       string `json:"mbox,omitempty"`
		MboxSHA1   string `json:"mbox_sha1sum,omitempty"`
		OpenID     string `json:"openid,omitempty"`
		Account    any    `json:"account,omitempty"`
	}{ObjectType: "Agent", Name: name}
	kind, value, _ := strings.Cut(identifier, "|")
	switch kind {
	case "mbox":
		agent.Mbox = value
	case "mbox_sha1sum":
		agent.MboxSHA1 = value
	case "openid":
		agent.OpenID = value
	case "account":
		homePage, account, _ := strings.Cut(value, "|")
		agent.Account = map[string]string{"homePage": homePage, "name": account}
	}
	text, err := json.Marshal(agent)
	if err != nil {
		return nil, err
	}
	if back, err := AgentIdentifier(text, V1); err != nil || back != identifier {
		return nil, fmt.Errorf("%q is not the identifier of an Agent", identifier)
	}
	return text, nil
}

// IdentifierText is the part of a canonical identifier (see Agent) that people know:
// an address, the name of an account. Of any other text it is all.
func IdentifierText(identifier string) string {
	kind, value, ok := strings.Cut(identifier, "|")
	switch {
	case !ok:
		return identifier
	case kind == "account":
		_, value, _ = strings.Cut(value, "|")
	}
	return strings.TrimPrefix(value, "mailto:")
}
