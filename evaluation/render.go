package evaluation

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

//go:embed statement.html
var statementHTML string

// pages are the templates of a statement: its body, which a page can show, and a
// document of its own.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"join":  strings.Join,
	"lines": func(s string) []string { return strings.Split(s, "\n") },
}).Parse(statementHTML))

// T is a text that the statement has around what it says; for templates.
func (st Statement) T(key string) string { return st.words(key) }

// Body is the statement as HTML below a heading of the first level. What stands in it
// is escaped; classes are those of our pages.
func (st Statement) Body() (template.HTML, error) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, "body", st)
	return template.HTML(b.String()), err //nolint:gosec // made by html/template
}

// HTML is the statement as a document of its own.
func (st Statement) HTML() ([]byte, error) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, "document", st)
	return b.Bytes(), err
}

// lineWidth is how wide lines of text are, in characters.
const lineWidth = 96

// Text is the statement as plain text.
func (st Statement) Text() string {
	var b strings.Builder
	w := st.words
	head := func(text, under string) {
		fmt.Fprintf(&b, "%s\n%s\n\n", text, strings.Repeat(under, len([]rune(text))))
	}
	item := func(name, text string) {
		if text != "" {
			b.WriteString(wrapped("  "+name+": ", text))
		}
	}
	head(st.Title, "=")
	b.WriteString(wrapped("", st.Intro))
	fmt.Fprintf(&b, "\n%s: %s\n%s: %s\n%s: %d\n\n", w("tenant"), st.Tenant, w("as-of"), st.AsOf, w("version"), st.Version)
	head(w("ground.whole"), "-")
	b.WriteString(wrapped("", st.Ground) + "\n")
	head(w("switches"), "-")
	b.WriteString(wrapped("", w("switches.text")) + "\n")
	for _, s := range st.Switches {
		b.WriteString(wrapped("* ", s.Name+": "+s.State+". "+s.Text))
		item(w("ground"), s.Ground)
	}
	b.WriteByte('\n')
	for _, part := range []struct {
		title string
		list  []StatementFigure
	}{{w("single"), st.Single}, {w("many"), st.Many}} {
		head(part.title, "-")
		for _, f := range part.list {
			var roles []string
			for _, r := range f.Roles {
				roles = append(roles, r.Text)
			}
			b.WriteString(wrapped("* ", f.Title+". "+f.Text))
			item(w("state"), f.State)
			item(w("who"), strings.Join(roles, "; "))
			item(w("programs"), f.Programs)
			item(w("ground"), f.Ground)
			item(w("kept"), f.Kept)
			item(w("fields"), strings.Join(f.Fields, ", "))
			item(w("addresses"), strings.Join(f.Interfaces, ", "))
			item(w("pages"), strings.Join(f.Pages, ", "))
			b.WriteByte('\n')
		}
	}
	head(w("pages"), "-")
	for _, p := range st.Pages {
		name := p.Path
		if p.Name != p.Path {
			name = p.Name + " (" + p.Path + ")"
		}
		b.WriteString(wrapped("* ", name+": "+p.Text))
		item(w("roles"), p.Who)
	}
	b.WriteByte('\n')
	head(w("more"), "-")
	for _, text := range st.More {
		b.WriteString(wrapped("* ", text))
	}
	return b.String()
}

// wrapped breaks a text into lines, the first of which begins with begin and the
// others with as much space.
func wrapped(begin, text string) string {
	indent := len(begin) - len(strings.TrimLeft(begin, " "))
	if strings.HasPrefix(begin, "* ") {
		indent = 2
	} else if begin != "" {
		indent += 2
	}
	var b strings.Builder
	line := begin
	for _, paragraph := range strings.Split(text, "\n") {
		for _, word := range strings.Fields(paragraph) {
			if n := len([]rune(line)); n+1+len([]rune(word)) > lineWidth && strings.TrimSpace(line) != "" {
				b.WriteString(strings.TrimRight(line, " ") + "\n")
				line = strings.Repeat(" ", indent)
			}
			if line != "" && !strings.HasSuffix(line, " ") {
				line += " "
			}
			line += word
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		line = strings.Repeat(" ", indent)
	}
	return b.String()
}

// part is a list of figures with the statement that it is of.
type part struct {
	Statement Statement
	List      []StatementFigure
}

// Part is the figures on "single" people or on "many"; for templates.
func (st Statement) Part(which string) any {
	if which == "single" {
		return part{st, st.Single}
	}
	return part{st, st.Many}
}
