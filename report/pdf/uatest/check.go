// Package uatest holds PDF documents in tests against what PDF/UA-1 (ISO 14289-1) asks for and a
// machine can check, the rules that veraPDF checks, too: structure, its order and attributes,
// text alternatives, fonts, metadata, and that nothing is on a page that is neither tagged nor
// an artifact.
package uatest

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// Document is what was found in a document.
type Document struct {
	Pages    int
	Tags     map[string]int // how often each structure type stands in it
	Headings []string       // "H2 Reach", in order; the texts are those of the outline where it has them
	Outline  []string
	Alts     []string // the text alternatives of figures
	Problems []string // what breaks a rule
}

// Check holds a document against the rules; what breaks one fails the test.
func Check(t testing.TB, data []byte) *Document {
	t.Helper()
	d, err := Inspect(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Problems {
		t.Error(p)
	}
	return d
}

// checker goes through one document.
type checker struct {
	*file
	*Document
	roles   dict
	level   int                  // of the last heading
	tagged  map[ref]map[int]bool // by page: its pieces that some element has
	members map[int]bool         // keys of annotations that some element has
	seen    map[ref]bool
	fonts   map[ref]bool
}

// Inspect reads a document. An error means that it could not be read.
func Inspect(data []byte) (*Document, error) {
	f, err := read(data)
	if err != nil {
		return nil, err
	}
	c := &checker{file: f, Document: &Document{Tags: map[string]int{}}, tagged: map[ref]map[int]bool{}, members: map[int]bool{}, seen: map[ref]bool{}, fonts: map[ref]bool{}}
	catalog := c.dict(f.trailer["Root"])
	if catalog == nil {
		return nil, fmt.Errorf("%w: there is no catalog", errSyntax)
	}
	c.catalog(catalog)
	root := c.dict(catalog["StructTreeRoot"])
	c.roles = c.dict(root["RoleMap"])
	parent, _ := catalog["StructTreeRoot"].(ref)
	for _, kid := range c.list(root["K"]) {
		c.element(kid, parent, "", 0)
	}
	c.outline(c.dict(catalog["Outlines"])["First"], 0)
	if len(c.Outline) == 0 {
		c.wrong("7.17: there is no outline")
	}
	c.pages(catalog["Pages"], nil, c.parents(root["ParentTree"]))
	return c.Document, nil
}

func (c *checker) wrong(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); len(c.Problems) < 40 && !slices.Contains(c.Problems, s) {
		c.Problems = append(c.Problems, s)
	}
}

// catalog checks what the whole document says of itself.
func (c *checker) catalog(catalog dict) {
	if c.trailer["Encrypt"] != nil {
		c.wrong("7.16: it is encrypted")
	}
	if c.dict(catalog["MarkInfo"])["Marked"] != true {
		c.wrong("6.2: it is not marked as tagged")
	}
	if c.dict(catalog["MarkInfo"])["Suspects"] == true {
		c.wrong("7.1: its tags are suspect")
	}
	if catalog["StructTreeRoot"] == nil {
		c.wrong("7.1: there is no structure")
	}
	if lang, _ := c.get(catalog["Lang"]).(string); lang == "" {
		c.wrong("7.2: there is no language")
	}
	if c.dict(catalog["ViewerPreferences"])["DisplayDocTitle"] != true {
		c.wrong("7.1: the title is not shown")
	}
	if catalog["OpenAction"] != nil || c.dict(catalog["Names"])["JavaScript"] != nil || catalog["AA"] != nil {
		c.wrong("there is an action in it")
	}
	metadata, ok := c.get(catalog["Metadata"]).(stream)
	for _, want := range []string{"<pdfuaid:part>1</pdfuaid:part>", "xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\"", "<dc:title>"} {
		if !ok || !strings.Contains(string(metadata.data), want) {
			c.wrong("5, 7.1: the metadata have no %s", want)
		}
	}
}

// standard are the structure types of PDF 1.7.
var standard = strings.Fields("Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot " +
	"Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form")

// inside are the types that may stand below another, where only some may.
var inside = map[string]string{
	"Table": "TR THead TBody TFoot Caption", "THead": "TR", "TBody": "TR", "TFoot": "TR", "TR": "TH TD", "L": "LI Caption L", "LI": "Lbl LBody",
}

// below are the types that some may only stand below.
var below = map[string]string{"TR": "Table THead TBody TFoot", "TH": "TR", "TD": "TR", "THead": "Table", "TBody": "Table", "TFoot": "Table", "LI": "L", "LBody": "LI", "Lbl": "LI Form Note"}

// kindOf is the standard type that an element has, by the map of roles where it has one of its own.
func (c *checker) kindOf(element dict) string {
	kind, _ := c.get(element["S"]).(name)
	for range 10 {
		mapped, ok := c.get(c.roles[string(kind)]).(name)
		if slices.Contains(standard, string(kind)) {
			if ok && mapped != kind {
				c.wrong("7.1: the standard type %s is mapped to %s", kind, mapped)
			}
			return string(kind)
		}
		if !ok {
			break
		}
		kind = mapped
	}
	c.wrong("7.1: %s is no structure type, and is mapped to none", kind)
	return string(kind)
}

// element checks an element and all below it.
func (c *checker) element(v any, parent ref, within string, depth int) {
	r, _ := v.(ref)
	e := c.dict(v)
	if e == nil || depth > 200 || r != 0 && c.seen[r] {
		c.wrong("7.1: the structure is no tree")
		return
	}
	c.seen[r] = true
	kind := c.kindOf(e)
	c.Tags[kind]++
	if p, ok := e["P"].(ref); !ok || parent != 0 && p != parent {
		c.wrong("7.1: a %s does not know its parent", kind)
	}
	if may, some := inside[within]; some && !slices.Contains(strings.Fields(may), kind) {
		c.wrong("7.5: %s stands in %s", kind, within)
	}
	if only, some := below[kind]; some && !slices.Contains(strings.Fields(only), within) {
		c.wrong("7.5: %s stands in %q", kind, within)
	}
	c.attributes(e, kind)
	page, _ := e["Pg"].(ref)
	for _, kid := range c.list(e["K"]) {
		c.kid(kid, r, kind, page, depth)
	}
}

// kid is a piece of a page, an annotation or an element.
func (c *checker) kid(kid any, parent ref, kind string, page ref, depth int) {
	if id, ok := c.get(kid).(float64); ok {
		c.piece(page, int(id), kind)
		return
	}
	d := c.dict(kid)
	switch d["Type"] {
	case name("MCR"):
		if p, ok := d["Pg"].(ref); ok {
			page = p
		}
		id, _ := d["MCID"].(float64)
		c.piece(page, int(id), kind)
	case name("OBJR"):
		if key, ok := c.dict(d["Obj"])["StructParent"].(float64); ok {
			c.members[int(key)] = true
		}
	default:
		c.element(kid, parent, kind, depth+1)
	}
}

func (c *checker) piece(page ref, id int, kind string) {
	if c.tagged[page] == nil {
		c.tagged[page] = map[int]bool{}
	}
	if c.tagged[page][id] {
		c.wrong("7.1: a piece of a page belongs to two elements (%s)", kind)
	}
	c.tagged[page][id] = true
}

// attributes checks what an element of a kind must say.
func (c *checker) attributes(e dict, kind string) {
	switch {
	case kind == "Figure" || kind == "Formula":
		alt := textOf(c.get(e["Alt"]))
		if alt == "" && textOf(c.get(e["ActualText"])) == "" {
			c.wrong("7.3: a %s has no text alternative", kind)
		}
		c.Alts = append(c.Alts, alt)
	case kind == "TH":
		scope := ""
		for _, a := range c.list(e["A"]) {
			if s, ok := c.get(c.dict(a)["Scope"]).(name); ok {
				scope = string(s)
			}
		}
		if scope == "" {
			c.wrong("7.5: a TH has no scope")
		}
	case len(kind) == 2 && kind[0] == 'H':
		level := int(kind[1] - '0')
		if level > c.level+1 {
			c.wrong("7.4: after a heading of level %d comes one of level %d", c.level, level)
		}
		c.level = level
		c.Headings = append(c.Headings, kind)
	}
}

// outline reads the titles of bookmarks.
func (c *checker) outline(v any, depth int) {
	for item := c.dict(v); item != nil && len(c.Outline) < 1000 && depth < 10; item = c.dict(item["Next"]) {
		title := textOf(c.get(item["Title"]))
		if title == "" {
			c.wrong("7.17: a bookmark has no title")
		}
		c.Outline = append(c.Outline, strings.Repeat("  ", depth)+title)
		c.outline(item["First"], depth+1)
	}
}

// textOf is a text in UTF-16 or in the encoding of PDF, which is near enough to Latin-1.
func textOf(v any) string {
	s, _ := v.(string)
	if !strings.HasPrefix(s, "\xfe\xff") {
		return string([]rune(s))
	}
	var units []uint16
	for i := 2; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

// parents are what the parent tree knows, by its keys.
func (c *checker) parents(v any) map[int]any {
	all := map[int]any{}
	tree := c.dict(v)
	nums := c.array(tree["Nums"])
	for i := 0; i+1 < len(nums); i += 2 {
		if key, ok := c.get(nums[i]).(float64); ok {
			all[int(key)] = nums[i+1]
		}
	}
	for _, kid := range c.array(tree["Kids"]) {
		maps.Copy(all, c.parents(kid))
	}
	return all
}

// pages goes through the pages.
func (c *checker) pages(v any, resources any, parents map[int]any) {
	node := c.dict(v)
	if r := node["Resources"]; r != nil {
		resources = r
	}
	if node["Type"] == name("Pages") {
		for _, kid := range c.array(node["Kids"]) {
			c.pages(kid, resources, parents)
		}
		return
	}
	c.Pages++
	number, _ := v.(ref)
	if node["Tabs"] != name("S") && len(c.array(node["Annots"])) > 0 {
		c.wrong("7.18: page %d has not the order of the structure", c.Pages)
	}
	key, ok := c.get(node["StructParents"]).(float64)
	if !ok {
		c.wrong("7.1: page %d belongs to no structure", c.Pages)
	}
	var content []byte
	for _, part := range c.list(node["Contents"]) {
		if s, ok := c.get(part).(stream); ok {
			content = append(append(content, s.data...), '\n')
		}
	}
	used := c.content(content, c.dict(resources))
	known := c.array(parents[int(key)])
	for id := range used {
		if !c.tagged[number][id] {
			c.wrong("7.1: on page %d a piece belongs to no element", c.Pages)
		}
		if id >= len(known) || c.dict(known[id]) == nil {
			c.wrong("7.1: on page %d the parent tree does not know a piece", c.Pages)
		}
	}
	c.embedded(c.dict(resources), 0)
	for _, a := range c.array(node["Annots"]) {
		c.annotation(c.dict(a), parents)
	}
}

func (c *checker) annotation(a dict, parents map[int]any) {
	key, ok := c.get(a["StructParent"]).(float64)
	if !ok || c.dict(parents[int(key)]) == nil || !c.members[int(key)] {
		c.wrong("7.18: on page %d an annotation belongs to no element", c.Pages)
	}
	if textOf(c.get(a["Contents"])) == "" {
		c.wrong("7.18: on page %d an annotation says not what it is", c.Pages)
	}
}

// paints are the operators that put something on a page.
var paints = strings.Fields("Tj TJ ' \" f F f* B B* b b* S s sh Do BI")

// content reads the description of a page: its pieces, and that there is nothing else on it than
// pieces and artifacts.
func (c *checker) content(data []byte, resources dict) map[int]bool {
	used := map[int]bool{}
	type mark struct {
		id       int // -1 for none
		artifact bool
	}
	var marks []mark
	var operands []any
	s := &scanner{data: data}
	for {
		v, err := s.word()
		if err != nil {
			if err != io.EOF {
				c.wrong("page %d cannot be read: %v", c.Pages, err)
			}
			break
		}
		op, ok := v.(operator)
		if !ok {
			operands = append(operands, v)
			continue
		}
		switch {
		case op == "BDC" || op == "BMC":
			m := mark{id: -1}
			for i, o := range operands {
				if o == name("Artifact") && i == 0 {
					m.artifact = true
				}
				if d, ok := o.(dict); ok {
					if id, ok := d["MCID"].(float64); ok {
						m.id = int(id)
					}
				}
				if n, ok := o.(name); ok && i == 1 {
					if id, ok := c.dict(c.dict(resources["Properties"])[string(n)])["MCID"].(float64); ok {
						m.id = int(id)
					}
				}
			}
			for _, outer := range marks {
				if outer.id >= 0 && m.artifact || outer.artifact && m.id >= 0 {
					c.wrong("7.1: on page %d an artifact and content stand in each other", c.Pages)
				}
			}
			if m.id >= 0 {
				used[m.id] = true
			}
			marks = append(marks, m)
		case op == "EMC":
			if len(marks) == 0 {
				c.wrong("page %d ends a piece that has not begun", c.Pages)
				break
			}
			marks = marks[:len(marks)-1]
		case slices.Contains(paints, string(op)):
			if !slices.ContainsFunc(marks, func(m mark) bool { return m.artifact || m.id >= 0 }) {
				c.wrong("7.1: on page %d something is neither content nor an artifact (%s)", c.Pages, op)
			}
			if op == "BI" {
				c.wrong("page %d has a picture in its text, which this does not read", c.Pages)
				return used
			}
		}
		operands = operands[:0]
	}
	if len(marks) > 0 {
		c.wrong("page %d leaves a piece open", c.Pages)
	}
	return used
}

// embedded checks the fonts of a page and of what it draws.
func (c *checker) embedded(resources dict, depth int) {
	for key, v := range c.dict(resources["Font"]) {
		if r, ok := v.(ref); ok {
			if c.fonts[r] {
				continue
			}
			c.fonts[r] = true
		}
		c.font(key, c.dict(v))
	}
	for _, v := range c.dict(resources["XObject"]) {
		if depth < 5 {
			c.embedded(c.dict(c.dict(v)["Resources"]), depth+1)
		}
	}
}

func (c *checker) font(key string, font dict) {
	if font["ToUnicode"] == nil {
		c.wrong("7.21: the font %s (%v) does not say which characters it has", key, font["BaseFont"])
	}
	if font["Subtype"] == name("Type3") {
		return // its glyphs are in the document
	}
	for _, d := range append(array{font}, c.array(font["DescendantFonts"])...) {
		own := c.dict(d)
		if own["Subtype"] == name("Type0") {
			continue
		}
		descriptor := c.dict(own["FontDescriptor"])
		if descriptor["FontFile"] == nil && descriptor["FontFile2"] == nil && descriptor["FontFile3"] == nil {
			c.wrong("7.21: the font %s (%v) is not embedded", key, own["BaseFont"])
		}
	}
}
