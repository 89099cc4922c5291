package web

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lernspur/attendance"
	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/directory"
	"lernspur/forward"
	"lernspur/web/visitor"
	"lernspur/webhook"
)

// madeUp are the beginnings of keys that are put together at run time, each with
// what can follow.
var madeUp = map[string][]string{
	"state.":         {catalog.NotStarted, catalog.Started, catalog.Completed, catalog.Passed, catalog.Failed, catalog.Satisfied},
	"outcome.":       nil, // content writes what it likes; it is shown as it stands then
	"standard.":      {"", string(manifest.SCORM12), string(manifest.SCORM2004), string(manifest.Cmi5), string(manifest.TinCan), string(manifest.H5P)},
	"kind.":          {"", catalog.Induction, catalog.FurtherTraining},
	"grading.":       gradings,
	"step.":          {"enrolled", "started", "completed", "passed"},
	"scores.":        {"scored", "first", "best", "last", "average", "rate"},
	"times.":         {"spent", "total", "took", "attempts"},
	"learners.kind.": learnerKinds,
	"learners.sort.": append(append([]string{}, learnerSorts...), memberSorts...),
	"item.": {string(manifest.Organization), string(manifest.Unit), string(manifest.Course), string(manifest.Block), string(manifest.AU),
		string(manifest.Activity), string(manifest.Content)},
	"off.":              {"at-risk", "idle-days", "hours", "timelines", "answers"},
	"weekday.":          {"1", "2", "3", "4", "5", "6", "7"},
	"form.":             reportForms,
	"reports.step.":     {"directory", "people", "activity", "participations", "answers", "figures"},
	"language.":         nil,
	"scope.":            (&keyring{}).Scopes(),
	"says.":             {"quoted", "sub", "voided", "ref", "other", "right", "wrong", "response", "group", "gathering"},
	"says.verb.":        slices.DeleteFunc(slices.Compact(slices.Sorted(maps.Values(verbNames))), func(name string) bool { return name == "voided" || name == "responded" }),
	"fact.":             {"actor", "verb", "object", "ref", "success", "completion", "scaled", "raw", "min", "max", "duration", "response", "registration", "instructor", "parent", "grouping", "platform", "language", "timestamp", "stored", "attachment", "version", "authority", "id"},
	"atrisk.reason.":    riskReasons,
	"atrisk.sort.":      riskSorts,
	"statements.wrong.": {"person", "verb", "activity", "registration", "since", "until"},
	"my.":               {"begin", "resume", "again"},
	"invalid.":          {"title", "description", "duration", "provider", "competences", "activity", "domain", "begins", "ends", "least", "minutes", "place", "trainer"}, // fields of catalog.Invalid
	"via.":              {attendance.ByTrainer, attendance.ByList, attendance.ByCode},
	"invited.":          {"open", "revoked", "expired", "used"},
	"forwarding.state.": {forward.StatePaused, forward.StateHalted, forward.StateFailing, forward.StateSending, forward.StateCurrent},
	"webhooks.event.":   webhook.Events,
	"outgoing.invalid.": {"url", "name", "key", "secret", "verbs", "activities", "agents", "events"},
	"tab.":              {"people", "units", "groups", "unassigned", "import"},
	"identifier.":       {"mbox", "mbox_sha1sum", "openid", "account"},
	"export.":           {"staff", "name", "mbox", "account", "home_page", "openid", "mbox_sha1sum", "unit", "since", "until"},
	"import.kind.":      directory.Kinds(),
	"import.field.":     slices.Concat(directory.Fields(directory.KindPeople), directory.Fields(directory.KindUnits), directory.Fields(directory.KindGroups), directory.Fields(directory.KindHeadcounts)),
	"import.count.":     {"new", "changed", "merged", "unchanged", "leftOut"},
	"import.change.":    {"new", "changed", "merged", "leftOut"},
	"import.different.": {"name", "otherNames", "staff", "identifiers", "units", "kind", "places", "count", "code", "course", "members", "trainers", "into"},
	"role.":             roleKeys(),
	"account.state.":    {"disabled", "invited", "closed", "change", "issuer"},
	"account.wrong.":    {"login", "name", "taken", "yourself", "last", "elsewhere"},
	"ago.":              nil,                                                                                                                                                     // see TestAgo
	"problem.":          nil,                                                                                                                                                     // see below
	"done.":             {"unit-moved", "unit-closed", "unit-opened", "trainer-added", "trainer-dropped", "member-added", "member-dropped", "disabled", "enabled", "signed-out"}, // others see below
	"menu.":             nil,                                                                                                                                                     // with .text, see below
}

func roleKeys() (keys []string) {
	for _, role := range visitor.Roles {
		keys = append(keys, string(role), string(role)+".text")
	}
	return keys
}

var (
	inTemplate = regexp.MustCompile(`\b(tn?) "([^"]+)"`)
	inGo       = regexp.MustCompile(`\.(tn?)\("([^"]+)"([,)])`)
	problems   = regexp.MustCompile(`key: "([a-z]+)"`)
	deeds      = regexp.MustCompile(`done=([a-z-]+)|onSession\(q, "([a-z-]+)"`)
	entries    = regexp.MustCompile(`(?:(?:Title|Done)\s*[:=]+ |key = [^"\n]*)"([a-z]+\.[a-z.]+)"`)
	menus      = regexp.MustCompile(`"(menu\.[a-z]+)"`)
)

// used are the keys that templates and the program name.
func used(t *testing.T) map[string]bool {
	keys := map[string]bool{}
	add := func(form, key string) {
		if form == "tn" {
			keys[key+".one"], keys[key+".other"] = true, true
			return
		}
		keys[key] = true
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch filepath.Ext(path) {
		case ".html":
			for _, m := range inTemplate.FindAllStringSubmatch(string(text), -1) {
				add(m[1], m[2])
			}
		case ".go":
			for _, m := range inGo.FindAllStringSubmatch(string(text), -1) {
				add(m[1], m[2])
			}
			for _, m := range problems.FindAllStringSubmatch(string(text), -1) {
				keys["problem."+m[1]+".title"], keys["problem."+m[1]+".text"], keys["problem."+m[1]+".next"] = true, true, true
			}
			for _, m := range deeds.FindAllStringSubmatch(string(text), -1) {
				keys["done."+m[1]+m[2]] = true
			}
			for _, m := range entries.FindAllStringSubmatch(string(text), -1) {
				keys[m[1]] = true
			}
			for _, m := range menus.FindAllStringSubmatch(string(text), -1) {
				keys[m[1]], keys[m[1]+".text"] = true, true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for prefix, list := range madeUp {
		for _, end := range list {
			keys[prefix+end] = true
		}
	}
	return keys
}

// TestMessages: everything that pages say is there in both languages, with the same
// places for numbers, and nothing is there that no page says.
func TestMessages(t *testing.T) {
	keys := used(t)
	if len(keys) < 150 {
		t.Fatalf("only %d keys were found", len(keys))
	}
	for lang, w := range languages {
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if !w.has(key) {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
	}
	free := []string{"outcome.", "language.", "ago."}
	placeholders := regexp.MustCompile(`\{\d\}`)
	for key, de := range languages["de"].messages {
		en, ok := languages["en"].messages[key]
		if !ok {
			t.Errorf("en: %s is missing", key)
		}
		if !keys[key] && !slices.ContainsFunc(free, func(p string) bool { return strings.HasPrefix(key, p) }) && key != "invalid.other" {
			t.Errorf("nobody says %s", key)
		}
		if !strings.HasSuffix(key, ".one") {
			a, b := placeholders.FindAllString(de, -1), placeholders.FindAllString(en, -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("%s has %v in German and %v in English", key, a, b)
			}
		}
		if de == "" || en == "" {
			t.Errorf("%s is empty", key)
		}
	}
	if len(languages["en"].messages) != len(languages["de"].messages) {
		t.Error("English has keys that German has not")
	}
}

// TestRules: every finding about a package can be said in German.
func TestRules(t *testing.T) {
	german := translatedRules["de"]
	for _, rule := range manifest.Rules() {
		if said := german[rule.Name]; said[0] == "" || said[1] == "" {
			t.Errorf("%s is missing", rule.Name)
		}
	}
	if len(german) != len(manifest.Rules()) {
		t.Errorf("%d rules are said, %d there are", len(german), len(manifest.Rules()))
	}
}
