package manifest

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lernspur/content/markup"
)

// cmi5Reader reads a course structure. Numbers behind its messages are those of
// sections of the cmi5 specification.
type cmi5Reader struct {
	*reader
	// ids are those of the course, blocks and AUs; objectives have their own.
	ids, objectives map[string]bool
}

func (r *reader) cmi5(data []byte) error {
	root := r.parse(data, false)
	if root == nil {
		return nil
	}
	if !root.Is("courseStructure") {
		r.note("wrong-root", root, "The first element is <%s>; a course structure of cmi5 begins with <courseStructure>.", root.Name)
		return nil
	}
	r.letterCase(root, cmi5Names)
	c := &cmi5Reader{r, map[string]bool{}, map[string]bool{}}
	c.order(root)
	node := root.Child("course")
	if node == nil {
		r.note("cmi5-course", root, "The course structure has no <course>.")
		return nil
	}
	course := &Item{Type: Course}
	c.describe(node, course)
	r.pkg.Structure = []*Item{course}
	r.pkg.Identifier, r.pkg.Title, r.pkg.Description = course.ID, course.Title, course.Description
	r.pkg.Languages = languagesOf(course.Title, course.Description)
	for n := range root.Child("objectives").Each("objective") {
		o := Objective{ID: n.Attr("id"), Title: phrasesOf(n.Child("title")), Description: phrasesOf(n.Child("description"))}
		c.identify(n, o.ID, c.objectives)
		r.pkg.Objectives = append(r.pkg.Objectives, o)
	}
	c.below(root, course)
	r.noLaunch()
	return nil
}

var cmi5Names = names(`courseStructure course id title description langstring lang objectives objective idref block au url
	launchParameters entitlementKey moveOn masteryScore launchMethod activityType`)

// describe reads what a course, a block and an AU have in common.
func (c *cmi5Reader) describe(n *markup.Node, item *Item) {
	item.ID = n.Attr("id")
	c.identify(n, item.ID, c.ids)
	item.Title, item.Description = phrasesOf(n.Child("title")), phrasesOf(n.Child("description"))
	if len(item.Title) == 0 {
		c.note("title", n, "The <%s> has no title.", n.Name)
		item.Title = Text{{"", item.ID}}
	}
}

// identify holds an id against the rules: an IRI, and there once (13.1).
func (c *cmi5Reader) identify(n *markup.Node, id string, taken map[string]bool) {
	switch {
	case id == "":
		c.note("cmi5-id", n, "The <%s> has no id.", n.Name)
	case !isIRI(id):
		c.note("cmi5-id", n, "The id %q is no IRI; it must begin with a scheme, as in https://example.org/course.", id)
	case taken[id]:
		c.note("cmi5-duplicate", n, "The id %q is there twice.", id)
	}
	taken[id] = true
}

// below reads the blocks and AUs in the order in which they stand.
func (c *cmi5Reader) below(n *markup.Node, parent *Item) {
	for _, child := range n.Children {
		switch {
		case child.Is("block"):
			block := &Item{Type: Block}
			c.describe(child, block)
			c.references(child, block)
			parent.Children = append(parent.Children, block)
			c.below(child, block)
		case child.Is("au"):
			parent.Children = append(parent.Children, c.au(child))
		}
	}
}

func (c *cmi5Reader) references(n *markup.Node, item *Item) {
	for o := range n.Child("objectives").Each("objective") {
		id := o.Attr("idref")
		if !c.objectives[id] {
			c.note("cmi5-objective", o, "There is no objective %q.", id)
			continue
		}
		item.Objectives = append(item.Objectives, id)
	}
}

var (
	moveOns       = []string{"NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"}
	launchMethods = []string{"AnyWindow", "OwnWindow"}
)

func (c *cmi5Reader) au(n *markup.Node) *Item {
	au := &Item{Type: AU, ActivityType: n.Attr("activityType"), EntitlementKey: n.Value("entitlementKey")}
	c.describe(n, au)
	c.references(n, au)
	au.MoveOn = c.choice(n, "moveOn", moveOns)
	au.LaunchMethod = c.choice(n, "launchMethod", launchMethods)
	if text := n.Attr("masteryScore"); text != "" {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v >= 0 && v <= 1) {
			c.note("cmi5-value", n, "masteryScore is %q; it must be a number from 0 to 1.", text)
		} else {
			au.PassingScore = &v
		}
	}
	au.Launch = c.launch(n)
	if au.Launch != nil {
		au.Launch.Parameters = n.Value("launchParameters")
	}
	return au
}

// choice is an attribute with a list of values, of which the first is the
// default.
func (c *cmi5Reader) choice(n *markup.Node, name string, values []string) string {
	text := n.Attr(name)
	if text == "" {
		return values[0]
	}
	if !slices.Contains(values, text) {
		c.note("cmi5-value", n, "%s is %q; it must be one of %s.", name, text, strings.Join(values, ", "))
	}
	return text
}

// launch resolves an AU's address (13.1.4, 14.1, 14.2); nil when it cannot be.
func (c *cmi5Reader) launch(n *markup.Node) *Launch {
	node := n.Child("url")
	if node == nil {
		node = n
	}
	address := n.Value("url")
	if address == "" {
		c.note("cmi5-url", node, "The AU has no url.")
		return nil
	}
	if name := reservedParameter(address); name != "" {
		c.note("cmi5-query", node, "The address %q has the parameter %q, which the launch sets.", address, name)
		return nil
	}
	if scheme.MatchString(address) {
		t, ok := external(address)
		if !ok {
			c.note("cmi5-url", node, "The address %q is not one of the web (https://…).", address)
			return nil
		}
		c.note("absolute-launch", node, "The AU lies at %s.", t.url)
		return &Launch{URL: t.url}
	}
	if c.archive == nil {
		c.note("cmi5-relative", node, "The address %q is relative; without a package there is no file that it could name.", address)
		return nil
	}
	t, ok := c.locate(address, nil, node)
	if !ok {
		c.note("cmi5-url", node, "The address %q names no file of the package.", address)
		return nil
	}
	return &Launch{URL: cleanURL(t.url), File: t.file}
}

// reservedParameter is a parameter in an address's query that the launch sets
// itself (8.1), or empty.
func reservedParameter(address string) string {
	_, rest := splitAddress(address)
	query, _, _ := strings.Cut(strings.TrimPrefix(rest, "?"), "#")
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if slices.Contains([]string{"endpoint", "fetch", "actor", "registration", "activityId"}, name) {
			return name
		}
	}
	return ""
}

var iri = regexp.MustCompile("^[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>\"{}|\\\\^`\\x00-\\x1f]+$")

// isIRI tells whether a text is an absolute IRI.
func isIRI(text string) bool { return iri.MatchString(text) }

// phrasesOf is a text with its <langstring> elements.
func phrasesOf(n *markup.Node) (text Text) {
	for s := range n.Each("langstring") {
		if s.Text != "" {
			text = append(text, Phrase{s.Attr("lang"), collapse(s.Text)})
		}
	}
	return text
}

// orders are the elements of each element in the order of the schema; those that
// may be there several times have a star.
var orders = map[string][]string{
	"coursestructure": {"course", "objectives", "block|au*"},
	"course":          {"title", "description"},
	"block":           {"title", "description", "objectives", "block|au*"},
	"au":              {"title", "description", "objectives", "url", "launchParameters", "entitlementKey"},
}

// order holds elements against the order of the schema (13.2). Elements of other
// namespaces, and unknown ones, may stand anywhere.
func (c *cmi5Reader) order(n *markup.Node) {
	steps, at, used := orders[strings.ToLower(n.Name)], 0, false
	for _, child := range n.Children {
		c.order(child)
		place := slices.IndexFunc(steps, func(s string) bool { return isStep(s, child) })
		switch {
		case place < 0 || child.Space != n.Space:
		case place < at, place == at && used && !strings.HasSuffix(steps[place], "*"):
			c.note("cmi5-order", child, "The <%s> stands behind elements that must come after it, or is there twice; the order is %s.",
				child.Name, strings.NewReplacer("*", "", "|", " or ").Replace(strings.Join(steps, ", ")))
		default:
			at, used = place, true
		}
	}
}

func isStep(step string, n *markup.Node) bool {
	for name := range strings.SplitSeq(strings.TrimSuffix(step, "*"), "|") {
		if n.Is(name) {
			return true
		}
	}
	return false
}
