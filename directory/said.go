package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"lernspur/directory/sheet"
)

// Said is a sentence with its values apart, so that somebody can say it in another
// language: Form is as package fmt has it, and among Args may be errors that say
// something themselves.
type Said struct {
	Form string
	Args []any
}

// String is the sentence in English.
func (s Said) String() string { return fmt.Sprintf(s.Form, s.Args...) }

// FieldNames are fields that columns can mean, among the values of a sentence.
type FieldNames []string

// String is the names as they are at the interface.
func (f FieldNames) String() string { return strings.Join(f, ", ") }

// SentenceOf is what an error of the directory says; false for other errors.
func SentenceOf(err error) (Said, bool) {
	var invalid *Invalid
	var conflict *Conflict
	var told *telling
	var unreadable *sheet.Error
	switch {
	case errors.As(err, &invalid):
		return invalid.Said, true
	case errors.As(err, &conflict):
		return conflict.Said, true
	case errors.As(err, &told):
		return told.Said, true
	case errors.As(err, &unreadable):
		return Said{unreadable.Form, unreadable.Args}, true
	}
	return Said{}, false
}

// telling is an error that is part of another one.
type telling struct {
	message string
	Said
}

func (e *telling) Error() string { return e.message }

func tell(form string, args ...any) error {
	return &telling{fmt.Sprintf(form, args...), Said{form, args}}
}

// Alike finds people who may be whoever has an identifier that nobody has: their
// name is the one that statements give, or the part of a mail address in front of
// its @, or the name of an account, is the same. It is a guess, for people to judge:
// most people at most for each, by the names of the list, in its order.
func (d *Directory) Alike(tenant string, unknown []Stranger, most int) [][]*Person {
	s, today := d.read(tenant), d.Today()
	byName, byLocal := map[string][]int{}, map[string][]int{}
	for i, u := range unknown {
		if name := nameKey(u.Name); name != "" {
			byName[name] = append(byName[name], i)
		}
		if local := localPart(u.Identifier); local != "" {
			byLocal[local] = append(byLocal[local], i)
		}
	}
	found := make([][]*Person, len(unknown))
	if len(byName)+len(byLocal) == 0 {
		return found
	}
	for _, p := range s.inOrder() {
		var at []int
		for _, name := range p.names() {
			at = append(at, byName[nameKey(name)]...)
		}
		for _, identifier := range p.Identifiers {
			if local := localPart(identifier); local != "" {
				at = append(at, byLocal[local]...)
			}
		}
		slices.Sort(at)
		for _, i := range slices.Compact(at) {
			if len(found[i]) < most {
				found[i] = append(found[i], s.view(p, today))
			}
		}
	}
	return found
}

// Stranger is an identifier that nobody has, and the name that statements give it.
type Stranger struct{ Identifier, Name string }

// nameKey is a name by which two are compared: in lower case, its words in order,
// as some write the last name first.
func nameKey(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// localPart is the part of an identifier that people choose: of an address what is
// in front of its @, of an account its name, which may be an address, too.
func localPart(identifier string) string {
	kind, value, _ := strings.Cut(identifier, "|")
	switch kind {
	case "mbox":
		value = strings.TrimPrefix(value, "mailto:")
	case "account":
		_, value, _ = strings.Cut(value, "|")
	default:
		return ""
	}
	local, _, _ := strings.Cut(strings.ToLower(value), "@")
	return local
}

// Size is how many people, units and groups a tenant has.
func (d *Directory) Size(tenant string) (people, units, groups int) {
	s := d.read(tenant)
	return len(s.people), len(s.units), len(s.groups)
}
