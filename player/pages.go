package player

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"golang.org/x/text/language"

	"lernspur/catalog"
	"lernspur/content/manifest"
)

//go:embed assets
var files embed.FS

// assetTypes are what may be served of the folder assets, and of the one below it
// also a page: that of the frame for H5P.
var assetTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".woff2": "font/woff2", ".gif": "image/gif", ".html": "text/html; charset=utf-8",
}

// assetVersion changes whenever a file does: addresses with it never do.
var assetVersion = func() string {
	sum := sha256.New()
	err := fs.WalkDir(files, "assets", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		sum.Write(text)
		return err
	})
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}()

func asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind := assetTypes[path.Ext(name)]
	text, err := files.ReadFile("assets/" + name)
	template := path.Ext(name) == ".html" && !strings.Contains(name, "/")
	if kind == "" || template || err != nil || r.PathValue("version") != assetVersion {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(text) // the client is gone
}

var templates = template.Must(template.ParseFS(files, "assets/*.html"))

var matcher = language.NewMatcher([]language.Tag{language.English, language.German})

// wordsFor are the texts for a request's languages.
func wordsFor(r *http.Request) words {
	tags, _, _ := language.ParseAcceptLanguage(cut(r.Header.Get("Accept-Language"), 200))
	_, i, _ := matcher.Match(tags...)
	return [...]words{english, german}[i]
}

// page answers a page with a message.
func (p *Player) page(w http.ResponseWriter, r *http.Request, status int, message string) {
	text := wordsFor(r)
	p.render(w, status, "message.html", struct {
		Words   words
		Message message1
		Asset   string
		To      string
	}{text, text.Messages[message], "/player/" + assetVersion + "/", ""})
}

func (p *Player) render(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		p.opts.Logger.Error("a page of the player: " + err.Error())
		http.Error(w, "something went wrong here", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self' https: http:; base-uri 'none'; form-action 'none'; "+p.frames())
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // the client is gone
}

// launch opens a launch: in the page that plays packages, or where the content
// itself is.
func (p *Player) launch(w http.ResponseWriter, r *http.Request) {
	l, course, err := p.opts.Catalog.Launched(r.Context(), r.PathValue("token"))
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := versionOf(l, course)
	if v == nil {
		p.fail(w, r, catalog.ErrNotFound)
		return
	}
	item := itemOf(v.Manifest, l.Item)
	switch v.Manifest.Kind {
	case manifest.Cmi5, manifest.TinCan:
		if p.opts.Opener == nil || item == nil {
			p.page(w, r, http.StatusNotImplemented, "kind")
			return
		}
		if r.Method == http.MethodHead || r.Header.Get("Sec-Purpose") != "" {
			// Who only looks at a link, or fetches it in advance, opens nothing: it
			// would end the session that is open.
			w.WriteHeader(http.StatusNoContent)
			return
		}
		to, err := p.opts.Opener.URL(r.Context(), l, course, item)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		p.leadOn(w, r, to)
	case manifest.SCORM12, manifest.SCORM2004:
		p.play(w, r, l, course, v.Manifest)
	case manifest.H5P:
		p.playH5P(w, r, play{launch: l, course: course, item: item, kind: v.Manifest.Kind})
	default:
		p.page(w, r, http.StatusNotImplemented, "kind")
	}
}

// leadOn sends the learner to content that speaks xAPI itself. To another server this
// is a page of ours that leads on: it ends what began with a form of the pages, which
// may not lead to strangers, and the stranger is not told from where.
func (p *Player) leadOn(w http.ResponseWriter, r *http.Request, to string) {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Host == r.Host {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	text := wordsFor(r)
	h := w.Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Refresh", "0; url="+u.String())
	p.render(w, http.StatusOK, "message.html", struct {
		Words   words
		Message message1
		Asset   string
		To      string
	}{text, text.Messages["far"], "/player/" + assetVersion + "/", u.String()})
}

// setup is what the run-time page is told, as JSON.
type setup struct {
	Kind manifest.Kind `json:"kind"`
	// Run and Content are where commits go and where files are, with a slash at
	// the end.
	Run     string  `json:"run"`
	Content string  `json:"content"`
	Items   []entry `json:"items"`
	// First is the item that the launch names.
	First string `json:"first"`
	// Tree is the activity tree of SCORM 2004, and Course what was kept of the
	// course.
	Tree      *manifest.ActivityNode `json:"tree,omitempty"`
	Course    json.RawMessage        `json:"course,omitempty"`
	Preview   bool                   `json:"preview"`
	ReturnURL string                 `json:"returnUrl,omitempty"`
	Words     map[string]string      `json:"words"`
}

// entry is an item in the list of contents, each before those below it.
type entry struct {
	ID            string `json:"id"`
	Title         string `json:"title"`
	Level         int    `json:"level"`
	Hidden        bool   `json:"hidden,omitempty"`
	URL           string `json:"url,omitempty"`
	SCO           bool   `json:"sco,omitempty"`
	Prerequisites string `json:"prerequisites,omitempty"`
	// Done is what is known of the item: completed, passed, failed or empty.
	Done string `json:"done,omitempty"`
}

func (p *Player) play(w http.ResponseWriter, r *http.Request, l *catalog.Launch, course *catalog.Course, m *manifest.Package) {
	text := wordsFor(r)
	s := setup{
		Kind: m.Kind, Run: "/run/" + l.Token + "/", Content: "/content/" + l.Token + "/", First: l.Item,
		Tree: m.ActivityTree(), Preview: !recorded(l), ReturnURL: returnURL(l), Words: text.Script,
	}
	kept, _, err := p.opts.Catalog.State(r.Context(), l, courseItem)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	s.Course = kept
	var known standing
	if !l.Preview() {
		reg, err := p.opts.Catalog.Registration(r.Context(), l.Tenant, l.Registration)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		known = readStanding(reg)
	}
	for _, top := range m.Structure {
		below := []*manifest.Item{top}
		if top.Type == manifest.Organization {
			below = top.Children
		}
		s.Items = entries(s.Items, below, 0, known, text.Language)
	}
	title := course.Title.In(text.Language)
	p.render(w, http.StatusOK, "play.html", struct {
		Words words
		Title string
		Setup setup
		Asset string
	}{text, title, s, "/player/" + assetVersion + "/"})
}

func entries(all []entry, items []*manifest.Item, level int, known standing, language string) []entry {
	for _, item := range items {
		e := entry{ID: item.ID, Title: item.Title.In(language), Level: level, Hidden: item.Hidden, SCO: item.SCO, Prerequisites: item.Prerequisites}
		if item.Launch != nil {
			e.URL = item.Launch.URL
		}
		i := known.Items[item.ID]
		switch {
		case is(i.Success, true):
			e.Done = passed
		case is(i.Success, false):
			e.Done = failed
		case is(i.Completed, true):
			e.Done = completed
		}
		all = entries(append(all, e), item.Children, level+1, known, language)
	}
	return all
}

// returnURL is where the learner goes afterwards, if that is an address of the
// web.
func returnURL(l *catalog.Launch) string {
	if strings.HasPrefix(l.ReturnURL, "https://") || strings.HasPrefix(l.ReturnURL, "http://") {
		return l.ReturnURL
	}
	return ""
}
