package statements

import (
	"bytes"
	"strings"
)

// MergeDefinitions joins what several definitions say of one Activity (xAPI
// 1.0.3 Part 3, 2.5: the complete Activity). They are JSON objects as Definitions
// yields them, the oldest first: of each property the latest value counts, in
// name and description of each language, in extensions of each key. With a new
// interactionType, what belonged to the old one goes. Values are kept as they
// were sent. A text that is no object is passed over; nil means that nothing is
// left.
func MergeDefinitions(definitions [][]byte) []byte {
	p := parsers.Get().(*parser)
	defer p.release()
	opts := Options{Edition: V2, Limits: Limits{MaxDepth: 1 << 20}}
	var all merged
	for _, text := range definitions {
		p.begin(text, &opts)
		if end := p.value(p.space(0), 0); end < 0 || p.nodes[0].kind != kindObject {
			continue
		}
		p.mergeInto(&all)
	}
	if len(all.list) == 0 {
		return nil
	}
	return all.append(nil)
}

// merged are the properties of a JSON object in the order in which they came
// first.
type merged struct {
	list []mergedProperty
	at   map[string]int
}

type mergedProperty struct {
	key   []byte // as sent, with quotes; nil when it was taken away
	value []byte // as sent; nil when it is inner
	inner *merged
}

// property finds or makes the property with a name.
func (m *merged) property(name string) *mergedProperty {
	at, known := m.at[name]
	if !known {
		if m.at == nil {
			m.at = make(map[string]int)
		}
		at = len(m.list)
		m.at[strings.Clone(name)] = at // which may alias the tape
		m.list = append(m.list, mergedProperty{})
	}
	return &m.list[at]
}

// remove takes a property away.
func (m *merged) remove(name string) {
	if at, known := m.at[name]; known {
		m.list[at] = mergedProperty{}
		delete(m.at, name)
	}
}

// append writes the JSON object.
func (m *merged) append(dst []byte) []byte {
	dst = append(dst, '{')
	first := len(dst)
	for _, property := range m.list {
		if property.key == nil {
			continue
		}
		if len(dst) > first {
			dst = append(dst, ',')
		}
		dst = append(append(dst, property.key...), ':')
		if property.inner != nil {
			dst = property.inner.append(dst)
		} else {
			dst = append(dst, property.value...)
		}
	}
	return append(dst, '}')
}

// interactionParts are the properties that belong to an interactionType.
var interactionParts = []string{"correctResponsesPattern", "choices", "scale", "source", "target", "steps"}

// mergeInto merges the definition on the tape.
func (p *parser) mergeInto(all *merged) {
	if n := p.property(0, "interactionType"); n != 0 {
		start, end := p.outer(n)
		if at, known := all.at["interactionType"]; known && !bytes.Equal(all.list[at].value, p.body[start:end]) {
			for _, name := range interactionParts {
				all.remove(name)
			}
		}
	}
	for k, end := p.members(0); k < end; k = p.after(k) {
		name := p.text(k)
		property := all.property(name)
		p.fillMerged(property, k)
		switch name {
		case "name", "description", "extensions":
			if p.nodes[k+1].kind != kindObject {
				continue
			}
			if property.value = nil; property.inner == nil {
				property.inner = new(merged)
			}
			for inner, stop := p.members(k + 1); inner < stop; inner = p.after(inner) {
				key := p.text(inner)
				if name != "extensions" {
					key = strings.ToLower(key) // language tags are the same in either letter case
				}
				p.fillMerged(property.inner.property(key), inner)
			}
		}
	}
}

// fillMerged sets a property to what the key k of the tape has.
func (p *parser) fillMerged(property *mergedProperty, k int) {
	start, end := p.outer(k)
	property.key = p.body[start:end]
	start, end = p.outer(k + 1)
	property.value = p.body[start:end]
}
