package manifest

import (
	"strings"

	"lernspur/content/markup"
)

// readResources reads every resource and looks for its files.
func (s *scormReader) readResources() error {
	for n := range s.root.Child("resources").Each("resource") {
		res, err := s.resource(n)
		if err != nil {
			return err
		}
		s.pkg.Resources = append(s.pkg.Resources, res)
	}
	for i := range s.pkg.Resources {
		res := &s.pkg.Resources[i]
		if s.resources[res.ID] == nil {
			s.resources[res.ID] = res
		}
	}
	i := 0
	for n := range s.root.Child("resources").Each("resource") {
		for _, id := range s.pkg.Resources[i].Dependencies {
			if s.resources[id] == nil {
				s.note("dependency", n, "The resource %q depends on %q, which is not there.", s.pkg.Resources[i].ID, id)
			}
		}
		i++
	}
	return nil
}

func (s *scormReader) resource(n *markup.Node) (res Resource, err error) {
	res = Resource{
		ID:   n.Attr("identifier"),
		Type: n.Attr("type"),
		SCO:  strings.EqualFold(n.Attr("scormtype"), "sco"),
		Href: n.Attr("href"),
	}
	bases := s.bases(n)
	if res.Href != "" {
		s.resourceLaunch(n, &res, bases)
	}
	for f := range n.Each("file") {
		href := f.Attr("href")
		switch name, ok := s.find(href, bases); {
		case href == "":
		case !ok:
			s.note("missing-file", f, "The file %q is not in the package.", href)
		case name != "":
			res.Files = append(res.Files, name)
		}
	}
	for d := range n.Each("dependency") {
		res.Dependencies = append(res.Dependencies, d.Attr("identifierref"))
	}
	res.Metadata, err = s.metadata(n.Child("metadata"), s.bases(nil))
	return res, err
}

// resourceLaunch finds the file of a resource's address. That it is not there is
// said once an item wants it.
func (s *scormReader) resourceLaunch(n *markup.Node, res *Resource, bases []string) {
	t, ok := s.locate(res.Href, bases, n)
	if !ok {
		return
	}
	res.Launch = &Launch{URL: cleanURL(t.url), File: t.file}
	if t.external {
		s.note("absolute-launch", n, "The resource %q lies at %s.", res.ID, t.url)
	}
}

// resourcesAsItems makes a course of the resources when there is no other.
func (s *scormReader) resourcesAsItems(all, organization *markup.Node) {
	at := organization
	if at == nil {
		at = all
	}
	if at == nil {
		at = s.root
	}
	s.note("no-organization", at, "The manifest has no organization with items; every resource with an address became an item.")
	o := &Item{Type: Organization, ID: "organization"}
	if organization != nil {
		if title := organization.Value("title"); title != "" {
			o.Title = Text{{"", title}}
			s.pkg.Title = o.Title
		}
	}
	for i := range s.pkg.Resources {
		res := &s.pkg.Resources[i]
		if res.Href == "" {
			continue
		}
		item := &Item{Type: Unit, ID: res.ID, Resource: res.ID, SCO: res.SCO, Title: Text{{"", res.Href}}}
		if res.Launch != nil {
			item.Launch = &Launch{URL: res.Launch.URL, File: res.Launch.File}
		} else {
			s.note("missing-launch-file", at, "The resource %q opens %q, which is not in the package.", res.ID, res.Href)
		}
		o.Children = append(o.Children, item)
	}
	s.pkg.Structure = []*Item{o}
}
