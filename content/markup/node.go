package markup

import (
	"slices"
	"strconv"
	"strings"
)

// Attr is an attribute; its value is without surrounding space.
type Attr struct{ Space, Name, Value string }

// Node is an element. Space is the address of its namespace, or its prefix when
// that was never declared.
type Node struct {
	Space, Name string
	Attrs       []Attr
	// Text is the text directly in the element, without surrounding space.
	Text     string
	Children []*Node
	Parent   *Node
	// Line is where its start tag ends, from 1.
	Line int
}

// Is tells whether the element has this name, in any letter case and namespace.
// It is false for nil.
func (n *Node) Is(name string) bool { return n != nil && strings.EqualFold(n.Name, name) }

// Child is the first child of this name, or nil; on nil it is nil.
func (n *Node) Child(name string) *Node {
	for c := range n.Each(name) {
		return c
	}
	return nil
}

// Each runs over the children of this name; over none when n is nil.
func (n *Node) Each(name string) func(yield func(*Node) bool) {
	return func(yield func(*Node) bool) {
		if n == nil {
			return
		}
		for _, c := range n.Children {
			if c.Is(name) && !yield(c) {
				return
			}
		}
	}
}

// Value is the text of the first child of this name, empty without one.
func (n *Node) Value(name string) string {
	if c := n.Child(name); c != nil {
		return c.Text
	}
	return ""
}

// Attr is the value of an attribute, in any letter case and namespace; an exact
// name goes before others. It is empty without one, and on nil.
func (n *Node) Attr(name string) string {
	v, _ := n.Lookup(name)
	return v
}

// Lookup is Attr, and whether the attribute is there.
func (n *Node) Lookup(name string) (value string, found bool) {
	if n == nil {
		return "", false
	}
	for _, a := range n.Attrs {
		switch {
		case a.Name == name:
			return a.Value, true
		case !found && strings.EqualFold(a.Name, name):
			value, found = a.Value, true
		}
	}
	return value, found
}

// xmlSpace is the namespace of xml:base and xml:lang.
const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// XMLAttr is the attribute of this name in the namespace "xml".
func (n *Node) XMLAttr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attrs {
		if (a.Space == xmlSpace || a.Space == "xml") && strings.EqualFold(a.Name, name) {
			return a.Value
		}
	}
	return ""
}

// In tells whether the namespace's address contains this text, in any letter
// case; authoring tools write many variants of each.
func (n *Node) In(space string) bool {
	return n != nil && strings.Contains(strings.ToLower(n.Space), strings.ToLower(space))
}

// Walk visits the element and all below it, in the order of the text.
func (n *Node) Walk(visit func(*Node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, c := range n.Children {
		c.Walk(visit)
	}
}

// Path is the element's place as a content manager can find it:
// "manifest/resources/resource[2]", counting elements of the same name from 1.
func (n *Node) Path() string {
	if n == nil {
		return ""
	}
	var parts []string
	for ; n != nil; n = n.Parent {
		parts = append(parts, n.step())
	}
	slices.Reverse(parts)
	return strings.Join(parts, "/")
}

func (n *Node) step() string {
	if n.Parent == nil {
		return n.Name
	}
	at, count := 0, 0
	for _, c := range n.Parent.Children {
		if c.Name == n.Name {
			count++
		}
		if c == n {
			at = count
		}
	}
	if count == 1 {
		return n.Name
	}
	return n.Name + "[" + strconv.Itoa(at) + "]"
}
