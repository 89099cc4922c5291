package lrs

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"lernspur/documents"
	"lernspur/statements"

	"github.com/google/uuid"
)

// documentResources are the State and the two profile resources (xAPI 1.0.3
// Part 3, 2.3, 2.6 and 2.7).
func (a *API) documentResources() []resource {
	if a.opts.Documents == nil {
		return nil
	}
	of := func(path string, kind documents.Kind, read, write access) resource {
		return resource{path: Base + path, methods: map[string]action{
			http.MethodGet:    {read, a.onDocument(kind, a.getDocument)},
			http.MethodPut:    {write, a.onDocument(kind, a.putDocument)},
			http.MethodPost:   {write, a.onDocument(kind, a.postDocument)},
			http.MethodDelete: {write, a.onDocument(kind, a.deleteDocument)},
		}}
	}
	return []resource{
		of("/activities/state", documents.State, accessReadState, accessWriteState),
		of("/activities/profile", documents.ActivityProfile, accessReadProfile, accessWriteProfile),
		of("/agents/profile", documents.AgentProfile, accessReadProfile, accessWriteProfile),
	}
}

// onDocument reads what a request is about before anything is done. Whether the
// credential is bound to something else was judged before that (admitBound).
func (a *API) onDocument(kind documents.Kind, run func(x *exchange, r *http.Request, target *documentTarget) error) func(*exchange, *http.Request) error {
	return func(x *exchange, r *http.Request) error {
		target, err := readDocumentTarget(kind, r.Method, r.URL.RawQuery, x.edition, x.cred.Tenant)
		if err != nil {
			return err
		}
		return run(x, r, target)
	}
}

// documentTarget is the document, or the documents, that a request is about.
type documentTarget struct {
	// Key has an ID unless many is set. Registration is uuid.Nil when none was
	// given: of one document that is the one of no registration, of many it is
	// all of them.
	documents.Key
	many  bool
	since int64 // of a list, in microseconds; 0 when it was not given
}

// maxTarget is how many bytes activityId, agent and the id may have together.
const maxTarget = 16 << 10

// readDocumentTarget reads the parameters of a request on a document resource.
func readDocumentTarget(kind documents.Kind, method, query string, ed statements.Edition, tenant string) (*documentTarget, error) {
	idName := "profileId"
	allowed := make([]string, 0, 5)
	if kind != documents.AgentProfile {
		allowed = append(allowed, "activityId")
	}
	if kind != documents.ActivityProfile {
		allowed = append(allowed, "agent")
	}
	required := allowed
	if kind == documents.State {
		idName = "stateId"
		allowed = append(allowed, "registration")
	}
	allowed = append(allowed, idName)
	reading := method == http.MethodGet || method == http.MethodHead
	if reading {
		allowed = append(allowed, "since")
	}
	p, err := parseParameters(query, allowed...)
	if err != nil {
		return nil, err
	}
	for _, name := range required {
		if _, given := p[name]; !given {
			return nil, badRequest("the parameter %s is missing", name)
		}
	}
	target := &documentTarget{Key: documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: kind}}}
	if err := target.read(p, ed); err != nil {
		return nil, err
	}
	id, given := p[idName]
	target.ID, target.many = id, !given
	switch {
	case !given && !reading && (kind != documents.State || method != http.MethodDelete):
		return nil, badRequest("the parameter %s is missing", idName)
	case given && id == "":
		return nil, badRequest("the parameter %s is empty", idName)
	case !utf8.ValidString(id):
		return nil, badRequest("the parameter %s is not valid UTF-8", idName)
	case target.Size() > maxTarget:
		return nil, badRequest("the parameters are longer than %s together", byteCount(maxTarget))
	}
	return target, nil
}

// read reads everything but the id.
func (t *documentTarget) read(p parameters, ed statements.Edition) error {
	var err error
	if t.Activity, err = p.iri("activityId"); err != nil {
		return err
	}
	if t.Agent, err = p.agent(ed); err != nil {
		return err
	}
	if isGroup(p["agent"]) {
		return badRequest("the parameter agent is an Agent, not a Group; the identifier of an identified Group can be that of an Agent")
	}
	if value, given := p["registration"]; given {
		if t.Registration, err = parseUUID("registration", value); err != nil {
			return err
		}
		if t.Registration == uuid.Nil { // which stands for none
			return badRequest("the parameter registration is the UUID that names nothing")
		}
	}
	t.since, err = p.instant("since", ed)
	return err
}

// isGroup looks at an actor that was checked before.
func isGroup(actor string) bool {
	var object struct {
		ObjectType string `json:"objectType"`
	}
	return json.Unmarshal([]byte(actor), &object) == nil && object.ObjectType == "Group"
}

// preconditions are If-Match and If-None-Match (xAPI 1.0.3 Part 3, 3.1; RFC
// 9110, 13.1).
type preconditions struct {
	match, noneMatch etags
}

func readPreconditions(h http.Header) preconditions {
	return preconditions{match: readETags(h.Values("If-Match")), noneMatch: readETags(h.Values("If-None-Match"))}
}

func (p preconditions) none() bool { return !p.match.given && !p.noneMatch.given }

// etags is the value of either header.
type etags struct {
	given bool
	any   bool // *
	list  []string
}

// gzipSuffix tells the ETag of a compressed answer from that of the document.
const gzipSuffix = "-gzip"

// readETags reads a list of entity tags. Clients of the field send them without
// quotes, and proxies that compress make them weak: both are read as what was
// meant, and so is the ETag of a compressed answer.
func readETags(values []string) etags {
	e := etags{given: len(values) > 0}
	for _, value := range values {
		for rest := value; ; {
			rest = strings.TrimLeft(rest, " \t,")
			if rest == "" {
				break
			}
			rest = strings.TrimPrefix(rest, "W/")
			var tag string
			if quoted, ok := strings.CutPrefix(rest, `"`); ok {
				tag, rest, _ = strings.Cut(quoted, `"`)
			} else {
				tag, rest, _ = strings.Cut(rest, ",")
				if tag = strings.TrimSpace(tag); tag == "*" {
					e.any = true
				}
			}
			e.list = append(e.list, strings.TrimSuffix(tag, gzipSuffix))
		}
	}
	return e
}

// fits tells whether a document, nil for none, is among those named.
func (e etags) fits(d *documents.Document) bool {
	if d == nil {
		return false
	}
	return e.any || slices.Contains(e.list, d.ETag())
}

// allow returns a 412 unless current, nil for none, is what they ask for.
func (p preconditions) allow(current *documents.Document) error {
	switch {
	case p.match.given && current == nil:
		return preconditionFailed("there is no such document, so it is not the one that If-Match names; nothing was changed")
	case p.match.given && !p.match.fits(current):
		return preconditionFailed("the document is not the one that If-Match names: it was changed meanwhile. " +
			"Read it again and send the ETag of that answer; nothing was changed")
	case p.noneMatch.given && p.noneMatch.fits(current):
		return preconditionFailed("there is such a document already, which If-None-Match rules out; nothing was changed")
	}
	return nil
}

func preconditionFailed(message string) error {
	return &failure{status: http.StatusPreconditionFailed, message: message}
}
