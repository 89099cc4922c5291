package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"lernspur/bench/town"
)

// Options say what is filled, and with what.
type Options struct {
	Base        string // address of the server, without a slash at its end
	Key, Secret string // of an API key with the scope all, in the tenant that is filled
	Town        *town.Town
	// Report is told how far it is, in one goroutine at a time; it may be nil.
	Report func(what string, done, total int)
}

type loader struct {
	Options
	client
}

func (l *loader) report(what string, done, total int) {
	if l.Report != nil {
		l.Report(what, done, total)
	}
}

// Load fills a tenant. It answers when all of it is in the figures.
func Load(ctx context.Context, o Options) error {
	l := &loader{Options: o, client: client{base: o.Base, key: o.Key, secret: o.Secret}}
	for _, step := range []func(context.Context) error{l.directory, l.evaluation, l.courses, l.accounts, l.registrations, l.statements, l.figures} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// directory imports who there is, as the lists that a personnel office has.
func (l *loader) directory(ctx context.Context) error {
	lists := []struct{ kind, text string }{
		{"units", l.Town.UnitsCSV()}, {"people", l.Town.PeopleCSV()}, {"groups", l.Town.GroupsCSV()}, {"headcounts", l.Town.HeadcountsCSV()},
	}
	for i, list := range lists {
		l.report("directory", i, len(lists))
		ask := url.Values{"kind": {list.kind}, "file": {list.kind + ".csv"}}
		if err := l.ask(ctx, "POST", "/api/v1/imports?"+ask.Encode(), "text/csv", []byte(list.text), nil); err != nil {
			return err
		}
	}
	l.report("directory", len(lists), len(lists))
	return nil
}

// evaluation switches everything on that is evaluated about single people, so that
// there is something to be seen. A server without such switches has nothing to set.
func (l *loader) evaluation(ctx context.Context) error {
	const ground = "Erfundene Dienstvereinbarung, nur für die Vorführung"
	switches := map[string]any{}
	for _, name := range []string{"at-risk", "idle-days", "hours", "timelines", "answers"} {
		switches[name] = map[string]any{"on": true, "ground": ground}
	}
	body, err := json.Marshal(map[string]any{"ground": ground, "switches": switches})
	if err != nil {
		return err
	}
	err = l.ask(ctx, "PATCH", "/api/v1/evaluation", "application/json", body, nil)
	if r := (*refusal)(nil); errors.As(err, &r) && r.status == http.StatusNotFound {
		return nil
	}
	return err
}

// courses registers the Activities of all courses, and of the checks and the survey.
func (l *loader) courses(ctx context.Context) error {
	list := town.Courses()
	for i := range list {
		l.report("courses", i, len(list))
		c := &list[i]
		body := map[string]any{"activity": c.ID(), "title": map[string]string{"de": c.Name}, "kind": c.Kind, "duration": "PT" + strconv.Itoa(c.Minutes) + "M",
			"provider": "Fortbildung Musterstadt (erfunden)"}
		if err := l.put(ctx, "/api/v1/courses", body, nil); err != nil {
			return err
		}
	}
	for id, name := range map[string]string{town.CheckBefore: "Kompetenz-Check Digitales (vorher)", town.CheckAfter: "Kompetenz-Check Digitales (nachher)"} {
		if err := l.put(ctx, "/api/v1/courses", map[string]any{"activity": id, "title": map[string]string{"de": name}}, nil); err != nil {
			return err
		}
	}
	l.report("courses", len(list), len(list))
	return nil
}

// registrations are what the learner among the accounts finds on her page.
func (l *loader) registrations(ctx context.Context) error {
	who := l.Town.Groups[0].Members[0]
	p, err := l.person(ctx, who)
	if err != nil {
		return err
	}
	for _, slug := range []string{"ankommen", "datenschutz", "ki"} {
		var page struct{ Items []struct{ ID string } }
		if err := l.ask(ctx, "GET", "/api/v1/courses?"+url.Values{"activity": {town.Base + "/kurse/" + slug}}.Encode(), "", nil, &page); err != nil {
			return err
		}
		if len(page.Items) != 1 {
			return errors.New("there is no course " + slug)
		}
		learner := map[string]any{"actor": map[string]any{"account": map[string]string{"homePage": town.HomePage, "name": who}}, "name": p.Name}
		if err := l.put(ctx, "/api/v1/registrations", map[string]any{"course": page.Items[0].ID, "learner": learner}, nil); err != nil {
			return err
		}
	}
	return nil
}

// Sizes of what is posted: statements in a request, and requests at one time.
const (
	perRequest = 500
	senders    = 3
)

// statements posts all of them. Those that arrive twice do so in two requests.
func (l *loader) statements(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	type batch struct {
		body []byte
		n    int
	}
	batches := make(chan batch)
	var mu sync.Mutex
	done, total := 0, l.Town.Len()
	var posting sync.WaitGroup
	for range senders {
		posting.Go(func() {
			for b := range batches {
				if err := l.ask(ctx, "POST", "/xapi/statements", "application/json", b.body, nil); err != nil {
					stop(err)
				}
				mu.Lock()
				done += b.n
				l.report("statements", done, total)
				mu.Unlock()
			}
		})
	}
	var body bytes.Buffer
	ids := make(map[string]bool, perRequest)
	send := func() {
		if len(ids) > 0 {
			select {
			case batches <- batch{append(bytes.Clone(body.Bytes()), ']'), len(ids)}:
			case <-ctx.Done():
			}
		}
		body.Reset()
		clear(ids)
	}
	for s := range l.Town.Statements() {
		if ids[s.ID] || len(ids) == perRequest {
			send()
		}
		if ctx.Err() != nil {
			break
		}
		body.WriteByte("[,"[min(len(ids), 1)])
		body.Write(s.Raw)
		ids[s.ID] = true
	}
	send()
	close(batches)
	posting.Wait()
	return context.Cause(ctx)
}

// figures waits until all that was posted is counted; a server that is not so far yet has
// no time.
func (l *loader) figures(ctx context.Context) error {
	l.report("figures", 0, 1)
	if err := l.ask(ctx, "GET", "/api/v1/progress/summary?wait=true", "", nil, nil); err != nil {
		return fmt.Errorf("the figures do not come: %w", err)
	}
	l.report("figures", 1, 1)
	return nil
}
