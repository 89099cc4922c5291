package manifest

import (
	"errors"
	"slices"
	"strings"

	"lernspur/content/archive"
	"lernspur/content/markup"
)

// metadata reads LOM from a <metadata> element, where it stands or from the file
// that it names (adlcp:location); nil when there is none. Nothing about it
// refuses a package. An error is one of reading.
func (r *reader) metadata(n *markup.Node, bases []string) (*Metadata, error) {
	if lom := n.Child("lom"); lom != nil {
		return readLOM(lom), nil
	}
	location := n.Child("location")
	if location == nil || location.Text == "" || r.archive == nil {
		return nil, nil
	}
	name, ok := r.find(location.Text, bases)
	if !ok || name == "" {
		r.note("metadata", location, "The metadata file %q is not in the package.", location.Text)
		return nil, nil
	}
	data, err := r.archive.ReadAll(r.archive.Find(r.pkg.Base + name))
	var refusal *archive.Refusal
	if errors.As(err, &refusal) {
		r.note("metadata", location, "The metadata cannot be read: %s", refusal.Error())
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	within := r.file
	r.file = r.pkg.Base + name
	root := r.parse(data, true)
	r.file = within
	if root == nil {
		return nil, nil
	}
	return readLOM(root), nil
}

// readLOM reads LOM 1.0 (<string language>) and the older one of SCORM 1.2
// (<langstring xml:lang>).
func readLOM(lom *markup.Node) *Metadata {
	if !lom.Is("lom") && lom.Child("lom") != nil {
		lom = lom.Child("lom")
	}
	general, educational := lom.Child("general"), lom.Child("educational")
	m := &Metadata{
		Title:       phrases(general.Child("title")),
		Description: phrases(general.Child("description")),
		Rights:      phrases(lom.Child("rights").Child("description")),
	}
	for n := range general.Each("language") {
		if n.Text != "" && !strings.EqualFold(n.Text, "none") {
			m.Languages = append(m.Languages, n.Text)
		}
	}
	for n := range general.Each("keyword") {
		m.Keywords = append(m.Keywords, phrases(n)...)
	}
	time := educational.Child("typicalLearningTime")
	if m.TypicalLearningTime = time.Value("duration"); m.TypicalLearningTime == "" {
		m.TypicalLearningTime = time.Value("datetime")
	}
	if len(m.Title)+len(m.Description)+len(m.Rights)+len(m.Languages)+len(m.Keywords) == 0 && m.TypicalLearningTime == "" {
		return nil
	}
	return m
}

// phrases is a text of LOM in its languages.
func phrases(n *markup.Node) (text Text) {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		language := c.Attr("language")
		if c.Is("langstring") {
			language = c.XMLAttr("lang")
		}
		if (c.Is("string") || c.Is("langstring")) && c.Text != "" {
			text = append(text, Phrase{language, collapse(c.Text)})
		}
	}
	return text
}

// collapse is a text on one line, as manifests break and indent theirs.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

func sameLanguage(has, wanted string, exact bool) bool {
	if exact {
		return strings.EqualFold(has, wanted)
	}
	has, _, _ = strings.Cut(has, "-")
	wanted, _, _ = strings.Cut(wanted, "-")
	return has != "" && strings.EqualFold(has, wanted)
}

// languagesOf are the languages of texts, each once, in their order.
func languagesOf(texts ...Text) (languages []string) {
	for _, t := range texts {
		for _, p := range t {
			if p.Language != "" && !slices.Contains(languages, p.Language) {
				languages = append(languages, p.Language)
			}
		}
	}
	return languages
}
