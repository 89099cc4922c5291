package manifest

import (
	"strings"

	"golang.org/x/text/language"
)

// Kind is the standard that a package follows.
type Kind string

// The kinds that can be read.
const (
	SCORM12   Kind = "scorm-1.2"
	SCORM2004 Kind = "scorm-2004"
	Cmi5      Kind = "cmi5"
	TinCan    Kind = "tincan"
	H5P       Kind = "h5p"
)

// Phrase is a text in a language; the language is empty where none is named.
type Phrase struct {
	Language string `json:"language,omitempty"`
	Value    string `json:"value"`
}

// Text is the same text in several languages, in the order of the manifest.
type Text []Phrase

// In is the text in the first of these languages (BCP 47) that there is, by the
// whole tag or its first part, else the first text; empty when there is none.
func (t Text) In(languages ...string) string {
	for _, language := range languages {
		for _, exact := range [...]bool{true, false} {
			for _, p := range t {
				if sameLanguage(p.Language, language, exact) {
					return p.Value
				}
			}
		}
	}
	if len(t) == 0 {
		return ""
	}
	return t[0].Value
}

// LanguageMap is the text as statements have it (xAPI 1.0.3 Part 2, 4.2): of each
// language the first text; a text without a language, or with one that is none, is
// "und". Nil when there is no text.
func (t Text) LanguageMap() map[string]string {
	var m map[string]string
	for _, p := range t {
		tag := languageTag(p.Language)
		if p.Value == "" || m[tag] != "" {
			continue
		}
		if m == nil {
			m = map[string]string{}
		}
		m[tag] = p.Value
	}
	return m
}

// languageTag is a tag as authoring tools write it, such as en_US, as a tag.
func languageTag(tag string) string {
	if tag == "" {
		return "und"
	}
	if _, err := language.Parse(tag); err != nil {
		return "und"
	}
	return strings.ReplaceAll(tag, "_", "-")
}

// Package is what a manifest says, and what was found in reading it.
type Package struct {
	Kind Kind `json:"kind"`
	// Edition is that of SCORM 2004: "1st" to "4th", or empty when it is not
	// named.
	Edition string `json:"edition,omitempty"`
	// Manifest is the name of the file, below Base.
	Manifest string `json:"manifest,omitempty"`
	// Base is the sole top folder in which the package lies, with a slash at
	// its end, or empty. All other names are below it.
	Base string `json:"base,omitempty"`

	Identifier  string   `json:"identifier,omitempty"`
	Version     string   `json:"version,omitempty"`
	Title       Text     `json:"title,omitempty"`
	Description Text     `json:"description,omitempty"`
	Languages   []string `json:"languages,omitempty"`
	Licence     string   `json:"licence,omitempty"`

	// Structure is the course: for SCORM its organization, for cmi5 the course,
	// for Tin Can every activity, for H5P the content.
	Structure  []*Item     `json:"structure,omitempty"`
	Objectives []Objective `json:"objectives,omitempty"`
	Resources  []Resource  `json:"resources,omitempty"`
	Metadata   *Metadata   `json:"metadata,omitempty"`
	H5P        *H5PInfo    `json:"h5p,omitempty"`

	Findings []Finding `json:"findings,omitempty"`
}

// Items runs over all items, each before those below it.
func (p *Package) Items() func(yield func(*Item) bool) {
	return func(yield func(*Item) bool) { eachItem(p.Structure, yield) }
}

func eachItem(items []*Item, yield func(*Item) bool) bool {
	for _, item := range items {
		if !yield(item) || !eachItem(item.Children, yield) {
			return false
		}
	}
	return true
}

// ItemType tells what an item of the structure is.
type ItemType string

// The types of items.
const (
	Organization ItemType = "organization"
	Unit         ItemType = "item"
	Course       ItemType = "course"
	Block        ItemType = "block"
	AU           ItemType = "au"
	Activity     ItemType = "activity"
	Content      ItemType = "content"
)

// Item is a part of a course.
type Item struct {
	Type ItemType `json:"type"`
	// ID is the identifier in the manifest, for cmi5 and Tin Can an IRI; unique
	// in the package.
	ID          string `json:"id"`
	Title       Text   `json:"title,omitempty"`
	Description Text   `json:"description,omitempty"`
	// Hidden items are not listed for the learner (isvisible="false").
	Hidden bool `json:"hidden,omitempty"`
	// Launch is how it is opened; nil when it cannot be.
	Launch *Launch `json:"launch,omitempty"`
	// ActivityType is an IRI (cmi5 activityType, Tin Can type).
	ActivityType string `json:"activityType,omitempty"`
	// Resource is the identifier of the resource that a SCORM item opens.
	Resource string `json:"resource,omitempty"`
	// SCO tells that the resource is one, and not an asset, which is opened
	// without the run-time API.
	SCO bool `json:"sco,omitempty"`

	// PassingScore is scaled, from −1 to 1: masteryscore ÷ 100 of SCORM 1.2,
	// minNormalizedMeasure of the primary objective of SCORM 2004 where it
	// decides, masteryScore of cmi5.
	PassingScore *float64 `json:"passingScore,omitempty"`
	// MasteryScore is the text of SCORM 1.2 (cmi.student_data.mastery_score).
	MasteryScore string `json:"masteryScore,omitempty"`
	// Prerequisites is a script of AICC (SCORM 1.2).
	Prerequisites string `json:"prerequisites,omitempty"`
	// MaxTimeAllowed is HHHH:MM:SS.SS of SCORM 1.2, or the duration limit of an
	// attempt of SCORM 2004 (ISO 8601).
	MaxTimeAllowed  string `json:"maxTimeAllowed,omitempty"`
	TimeLimitAction string `json:"timeLimitAction,omitempty"`
	DataFromLMS     string `json:"dataFromLMS,omitempty"`

	CompletionThreshold *CompletionThreshold `json:"completionThreshold,omitempty"`
	SharedData          []SharedData         `json:"sharedData,omitempty"`
	HideLMSUI           []string             `json:"hideLMSUI,omitempty"`
	Sequencing          *Sequencing          `json:"sequencing,omitempty"`

	// MoveOn, LaunchMethod and EntitlementKey are those of cmi5, with their
	// defaults filled in.
	MoveOn         string `json:"moveOn,omitempty"`
	LaunchMethod   string `json:"launchMethod,omitempty"`
	EntitlementKey string `json:"entitlementKey,omitempty"`
	// Objectives are the identifiers of objectives of the package (cmi5).
	Objectives []string `json:"objectives,omitempty"`

	Metadata *Metadata `json:"metadata,omitempty"`
	Children []*Item   `json:"children,omitempty"`
}

// Launch is how an item is opened.
type Launch struct {
	// URL is relative to the package's folder (Base), percent-encoded, with its
	// query; or absolute, when the content lies elsewhere.
	URL string `json:"url"`
	// File is the file that it names, as the archive has it, below Base; empty
	// for an absolute URL.
	File string `json:"file,omitempty"`
	// Parameters is what a SCORM item adds to its resource's address, contained
	// in URL; for cmi5 it is launchParameters of the launch data, not in URL.
	Parameters string `json:"parameters,omitempty"`
	// Language is that of a launch of Tin Can.
	Language string `json:"language,omitempty"`
}

// CompletionThreshold is that of SCORM 2004, with defaults filled in.
type CompletionThreshold struct {
	CompletedByMeasure bool    `json:"completedByMeasure"`
	MinProgressMeasure float64 `json:"minProgressMeasure"`
	ProgressWeight     float64 `json:"progressWeight"`
}

// SharedData is a map of adlcp:data (SCORM 2004 4th Edition).
type SharedData struct {
	TargetID string `json:"targetID"`
	Read     bool   `json:"readSharedData"`
	Write    bool   `json:"writeSharedData"`
}

// Objective is one of the course structure of cmi5.
type Objective struct {
	ID          string `json:"id"`
	Title       Text   `json:"title,omitempty"`
	Description Text   `json:"description,omitempty"`
}

// Resource is a resource of a SCORM manifest.
type Resource struct {
	ID   string `json:"id"`
	Type string `json:"type,omitempty"`
	// SCO tells a SCO from an asset.
	SCO    bool    `json:"sco"`
	Href   string  `json:"href,omitempty"`
	Launch *Launch `json:"launch,omitempty"`
	// Files are the names below Base of those that are there.
	Files        []string  `json:"files,omitempty"`
	Dependencies []string  `json:"dependencies,omitempty"`
	Metadata     *Metadata `json:"metadata,omitempty"`
}

// Metadata is what LOM says about a package, an item or a resource.
type Metadata struct {
	Title       Text     `json:"title,omitempty"`
	Description Text     `json:"description,omitempty"`
	Languages   []string `json:"languages,omitempty"`
	Keywords    Text     `json:"keywords,omitempty"`
	// TypicalLearningTime is as written: ISO 8601, or HH:MM:SS in old ones.
	TypicalLearningTime string `json:"typicalLearningTime,omitempty"`
	// Rights is the description of copyright and other restrictions.
	Rights Text `json:"rights,omitempty"`
}

// H5PInfo is what h5p.json says about its content.
type H5PInfo struct {
	// MainLibrary is its machine name and Version its version, "1.22".
	MainLibrary string   `json:"mainLibrary"`
	Version     string   `json:"version,omitempty"`
	EmbedTypes  []string `json:"embedTypes,omitempty"`
	Authors     []string `json:"authors,omitempty"`
	// Libraries are the dependencies that are loaded first, "H5P.Video 1.6".
	Libraries []string `json:"libraries,omitempty"`
}
