package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/statements"
	"lernspur/web/visitor"
)

// Progress answers what learners have reached, as GET /api/v1/progress/ does, and
// decides whose figures somebody may see. path is what stands behind that, its ids
// percent-encoded. Errors: *apiv1.Problem.
type Progress interface {
	Ask(ctx context.Context, v *visitor.Visitor, path string, query url.Values) ([]byte, error)
}

// Names are what people call things that figures know by their ids.
type Names interface {
	// Group is the name of a group, Unit that of a unit; empty for what nobody knows.
	Group(ctx context.Context, tenant, id string) string
	Unit(ctx context.Context, tenant, id string) string
	// Definitions are what statements say of activities (xAPI 1.0.3 Part 2, 2.4.4.1),
	// JSON by id; it lacks those of which they say nothing.
	Definitions(ctx context.Context, tenant string, activities []string) (map[string][]byte, error)
}

// row is one object of an answer, its values not read yet.
type row map[string]json.RawMessage

// number is a value; false where there is none, or it is suppressed.
func (r row) number(name string) (float64, bool) {
	var v *float64
	if json.Unmarshal(r[name], &v) != nil || v == nil {
		return 0, false
	}
	return *v, true
}

// text is a value, empty where there is none.
func (r row) text(name string) string {
	var v string
	_ = json.Unmarshal(r[name], &v) // then it is no text
	return v
}

func (r row) texts(name string) []string {
	var v []string
	_ = json.Unmarshal(r[name], &v)
	return v
}

// verdict is a value that is yes, no, or none.
func (r row) verdict(name string) *bool {
	var v *bool
	_ = json.Unmarshal(r[name], &v)
	return v
}

// rows are objects below a name.
func (r row) rows(name string) []row {
	var v []row
	_ = json.Unmarshal(r[name], &v)
	return v
}

// row is the object below a name.
func (r row) row(name string) row {
	var v row
	_ = json.Unmarshal(r[name], &v)
	return v
}

// hidden tells whether a value is left out because it is about too few people.
func (r row) hidden(name string) bool {
	for _, one := range r.texts("suppressed") {
		if one == name {
			return true
		}
	}
	return false
}

// after is where the page behind this one begins, empty for none.
func (r row) after() string {
	u, err := url.Parse(r.text("more"))
	if err != nil {
		return ""
	}
	return u.Query().Get("after")
}

// queryOf are parameters of pairs of name and value; empty ones are none.
func queryOf(pairs []string) url.Values {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return query
}

// ask asks for figures in the name of the visitor. Empty parameters are none.
func (q *request) ask(path string, pairs ...string) (row, error) {
	text, err := q.site.deps.Progress.Ask(q.r.Context(), q.who, path, queryOf(pairs))
	if err != nil {
		return nil, forPage(err)
	}
	var answer row
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("the figures of %s: %w", path, err)
	}
	return answer, nil
}

// forPage makes a page of what Progress refuses.
func forPage(err error) error {
	var p *apiv1.Problem
	if !errors.As(err, &p) {
		return err
	}
	if p.SwitchedOff != "" {
		return &problem{status: p.Status, key: "switchedoff"}
	}
	keys := map[int]string{http.StatusForbidden: "forbidden", http.StatusNotFound: "nothing", http.StatusBadRequest: "form", http.StatusServiceUnavailable: "busy"}
	if key := keys[p.Status]; key != "" {
		return &problem{status: p.Status, key: key, after: p.RetryAfter}
	}
	return fmt.Errorf("figures: %w", err)
}

// refused tells whether an error says that this is not for the visitor, or not there.
func refused(err error) bool {
	var p *problem
	return errors.As(err, &p) && (p.status == http.StatusForbidden || p.status == http.StatusNotFound)
}

// export is the address at which programs, and people who want a file, get the
// same.
func (q *request) export(path, format string, pairs ...string) string {
	query := queryOf(pairs)
	query.Set("format", format)
	return q.site.prefix + "/api/v1/progress/" + path + "?" + query.Encode()
}

// wholeList is the limit of a file of people: the most that is answered at once.
const wholeList = "10000"

// page is the address of one of our pages with parameters.
func (q *request) page(path string, pairs ...string) string {
	if query := queryOf(pairs); len(query) > 0 {
		path += "?" + query.Encode()
	}
	return q.link(path)
}

// titledCourses bounds how many courses of the catalogue are looked at for titles.
const titledCourses = 2000

// named are the names of activities by id: the titles of courses, and what
// statements call the others. What nobody named has its id.
func (q *request) named(ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	courses, err := q.site.deps.Catalog.Courses(q.r.Context(), q.who.Tenant, "", titledCourses)
	if err != nil {
		return nil, err
	}
	titles := make(map[string]*catalog.Course, len(courses))
	for _, c := range courses {
		titles[c.Activity] = c
	}
	var rest []string
	for _, id := range ids {
		if names[id] = id; titles[id] != nil {
			names[id] = q.words.titleOf(titles[id])
		} else {
			rest = append(rest, id)
		}
	}
	definitions, err := q.site.deps.Names.Definitions(q.r.Context(), q.who.Tenant, rest)
	if err != nil {
		return nil, err
	}
	for id, text := range definitions {
		var d struct{ Name, Description map[string]string }
		if json.Unmarshal(text, &d) != nil {
			continue
		}
		if name := inLanguage(d.Name, q.words.lang); name != "" {
			names[id] = name
		} else if text := inLanguage(d.Description, q.words.lang); text != "" {
			names[id] = text
		}
	}
	return names, nil
}

// inLanguage is a text of a language map (xAPI 1.0.3 Part 2, 4.2) in a language, else in
// German, in English, or in whatever language comes first.
func inLanguage(texts map[string]string, lang string) string {
	for _, wanted := range []string{lang, "de", "en", ""} {
		best := ""
		for tag := range texts {
			if base, _, _ := strings.Cut(strings.ToLower(tag), "-"); (wanted == "" || base == wanted) && (best == "" || tag < best) && strings.TrimSpace(texts[tag]) != "" {
				best = tag
			}
		}
		if best != "" {
			return strings.TrimSpace(texts[best])
		}
	}
	return ""
}

// groupName is what a group is called; its id when nobody knows it.
func (q *request) groupName(id string) string {
	if name := q.site.deps.Names.Group(q.r.Context(), q.who.Tenant, id); name != "" {
		return name
	}
	return id
}

// personName is what a learner is called: a person by name, an identifier by what
// of it says most.
func personName(r row) string {
	if name := r.text("name"); name != "" {
		return name
	}
	return statements.IdentifierText(r.text("id"))
}
