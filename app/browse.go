package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"lernspur/browse"
	"lernspur/catalog"
	"lernspur/directory"
	"lernspur/evaluation"
	"lernspur/statements"
	"lernspur/store"
)

// newBrowse assembles what pages show of statements. evaluated tells what is switched
// on.
func (a *App) newBrowse(evaluated func(context.Context, string) (browse.Evaluated, error)) *browse.Service {
	return browse.New(browse.Options{Reader: browseReader{a.store}, Marks: browseMarks{a}, People: browsePeople{a.people}, Evaluated: evaluated})
}

// evaluatedForBrowsing is what a tenant has switched on, for package browse: statements
// tell what somebody did when, to the minute.
func (a *App) evaluatedForBrowsing(ctx context.Context, tenant string) (browse.Evaluated, error) {
	on, err := a.evaluation.Of(ctx, tenant)
	return browse.Evaluated{Timelines: on.Missing(evaluation.Moments...) == "", Answers: on.Answers}, evaluationForPages(err)
}

// browseReader is the store as package browse sees it, with errors that pages know.
type browseReader struct{ store *store.Store }

// Find implements browse.Reader.
func (r browseReader) Find(ctx context.Context, tenant string, q statements.Query) (statements.Page, error) {
	page, err := r.store.Find(ctx, tenant, q)
	return page, forBrowsing(err)
}

// Several implements browse.Reader.
func (r browseReader) Several(ctx context.Context, tenant string, ids []uuid.UUID, upto int64) ([]statements.Found, map[uuid.UUID]bool, error) {
	found, voided, err := r.store.Several(ctx, tenant, ids, upto)
	return found, voided, forBrowsing(err)
}

// RecentVerbs implements browse.Reader.
func (r browseReader) RecentVerbs(ctx context.Context, tenant string, upto int64) ([]string, error) {
	verbs, err := r.store.RecentVerbs(ctx, tenant, upto)
	return verbs, forBrowsing(err)
}

// forBrowsing gives an error the type that pages know.
func forBrowsing(err error) error {
	if errors.Is(err, store.ErrEntangled) {
		return fmt.Errorf("%w: %w", &catalog.Busy{Reason: store.ErrEntangled.Error()}, err)
	}
	return toCatalog(err)
}

// browseWait bounds how long a page waits for what was acknowledged before it.
const browseWait = 10 * time.Second

// browseMarks are the watermarks as package browse sees them.
type browseMarks struct{ app *App }

// Wait implements browse.Marks.
func (m browseMarks) Wait(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, browseWait)
	defer cancel()
	watermark, err := m.app.committer.Wait(ctx)
	return watermark, toCatalog(err)
}

// Watermark implements browse.Marks.
func (m browseMarks) Watermark() int64 { return m.app.committer.Watermark() }

// browsePeople are the persons of the directory as package browse sees them.
type browsePeople struct{ people *directory.Directory }

func browsed(p *directory.Person) browse.Person {
	name := p.Name
	if names := p.Names(); name == "" && len(names) > 0 {
		name = names[0]
	}
	return browse.Person{ID: p.ID, Name: name, Identifiers: p.AllIdentifiers()}
}

// Members implements browse.People.
func (b browsePeople) Members(ctx context.Context, tenant string, groups []string) []browse.Person {
	var list []browse.Person
	for _, p := range b.people.MembersToday(ctx, tenant, groups) {
		list = append(list, browsed(p))
	}
	return list
}

// Person implements browse.People.
func (b browsePeople) Person(ctx context.Context, tenant, id string) (browse.Person, bool) {
	p, ok := b.people.Person(ctx, tenant, id)
	if !ok {
		return browse.Person{}, false
	}
	return browsed(p), true
}

// Owner implements browse.People.
func (b browsePeople) Owner(ctx context.Context, tenant, identifier string) (browse.Person, bool) {
	p, ok := b.people.PersonOf(ctx, tenant, identifier)
	if !ok {
		return browse.Person{}, false
	}
	return browsed(p), true
}

// Search implements browse.People.
func (b browsePeople) Search(ctx context.Context, tenant, text string, n int) []browse.Person {
	var list []browse.Person
	for _, p := range b.people.People(ctx, tenant, directory.PeopleFilter{Query: text}, directory.ListPlace{}, n) {
		list = append(list, browsed(p))
	}
	return list
}
