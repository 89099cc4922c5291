package forms

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"unicode"
)

//go:embed page.html page.css
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"p": func(german, english string) phrase { return phrase{german, english} },
}).ParseFS(files, "page.html"))

// html writes the document as one page.
func (d *document) html() ([]byte, error) {
	css, err := files.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, pageData{d, template.CSS(string(css) + d.margins())}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

type pageData struct {
	*document
	CSS template.CSS
}

// Say is a phrase in the language of the document.
func (p pageData) Say(t phrase) string { return p.say(t) }

// Soft is a text with soft hyphens.
func (p pageData) Soft(text string) string { return p.soft(text) }

// Facts are what the report says of itself.
func (p pageData) Facts() []fact { return p.facts() }

// margins are what stands below each printed page: what this is, and the page of how many.
func (d *document) margins() string {
	foot := d.Title
	if d.Synthetic != "" {
		foot = d.say(phrase{"Synthetische Daten", "Synthetic data"}) + " · " + foot
	}
	if d.Preview != "" {
		foot = d.say(phrase{"Vorschau", "Preview"}) + " · " + foot
	}
	return fmt.Sprintf("@page { @bottom-left { content: %s; } @bottom-right { content: %s counter(page) %s counter(pages); } }\n",
		cssString(shortened(foot, 90)), cssString(d.say(phrase{"Seite ", "Page "})), cssString(d.say(phrase{" von ", " of "})))
}

// shortened is a text of at most n characters.
func shortened(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return strings.TrimRight(string(runes[:n-1]), " ") + "…"
	}
	return s
}

// cssString is a text as a string of a style sheet, in which nothing means anything else.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\%06x `, r) // the space ends it
		}
	}
	b.WriteByte('"')
	return b.String()
}
