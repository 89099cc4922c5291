package manifest

import "lernspur/content/archive"

// Rule is one thing that is tolerated, with a warning, or refused.
type Rule struct {
	Name     string
	Severity Severity
	// Meaning is what it is about, for the documentation.
	Meaning string
	// Advice is what a content manager can do.
	Advice string
}

// Rules are all rules that findings can name, those of package archive first.
func Rules() []Rule {
	var all []Rule
	for _, d := range archive.Rules() {
		severity := Warning
		if d.Refused {
			severity = Error
		}
		all = append(all, Rule{Name: string(d.Rule), Severity: severity, Meaning: d.Meaning})
	}
	return append(all, rules...)
}

func ruleOf(name string) (Rule, bool) {
	rule, ok := byName[name]
	return rule, ok
}

var byName = func() map[string]Rule {
	m := map[string]Rule{}
	for _, rule := range Rules() {
		m[rule.Name] = rule
	}
	return m
}()

const (
	adviceTool   = "Correct it in the authoring tool and export the package again."
	adviceSupply = "Ask the package's supplier for a corrected one, or export it again with another version of the authoring tool."
	adviceNone   = "Nothing needs to be done; look whether it came out as meant."
)

var rules = []Rule{
	// The whole package.
	{"unknown-kind", Error, "no manifest of SCORM, cmi5, Tin Can or H5P is there, or another kind of package",
		"Upload the file that the authoring tool exported for an LMS (SCORM, cmi5, xAPI or H5P)."},
	{"wrong-root", Error, "the manifest's first element is not that of its kind", adviceSupply},
	{"several-kinds", Warning, "manifests of several kinds; cmi5 goes before Tin Can, Tin Can before SCORM, SCORM before H5P", adviceNone},
	{"top-folder", Warning, "the package lies in a folder of its own within the archive", adviceNone},
	{"manifest-name", Warning, "the manifest's name has other letter case than the standard's", adviceNone},
	{"letter-case", Warning, "elements or attributes have other letter case than the standard's", adviceNone},
	{"no-launch", Error, "nothing in the package can be launched", "Export the package again; if it is the same, the course has no page marked as its start."},
	{"absolute-launch", Warning, "the content lies on another server, which must stay reachable and may see the learner",
		"Ask whether the data protection officer knows of that server. SCORM content on another server cannot report results."},

	// XML.
	{markupMalformed, Error, "a manifest that is not well-formed XML beyond what can be put right", adviceSupply},
	{"dtd", Error, "a document type declaration", "Remove the line that begins with <!DOCTYPE."},
	{"too-complex", Error, "elements deeper than 100 levels, or some 500,000 of them", adviceSupply},
	{"byte-order-mark", Warning, "a byte-order mark", adviceNone},
	{"encoding", Warning, "an encoding that is not the declared one", "Look at letters with accents in the titles."},
	{"ampersand", Warning, "a bare `&`", adviceNone},
	{"entity", Warning, "a character by its name in HTML, `&nbsp;`", adviceNone},

	// SCORM.
	{"schemaversion", Warning, "no or an unknown `schemaversion`; the version is taken from namespaces, else it is 1.2", adviceNone},
	{"no-organization", Warning, "missing or empty `organizations`; every resource with an address becomes an item", adviceNone},
	{"default-organization", Warning, "`default` names no organization; the first one is taken", adviceNone},
	{"other-organizations", Warning, "several organizations; the default one is the course", "If the others are needed, export one package for each."},
	{"identifier", Warning, "an identifier is missing or there twice; one is made up", adviceTool},
	{"title", Warning, "a title is missing; another name is taken", adviceTool},
	{"identifierref", Warning, "an `identifierref` names no resource; the item cannot be launched", adviceTool},
	{"no-href", Warning, "an item's resource has no address; the item cannot be launched", adviceTool},
	{"cluster-launch", Warning, "an item of SCORM 2004 has a resource and items below it; the resource is not launched", adviceTool},
	{"missing-launch-file", Warning, "the file that an item opens is not in the package; the item cannot be launched", adviceTool},
	{"missing-file", Warning, "files that the manifest lists are not in the package", "Try all pages; export the package again if images or pages are missing."},
	{"href-case", Warning, "an address differs from the file's name in letter case; the file is taken", adviceNone},
	{"href-backslash", Warning, "an address with backslashes", adviceNone},
	{"base-slash", Warning, "an `xml:base` without a slash at its end, that is a folder all the same", adviceNone},
	{"dependency", Warning, "a `dependency` names no resource", adviceTool},
	{"submanifest", Warning, "a manifest within the manifest is not read", adviceTool},
	{"value", Warning, "a value that is not among the standard's; it is left out", adviceTool},
	{"sequencing-ref", Warning, "an `IDRef` names no sequencing of the collection", adviceTool},
	{"metadata", Warning, "metadata that cannot be read, or a metadata file that is not there", adviceNone},

	// cmi5.
	{"cmi5-id", Error, "an id of cmi5 that is missing or no IRI", adviceTool},
	{"cmi5-duplicate", Error, "an id of cmi5 that is there twice", adviceTool},
	{"cmi5-course", Error, "a course structure without `course`", adviceTool},
	{"cmi5-order", Error, "elements of a course structure in another order than its schema's, or twice", adviceTool},
	{"cmi5-url", Error, "an AU's address that is missing, is no URL, or names no file of the package", adviceTool},
	{"cmi5-relative", Error, "a relative address of an AU in a course structure without a package", "Upload the package (zip) instead of the course structure, or write whole addresses."},
	{"cmi5-query", Error, "an AU's address has a parameter that the launch sets: `endpoint`, `fetch`, `actor`, `registration`, `activityId`", adviceTool},
	{"cmi5-value", Error, "`moveOn`, `launchMethod` or `masteryScore` with a value that cmi5 does not have", adviceTool},
	{"cmi5-objective", Warning, "an `idref` names no objective of the course", adviceTool},

	// Tin Can and H5P.
	{"tincan-id", Warning, "an activity whose id is missing or no IRI; it cannot be launched", adviceTool},
	{"h5p-json", Error, "an `h5p.json` that is not JSON, or without a main library", adviceSupply},
	{"h5p-content", Error, "no `content/content.json`", adviceSupply},
	{"h5p-library", Error, "the main library is not in the package", "Export the content with its libraries (from H5P.org, Lumi or Moodle: Download, not Copy)."},
}

const markupMalformed = "malformed-xml"
