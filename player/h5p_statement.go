package player

import (
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"lernspur/statements"
)

// The words of H5P.
const (
	h5pLibraries  = "http://h5p.org/libraries/"
	h5pSubContent = "http://h5p.org/x-api/h5p-subContentId"
	h5pLocalID    = "http://h5p.org/x-api/h5p-local-content-id"

	answered = "answered"
	mastered = "mastered"
)

// h5pStatement is what a statement of H5P content says, as far as it is its
// business: who it is about, in which registration and when is ours to say.
type h5pStatement struct {
	Verb Verb
	// Part is the end of the object's IRI behind the course's; empty for the
	// content as a whole.
	Part       string
	Parents    []string // as Part
	Definition Definition
	Result     *Result
	Libraries  []string // IRIs
}

// maxIRI bounds what content calls its verbs and objects, in bytes.
const maxIRI = 500

// Reasons why a statement of content is not taken.
var (
	errNoStatement = errors.New("this is no statement")
	errVerb        = errors.New("the verb is no IRI")
	errVoids       = errors.New("content does not void statements")
	errObject      = errors.New("the object is no activity")
)

// readH5P reads a statement that content made. activity is the IRI of the course,
// which content knows itself by.
func readH5P(text []byte, activity string) (*h5pStatement, error) {
	var j h5pJSON
	if err := tolerant(json.Unmarshal(text, &j)); err != nil {
		return nil, errNoStatement
	}
	switch {
	case len(j.Verb.ID) > maxIRI || !statements.IsIRI(j.Verb.ID):
		return nil, errVerb
	case j.Verb.ID == verbs+"voided":
		return nil, errVoids
	case j.Object.ObjectType != "" && j.Object.ObjectType != "Activity":
		return nil, errObject
	}
	s := &h5pStatement{Verb: Verb{ID: j.Verb.ID, Display: languages(j.Verb.Display)}, Result: j.Result.read()}
	if s.Verb.Display == nil {
		s.Verb.Display = map[string]string{"en": path.Base(j.Verb.ID)}
	}
	parents := j.Context.Activities.Parent
	s.Part = partOf(&j.Object, activity, len(parents) > 0)
	if s.Part != "" {
		for i := range parents {
			if parent := partOf(&parents[i], activity, false); parent != s.Part && !slices.Contains(s.Parents, parent) && len(s.Parents) < 10 {
				s.Parents = append(s.Parents, parent)
			}
		}
		if len(s.Parents) == 0 {
			s.Parents = []string{""}
		}
	}
	for _, c := range j.Context.Activities.Category {
		if strings.HasPrefix(c.ID, h5pLibraries) && len(c.ID) <= maxIRI && statements.IsIRI(c.ID) && len(s.Libraries) < 10 {
			s.Libraries = append(s.Libraries, c.ID)
		}
	}
	if j.Object.Definition != nil {
		s.Definition = j.Object.Definition.read()
	}
	return s, nil
}

// word is the last part of an ADL verb; empty for others.
func (s *h5pStatement) word() string {
	word, _ := strings.CutPrefix(s.Verb.ID, verbs)
	return word
}

// outcome tells that the content as a whole has come to a result.
func (s *h5pStatement) outcome() bool {
	switch s.word() {
	case completed, passed, failed, mastered, answered:
		return s.Part == ""
	}
	return false
}

// verdict is what an outcome says about completion and success.
func (s *h5pStatement) verdict() (v verdict) {
	if s.Result != nil {
		v = verdict{s.Result.Completion, s.Result.Success}
	}
	switch s.word() {
	case completed:
		if v.completion == nil {
			v.completion = ptr(true)
		}
	case passed, mastered:
		v.success = ptr(true)
	case failed:
		v.success = ptr(false)
	}
	return v
}

// statement is the statement that is recorded, of the nth event of a session.
func (s *h5pStatement) statement(in *Session, n int64) Statement {
	c := in.around()
	for i, id := range s.Libraries {
		if i == 0 {
			c.Activities.Category = nil
		}
		c.Activities.Category = append(c.Activities.Category, Activity{ObjectType: "Activity", ID: id})
	}
	object := Activity{ObjectType: "Activity", ID: in.Course.ID + s.Part}
	definition := s.Definition
	if s.Part == "" {
		// What it is called is for the course to say.
		definition.Name, definition.Type = in.Course.Definition.Name, in.Course.Definition.Type
		definition.Extensions = nil
	}
	object.Definition = &definition
	for _, part := range s.Parents {
		if part == "" {
			c.Activities.Parent = append(c.Activities.Parent, in.Course)
		} else {
			c.Activities.Parent = append(c.Activities.Parent, Activity{ObjectType: "Activity", ID: in.Course.ID + part})
		}
	}
	return Statement{
		// Not of the attempt: the number alone says which event it is.
		ID:    uuid.NewSHA1(in.ID, []byte("event "+strconv.FormatInt(n, 10))),
		Actor: in.Actor, Verb: s.Verb, Object: object, Result: s.Result, Context: c, Timestamp: stamp(in.At),
	}
}
