package evaluation

import (
	"slices"

	"lernspur/web/visitor"
)

// Reach is whose figures somebody sees.
type Reach uint8

// The reaches, the narrowest first.
const (
	Nobody Reach = iota
	// OwnGroups: of the members of the groups that somebody has as a trainer.
	OwnGroups
	// Aggregates: of everybody together, without small groups.
	Aggregates
	// Everybody: of everybody.
	Everybody
)

// reach is the one table of which role sees whose figures: of single people, and of
// many. Roles that it lacks see nobody's. Whatever the role, everybody sees what is
// about herself.
var reach = map[visitor.Role]struct{ single, many Reach }{
	visitor.Trainer:       {OwnGroups, OwnGroups},
	visitor.ProjectLead:   {Nobody, Aggregates},
	visitor.Auditor:       {Nobody, Aggregates},
	visitor.Administrator: {Everybody, Everybody},
}

// ReachOf is whose figures a role sees, of single people or of many.
func ReachOf(role visitor.Role, single bool) Reach {
	if single {
		return reach[role].single
	}
	return reach[role].many
}

// ReachOfAll is the widest reach of several roles.
func ReachOfAll(roles []visitor.Role, single bool) Reach {
	widest := Nobody
	for _, role := range roles {
		widest = max(widest, ReachOf(role, single))
	}
	return widest
}

// MayRead and MayChange are who sees the settings with their history, and who
// changes them. The statement is for everybody who signed in.
var (
	MayRead   = []visitor.Role{visitor.DataProtection, visitor.Administrator, visitor.Auditor}
	MayChange = []visitor.Role{visitor.Administrator}
)

// Page is a page, and what it tells about people.
type Page struct {
	// Path as in the table of routes.
	Path string
	// Roles are those that see it; nil is anyone, signed in or not.
	Roles []visitor.Role
	// Figures are keys of what it tells; none: it tells nothing of how people learn.
	Figures []string
	// Own tells that it is about who looks at it.
	Own bool
}

var (
	everybody    = visitor.Roles
	managers     = []visitor.Role{visitor.ContentManager, visitor.Administrator}
	trainers     = []visitor.Role{visitor.Trainer, visitor.ContentManager, visitor.Administrator}
	watchers     = []visitor.Role{visitor.Trainer, visitor.ProjectLead, visitor.Administrator, visitor.Auditor}
	closeBy      = []visitor.Role{visitor.Trainer, visitor.Administrator}
	readers      = []visitor.Role{visitor.Trainer, visitor.DataProtection, visitor.Administrator}
	learners     = []visitor.Role{visitor.Learner}
	operators    = []visitor.Role{visitor.Administrator}
	protectors   = []visitor.Role{visitor.DataProtection, visitor.Administrator}
	reporters    = []visitor.Role{visitor.ProjectLead, visitor.Administrator}
	reporting    = []visitor.Role{visitor.ProjectLead, visitor.Administrator, visitor.DataProtection, visitor.Auditor}
	onlyTrainers = []visitor.Role{visitor.Trainer}
)

// Pages are all pages that can be looked at. A page that is new has its line here,
// so that it stands in the statement: a test of the pages holds that.
var Pages = []Page{
	{Path: "/progress", Roles: watchers, Figures: []string{"many.people", "many.reached", "many.scores", "many.lately", "many.risk", "many.trend"}},
	{Path: "/progress/course", Roles: watchers, Figures: []string{"many.people", "many.reached", "many.scores", "many.time", "many.lately", "many.risk", "many.idle-risk", "many.drop-off", "many.trend", "many.hours", "many.questions",
		"who", "courses", "scores", "attempts", "time", "idle", "risk"}},
	{Path: "/progress/group", Roles: closeBy, Figures: []string{"many.people", "many.reached", "many.lately", "many.risk", "who", "courses", "time", "idle", "risk"}},
	{Path: "/progress/learner", Roles: closeBy, Figures: []string{"who", "courses", "scores", "attempts", "time", "place", "idle", "risk", "timeline"}},
	{Path: "/progress/at-risk", Roles: closeBy, Figures: []string{"who", "courses", "attempts", "place", "idle", "risk"}},
	{Path: "/statements", Roles: readers, Figures: []string{"timeline", "answers", "raw"}},
	{Path: "/statements/live", Roles: readers, Figures: []string{"timeline", "answers", "raw"}},
	{Path: "/statements/live/new", Roles: readers, Figures: []string{"timeline", "answers", "raw"}},
	{Path: "/statements/{statement}", Roles: readers, Figures: []string{"timeline", "answers", "raw"}},
	{Path: "/statements/{statement}/raw", Roles: readers, Figures: []string{"timeline", "answers", "raw"}},
	{Path: "/reports", Roles: reporting, Figures: []string{"report"}},
	{Path: "/reports/new", Roles: reporters, Figures: []string{"report"}},
	{Path: "/reports/definitions/{definition}", Roles: reporters, Figures: []string{"report"}},
	{Path: "/reports/progress", Roles: reporters, Figures: []string{"report"}},
	{Path: "/reports/compare", Roles: reporting, Figures: []string{"report"}},
	{Path: "/reports/runs/{run}", Roles: reporting, Figures: []string{"report"}},
	{Path: "/reports/runs/{run}/files/{form}", Roles: reporting, Figures: []string{"report"}},
	{Path: "/public/reports/{token}", Figures: []string{"report"}},
	{Path: "/public/reports/{token}/report.pdf", Figures: []string{"report"}},
	{Path: "/courses/{course}", Roles: managers, Figures: []string{"registration"}},
	{Path: "/courses/{course}/registrations", Roles: managers, Figures: []string{"registration"}},
	{Path: "/courses/{course}/registrations/{registration}", Roles: managers, Figures: []string{"registration", "opened"}},
	{Path: "/courses/{course}/registrations/{registration}/calls", Roles: managers, Figures: []string{"calls", "answers"}},
	{Path: "/attendance", Roles: trainers},
	{Path: "/attendance/{session}", Roles: trainers, Figures: []string{"attendance"}},
	{Path: "/my", Roles: learners, Figures: []string{"registration", "opened"}, Own: true},

	{Path: "/{$}", Roles: everybody},
	{Path: "/assets/{name}"},
	{Path: "/packages", Roles: managers},
	{Path: "/courses", Roles: managers},
	{Path: "/courses/new", Roles: managers},
	{Path: "/courses/{course}/download", Roles: managers},
	{Path: "/courses/{course}/edit", Roles: managers},
	{Path: "/courses/{course}/delete", Roles: managers},
	{Path: "/courses/{course}/invitations", Roles: managers},
	{Path: "/invitation/{token}"},
	{Path: "/directory", Roles: protectors},
	{Path: "/directory/export", Roles: protectors},
	{Path: "/directory/new", Roles: operators},
	{Path: "/directory/people/{person}", Roles: protectors},
	{Path: "/directory/people/{person}/edit", Roles: operators},
	{Path: "/directory/people/{person}/merge", Roles: operators},
	{Path: "/directory/people/{person}/delete", Roles: operators},
	{Path: "/directory/merges/{merge}/split", Roles: operators},
	{Path: "/directory/units", Roles: protectors},
	{Path: "/directory/units/{unit}", Roles: protectors},
	{Path: "/directory/units/{unit}/close", Roles: operators},
	{Path: "/directory/units/{unit}/delete", Roles: operators},
	{Path: "/directory/groups", Roles: protectors},
	{Path: "/directory/groups/{group}", Roles: protectors},
	{Path: "/directory/groups/{group}/delete", Roles: operators},
	{Path: "/directory/import", Roles: operators},
	{Path: "/directory/import/{preview}", Roles: operators},
	{Path: "/directory/unassigned", Roles: protectors},
	{Path: "/directory/unassigned/match", Roles: operators},
	{Path: "/accounts", Roles: protectors},
	{Path: "/accounts/new", Roles: operators},
	{Path: "/accounts/{account}", Roles: protectors},
	{Path: "/accounts/{account}/delete", Roles: operators},
	{Path: "/settings/forwarding", Roles: operators},
	{Path: "/settings/forwarding/{target}", Roles: operators},
	{Path: "/settings/webhooks", Roles: operators},
	{Path: "/settings/webhooks/{hook}", Roles: operators},
	{Path: "/settings/digest", Roles: onlyTrainers},
	{Path: "/digest/unsubscribe"},
	{Path: "/keys", Roles: operators},
	{Path: "/settings", Roles: MayRead},
	{Path: "/evaluation-statement", Roles: everybody},
}

// PageOf finds a page by its path.
func PageOf(path string) (Page, bool) {
	i := slices.IndexFunc(Pages, func(p Page) bool { return p.Path == path })
	if i < 0 {
		return Page{}, false
	}
	return Pages[i], true
}
