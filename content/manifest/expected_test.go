package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expectation is what a person reads in a manifest.
type expectation struct {
	kind     Kind
	edition  string
	title    string
	items    int // with organization, course and blocks
	launched int
	launch   string // of the first that can be
	errors   []string
	warnings []string
}

const (
	golf     = "Golf Explained - "
	geology  = "Introduction to Geology - "
	golfPage = "shared/launchpage.html"
)

// expectations were made by hand from the manifests and packages.md's rules.
var expectations = map[string]expectation{
	"cmi5-masteryscore_framed":                                      {Cmi5, "", geology + "Framed Style - Mastery Score", 2, 1, "index.html", nil, nil},
	"cmi5-masteryscore_responsive":                                  {Cmi5, "", geology + "Responsive Style - Mastery Score", 2, 1, "index.html", nil, nil},
	"cmi5-multi_au_framed":                                          {Cmi5, "", geology + "Multi AU at Root", 9, 8, "index.html?pages=1&complete=launch", nil, nil},
	"cmi5-pre_post_test_framed":                                     {Cmi5, "", geology + "Pre/Post Test", 9, 6, "pre1.html", nil, nil},
	"cmi5-single_au_basic_framed":                                   {Cmi5, "", geology + "Framed Style", 2, 1, "index.html", nil, nil},
	"cmi5-single_au_basic_responsive":                               {Cmi5, "", geology + "Responsive Style", 2, 1, "index.html", nil, nil},
	"scorm12-ComplexNestedOrganization_SCORM12":                     {SCORM12, "", "Complex Nested Organization Test", 12, 11, "content/module1.html", nil, []string{"other-organizations"}},
	"scorm12-ContentPackagingOneFilePerSCO_SCORM12":                 {SCORM12, "", golf + "CP One File Per SCO", 23, 18, "Playing/Playing.html", nil, nil},
	"scorm12-ContentPackagingSingleSCO_SCORM12":                     {SCORM12, "", golf + "CP Single SCO", 2, 1, golfPage, nil, nil},
	"scorm12-ContentPackagingWithMetadata_SCORM12":                  {SCORM12, "", "SCORM 1.2 With Metadata", 2, 1, "index.html", nil, []string{"metadata"}},
	"scorm12-InvalidFileReferences_SCORM12":                         {SCORM12, "", "Invalid File References Test", 2, 0, "", []string{"no-launch"}, []string{"missing-file", "missing-launch-file"}},
	"scorm12-ItemWithNonExistentResourceId_SCORM12":                 {SCORM12, "", "Item With Non-Existent Resource ID Test", 3, 1, "content/item2.html", nil, []string{"identifierref"}},
	"scorm12-LaunchUrlFromNestedItem_SCORM12":                       {SCORM12, "", "Launch URL From Nested Item Test", 8, 2, "content/topic1.html", nil, nil},
	"scorm12-MalformedXml_SCORM12":                                  {SCORM12, "", "", 0, 0, "", []string{"malformed-xml"}, nil},
	"scorm12-MissingLaunchUrl_SCORM12":                              {SCORM12, "", "Missing Launch URL Test", 2, 0, "", []string{"no-launch"}, []string{"no-href"}},
	"scorm12-MissingRequiredFields_SCORM12":                         {SCORM12, "", "Test Item", 2, 1, "content/index.html", nil, []string{"title"}},
	"scorm12-MultipleItemsWithIdentifierRef_SCORM12":                {SCORM12, "", "Multiple Items With IdentifierRef Test", 4, 3, "content/item1.html", nil, nil},
	"scorm12-PrerequisitesTest_SCORM12":                             {SCORM12, "", "Prerequisites Test Course", 5, 4, "module1.html", nil, nil},
	"scorm12-RuntimeBasicCalls_SCORM12":                             {SCORM12, "", golf + "Run-time Basic Calls", 2, 1, golfPage, nil, nil},
	"scorm12-RuntimeMinimumCalls_SCORM12":                           {SCORM12, "", golf + "Minimum Run-time Calls", 23, 18, "Playing/Playing.html", nil, nil},
	"scorm2004-AdlAttributes_SCORM20043rdEdition":                   {SCORM2004, "3rd", "ADL Attributes Example", 2, 1, "index.html", nil, nil},
	"scorm2004-ContentPackagingMetadata_SCORM20043rdEdition":        {SCORM2004, "3rd", golf + "Metadata Example", 2, 1, golfPage, nil, []string{"metadata"}},
	"scorm2004-ContentPackagingNoSchemaVersion_SCORM20042ndEdition": {SCORM2004, "", "Minimal 2nd Edition No SchemaVersion", 2, 1, "index.html", nil, []string{"schemaversion"}},
	"scorm2004-ContentPackagingOneFilePerSCO_SCORM20043rdEdition":   {SCORM2004, "3rd", golf + "CP One File Per SCO", 23, 18, "Playing/Playing.html", nil, nil},
	"scorm2004-ContentPackagingSingleSCO_SCORM20042ndEdition":       {SCORM2004, "2nd", golf + "CP Single SCO", 2, 1, golfPage, nil, nil},
	"scorm2004-ContentPackagingSingleSCO_SCORM20043rdEdition":       {SCORM2004, "3rd", golf + "CP Single SCO", 2, 1, golfPage, nil, nil},
	"scorm2004-InvalidMissingOrgIdentifier_SCORM20043rdEdition":     {SCORM2004, "3rd", "Minimal Course", 2, 1, "index.html", nil, []string{"default-organization", "identifier"}},
	"scorm2004-MinimalValid_SCORM20043rdEdition":                    {SCORM2004, "3rd", "Minimal Course", 2, 1, "index.html", nil, nil},
	"scorm2004-RunTimeAdvancedCalls_SCORM20043rdEdition":            {SCORM2004, "3rd", golf + "Run-time Advanced Calls", 2, 1, golfPage, nil, nil},
	"scorm2004-RuntimeBasicCalls_SCORM20043rdEdition":               {SCORM2004, "3rd", golf + "Run-time Basic Calls", 2, 1, golfPage, nil, nil},
	"scorm2004-RuntimeMinimumCalls_SCORM20043rdEdition":             {SCORM2004, "3rd", golf + "Minimum Run-time Calls", 23, 18, "Playing/Playing.html", nil, nil},
	"scorm2004-SequencingForcedSequential_SCORM20043rdEdition":      {SCORM2004, "3rd", golf + "Sequencing Forced Order", 6, 5, golfPage + "?content=playing", nil, nil},
	"scorm2004-SequencingPostTestRollup4thEd_SCORM20044thEdition":   {SCORM2004, "4th", golf + "4th Edition Features", 6, 5, golfPage + "?content=playing", nil, nil},
	"scorm2004-SequencingPostTestRollup_SCORM20043rdEdition":        {SCORM2004, "3rd", golf + "Sequencing Post Test Rollup", 6, 5, golfPage + "?content=playing", nil, nil},
	"scorm2004-SequencingPreOrPostTestRollup_SCORM20043rdEdition":   {SCORM2004, "3rd", golf + "Sequencing Pre or Post Test Rollup", 9, 6, golfPage + "?content=assessment", nil, nil},
	"scorm2004-SequencingRandomTest_SCORM20043rdEdition":            {SCORM2004, "3rd", golf + "Sequencing Random Test", 11, 8, golfPage + "?content=playing", nil, nil},
	"scorm2004-SequencingSimpleRemediation_SCORM20043rdEdition":     {SCORM2004, "3rd", golf + "Simple Remediation", 10, 8, golfPage + "?content=playing", nil, nil},
	"xapi-basic_course":                                             {TinCan, "", "Basic xAPI Course", 1, 1, "index.html", nil, nil},
}

// TestExpectations holds every real manifest against what a person reads in it.
func TestExpectations(t *testing.T) {
	eachManifest(t, func(t *testing.T, name, _ string, p *Package) {
		want, known := expectations[name[:strings.LastIndexByte(name, '-')]]
		if !known {
			t.Fatal("nobody said what to expect")
		}
		got := expectation{kind: p.Kind, edition: p.Edition, title: p.Title.In(), errors: rulesOf(p, Error), warnings: rulesOf(p, Warning)}
		for item := range p.Items() {
			if got.items++; item.Launch != nil {
				got.launched++
			}
		}
		if item := first(p); item != nil {
			got.launch = item.Launch.URL
		}
		want.errors, want.warnings = append([]string{}, want.errors...), append([]string{}, want.warnings...)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(expectation{})); diff != "" {
			t.Error(diff)
		}
	})
}
