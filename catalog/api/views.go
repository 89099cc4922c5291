package api

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/content/manifest"
)

// undetermined is the language of a text that names none (BCP 47).
const undetermined = "und"

// languages is a text by language.
type languages map[string]string

func textView(t manifest.Text) languages {
	if len(t) == 0 {
		return nil
	}
	l := make(languages, len(t))
	for _, p := range t {
		language := p.Language
		if language == "" {
			language = undetermined
		}
		if _, there := l[language]; !there {
			l[language] = p.Value
		}
	}
	return l
}

// text is what was sent, in the order of its languages.
func (l languages) text() manifest.Text {
	t := manifest.Text{}
	for language, value := range l {
		t = append(t, manifest.Phrase{Language: language, Value: value})
	}
	slices.SortFunc(t, func(a, b manifest.Phrase) int { return strings.Compare(a.Language, b.Language) })
	for i := range t {
		if t[i].Language == undetermined {
			t[i].Language = ""
		}
	}
	return t
}

// versionView is one version of a package.
type versionView struct {
	Number   int           `json:"number"`
	Kind     manifest.Kind `json:"kind"`
	Uploaded apiv1.Instant `json:"uploaded"`
	By       string        `json:"by,omitempty"`
	Packed   int64         `json:"packed"`
	Unpacked int64         `json:"unpacked"`
}

func viewVersion(v *catalog.Version) versionView {
	return versionView{v.Number, v.Kind, apiv1.Instant(v.Uploaded), v.By, v.Packed, v.Unpacked}
}

// packageView is a course as a package.
type packageView struct {
	Course string    `json:"course"`
	Title  languages `json:"title,omitempty"`
	versionView
	Versions []versionView `json:"versions,omitempty"`
	// What one package has, and a list of them has not.
	Edition   string             `json:"edition,omitempty"`
	Manifest  string             `json:"manifest,omitempty"`
	Languages []string           `json:"languages,omitempty"`
	Licence   string             `json:"licence,omitempty"`
	Metadata  *manifest.Metadata `json:"metadata,omitempty"`
	Structure []itemView         `json:"structure,omitempty"`
	Files     int                `json:"files,omitempty"`
	Findings  []manifest.Finding `json:"findings,omitempty"`
}

// viewPackage is a package in a list.
func viewPackage(c *catalog.Course) packageView {
	p := packageView{Course: c.ID, Title: textView(c.Title)}
	if v := c.Version(c.Current); v != nil {
		p.versionView = viewVersion(v)
	}
	return p
}

// viewWholePackage is one package with everything that is known of a version.
func viewWholePackage(c *catalog.Course, v *catalog.Version) packageView {
	p := viewPackage(c)
	p.versionView = viewVersion(v)
	for i := range c.Versions {
		p.Versions = append(p.Versions, viewVersion(&c.Versions[i]))
	}
	m := v.Manifest
	p.Edition, p.Manifest, p.Languages, p.Licence, p.Metadata = m.Edition, m.Manifest, m.Languages, m.Licence, m.Metadata
	p.Structure, p.Files, p.Findings = viewItems(c, m.Structure), len(v.Files), m.Findings
	return p
}

// itemView is a part of a course.
type itemView struct {
	ID           string            `json:"id"`
	Type         manifest.ItemType `json:"type"`
	Title        languages         `json:"title,omitempty"`
	Activity     string            `json:"activity"`
	Launchable   bool              `json:"launchable"`
	Hidden       bool              `json:"hidden,omitempty"`
	PassingScore *float64          `json:"passingScore,omitempty"`
	MoveOn       string            `json:"moveOn,omitempty"`
	Items        []itemView        `json:"items,omitempty"`
}

func viewItems(c *catalog.Course, items []*manifest.Item) []itemView {
	var list []itemView
	for _, i := range items {
		list = append(list, itemView{i.ID, i.Type, textView(i.Title), c.ItemActivity(i), i.Launch != nil, i.Hidden, i.PassingScore, i.MoveOn, viewItems(c, i.Children)})
	}
	return list
}

// courseView is a course.
type courseView struct {
	ID          string    `json:"id"`
	Activity    string    `json:"activity"`
	Prefix      bool      `json:"prefix,omitempty"`
	Title       languages `json:"title,omitempty"`
	Description languages `json:"description,omitempty"`
	Kind        string    `json:"kind,omitempty"`
	Competences []string  `json:"competences,omitempty"`
	Duration    string    `json:"duration,omitempty"`
	Provider    string    `json:"provider,omitempty"`
	Certified   bool      `json:"certified"`

	Grading catalog.Grading `json:"grading"`

	Version   int           `json:"version,omitempty"`
	Package   manifest.Kind `json:"package,omitempty"`
	Created   apiv1.Instant `json:"created"`
	Changed   apiv1.Instant `json:"changed"`
	Structure []itemView    `json:"structure,omitempty"`
}

func viewCourse(c *catalog.Course) courseView {
	view := courseView{ID: c.ID, Activity: c.Activity, Prefix: c.Prefix, Title: textView(c.Title), Description: textView(c.Description), Kind: c.Kind,
		Competences: c.Competences, Duration: c.Duration, Provider: c.Provider, Certified: c.Certified, Version: c.Current,
		Created: apiv1.Instant(c.Created), Changed: apiv1.Instant(c.Changed), Grading: c.Grading}
	if view.Grading == "" {
		view.Grading = catalog.GradeBest
	}
	if v := c.Version(c.Current); v != nil {
		view.Package = v.Kind
		if v.Manifest != nil {
			view.Structure = viewItems(c, v.Manifest.Structure)
		}
	}
	return view
}

// learnerView is who learns.
type learnerView struct {
	Actor json.RawMessage `json:"actor"`
	Name  string          `json:"name,omitempty"`
}

// attemptView is one try at one item.
type attemptView struct {
	ID      uuid.UUID     `json:"id"`
	Item    string        `json:"item"`
	Started apiv1.Instant `json:"started,omitzero"`
	Ended   apiv1.Instant `json:"ended,omitzero"`
	Outcome string        `json:"outcome,omitempty"`
	Score   *float64      `json:"score,omitempty"`
	Reset   bool          `json:"reset,omitempty"`
}

// registrationView is a learner in a course.
type registrationView struct {
	ID       uuid.UUID     `json:"id"`
	Course   string        `json:"course"`
	Version  int           `json:"version,omitempty"`
	Learner  learnerView   `json:"learner"`
	Created  apiv1.Instant `json:"created"`
	Opens    apiv1.Instant `json:"opens,omitzero"`
	Closes   apiv1.Instant `json:"closes,omitzero"`
	State    string        `json:"state"`
	Outcome  string        `json:"outcome"`
	Score    *float64      `json:"score,omitempty"`
	Resets   int           `json:"resets,omitempty"`
	Attempts []attemptView `json:"attempts,omitempty"`
}

func viewRegistration(r *catalog.Registration, by rule) registrationView {
	view := registrationView{ID: r.ID, Course: r.Course, Version: r.Version, Learner: learnerView{r.Learner.Actor, r.Learner.Name}, Created: apiv1.Instant(r.Created),
		Opens: apiv1.Instant(r.Opens), Closes: apiv1.Instant(r.Closes), State: r.State, Outcome: r.Outcome(by.grading, by.manifest), Score: r.Score(by.grading), Resets: r.Resets}
	for _, t := range r.Attempts {
		view.Attempts = append(view.Attempts, attemptView{t.ID, t.Item, apiv1.Instant(t.Started), apiv1.Instant(t.Ended), t.Outcome, t.Score, t.Reset})
	}
	return view
}

// launchView is a launch. Link is there only in the answer that made it.
type launchView struct {
	ID           uuid.UUID     `json:"id"`
	Link         string        `json:"link,omitempty"`
	Course       string        `json:"course"`
	Version      int           `json:"version"`
	Item         string        `json:"item"`
	Registration uuid.UUID     `json:"registration,omitzero"`
	Preview      bool          `json:"preview,omitempty"`
	Learner      *learnerView  `json:"learner,omitempty"`
	Mode         catalog.Mode  `json:"mode"`
	Created      apiv1.Instant `json:"created"`
	Expires      apiv1.Instant `json:"expires"`
	ReturnURL    string        `json:"returnUrl,omitempty"`
	By           string        `json:"by,omitempty"`
}

func viewLaunch(l *catalog.Launch) launchView {
	view := launchView{ID: l.ID, Course: l.Course, Version: l.Version, Item: l.Item, Registration: l.Registration, Preview: l.Preview(), Mode: l.Mode,
		Created: apiv1.Instant(l.Created), Expires: apiv1.Instant(l.Expires), ReturnURL: l.ReturnURL, By: l.By}
	if !l.Preview() {
		view.Learner = &learnerView{l.Learner.Actor, l.Learner.Name}
	}
	return view
}
