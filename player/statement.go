package player

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"lernspur/content/manifest"
)

// Statement is a statement that we make, ready for JSON.
type Statement struct {
	ID        uuid.UUID       `json:"id"`
	Actor     json.RawMessage `json:"actor"`
	Verb      Verb            `json:"verb"`
	Object    Activity        `json:"object"`
	Result    *Result         `json:"result,omitempty"`
	Context   Context         `json:"context"`
	Timestamp string          `json:"timestamp"`
}

// Verb is the verb of a Statement.
type Verb struct {
	ID      string            `json:"id"`
	Display map[string]string `json:"display"`
}

// Activity is an Activity of a Statement.
type Activity struct {
	ObjectType string      `json:"objectType"`
	ID         string      `json:"id"`
	Definition *Definition `json:"definition,omitempty"`
}

// Definition is what a Statement says about its Activity.
type Definition struct {
	Name                    map[string]string `json:"name,omitempty"`
	Description             map[string]string `json:"description,omitempty"`
	Type                    string            `json:"type,omitempty"`
	InteractionType         string            `json:"interactionType,omitempty"`
	CorrectResponsesPattern []string          `json:"correctResponsesPattern,omitempty"`
	// Which of these there are, the interactionType says.
	Choices []Component `json:"choices,omitempty"`
	Scale   []Component `json:"scale,omitempty"`
	Source  []Component `json:"source,omitempty"`
	Target  []Component `json:"target,omitempty"`
	Steps   []Component `json:"steps,omitempty"`

	Extensions map[string]json.RawMessage `json:"extensions,omitempty"`
}

// Component is a part of an interaction, such as a choice.
type Component struct {
	ID          string            `json:"id"`
	Description map[string]string `json:"description,omitempty"`
}

// Result is the result of a Statement.
type Result struct {
	Score      *Score `json:"score,omitempty"`
	Success    *bool  `json:"success,omitempty"`
	Completion *bool  `json:"completion,omitempty"`
	Response   string `json:"response,omitempty"`
	Duration   string `json:"duration,omitempty"`

	Extensions map[string]json.RawMessage `json:"extensions,omitempty"`
}

// empty tells that a result says nothing.
func (r *Result) empty() bool {
	return r == nil || r.Score == nil && r.Success == nil && r.Completion == nil && r.Response == "" && r.Duration == "" && len(r.Extensions) == 0
}

// Score is the score of a Result. Numbers stay as content wrote them.
type Score struct {
	Scaled json.Number `json:"scaled,omitempty"`
	Raw    json.Number `json:"raw,omitempty"`
	Min    json.Number `json:"min,omitempty"`
	Max    json.Number `json:"max,omitempty"`
}

// Context is the context of a Statement.
type Context struct {
	Registration uuid.UUID         `json:"registration"`
	Platform     string            `json:"platform,omitempty"`
	Activities   ContextActivities `json:"contextActivities"`
}

// ContextActivities are the Activities around the object of a Statement.
type ContextActivities struct {
	Parent   []Activity `json:"parent,omitempty"`
	Grouping []Activity `json:"grouping,omitempty"`
	Category []Activity `json:"category"`
}

func activity(id, kind string, name manifest.Text) Activity {
	return Activity{ObjectType: "Activity", ID: id, Definition: &Definition{Type: kind, Name: name.LanguageMap()}}
}

func verb(name string) Verb {
	return Verb{ID: verbs + name, Display: map[string]string{"en": name}}
}

// stamp is an instant as a Statement's timestamp.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
