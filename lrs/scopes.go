package lrs

import "slices"

// The scopes that this package enforces, under the names of the specification
// (xAPI 1.0.3 Part 3, 4.2). The two about voiding are ours: a key that stores
// statements takes nothing away from others unless it was made for that.
const (
	scopeAll      = "all"
	scopeReadAll  = "all/read"
	scopeRead     = "statements/read"
	scopeReadMine = "statements/read/mine"
	scopeWrite    = "statements/write"
	scopeState    = "state"
	scopeProfile  = "profile"
	scopeDefine   = "define"
	scopeVoid     = "statements/void"
	scopeVoidMine = "statements/void/mine"
)

// access is what an action needs of a credential.
type access uint8

const (
	// accessOpen needs no credentials, nor a version header.
	accessOpen access = iota
	// accessRead needs to read statements, be it only one's own.
	accessRead
	// accessWrite needs to store statements.
	accessWrite
	// accessReadState and accessWriteState need the State resource.
	accessReadState
	accessWriteState
	// accessReadProfile and accessWriteProfile need the two Profile resources.
	accessReadProfile
	accessWriteProfile
	// accessReadThings needs to read what statements speak of: the resources
	// Agents and Activities.
	accessReadThings
)

var (
	readingScopes        = []string{scopeAll, scopeReadAll, scopeRead, scopeReadMine}
	writingScopes        = []string{scopeAll, scopeWrite}
	stateReadingScopes   = []string{scopeAll, scopeReadAll, scopeState}
	stateWritingScopes   = []string{scopeAll, scopeState}
	profileReadingScopes = []string{scopeAll, scopeReadAll, scopeProfile}
	profileWritingScopes = []string{scopeAll, scopeProfile}
	thingReadingScopes   = []string{scopeAll, scopeReadAll, scopeRead, scopeReadMine, scopeProfile, scopeDefine}
)

// granting lists the scopes of which one is enough; nobody changes the list.
func (a access) granting() []string {
	switch a {
	case accessRead:
		return readingScopes
	case accessWrite:
		return writingScopes
	case accessReadState:
		return stateReadingScopes
	case accessWriteState:
		return stateWritingScopes
	case accessReadProfile:
		return profileReadingScopes
	case accessWriteProfile:
		return profileWritingScopes
	case accessReadThings:
		return thingReadingScopes
	default:
		return nil
	}
}

// grants tells whether the credential may do what a needs.
func (c *Credential) grants(a access) bool {
	for _, s := range c.Scopes {
		if slices.Contains(a.granting(), s) {
			return true
		}
	}
	return false
}

// holds tells whether the credential has one of these scopes.
func (c *Credential) holds(scopes ...string) bool {
	return slices.ContainsFunc(c.Scopes, func(s string) bool { return slices.Contains(scopes, s) })
}

// onlyOwn tells that the credential reads nothing but what it wrote.
func (c *Credential) onlyOwn() bool {
	for _, s := range c.Scopes {
		if s == scopeAll || s == scopeReadAll || s == scopeRead {
			return false
		}
	}
	return true
}
