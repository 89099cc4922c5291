package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

var (
	pageType    = regexp.MustCompile(`/Type /Page\s`)
	contents    = regexp.MustCompile(`/Contents (\d+) 0 R`)
	streamHead  = regexp.MustCompile(`^<<[^<>]*/Filter /FlateDecode[^<>]*/Length (\d+)[^<>]*>> stream\r?\n|^<<[^<>]*/Length (\d+)[^<>]*/Filter /FlateDecode[^<>]*>> stream\r?\n`)
	listItem    = regexp.MustCompile(`/S /LI\s`)
	kids        = regexp.MustCompile(`/K (\d+ 0 R|\[[^\]]*\])`)
	refs        = regexp.MustCompile(`(\d+) 0 R`)
	parentEntry = regexp.MustCompile(`/P \d+ 0 R`)
	elementKind = regexp.MustCompile(`/Type /StructElem\s+/S /(\w+)`)
)

// roles are structure types that came after PDF 1.7, which PDF/UA-1 is built on, and what they stand for there.
const roles = "\n/RoleMap <</Strong /Span\n/Em /Span\n/Title /P\n/Aside /Div\n/FENote /Note\n/Sub /Span>>"

// tidyTags makes the structure one that PDF/UA-1 takes: newer types are mapped to older ones, and what stands in
// the items of lists beside their marks stands in a body.
func (f *file) tidyTags(root []byte) error {
	m := regexp.MustCompile(`/StructTreeRoot (\d+) 0 R`).FindSubmatch(root)
	if m == nil {
		return fmt.Errorf("%w: it has no tags", errForm)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return errForm
	}
	tree, ok := f.dictionary(n)
	if !ok {
		return errForm
	}
	if !bytes.Contains(tree, []byte("/RoleMap")) {
		f.changed[n] = with(tree, roles)
	}
	for n := range f.offsets {
		if element, ok := f.dictionary(n); ok && bytes.Contains(element, []byte("/Type /StructElem")) && listItem.Match(element) {
			if err := f.giveBody(n, element); err != nil {
				return err
			}
		}
	}
	return nil
}

// giveBody puts what an item of a list has, but for its mark, into a body.
func (f *file) giveBody(n int, item []byte) error {
	m := kids.FindSubmatch(item)
	if m == nil {
		return nil
	}
	var marks, inside []string
	for _, r := range refs.FindAllSubmatch(m[1], -1) {
		number, err := strconv.Atoi(string(r[1]))
		if err != nil {
			return errForm
		}
		kid, ok := f.dictionary(number)
		if !ok {
			return errForm
		}
		if changed := f.changed[number]; changed != nil {
			kid = changed
		}
		switch kind := elementKind.FindSubmatch(kid); {
		case kind == nil:
			return fmt.Errorf("%w: an item of a list has more than elements", errForm)
		case string(kind[1]) == "Lbl":
			marks = append(marks, string(r[0]))
			continue
		case string(kind[1]) == "LBody":
			return nil
		}
		inside = append(inside, string(r[0]))
		f.changed[number] = parentEntry.ReplaceAll(kid, fmt.Appendf(nil, "/P %d 0 R", f.next))
	}
	if len(inside) == 0 {
		return nil
	}
	f.changed[f.next] = fmt.Appendf(nil, "<</Type /StructElem\n/S /LBody\n/P %d 0 R\n/K [%s]>>", n, strings.Join(inside, " "))
	f.changed[n] = kids.ReplaceAllLiteral(item, fmt.Appendf(nil, "/K [%s]", strings.Join(append(marks, fmt.Sprintf("%d 0 R", f.next)), " ")))
	f.next++
	return nil
}

// markArtifacts marks what a page shows outside of its tags, such as lines, grounds and what stands in its margins.
func (f *file) markArtifacts(n int) error {
	page, ok := f.dictionary(n)
	if !ok || !pageType.Match(page) {
		return nil
	}
	m := contents.FindSubmatch(page)
	if m == nil {
		return nil
	}
	number, err := strconv.Atoi(string(m[1]))
	if err != nil || number >= len(f.offsets) {
		return errForm
	}
	body, ok := bytes.CutPrefix(f.data[f.offsets[number]:], fmt.Appendf(nil, "%d 0 obj\n", number))
	head := streamHead.FindSubmatch(body)
	if !ok || head == nil {
		return fmt.Errorf("%w: what a page shows cannot be read", errForm)
	}
	length, err := strconv.Atoi(string(head[1]) + string(head[2]))
	if err != nil || len(head[0])+length > len(body) {
		return errForm
	}
	z, err := zlib.NewReader(bytes.NewReader(body[len(head[0]) : len(head[0])+length]))
	if err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	shown, err := io.ReadAll(io.LimitReader(z, maxContent))
	if err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, err = w.Write(withArtifacts(shown))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	f.changed[number] = fmt.Appendf(nil, "<</Filter /FlateDecode\n/Length %d>> stream\n%s\nendstream", packed.Len(), packed.Bytes())
	return nil
}

// maxContent is how long the description of a page may be.
const maxContent = 64 << 20

// withArtifacts puts marks around each thing that is painted outside of all marks. A mark must not begin
// within a path, so it begins before its first point.
func withArtifacts(content []byte) []byte {
	var out bytes.Buffer
	depth, copied := 0, 0
	path := -1 // where the path begins that is being drawn
	mark := func(from, to int) {
		out.Write(content[copied:from])
		out.WriteString("/Artifact BMC\n")
		out.Write(content[from:to])
		out.WriteString("\nEMC\n")
		copied = to
	}
	words(content, func(operator string, from, to int) {
		switch operator {
		case "BDC", "BMC":
			depth++
		case "EMC":
			depth--
		case "m", "re":
			if path < 0 {
				path = from
			}
		case "n":
			path = -1
		case "f", "F", "f*", "B", "B*", "b", "b*", "S", "s":
			if depth == 0 && path >= 0 {
				mark(path, to)
			}
			path = -1
		case "Tj", "TJ", "'", "\"", "Do", "sh":
			if depth == 0 {
				mark(from, to)
			}
		}
	})
	out.Write(content[copied:])
	return out.Bytes()
}

// words tells each operator of a page's description, with where its first operand begins and where it ends.
func words(content []byte, tell func(operator string, from, to int)) {
	first := -1
	for at := 0; at < len(content); {
		c := content[at]
		switch {
		case strings.IndexByte(" \n\r\t\f\x00", c) >= 0:
			at++
			continue
		case c == '%':
			for at < len(content) && content[at] != '\n' && content[at] != '\r' {
				at++
			}
			continue
		}
		if first < 0 {
			first = at
		}
		switch {
		case c == '(':
			at = literalEnd(content, at)
		case strings.IndexByte("<>[]{}", c) >= 0:
			if c == '<' && at+1 < len(content) && content[at+1] != '<' {
				end := bytes.IndexByte(content[at:], '>')
				if end < 0 {
					return
				}
				at += end
			}
			at++
		default:
			start := at
			for at++; at < len(content) && strings.IndexByte(" \n\r\t\f\x00()<>[]{}/%", content[at]) < 0; at++ {
			}
			word := string(content[start:at])
			if word[0] == '/' || strings.IndexByte("+-.0123456789", word[0]) >= 0 || word == "true" || word == "false" || word == "null" {
				continue
			}
			tell(word, first, at)
			first = -1
		}
	}
}

// literalEnd is where a text in parentheses ends.
func literalEnd(content []byte, at int) int {
	for depth := 0; at < len(content); at++ {
		switch content[at] {
		case '\\':
			at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return len(content)
}
