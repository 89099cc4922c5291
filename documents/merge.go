package documents

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"
)

// maxProperties bounds what a merge keeps in mind of an object.
const maxProperties = 100_000

// IsJSON tells whether a Content-Type is application/json, in UTF-8.
func IsJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	media, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	return err == nil && media == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// CheckObject returns nil when content is a JSON object that a later POST can
// be merged with; the error says what is wrong, for the client.
func CheckObject(content []byte) error {
	_, err := members(content)
	return err
}

// Merge sets every property of posted in stored (xAPI 1.0.3 Part 3, 2.2, "JSON
// Procedure"): top-level properties only, each replaced as a whole. Both have to
// be JSON objects whose names are unique. Properties keep their order, new ones
// follow in the order of posted, and values keep their bytes. The error says what
// is wrong, for the client.
func Merge(stored, posted []byte) ([]byte, error) {
	old, err := members(stored)
	if err != nil {
		return nil, fmt.Errorf("the stored document cannot be merged with: %w", err)
	}
	fresh, err := members(posted)
	if err != nil {
		return nil, err
	}
	place := make(map[string]int, len(fresh))
	for i, m := range fresh {
		place[m.name] = i
	}
	merged := make([]byte, 0, len(stored)+len(posted))
	merged = append(merged, '{')
	add := func(from []byte, m member) {
		if len(merged) > 1 {
			merged = append(merged, ',')
		}
		merged = append(merged, from[m.key:m.keyEnd]...)
		merged = append(merged, ':')
		merged = append(merged, from[m.value:m.valueEnd]...)
	}
	for _, m := range old {
		if i, replaced := place[m.name]; replaced {
			add(posted, fresh[i])
			fresh[i].taken = true
		} else {
			add(stored, m)
		}
	}
	for _, m := range fresh {
		if !m.taken {
			add(posted, m)
		}
	}
	return append(merged, '}'), nil
}

// member is a property of an object, as places in its text.
type member struct {
	name                         string
	key, keyEnd, value, valueEnd int
	taken                        bool
}

// members lists the properties of an object whose text is checked first.
func members(text []byte) ([]member, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("it is not valid UTF-8")
	}
	if !json.Valid(text) {
		return nil, errors.New("it is not valid JSON")
	}
	at := blank(text, 0)
	if text[at] != '{' {
		return nil, errors.New("it is JSON, but not an object")
	}
	var list []member
	seen := make(map[string]struct{})
	for at = blank(text, at+1); text[at] != '}'; at = blank(text, at) {
		if text[at] == ',' {
			at = blank(text, at+1)
		}
		m := member{key: at}
		m.keyEnd = endOfString(text, at)
		if err := json.Unmarshal(text[m.key:m.keyEnd], &m.name); err != nil {
			return nil, errors.New("it is not valid JSON")
		}
		if _, twice := seen[m.name]; twice {
			return nil, fmt.Errorf("the property %q is there twice", m.name)
		}
		if len(list) >= maxProperties {
			return nil, fmt.Errorf("it has more than %d properties", maxProperties)
		}
		seen[m.name] = struct{}{}
		m.value = blank(text, blank(text, m.keyEnd)+1) // behind the colon
		m.valueEnd = endOfValue(text, m.value)
		list = append(list, m)
		at = m.valueEnd
	}
	return list, nil
}

// blank returns the first place at or after at that is not white space.
func blank(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r' {
		at++
	}
	return at
}

// endOfString returns the place behind the string that begins at at, in a text
// that is known to be valid.
func endOfString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// endOfValue returns the place behind the value that begins at at, in a text that
// is known to be valid.
func endOfValue(text []byte, at int) int {
	depth := 0
	for {
		switch text[at] {
		case '"':
			at = endOfString(text, at)
			if depth == 0 {
				return at
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return at // of the object around a number or word
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return at
			}
		}
		at++
	}
}
