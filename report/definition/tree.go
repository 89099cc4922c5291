package definition

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of a definition.
const (
	MaxBytes = 1 << 20
	maxDepth = 12
	maxNodes = 20_000
)

// place is where something stands, from 1.
type place struct{ line, column int }

// tree is a definition as JSON has it, with the places of everything in it.
type tree struct {
	value  any
	at     map[string]place // of values, by path
	key    map[string]place // of keys
	text   map[string]*yaml.Node
	nodes  int
	errors Problems
}

func joined(path []string) string { return strings.Join(path, "\x00") }

// plant makes a tree of a document. Of YAML only what JSON has, too, is taken: no
// anchors, no tags, no merging.
func plant(document *yaml.Node) *tree {
	t := &tree{at: make(map[string]place), key: make(map[string]place), text: make(map[string]*yaml.Node)}
	t.value = t.grow(document, nil)
	return t
}

func (t *tree) fail(n *yaml.Node, format string, args ...any) any {
	t.errors = append(t.errors, Problem{Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)})
	return nil
}

func (t *tree) grow(n *yaml.Node, path []string) any {
	if t.nodes++; t.nodes > maxNodes {
		if t.nodes == maxNodes+1 {
			t.fail(n, "a definition has at most %d values", maxNodes)
		}
		return nil
	}
	t.at[joined(path)] = place{n.Line, n.Column}
	switch {
	case len(path) > maxDepth:
		return t.fail(n, "this is nested more than %d deep", maxDepth)
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return t.fail(n, "anchors (&) and references to them (*) are not used here: write the value out")
	case n.Style&yaml.TaggedStyle != 0:
		return t.fail(n, "tags (!) are not used here")
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return t.grow(n.Content[0], path)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = t.grow(c, append(path[:len(path):len(path)], strconv.Itoa(i)))
		}
		return list
	case yaml.MappingNode:
		return t.object(n, path)
	}
	t.text[joined(path)] = n
	return t.scalar(n)
}

func (t *tree) object(n *yaml.Node, path []string) any {
	object := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" && key.ShortTag() != "!!int" {
			t.fail(key, "a name was expected here")
			continue
		}
		if _, twice := object[key.Value]; twice {
			t.fail(key, "%q stands here twice", key.Value)
			continue
		}
		below := append(path[:len(path):len(path)], key.Value)
		t.key[joined(below)] = place{key.Line, key.Column}
		object[key.Value] = t.grow(value, below)
	}
	return object
}

// decimal are the numbers that mean the same to everybody; YAML reads 0231 as 153.
var decimal = regexp.MustCompile(`^[+-]?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$`)

func (t *tree) scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if !decimal.MatchString(n.Value) {
			return t.fail(n, "%s can be misread as a number: write numbers in digits, with a point before decimals, and texts in quotes", n.Value)
		}
		return json.Number(strings.TrimPrefix(n.Value, "+"))
	}
	return n.Value
}

// place finds where a path stands, or the closest thing around it that does.
func (t *tree) place(path []string) place {
	for ; ; path = path[:len(path)-1] {
		if p, ok := t.key[joined(path)]; ok {
			return p
		}
		if p, ok := t.at[joined(path)]; ok || len(path) == 0 {
			return p
		}
	}
}
