package player

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CMI is the run-time data of a SCO: the names of the standard
// ("cmi.core.score.raw", "cmi.interactions.0.id") and their values. Empty values
// are left out, since the standards do not tell them from values never set.
type CMI map[string]string

const (
	// maxElements bounds how many elements an attempt at a SCO may have.
	maxElements = 50_000
	// maxDepth bounds how deep run-time data nests; the standards need six.
	maxDepth = 16
)

var errShape = errors.New("expected the run-time data of a SCO as nested JSON objects")

// ParseCMI reads run-time data as nested objects and arrays, {"cmi":{…}}. Errors
// say what is wrong with it.
func ParseCMI(text []byte) (CMI, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree map[string]any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("%w: %w", errShape, err)
	}
	c := CMI{}
	for _, model := range [...]string{"cmi", "adl"} {
		if err := c.add(model, tree[model], 0); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c CMI) add(name string, value any, depth int) error {
	if depth > maxDepth || len(c) > maxElements {
		return fmt.Errorf("%w, of %d elements and %d levels at most", errShape, maxElements, maxDepth)
	}
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			if err := c.add(name+"."+key, below, depth+1); err != nil {
				return err
			}
		}
	case []any:
		for i, below := range v {
			if err := c.add(name+"."+strconv.Itoa(i), below, depth+1); err != nil {
				return err
			}
		}
	case string:
		if v != "" {
			c[name] = v
		}
	case json.Number:
		c[name] = v.String()
	case bool:
		c[name] = strconv.FormatBool(v)
	}
	return nil
}

// array has the elements of an array, in order.
func (c CMI) array(name string) []CMI {
	byIndex := map[int]CMI{}
	for element, value := range c {
		rest, ok := strings.CutPrefix(element, name+".")
		if !ok {
			continue
		}
		number, field, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			continue
		}
		if byIndex[n] == nil {
			byIndex[n] = CMI{index: number}
		}
		byIndex[n][field] = value
	}
	numbers := make([]int, 0, len(byIndex))
	for n := range byIndex {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	all := make([]CMI, 0, len(numbers))
	for _, n := range numbers {
		all = append(all, byIndex[n])
	}
	return all
}

// index is the name under which array puts the number of an element.
const index = "#"
