package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"lernspur/content/manifest"
	"lernspur/statements"
)

// The kinds of courses; empty is none of them.
const (
	Induction       = "induction"
	FurtherTraining = "further-training"
)

// Edit is what people say about a course; nil leaves a field as it is.
type Edit struct {
	Title, Description       *manifest.Text
	Kind, Duration, Provider *string
	Competences              *[]string
	Certified                *bool
	Grading                  *Grading
}

// Limits of what people say, in bytes for each text, and in number.
const (
	maxTitle       = 1000
	maxDescription = 20_000
	maxName        = 500
	maxLanguages   = 50
	maxCompetences = 100
)

// check refuses what cannot be, and trims what can.
func (e *Edit) check() error {
	if err := checkText("title", e.Title, maxTitle); err != nil {
		return err
	}
	if err := checkText("description", e.Description, maxDescription); err != nil {
		return err
	}
	if e.Kind != nil && *e.Kind != "" && *e.Kind != Induction && *e.Kind != FurtherTraining {
		return &Invalid{"kind", fmt.Sprintf("there is no kind %q; there are %s and %s, or an empty text for none", *e.Kind, Induction, FurtherTraining)}
	}
	if e.Duration != nil && *e.Duration != "" && !statements.IsDuration(*e.Duration) {
		return &Invalid{"duration", "this is not a duration of ISO 8601, such as PT1H30M"}
	}
	if e.Grading != nil && !e.Grading.known() {
		return &Invalid{"grading", fmt.Sprintf("there is no grading %q; there are %s, %s, %s and %s", *e.Grading, GradeBest, GradeFirst, GradeLast, GradeAverage)}
	}
	if e.Provider != nil {
		if err := checkLine("provider", *e.Provider, maxName, true); err != nil {
			return err
		}
	}
	if e.Competences == nil {
		return nil
	}
	if len(*e.Competences) > maxCompetences {
		return &Invalid{"competences", fmt.Sprintf("these are more than %d", maxCompetences)}
	}
	for i, c := range *e.Competences {
		if err := checkLine("competences", c, maxName, false); err != nil {
			return err
		}
		if slices.Contains((*e.Competences)[:i], c) {
			return &Invalid{"competences", fmt.Sprintf("%q stands there twice", c)}
		}
	}
	return nil
}

// shortened is a text of a manifest within the limits of what people may say.
func shortened(text manifest.Text, most int) manifest.Text {
	var t manifest.Text
	for _, p := range text {
		if len(t) == maxLanguages {
			break
		}
		if len(p.Value) > most {
			p.Value = strings.ToValidUTF8(p.Value[:most], "") // a letter may be cut
		}
		t = append(t, p)
	}
	return t
}

func checkText(field string, text *manifest.Text, most int) error {
	if text == nil {
		return nil
	}
	if len(*text) > maxLanguages {
		return &Invalid{field, fmt.Sprintf("this is in more than %d languages", maxLanguages)}
	}
	for i, p := range *text {
		if p.Language != "" && !statements.IsLanguageTag(p.Language) {
			return &Invalid{field, fmt.Sprintf("%q is not a language tag, such as de or en-GB", p.Language)}
		}
		if slices.ContainsFunc((*text)[:i], func(o manifest.Phrase) bool { return strings.EqualFold(o.Language, p.Language) }) {
			return &Invalid{field, fmt.Sprintf("the language %q stands there twice", p.Language)}
		}
		if len(p.Value) > most {
			return &Invalid{field, fmt.Sprintf("this is longer than %d bytes", most)}
		}
		if strings.TrimSpace(p.Value) == "" || !utf8.ValidString(p.Value) {
			return &Invalid{field, "a text is empty, or not UTF-8"}
		}
	}
	return nil
}

func checkLine(field, text string, most int, empty bool) error {
	switch {
	case len(text) > most:
		return &Invalid{field, fmt.Sprintf("this is longer than %d bytes", most)}
	case !empty && strings.TrimSpace(text) == "":
		return &Invalid{field, "a text is empty"}
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return &Invalid{field, "a text contains control characters, or is not UTF-8"}
	}
	return nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (e *Edit) apply(c *Course) {
	set(&c.Title, e.Title)
	set(&c.Description, e.Description)
	set(&c.Kind, e.Kind)
	set(&c.Duration, e.Duration)
	set(&c.Provider, e.Provider)
	set(&c.Competences, e.Competences)
	set(&c.Certified, e.Certified)
	set(&c.Grading, e.Grading)
}

// Edit changes what people say about a course. Errors: ErrNotFound, *Invalid,
// *Busy.
func (s *Service) Edit(ctx context.Context, tenant, id string, e Edit) (*Course, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	return s.changeCourse(ctx, tenant, id, func(c *Course) error {
		e.apply(c)
		return nil
	})
}

// ActivityOptions name a course that has no package.
type ActivityOptions struct {
	// Activity is the id of its Activity, or with Prefix how the ids of all its
	// Activities begin.
	Activity string
	Prefix   bool
	Edit
}

// maxIRI bounds the id of an Activity, in bytes.
const maxIRI = 2048

// RegisterActivity makes a course of an Activity that never had a package. Errors:
// *Invalid, *Conflict (another course has the Activity), *Busy.
func (s *Service) RegisterActivity(ctx context.Context, tenant string, o ActivityOptions) (*Course, error) {
	switch {
	case len(o.Activity) > maxIRI:
		return nil, &Invalid{"activity", fmt.Sprintf("this is longer than %d bytes", maxIRI)}
	case !statements.IsIRI(o.Activity):
		return nil, &Invalid{"activity", "this is not an IRI with its scheme, such as https://example.org/courses/1"}
	case o.Title == nil || len(*o.Title) == 0:
		return nil, &Invalid{"title", "a title is needed"}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	now := s.now()
	c := &Course{Tenant: tenant, Activity: o.Activity, Prefix: o.Prefix, Created: now, Changed: now}
	o.apply(c)
	select { // one at a time, so that no two courses get one Activity
	case s.registering <- struct{}{}:
		defer func() { <-s.registering }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	same, err := s.somecourses(ctx, tenant, "", 1, func(c *Course) bool { return !c.Deleted && c.Activity == o.Activity })
	if err != nil {
		return nil, err
	}
	if len(same) > 0 {
		return nil, &Conflict{"the course " + same[0].ID + " has this Activity already"}
	}
	return s.newCourse(ctx, c, c.Title.In("en", "de"))
}
