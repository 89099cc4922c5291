package digest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	htmltemplate "html/template"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"net/url"
	"strings"
	texttemplate "text/template"
	"time"
)

// maxLines is how many lines of each list a digest has for each group.
const maxLines = 25

// section is a group in a digest.
type section struct {
	Group
	Figures
	Link string
}

// content is a digest before it is put into words.
type content struct {
	Words       map[string]string
	Language    string
	Name        string
	From, To    string // days
	Sections    []section
	Unsubscribe string
	Settings    string
}

func (c *content) empty() bool {
	for _, s := range c.Sections {
		if s.CompletedCount+s.StartedCount+s.SupportCount > 0 {
			return false
		}
	}
	return true
}

// content asks for what there is to tell.
func (s *Service) content(ctx context.Context, tenant string, w week, to Recipient) (*content, error) {
	language := to.Language
	if wordsOf[language] == nil {
		language = "de"
	}
	base := s.opts.Base()
	c := &content{Words: wordsOf[language], Language: language, Name: to.Name, From: day(language, w.from), To: day(language, w.to.AddDate(0, 0, -1)),
		Unsubscribe: s.unsubscribe(tenant, to.Account), Settings: base + "/settings/digest"}
	for _, g := range to.Groups {
		f, err := s.opts.Source.Figures(ctx, tenant, g.ID, language, w.from, w.to, maxLines)
		if err != nil {
			return nil, err
		}
		c.Sections = append(c.Sections, section{g, f, base + "/progress/group?group=" + url.QueryEscape(g.ID)})
	}
	return c, nil
}

// unsubscribe is the address with which a trainer ends her digests.
func (s *Service) unsubscribe(tenant, account string) string {
	return s.opts.Base() + "/digest/unsubscribe?" + url.Values{"tenant": {tenant}, "account": {account}, "token": {s.Token(tenant, account)}}.Encode()
}

func day(language string, t time.Time) string {
	if language == "en" {
		return t.Format("2 January 2006")
	}
	return t.Format("02.01.2006")
}

// compose puts a digest into words: a mail with text and HTML (RFC 5322, 2046), which
// says that a program sent it (RFC 3834) and how to end that (RFC 2369, 8058). The
// id is the same whenever it is composed.
func (s *Service) compose(tenant string, w week, to Recipient, c *content) ([]byte, error) {
	address, err := mail.ParseAddress(to.Address)
	if err != nil {
		return nil, fmt.Errorf("the mail address of %s: %w", to.Account, err)
	}
	recipient := mail.Address{Name: to.Name, Address: address.Address}
	sum := sha256.Sum256([]byte(tenant + "\x00" + to.Account + "\x00" + w.name))
	_, domain, _ := strings.Cut(s.opts.From.Address, "@")
	var b bytes.Buffer
	parts := multipart.NewWriter(&b)
	if err := parts.SetBoundary("digest-" + hex.EncodeToString(sum[16:])); err != nil {
		return nil, err
	}
	for _, h := range [][2]string{
		{"From", s.opts.From.String()}, {"To", recipient.String()},
		{"Subject", mime.QEncoding.Encode("utf-8", fmt.Sprintf(c.Words["subject"], c.From, c.To))},
		{"Date", s.opts.Now().In(s.opts.Zone(tenant)).Format(time.RFC1123Z)},
		{"Message-ID", "<digest." + hex.EncodeToString(sum[:16]) + "@" + domain + ">"},
		{"MIME-Version", "1.0"}, {"Auto-Submitted", "auto-generated"}, {"Content-Language", c.Language},
		{"List-Unsubscribe", "<" + c.Unsubscribe + ">"}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
		{"Content-Type", "multipart/alternative; boundary=" + parts.Boundary()},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	var text, html bytes.Buffer
	if err := textForm.Execute(&text, c); err != nil {
		return nil, err
	}
	if err := htmlForm.Execute(&html, c); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		kind string
		body []byte
	}{{"text/plain", text.Bytes()}, {"text/html", html.Bytes()}} {
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {p.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return nil, err
		}
		q := quotedprintable.NewWriter(w)
		_, _ = q.Write(p.body) // a buffer takes everything
		_ = q.Close()
	}
	err = parts.Close()
	return b.Bytes(), err
}

// wordsOf are the texts by language.
var wordsOf = map[string]map[string]string{
	"de": {
		"subject": "Ihre Gruppen: %s bis %s", "hello": "Guten Tag", "intro": "das ist in Ihren Gruppen geschehen, vom %s bis zum %s.",
		"completed": "Abgeschlossen", "started": "Begonnen", "support": "Braucht Unterstützung", "none": "niemand", "more": "und %d weitere",
		"idle": "länger nicht aktiv", "failed": "zweimal nicht bestanden", "open": "Gruppe öffnen",
		"why":  "Sie erhalten diese Nachricht einmal in der Woche, weil Sie Gruppen betreuen. Sie wird automatisch erstellt; bitte antworten Sie nicht darauf.",
		"stop": "Keine Wochenübersicht mehr senden", "settings": "Einstellung im Konto",
	},
	"en": {
		"subject": "Your groups: %s to %s", "hello": "Hello", "intro": "this is what happened in your groups, from %s to %s.",
		"completed": "Completed", "started": "Started", "support": "Needs support", "none": "nobody", "more": "and %d more",
		"idle": "not active for a while", "failed": "failed twice", "open": "Open the group",
		"why":  "You get this message once a week because you are the trainer of groups. A program wrote it; please do not answer.",
		"stop": "Send no weekly digest any more", "settings": "Setting in your account",
	},
}

// left is how many of a list are not shown.
func left(count int, list []Line) int { return count - len(list) }

var forms = map[string]any{"left": left, "printf": fmt.Sprintf}

var textForm = texttemplate.Must(texttemplate.New("text").Funcs(forms).Parse(`{{$w := .Words}}{{$w.hello}}{{with .Name}} {{.}}{{end}},

{{printf $w.intro .From .To}}
{{range .Sections}}
{{.Name}}
{{.Link}}

{{$w.completed}}: {{.CompletedCount}}
{{range .Completed}}- {{.Learner}}: {{.Course}}
{{end}}{{with left .CompletedCount .Completed}}- {{printf $w.more .}}
{{end}}{{$w.started}}: {{.StartedCount}}
{{range .Started}}- {{.Learner}}: {{.Course}}
{{end}}{{with left .StartedCount .Started}}- {{printf $w.more .}}
{{end}}{{if .Evaluated}}{{$w.support}}: {{.SupportCount}}
{{range .Support}}- {{.Learner}}: {{.Course}} ({{if .Idle}}{{$w.idle}}{{end}}{{if and .Idle .Failed}}, {{end}}{{if .Failed}}{{$w.failed}}{{end}})
{{end}}{{with left .SupportCount .Support}}- {{printf $w.more .}}
{{end}}{{end}}{{end}}
--
{{$w.why}}
{{$w.settings}}: {{.Settings}}
{{$w.stop}}: {{.Unsubscribe}}
`))

var htmlForm = htmltemplate.Must(htmltemplate.New("html").Funcs(forms).Parse(`<!DOCTYPE html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><title>{{printf .Words.subject .From .To}}</title></head>
<body style="font-family:system-ui,sans-serif;max-width:40em;margin:1em auto;color:#1a1a1a">{{$w := .Words}}
<p>{{$w.hello}}{{with .Name}} {{.}}{{end}},</p>
<p>{{printf $w.intro .From .To}}</p>
{{range .Sections}}<h2 style="font-size:1.2em"><a href="{{.Link}}">{{.Name}}</a></h2>
<h3 style="font-size:1em">{{$w.completed}}: {{.CompletedCount}}</h3>
{{with .Completed}}<ul>{{range .}}<li>{{.Learner}}: {{.Course}}</li>{{end}}</ul>{{end}}{{with left .CompletedCount .Completed}}<p>{{printf $w.more .}}</p>{{end}}
<h3 style="font-size:1em">{{$w.started}}: {{.StartedCount}}</h3>
{{with .Started}}<ul>{{range .}}<li>{{.Learner}}: {{.Course}}</li>{{end}}</ul>{{end}}{{with left .StartedCount .Started}}<p>{{printf $w.more .}}</p>{{end}}
{{if .Evaluated}}<h3 style="font-size:1em">{{$w.support}}: {{.SupportCount}}</h3>
{{with .Support}}<ul>{{range .}}<li>{{.Learner}}: {{.Course}} ({{if .Idle}}{{$w.idle}}{{end}}{{if and .Idle .Failed}}, {{end}}{{if .Failed}}{{$w.failed}}{{end}})</li>{{end}}</ul>{{end}}{{with left .SupportCount .Support}}<p>{{printf $w.more .}}</p>{{end}}
{{end}}{{end}}
<hr><p style="font-size:.9em">{{$w.why}}</p>
<p style="font-size:.9em"><a href="{{.Settings}}">{{$w.settings}}</a> · <a href="{{.Unsubscribe}}">{{$w.stop}}</a></p>
</body></html>
`))
