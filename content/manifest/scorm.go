package manifest

import (
	"fmt"
	"strconv"
	"strings"

	"lernspur/content/markup"
)

// scormReader reads an imsmanifest.xml.
type scormReader struct {
	*reader
	root *markup.Node
	// resources by identifier, with the element that each was read from.
	resources map[string]*Resource
	// collection holds the sequencing that items may refer to, by ID.
	collection map[string]*markup.Node
	// ids are the identifiers of items that are taken.
	ids map[string]bool
}

func (r *reader) scorm(data []byte) error {
	root := r.parse(data, false)
	if root == nil {
		return nil
	}
	if !root.Is("manifest") {
		r.note("wrong-root", root, "The first element is <%s>; a manifest of SCORM begins with <manifest>.", root.Name)
		return nil
	}
	s := &scormReader{reader: r, root: root, resources: map[string]*Resource{}, ids: map[string]bool{}}
	r.letterCase(root, scormNames)
	if !s.version() {
		return nil
	}
	r.pkg.Identifier, r.pkg.Version = root.Attr("identifier"), root.Attr("version")
	s.collect()
	if err := s.readResources(); err != nil {
		return err
	}
	if err := s.organizations(); err != nil {
		return err
	}
	var err error
	if r.pkg.Metadata, err = r.metadata(root.Child("metadata"), s.bases(nil)); err != nil {
		return err
	}
	s.describe()
	if root.Child("manifest") != nil {
		s.note("submanifest", root.Child("manifest"), "A manifest within the manifest is not read.")
	}
	r.noLaunch()
	return nil
}

// version decides between SCORM 1.2 and 2004; false for another use of the
// IMS manifest.
func (s *scormReader) version() bool {
	metadata := s.root.Child("metadata")
	stated, schema := metadata.Value("schemaversion"), metadata.Value("schema")
	if strings.Contains(strings.ToLower(schema), "cartridge") {
		s.pkg.Kind = ""
		s.note("unknown-kind", metadata.Child("schema"), "This is a %s, which is not supported.", schema)
		return false
	}
	kind, edition, known := versionOf(stated)
	if !known {
		kind = s.versionByNamespace()
		text := "The manifest does not say its version (schemaversion)"
		if stated != "" {
			text = fmt.Sprintf("The version %q (schemaversion) is unknown", stated)
		}
		at := metadata
		if at == nil {
			at = s.root
		}
		s.note("schemaversion", at, "%s; it was read as %s.", text, kind.Name())
	}
	s.pkg.Kind, s.pkg.Edition = kind, edition
	return true
}

// Name is the kind as people write it.
func (k Kind) Name() string {
	return map[Kind]string{SCORM12: "SCORM 1.2", SCORM2004: "SCORM 2004", Cmi5: "cmi5", TinCan: "Tin Can", H5P: "H5P"}[k]
}

func versionOf(stated string) (kind Kind, edition string, known bool) {
	v := strings.ToLower(stated)
	switch {
	case strings.Contains(v, "2004"):
		for _, e := range [...]string{"1st", "2nd", "3rd", "4th"} {
			if strings.Contains(v, e) {
				edition = e
			}
		}
		return SCORM2004, edition, true
	case strings.Contains(v, "cam 1.3"):
		return SCORM2004, "2nd", true
	case v == "1.3":
		return SCORM2004, "1st", true
	case strings.Contains(v, "1.2"):
		return SCORM12, "", true
	}
	return "", "", false
}

// versionByNamespace is SCORM 2004 where an element or its attributes are in one
// of its namespaces, else 1.2.
func (s *scormReader) versionByNamespace() Kind {
	kind := SCORM12
	s.root.Walk(func(n *markup.Node) {
		if n.In("imscp_v1p1") || n.In("adlcp_v1p3") || n.In("adlseq_v1p3") || n.In("/imsss") {
			kind = SCORM2004
		}
	})
	return kind
}

// bases are the xml:base values above and of an element, the outermost first.
func (s *scormReader) bases(n *markup.Node) []string {
	bases := []string{s.root.XMLAttr("base")}
	if n == nil {
		return bases
	}
	if n.Parent != s.root {
		bases = append(bases, n.Parent.XMLAttr("base"))
	}
	return append(bases, n.XMLAttr("base"))
}

func (s *scormReader) organizations() error {
	all := s.root.Child("organizations")
	var chosen *markup.Node
	count, wanted := 0, all.Attr("default")
	for o := range all.Each("organization") {
		if count++; chosen == nil && (wanted == "" || o.Attr("identifier") == wanted) {
			chosen = o
		}
	}
	if chosen == nil && count > 0 {
		chosen = all.Child("organization")
		s.note("default-organization", all, "There is no organization %q, which is the default; the first one was taken.", wanted)
	}
	if count > 1 {
		s.note("other-organizations", all, "There are %d organizations; only %q was read.", count, chosen.Attr("identifier"))
	}
	if chosen == nil || chosen.Child("item") == nil {
		s.resourcesAsItems(all, chosen)
		return nil
	}
	return s.organization(chosen, wanted)
}

func (s *scormReader) organization(n *markup.Node, wanted string) error {
	o := &Item{Type: Organization, ID: s.identify(n, wanted, "organization"), Sequencing: s.sequencing(n)}
	s.pkg.Structure = []*Item{o}
	if err := s.content(n, o); err != nil {
		return err
	}
	if len(o.Title) == 0 {
		s.note("title", n, "The organization has no title.")
		if len(o.Children) == 1 {
			o.Title = o.Children[0].Title
		}
	}
	if len(o.Title) > 0 {
		s.pkg.Title = o.Title
	}
	return nil
}

// content reads what an organization and an item have in common: title,
// metadata and the items below.
func (s *scormReader) content(n *markup.Node, item *Item) (err error) {
	if title := n.Value("title"); title != "" {
		item.Title = Text{{n.Child("title").XMLAttr("lang"), collapse(title)}}
	}
	if item.Metadata, err = s.metadata(n.Child("metadata"), s.bases(nil)); err != nil {
		return err
	}
	if item.Metadata != nil {
		item.Description = item.Metadata.Description
	}
	for c := range n.Each("item") {
		below, err := s.item(c)
		if err != nil {
			return err
		}
		item.Children = append(item.Children, below)
	}
	return nil
}

func (s *scormReader) item(n *markup.Node) (*Item, error) {
	item := &Item{
		Type:            Unit,
		ID:              s.identify(n, "", "item"),
		Hidden:          strings.EqualFold(n.Attr("isvisible"), "false"),
		Resource:        n.Attr("identifierref"),
		MasteryScore:    n.Value("masteryscore"),
		Prerequisites:   n.Value("prerequisites"),
		MaxTimeAllowed:  n.Value("maxtimeallowed"),
		TimeLimitAction: n.Value("timelimitaction"),
		DataFromLMS:     n.Value("datafromlms"),
		SharedData:      s.sharedData(n.Child("data")),
		HideLMSUI:       s.hideLMSUI(n),
		Sequencing:      s.sequencing(n),
	}
	item.CompletionThreshold = s.threshold(n.Child("completionThreshold"))
	item.PassingScore = s.passingScore(n, item)
	if item.Sequencing != nil && item.MaxTimeAllowed == "" {
		item.MaxTimeAllowed = item.Sequencing.AttemptAbsoluteDurationLimit
	}
	if err := s.content(n, item); err != nil {
		return nil, err
	}
	s.launch(n, item)
	if len(item.Title) == 0 {
		s.note("title", n, "The item has no title.")
		item.Title = Text{{"", item.ID}}
	}
	return item, nil
}

// identify is the identifier of an element, or one that is made up.
func (s *scormReader) identify(n *markup.Node, fallback, prefix string) string {
	id := n.Attr("identifier")
	missing := id == ""
	if missing {
		if id = fallback; id == "" {
			id = prefix
		}
	}
	unique := id
	for i := 2; s.ids[unique]; i++ {
		unique = id + "-" + strconv.Itoa(i)
		if i > 10 {
			i += len(s.ids) // no search through thousands of equal ones
		}
	}
	s.ids[unique] = true
	switch {
	case missing:
		s.note("identifier", n, "The <%s> has no identifier; it was named %q.", n.Name, unique)
	case unique != id:
		s.note("identifier", n, "The identifier %q is there twice; this one was named %q.", id, unique)
	}
	return unique
}

// launch ties an item to its resource.
func (s *scormReader) launch(n *markup.Node, item *Item) {
	if item.Resource == "" {
		return
	}
	res := s.resources[item.Resource]
	switch {
	case res == nil:
		s.note("identifierref", n, "The item refers to a resource %q, which is not there.", item.Resource)
	case res.Href == "":
		s.note("no-href", n, "The item's resource %q has no address (href).", item.Resource)
	case res.Launch == nil:
		s.note("missing-launch-file", n, "The item opens %q, which is not in the package.", res.Href)
	case s.pkg.Kind == SCORM2004 && len(item.Children) > 0:
		s.note("cluster-launch", n, "The item has items below it and a resource of its own, %q.", item.Resource)
	default:
		item.SCO = res.SCO
		parameters := n.Attr("parameters")
		item.Launch = &Launch{URL: cleanURL(withParameters(res.Launch.URL, parameters)), File: res.Launch.File, Parameters: parameters}
	}
}

// describe fills in what the organization left open.
func (s *scormReader) describe() {
	p := s.pkg
	if m := p.Metadata; m != nil {
		p.Description, p.Languages, p.Licence = m.Description, m.Languages, m.Rights.In()
		if len(p.Title) == 0 {
			p.Title = m.Title
		}
	}
	if len(p.Structure) > 0 {
		if len(p.Description) == 0 {
			p.Description = p.Structure[0].Description
		}
		if len(p.Structure[0].Title) == 0 {
			p.Structure[0].Title = p.Title
		}
	}
	if len(p.Title) == 0 && p.Identifier != "" {
		p.Title = Text{{"", p.Identifier}}
	}
}
