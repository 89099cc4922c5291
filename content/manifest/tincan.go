package manifest

import (
	"strings"

	"lernspur/content/markup"
)

func (r *reader) tincan(data []byte) error {
	root := r.parse(data, false)
	if root == nil {
		return nil
	}
	if !root.Is("tincan") {
		r.note("wrong-root", root, "The first element is <%s>; a tincan.xml begins with <tincan>.", root.Name)
		return nil
	}
	r.letterCase(root, names("tincan activities activity id type name description launch lang"))
	for n := range root.Child("activities").Each("activity") {
		r.pkg.Structure = append(r.pkg.Structure, r.tincanActivity(n))
	}
	// The course is the first activity that can be launched.
	for item := range r.pkg.Items() {
		if item.Launch != nil {
			r.pkg.Identifier, r.pkg.Title, r.pkg.Description = item.ID, item.Title, item.Description
			r.pkg.Languages = languagesOf(item.Title, item.Description)
			break
		}
	}
	r.noLaunch()
	return nil
}

func (r *reader) tincanActivity(n *markup.Node) *Item {
	a := &Item{Type: Activity, ID: n.Attr("id"), ActivityType: n.Attr("type"),
		Title: languageMap(n, "name"), Description: languageMap(n, "description")}
	if len(a.Title) == 0 {
		r.note("title", n, "The activity has no name.")
		a.Title = Text{{"", a.ID}}
	}
	launch := n.Child("launch")
	if launch == nil || launch.Text == "" {
		return a
	}
	if !isIRI(a.ID) {
		r.note("tincan-id", n, "The id %q is no IRI; it must begin with a scheme, as in https://example.org/course.", a.ID)
		return a
	}
	t, ok := r.locate(launch.Text, nil, launch)
	switch {
	case !ok:
		r.note("missing-launch-file", launch, "The activity opens %q, which is not in the package.", launch.Text)
		return a
	case t.external:
		r.note("absolute-launch", launch, "The activity lies at %s.", t.url)
	}
	a.Launch = &Launch{URL: cleanURL(t.url), File: t.file, Language: launch.Attr("lang")}
	return a
}

// languageMap is a text that an element repeats for each language.
func languageMap(n *markup.Node, name string) (text Text) {
	for c := range n.Each(name) {
		if value := strings.TrimSpace(c.Text); value != "" {
			text = append(text, Phrase{c.Attr("lang"), collapse(value)})
		}
	}
	return text
}
