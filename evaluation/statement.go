package evaluation

import (
	"slices"
	"strings"
	"time"

	"lernspur/web/visitor"
)

// Statement says in words what is evaluated about whom, for which role, on which
// ground, and how long it is kept, true to the settings in force. It is written from
// the tables that the program goes by.
type Statement struct {
	Language string `json:"language"`
	Title    string `json:"title"`
	Intro    string `json:"intro"`
	Tenant   string `json:"tenant"`
	AsOf     string `json:"as_of"` // day
	Version  int64  `json:"version"`
	// Ground is that of the evaluation as a whole.
	Ground   string              `json:"ground"`
	Switches []StatementSwitch   `json:"switches"`
	Single   []StatementFigure   `json:"single"`
	Many     []StatementFigure   `json:"many"`
	Pages    []StatementPage     `json:"pages"`
	More     []string            `json:"more"`
	words    func(string) string // of saying
}

// StatementSwitch is a switch.
type StatementSwitch struct {
	Switch Switch `json:"switch"`
	Name   string `json:"name"`
	Text   string `json:"text"`
	On     bool   `json:"on"`
	State  string `json:"state"`
	Ground string `json:"ground,omitempty"`
}

// What becomes of a figure.
const (
	Told    = "evaluated"
	NotTold = "switched-off"
	// ToldOfMany is told of SmallGroup people or more only.
	ToldOfMany = "many-only"
)

// StatementFigure is a figure.
type StatementFigure struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Text  string `json:"text"`
	// Status is Told, NotTold or ToldOfMany; State says it in words.
	Status string `json:"status"`
	State  string `json:"state"`
	// Off are the switches that are the reason.
	Off []Switch `json:"off,omitempty"`
	// Roles are who sees it, and whose.
	Roles []StatementRole `json:"roles"`
	// Programs say by which scopes of a key programs get it.
	Programs string `json:"programs"`
	Ground   string `json:"ground"`
	Kept     string `json:"kept"`
	// Fields and Interfaces are where the interface has it, Pages which pages.
	Fields     []string `json:"fields,omitempty"`
	Interfaces []string `json:"interfaces,omitempty"`
	Pages      []string `json:"pages,omitempty"`
}

// StatementRole is a role that sees a figure, and of whom. An empty Role is everybody,
// of what is about themselves.
type StatementRole struct {
	Role visitor.Role `json:"role,omitempty"`
	Text string       `json:"text"`
}

// StatementPage is a page.
type StatementPage struct {
	Path  string         `json:"path"`
	Name  string         `json:"name"`
	Roles []visitor.Role `json:"roles"`
	Who   string         `json:"who"`
	Tells []string       `json:"tells"` // keys of figures that it shows now
	Text  string         `json:"text"`
}

// Write writes the statement for a tenant with these settings, in "de" or "en".
func Write(lang, tenant string, s State, now time.Time) Statement {
	if lang != "en" {
		lang = "de"
	}
	w := func(key string) string { return say(lang, key) }
	st := Statement{Language: lang, Title: w("title"), Intro: w("intro"), Tenant: tenant, AsOf: dayIn(lang, now), Version: s.Version, Ground: s.Ground, words: w}
	if st.Ground == "" {
		st.Ground = w("ground.none")
	}
	for _, one := range s.copied().Switches {
		out := StatementSwitch{Switch: one.Switch, Name: one.Switch.Name(lang), Text: one.Switch.Explanation(lang), On: one.On, State: w("off")}
		if one.On {
			out.State, out.Ground = w("on"), one.Ground
		}
		if one.Since != 0 {
			out.State += " " + w("since") + " " + dayIn(lang, time.UnixMicro(one.Since).In(now.Location()))
		}
		st.Switches = append(st.Switches, out)
	}
	for _, f := range Figures {
		out := st.figure(f, s)
		if f.Single {
			st.Single = append(st.Single, out)
		} else {
			st.Many = append(st.Many, out)
		}
	}
	for _, p := range Pages {
		st.Pages = append(st.Pages, st.page(p, s.Settings))
	}
	for _, key := range []string{"decisions", "signin", "delete", "report"} {
		st.More = append(st.More, w("more."+key))
	}
	return st
}

func dayIn(lang string, t time.Time) string {
	if lang == "en" {
		return t.Format("2 January 2006")
	}
	return t.Format("02.01.2006")
}

// offOf are those of switches that are off.
func (s Settings) offOf(switches []Switch) (off []Switch) {
	for _, sw := range switches {
		if !s.On(sw) {
			off = append(off, sw)
		}
	}
	return off
}

func (st *Statement) namesOf(switches []Switch) string {
	names := make([]string, len(switches))
	for i, sw := range switches {
		names[i] = sw.Name(st.Language)
	}
	return strings.Join(names, ", ")
}

func (st *Statement) figure(f Figure, s State) StatementFigure {
	title, text := figureWords[f.Key][0].in(st.Language), figureWords[f.Key][1].in(st.Language)
	out := StatementFigure{Key: f.Key, Title: title, Text: text, Status: Told, State: st.words("evaluated"), Ground: st.groundOf(f, s), Kept: keptWords[f.Kept].in(st.Language), Fields: f.Fields, Interfaces: f.Interfaces}
	few, none := s.offOf(f.Few), s.offOf(f.Needs)
	switch {
	case len(none) > 0:
		out.Status, out.Off, out.State = NotTold, none, st.words("not-evaluated")+" "+st.namesOf(none)
	case len(few) > 0:
		out.Status, out.Off, out.State = ToldOfMany, few, st.words("few")+" "+st.namesOf(few)
	}
	if f.Times && !s.Hours && out.Status != NotTold {
		out.State += "; " + st.words("days")
	}
	for _, p := range Pages {
		if slices.Contains(p.Figures, f.Key) {
			out.Pages = append(out.Pages, p.Path)
		}
	}
	out.Roles = st.rolesOf(f, out.Status != NotTold)
	out.Programs = st.words("programs.off")
	switch {
	case len(f.Scopes) == 0:
		out.Programs = st.words("programs.none")
	case out.Status != NotTold:
		out.Programs = st.words("programs.text") + " " + strings.Join(f.Scopes, ", ")
	}
	return out
}

// groundOf is the ground of a figure: that of the switches that it needs, else of
// all.
func (st *Statement) groundOf(f Figure, s State) string {
	var grounds []string
	for _, one := range s.Switches {
		if one.On && slices.Contains(f.Needs, one.Switch) && !slices.Contains(grounds, one.Ground) {
			grounds = append(grounds, one.Ground)
		}
	}
	if len(grounds) == 0 {
		return st.Ground
	}
	return strings.Join(grounds, "\n")
}

// rolesOf are who sees a figure: by the interface on progress, whose figures a role
// reaches; by a page, who sees it.
func (st *Statement) rolesOf(f Figure, told bool) []StatementRole {
	var list []StatementRole
	for _, role := range visitor.Roles {
		name := roleWords[role].in(st.Language)
		switch r := ReachOf(role, f.Single); {
		case !told:
		case len(f.Fields) > 0 && r != Nobody:
			list = append(list, StatementRole{role, name + ": " + reachWords[r].in(st.Language)})
		case f.Key == rawFigure && !slices.Contains(rawRoles, role):
		case len(f.Fields) == 0 && slices.ContainsFunc(Pages, func(p Page) bool {
			return !p.Own && slices.Contains(p.Figures, f.Key) && slices.Contains(p.Roles, role)
		}):
			list = append(list, StatementRole{role, name})
		case len(f.Fields) == 0 && f.Key == rawFigure && slices.Contains(rawRoles, role):
			list = append(list, StatementRole{role, name})
		}
	}
	if f.Single && (len(f.Fields) > 0 || slices.ContainsFunc(Pages, func(p Page) bool { return p.Own && slices.Contains(p.Figures, f.Key) })) {
		list = append(list, StatementRole{Text: st.words("own")})
	}
	if len(list) == 0 {
		list = append(list, StatementRole{Text: st.words("nobody")})
	}
	return list
}

// Who reads statements as they are with the session of a browser, by the scopes of
// the roles: for requests for information, and for erasure.
const rawFigure = "raw"

var rawRoles = []visitor.Role{visitor.DataProtection, visitor.Administrator}

func (st *Statement) page(p Page, s Settings) StatementPage {
	out := StatementPage{Path: p.Path, Name: pageWords[p.Path].in(st.Language), Roles: p.Roles, Tells: []string{}}
	if out.Name == "" {
		out.Name = p.Path
	}
	var roles, titles []string
	for _, role := range p.Roles {
		roles = append(roles, roleWords[role].in(st.Language))
	}
	if out.Who = strings.Join(roles, ", "); p.Roles == nil {
		out.Who = st.words("anyone")
	}
	for _, key := range p.Figures {
		f, _ := FigureOf(key)
		if !p.Own && s.Missing(f.Needs...) != "" {
			continue
		}
		out.Tells, titles = append(out.Tells, key), append(titles, figureWords[key][0].in(st.Language))
	}
	switch out.Text = strings.Join(titles, ", "); {
	case len(titles) == 0:
		out.Text = st.words("nothing")
	case p.Own:
		out.Text += " (" + st.words("own-page") + ")"
	}
	return out
}
