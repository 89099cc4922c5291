package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"lernspur/web/visitor"
)

// request is somebody who asks for a page.
type request struct {
	w     http.ResponseWriter
	r     *http.Request
	site  *Site
	who   *visitor.Visitor // nil for nobody
	words *words
	// asked is the language that the address names; it goes into all addresses of
	// the page, since no cookie remembers it.
	asked string
}

func (s *Site) newRequest(w http.ResponseWriter, r *http.Request) *request {
	q := &request{w: w, r: r, site: s, who: visitor.From(r.Context())}
	q.words, q.asked = wordsFor(r, q.who)
	return q
}

// languageParameter names a page's language in its address.
const languageParameter = "lang"

// preferred are the languages that there are; the first is for whoever asks for
// none of them.
var preferred = language.NewMatcher([]language.Tag{language.German, language.English})

// wordsFor are the texts in the language that the address names, else that of the
// account, else what the browser asks for, else German.
func wordsFor(r *http.Request, who *visitor.Visitor) (w *words, asked string) {
	if w = languages[r.URL.Query().Get(languageParameter)]; w != nil {
		return w, w.lang
	}
	if who != nil && languages[who.Language] != nil {
		return languages[who.Language], ""
	}
	header := r.Header.Get("Accept-Language")
	tags, _, _ := language.ParseAcceptLanguage(header[:min(len(header), 200)]) // without any, German
	_, i, _ := preferred.Match(tags...)
	return languages[[...]string{"de", "en"}[i]], ""
}

// link is the address of one of our pages, in the language that was asked for.
func (q *request) link(path string) string {
	return q.site.prefix + withLanguage(path, q.asked)
}

func withLanguage(path, lang string) string {
	if lang == "" {
		return path
	}
	path, fragment, _ := strings.Cut(path, "#")
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	path += separator + languageParameter + "=" + lang
	if fragment != "" {
		path += "#" + fragment
	}
	return path
}

// to answers with another page, which the browser asks for then.
func (q *request) to(path string) {
	q.w.Header().Set("Cache-Control", "no-store")
	q.w.Header().Set("Location", q.link(path))
	q.w.WriteHeader(http.StatusSeeOther)
}

// away leads out of our pages.
func (q *request) away(address string) {
	q.w.Header().Set("Cache-Control", "no-store")
	q.w.Header().Set("Location", address)
	q.w.WriteHeader(http.StatusSeeOther)
}

// maxForm bounds what a form sends, in bytes, files aside.
const maxForm = 256 << 10

// form reads the fields of a form.
func (q *request) form() (url.Values, error) {
	q.r.Body = http.MaxBytesReader(q.w, q.r.Body, maxForm)
	if err := q.r.ParseForm(); err != nil {
		return nil, &problem{status: http.StatusBadRequest, key: "form"}
	}
	return q.r.PostForm, nil
}

// send answers with HTML, packed where that is understood. Pages are made for one
// visitor at one time: nobody keeps them.
func (q *request) send(status int, html *bytes.Buffer) {
	h := q.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", q.words.lang)
	h.Add("Vary", "Accept-Encoding, Accept-Language")
	if takesGzip(q.r) && html.Len() > 1000 {
		var packed bytes.Buffer
		z, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed) // the level is one
		_, _ = z.Write(html.Bytes())                         // a buffer takes everything
		_ = z.Close()
		h.Set("Content-Encoding", "gzip")
		html = &packed
	}
	h.Set("Content-Length", strconv.Itoa(html.Len()))
	q.w.WriteHeader(status)
	if q.r.Method != http.MethodHead {
		_, _ = html.WriteTo(q.w) // the client is gone
	}
}

func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" {
			return strings.Trim(strings.TrimPrefix(strings.TrimSpace(quality), "q="), "0.") != "" || quality == ""
		}
	}
	return false
}

// pathOf is the path of an address, without a slash at its end.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.EscapedPath(), "/")
}
