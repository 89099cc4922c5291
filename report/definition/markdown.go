package definition

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Markdown is a text of the project: paragraphs, lists, quotations, emphasis
// and links to https and mailto addresses. Headings are the report's; HTML, pictures and
// code are not taken.
type Markdown string

// TextProblem is something that a text may not have.
type TextProblem struct {
	Line    int // of the text, from 1
	Message string
}

var markdown = goldmark.New()

// refused are the kinds of Markdown that are not taken, and why.
var refused = map[ast.NodeKind]string{
	ast.KindHTMLBlock:       "HTML is not taken: write it as Markdown",
	ast.KindRawHTML:         "HTML is not taken: write it as Markdown",
	ast.KindHeading:         "headings are set by the report: write a paragraph",
	ast.KindImage:           "pictures are not taken",
	ast.KindCodeBlock:       "this is indented by four spaces or more, which makes it program code: begin further to the left",
	ast.KindFencedCodeBlock: "program code is not taken",
	ast.KindThematicBreak:   "lines across the page are not taken",
}

// Check lists what the text may not have.
func (m Markdown) Check() (problems []TextProblem) {
	source := []byte(m)
	line := func(offset int) int { return bytes.Count(source[:min(max(offset, 0), len(source))], []byte("\n")) + 1 }
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if why, is := refused[n.Kind()]; is {
			problems = append(problems, TextProblem{line(offset(n)), why})
			return ast.WalkSkipChildren, nil
		}
		var address string
		switch link := n.(type) {
		case *ast.Link:
			address = string(link.Destination)
		case *ast.AutoLink:
			if address = string(link.URL(source)); link.AutoLinkType == ast.AutoLinkEmail {
				address = "mailto:" + address
			}
		default:
			return ast.WalkContinue, nil
		}
		if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "mailto:") {
			problems = append(problems, TextProblem{line(offset(n)), "links lead to addresses that begin with https:// or mailto:"})
		}
		return ast.WalkContinue, nil
	})
	return problems
}

// offset is where a node begins, or the closest one around it of which that is known.
func offset(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		switch inline := n.(type) {
		case *ast.Text:
			return inline.Segment.Start
		case *ast.RawHTML:
			if inline.Segments.Len() > 0 {
				return inline.Segments.At(0).Start
			}
		}
		if n.Type() != ast.TypeInline && n.Type() != ast.TypeDocument && n.Lines() != nil && n.Lines().Len() > 0 {
			return n.Lines().At(0).Start
		}
		if first := n.FirstChild(); first != nil {
			if t, ok := first.(*ast.Text); ok {
				return t.Segment.Start
			}
		}
		if before := n.PreviousSibling(); before != nil && before.Type() == ast.TypeBlock && before.Lines() != nil && before.Lines().Len() > 0 {
			return before.Lines().At(before.Lines().Len()-1).Stop + 1
		}
	}
	return 0
}

// HTML is the text as HTML. What Check refuses of it does not get through.
func (m Markdown) HTML() template.HTML {
	if len(m.Check()) > 0 {
		return template.HTML("<p>" + template.HTMLEscapeString(string(m)) + "</p>\n")
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(m), &b); err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(string(m)) + "</p>\n")
	}
	return template.HTML(b.String())
}
