package statements

import (
	"iter"
	"strconv"
)

// Tree is the text of one statement, read strictly (RFC 8259) and not judged:
// for whoever has to look into a statement before it is parsed. Its nodes are
// numbered in the order of the text; 0 is the statement.
type Tree struct{ t tape }

// Node kinds, for Tree.Kind.
const (
	NodeNull NodeKind = NodeKind(kindNull) + iota
	NodeFalse
	NodeTrue
	NodeNumber
	NodeString
	NodeArray
	NodeObject
)

// NodeKind is what a node of a Tree is.
type NodeKind uint8

// EachTree reads a body as Parse does, one statement or an array of them, and
// calls visit with each and its place in the request. The Tree is valid during
// the call. Statements that repeat a key within an object or are not UTF-8 are
// passed over. It returns false when the text cannot be read to its end or goes
// beyond the limits: what visit was told until then is not the whole request.
func EachTree(body []byte, limits Limits, visit func(index int, t *Tree)) bool {
	limits = limits.withDefaults()
	if uint64(len(body)) > 1<<31 {
		return false
	}
	tree := &Tree{tape{body: body, maxDepth: limits.MaxDepth}}
	t := &tree.t
	pos := t.space(0)
	many := pos < len(body) && body[pos] == '['
	if many {
		if pos = t.space(pos + 1); pos < len(body) && body[pos] == ']' {
			return t.space(pos+1) == len(body)
		}
	}
	for i := 0; i < limits.MaxStatements; i++ {
		t.reset()
		t.last = pos + limits.MaxStatementBytes
		if pos = t.value(pos, 0); pos < 0 {
			return false
		}
		if t.soft == "" {
			visit(i, tree)
		}
		if pos = t.space(pos); !many || pos >= len(body) {
			return !many && pos == len(body)
		}
		if body[pos] == ']' {
			return t.space(pos+1) == len(body)
		}
		if body[pos] != ',' {
			return false
		}
		pos = t.space(pos + 1)
	}
	return false
}

// Kind tells what a node is.
func (t *Tree) Kind(n int) NodeKind { return NodeKind(t.t.nodes[n].kind) }

// Text is the content of a string, unescaped; "" of any other node. It is valid
// as long as the Tree.
func (t *Tree) Text(n int) string { return t.t.text(n) }

// Span is where a node begins and ends in the body, quotes included.
func (t *Tree) Span(n int) (start, end int) { return t.t.outer(n) }

// Members are the keys and values of an object in turn, none of any other node.
// A key's Text is its name.
func (t *Tree) Members(n int) iter.Seq2[int, int] {
	return func(yield func(key, value int) bool) {
		if t.Kind(n) != NodeObject {
			return
		}
		for k, end := n+1, int(t.t.nodes[n].next); k < end; k = int(t.t.nodes[k+1].next) {
			if !yield(k, k+1) {
				return
			}
		}
	}
}

// Elements are the places and the elements of an array, none of any other node.
func (t *Tree) Elements(n int) iter.Seq2[int, int] {
	return func(yield func(i, element int) bool) {
		if t.Kind(n) != NodeArray {
			return
		}
		for i, e := 0, n+1; e < int(t.t.nodes[n].next); i, e = i+1, int(t.t.nodes[e].next) {
			if !yield(i, e) {
				return
			}
		}
	}
}

// IsMbox tells whether a text is accepted as an mbox.
func IsMbox(s string) bool { return isMbox(s) }

// IsLanguageTag tells whether a text is accepted as a language tag.
func IsLanguageTag(s string) bool { return isLanguageTag(s) }

// IsNumber tells whether a text is a number in JSON and one that fits a column
// of a score.
func IsNumber(s string) bool {
	t := tape{body: []byte(s), maxDepth: 1}
	if t.value(0, 0) != len(s) || t.nodes[0].kind != kindNumber {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// SameNumber tells whether two numbers in JSON are the same number, compared
// exactly.
func SameNumber(a, b string) bool { return parseDecimal(a).compare(parseDecimal(b)) == 0 }
