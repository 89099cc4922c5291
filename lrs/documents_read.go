package lrs

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lernspur/documents"
)

// getDocument answers one document, or the ids of many.
func (a *API) getDocument(x *exchange, r *http.Request, target *documentTarget) error {
	if err := x.reading(r.Context(), target.Key); err != nil {
		return err
	}
	if target.many {
		return a.listDocuments(x, r, target)
	}
	d, err := a.opts.Documents.Document(r.Context(), target.Key)
	if err != nil {
		return err
	}
	p := readPreconditions(r.Header)
	if d == nil {
		return notFound("there is no such document")
	}
	if p.match.given && !p.match.fits(d) {
		return p.allow(d)
	}
	if p.noneMatch.given && p.noneMatch.fits(d) {
		h := x.Header()
		h["ETag"] = []string{`"` + d.ETag() + `"`}
		h["Cache-Control"] = noStore
		x.WriteHeader(http.StatusNotModified)
		return nil
	}
	h := x.Header()
	// What clients store must never run as a page of this host.
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox")
	return x.answerContent(r, content{d.ContentType, d.ETag(), d.Version, d.Content})
}

// listDocuments answers ids, those of the oldest changes first.
func (a *API) listDocuments(x *exchange, r *http.Request, target *documentTarget) error {
	if _, err := a.wait(r.Context()); err != nil {
		return err
	}
	ids, last, err := a.opts.Documents.DocumentIDs(r.Context(), target.Shelf, target.Registration, target.since)
	if err != nil {
		return err
	}
	if ids == nil {
		ids = []string{}
	}
	body, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	sum := sha1.Sum(body)
	return x.answerContent(r, content{"application/json", hex.EncodeToString(sum[:]), last, body})
}

// content is a body that is answered with an ETag.
type content struct {
	contentType string
	etag        string
	modified    int64 // in microseconds since 1970; 0: not known
	body        []byte
}

// answerContent sends a body, compressed when the client takes that and it is
// worth it. A compressed answer has another ETag (xAPI 1.0.3 Part 3, 3.1).
func (x *exchange) answerContent(r *http.Request, c content) error {
	h := x.Header()
	h["Content-Type"] = []string{c.contentType}
	h["Cache-Control"] = noStore
	h.Add("Vary", "Accept-Encoding")
	if c.modified > 0 {
		h.Set("Last-Modified", time.UnixMicro(c.modified).UTC().Format(http.TimeFormat))
	}
	body := c.body
	if len(body) >= zipFrom && compressible(c.contentType) && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		z := zipPool.Get().(*zipper)
		defer func() {
			if z.out.Cap() <= keptBuffer {
				zipPool.Put(z)
			}
		}()
		z.out.Reset()
		z.w.Reset(&z.out)
		_, _ = z.w.Write(body) // a bytes.Buffer takes everything
		if err := z.w.Close(); err != nil {
			return err
		}
		body = z.out.Bytes()
		c.etag += gzipSuffix
		h.Set("Content-Encoding", "gzip")
	}
	h["ETag"] = []string{`"` + c.etag + `"`} // the spelling of RFC 9110; Set would make it Etag
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	x.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = x.Write(body) // a client that left is no error of ours
	}
	return nil
}

// compressible tells whether compressing a content of this type is worth
// trying.
func compressible(contentType string) bool {
	if documents.IsJSON(contentType) {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml") ||
		media == "application/xml" || media == "application/javascript")
}
