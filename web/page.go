package web

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"lernspur/content/manifest"
	"lernspur/web/visitor"
)

//go:embed templates
var templateFiles embed.FS

// page is a template with the layout around it, in one language.
type page struct{ *template.Template }

// sharedTemplates are those that every page may use.
var sharedTemplates = []string{"templates/layout.html", "templates/parts.html", "templates/figures.html", "templates/directory.html", "templates/told.html"}

// readPages reads all templates, for each language once: so what they say is
// looked up by short names.
func (s *Site) readPages() map[string]map[string]*page {
	all := map[string]map[string]*page{}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err) // the pattern is right
	}
	for lang, w := range languages {
		all[lang] = map[string]*page{}
		base := template.Must(template.New("layout.html").Funcs(s.functions(w)).ParseFS(templateFiles, sharedTemplates...))
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
			if !slices.Contains(sharedTemplates, file) {
				all[lang][name] = &page{template.Must(template.Must(base.Clone()).ParseFS(templateFiles, file))}
			}
		}
	}
	return all
}

// functions are what templates can call.
func (s *Site) functions(w *words) template.FuncMap {
	at := func(micros int64) time.Time { return time.UnixMicro(micros).In(s.deps.Location) }
	return template.FuncMap{
		"t": w.t, "tn": w.tn, "has": w.has,
		"n": func(v int) string { return w.integer(int64(v)) }, "n64": w.integer, "percent": func(v any) string {
			if p, ok := v.(*float64); ok {
				return w.percent(*p)
			}
			return w.percent(v.(float64))
		}, "size": w.size,
		"text":   func(t manifest.Text) string { return t.In(w.lang, "de", "en") },
		"date":   func(micros int64) string { return w.date(at(micros)) },
		"moment": func(micros int64) string { return w.moment(at(micros)) },
		// clock is the time, with the day unless that is today.
		"clock": func(micros int64) string {
			if t := at(micros); w.date(t) != w.date(s.deps.Now().In(s.deps.Location)) {
				return w.moment(t)
			} else {
				return w.t("format.clock", t.Format("15:04"))
			}
		},
		"when": func(micros int64) when {
			t := at(micros)
			return when{Machine: t.Format(time.RFC3339), Full: w.moment(t), Short: w.ago(t, s.deps.Now())}
		},
		"length":   w.duration,
		"language": w.language,
		"asset":    func(name string) string { return s.prefix + "/assets/" + assetNames[name] },
		"dict":     dict,
		"list":     func(v ...any) []any { return v },
	}
}

// when is a time as it is shown: how long ago, and the whole of it for whoever
// wants to know.
type when struct{ Machine, Full, Short string }

// duration is one of ISO 8601 in words, as it stands when nobody knows its length.
func (w *words) duration(iso string) string {
	if minutes, ok := minutesOf(iso); ok {
		return w.length(minutes)
	}
	return iso
}

// language is what a language is called; its tag when nobody knows.
func (w *words) language(tag string) string {
	if key := "language." + tag; w.has(key) {
		return w.t(key)
	}
	return tag
}

// dict makes what a template hands to another.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict needs pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("%v is no name", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// view is what the layout shows, and in Body what the page itself does.
type view struct {
	Title string
	// Answer is the one line at the top that answers the page's question.
	Answer string
	Crumbs []crumb
	// Tabs are the pages that belong together with this one.
	Tabs   []crumb
	Script bool // the page has the script of uploads
	// Tenant is whose page it is where nobody has signed in.
	Tenant string
	Live   bool // the page has the script of what comes in
	// Errors are what is wrong with a form, by field.
	Errors []fieldError
	// Wrongs is what is wrong with all of it.
	Wrongs string
	Body   any

	// The rest is filled in.
	Lang, Other, OtherName, OtherLink string
	Back                              string // the page's own path, for the form that chooses a language
	Nav                               []crumb
	Who                               *visitor.Visitor
	Done                              string
	SignIn, SignOut, PasswordLink     string
	Home, Language                    string
	MadeUp                            bool // all that is shown, which is said
	q                                 *request
}

// crumb is a link, to a page that the current one is below of, or that one can go to.
type crumb struct {
	Name, Link string
	Current    bool
}

// fieldError is what is wrong with a field of a form.
type fieldError struct{ Field, Text string }

// Link is the address of one of our pages.
func (v *view) Link(parts ...string) string { return v.q.link(strings.Join(parts, "")) }

// Asked is the language that the address names, for forms that lead to another one.
func (v *view) Asked() string { return v.q.asked }

// Guard is the word that forms have to carry.
func (v *view) Guard() string {
	if v.Who == nil {
		return ""
	}
	return v.Who.Guard
}

// Wrong is what is wrong with a field; empty when it is right.
func (v *view) Wrong(field string) string {
	for _, e := range v.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// menu is where a visitor can go, by role.
var menu = []struct {
	key, path string
	roles     []visitor.Role
}{
	{"menu.my", "/my", learners},
	{"menu.progress", "/progress", watchers},
	{"menu.courses", "/courses", managers},
	{"menu.packages", "/packages", managers},
	{"menu.attendance", "/attendance", trainers},
	{"menu.reports", "/reports", reporting},
	{"menu.statements", "/statements", statementReaders},
	{"menu.directory", "/directory", protectors},
	{"menu.accounts", "/accounts", protectors},
	{"menu.keys", "/keys", operators},
	{"menu.forwarding", "/settings/forwarding", operators},
	{"menu.webhooks", "/settings/webhooks", operators},
	{"menu.digest", "/settings/digest", onlyTrainers},
	{"menu.settings", "/settings", overseers},
}

func (q *request) menu() []crumb {
	var list []crumb
	for _, m := range menu {
		if q.who.Has(m.roles...) {
			list = append(list, crumb{q.words.t(m.key), q.link(m.path), q.r.URL.Path == m.path})
		}
	}
	return list
}

// otherLink is the address of the same page in another language; its path alone for
// no language.
func (q *request) otherLink(lang string) string {
	values := q.r.URL.Query()
	values.Del(doneParameter)
	values.Del(languageParameter)
	path := q.r.URL.EscapedPath()
	if lang != "" {
		values.Set(languageParameter, lang)
		path = q.site.prefix + path
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// tenant is whose page is shown: that of who signed in, else the one that the page
// or its address names.
func (q *request) tenant(v *view) string {
	if q.who != nil {
		return q.who.Tenant
	}
	return cmp.Or(v.Tenant, q.r.URL.Query().Get(tenantParameter))
}

// tenantParameter names a tenant in the addresses of pages around signing in.
const tenantParameter = "tenant"

// doneParameter names, in an address, what was just done.
const doneParameter = "done"

// show answers with a page.
func (q *request) show(status int, name string, v *view) error {
	w := q.words
	v.q, v.Lang, v.Who, v.Nav = q, w.lang, q.who, q.menu()
	v.Home, v.SignIn, v.SignOut = q.link("/"), q.link(SignInPath), q.link(SignOutPath)
	v.PasswordLink, v.Language = q.link(PasswordPath), q.site.prefix+"/language"
	v.MadeUp = q.site.deps.MadeUp(q.tenant(v))
	v.Other, v.OtherName = "en", "English"
	if w.lang == "en" {
		v.Other, v.OtherName = "de", "Deutsch"
	}
	if q.r.Method == http.MethodGet {
		v.Back = q.otherLink("")
	}
	if v.OtherLink == "" {
		v.OtherLink = q.otherLink(v.Other)
	}
	if key := "done." + q.r.URL.Query().Get(doneParameter); w.has(key) && status == http.StatusOK {
		v.Done = w.t(key)
	}
	var b bytes.Buffer
	// Nothing is sent of a page that cannot be made whole.
	if err := q.site.pages[w.lang][name].ExecuteTemplate(&b, "layout.html", v); err != nil {
		return fmt.Errorf("the page %s: %w", name, err)
	}
	q.send(status, &b)
	return nil
}
