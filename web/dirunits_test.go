package web

import (
	"net/url"
	"strings"
	"testing"

	"lernspur/web/visitor"
)

func TestUnitPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	admin := site.as(visitor.Administrator)
	contains(t, "none", ask(admin, "GET", "/directory/units", nil), 200, "Noch keine.")
	ids := settled(t, site)
	tree := ask(admin, "GET", "/directory/units?year=2026", nil)
	contains(t, "the tree", tree, 200, "4 Organisationseinheiten mit 2 bekannten Personen am 20.11.2026", `class="level2"`, "Beschäftigte 2026", ">42<")
	if counts := strings.Count(tree.Body.String(), ">42<"); counts != 3 { // of the office, its department and the town
		t.Errorf("42 is there %d times", counts)
	}
	contains(t, "another year", ask(admin, "GET", "/directory/units?year=x&on=gestern", nil), 422, `href="#f-year"`, `href="#f-on"`)
	contains(t, "below nothing", ask(admin, "POST", "/directory/units", url.Values{"name": {""}, "parent": {"99"}}), 422, `href="#f-parent"`)
	contains(t, "without a name", ask(admin, "POST", "/directory/units", url.Values{"name": {""}}), 422, `href="#f-name"`, "Eine Einheit braucht einen Namen.")
	contains(t, "a code twice", ask(admin, "POST", "/directory/units", url.Values{"name": {"Neu"}, "code": {"11"}}), 422, "Die Nummer 11 hat schon die Einheit Personalamt.")
	made := ask(admin, "POST", "/directory/units", url.Values{"name": {"Ausbildung"}, "code": {"11.4"}, "parent": {"11"}, "from": {"2026-01-01"}})
	section, ok := strings.CutSuffix(made.Header().Get("Location"), "?done=unit-made")
	if !ok {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	contains(t, "a unit", ask(admin, "GET", section, nil), 200, "11.4 Ausbildung", "11 Personalamt", "I Dezernat I")
	led(t, "another name", ask(admin, "POST", section+"/edit", url.Values{"name": {"Aus- und Fortbildung"}, "code": {"11.4"}, "version": {version(t, admin, section)}}), section+"?done=saved")
	contains(t, "a move without a day", ask(admin, "POST", section+"/move", url.Values{"parent": {"VI"}, "version": {version(t, admin, section)}}), 422, `href="#f-from"`)
	led(t, "a move", ask(admin, "POST", section+"/move", url.Values{"parent": {"VI"}, "from": {"2027-01-01"}, "version": {version(t, admin, section)}}), section+"?done=unit-moved")
	contains(t, "after the move", ask(admin, "GET", section, nil), 200, "vor dem 01.01.2027", "ab 01.01.2027")
	contains(t, "below itself", ask(admin, "POST", "/directory/units/"+ids["Dezernat I"]+"/move", url.Values{"parent": {"11"}, "from": {"2027-01-01"}, "version": {version(t, admin, "/directory/units/"+ids["Dezernat I"])}}), 422, "ab 01.01.2027 unter sich selbst")

	office := "/directory/units/" + ids["Personalamt"]
	contains(t, "closing", ask(admin, "GET", office+"/close?until=2026-12-31", nil), 200, "Eine Person, die länger darin wäre", "31.12.2026")
	contains(t, "closing without a day", ask(admin, "GET", office+"/close?until=", nil), 422, `href="#f-until"`)
	led(t, "closed", ask(admin, "POST", office+"/close", url.Values{"until": {"2026-12-31"}, "version": {version(t, admin, office)}}), office+"?done=unit-closed")
	if p, _ := site.people.Person(t.Context(), "default", ids["Ada Yılmaz"]); len(p.Memberships) != 1 || p.Memberships[0].Until != "2026-12-31" {
		t.Errorf("%+v", p.Memberships)
	}
	if page := ask(admin, "GET", "/directory/units?on=2027-01-01", nil).Body.String(); strings.Contains(page, ">11 Personalamt</a>") || !strings.Contains(page, "11.4 Aus- und Fortbildung") {
		t.Error("a closed unit is in the tree of later days, or one that was moved is not")
	}
	contains(t, "with those closed", ask(admin, "GET", "/directory/units?on=2027-01-01&closed=yes", nil), 200, "geschlossen zum 31.12.2026")
	contains(t, "nobody comes in any more", ask(admin, "POST", "/directory/new", url.Values{"name": {"Zu Spät"}, "unit.0": {"11"}, "from.0": {"2026-06-01"}}), 422, "zum 31.12.2026 geschlossen")
	led(t, "opened", ask(admin, "POST", office+"/open", url.Values{"version": {version(t, admin, office)}}), office+"?done=unit-opened")

	for year, status := range map[string]int{"2027": 303, "27": 422, "x": 422} {
		if answer := ask(admin, "POST", office+"/headcount", url.Values{"year": {year}, "staff": {"44"}}); answer.Code != status {
			t.Errorf("the headcount of %s: %d", year, answer.Code)
		}
	}
	contains(t, "a headcount that is none", ask(admin, "POST", office+"/headcount", url.Values{"year": {"2026"}, "staff": {"-3"}}), 422, `href="#f-staff"`, "zwischen 0 und 10.000.000")
	for range 2 { // taking back what is not there is done already
		led(t, "taken back", ask(admin, "POST", office+"/headcount", url.Values{"year": {"2027"}, "staff": {""}}), office+"?done=headcount")
	}
	contains(t, "deleting one with people", ask(admin, "POST", office+"/delete", url.Values{"name": {"11 Personalamt"}, "version": {version(t, admin, office)}}), 422, "schließen Sie die Einheit")
	contains(t, "deleting by another name", ask(admin, "POST", section+"/delete", url.Values{"name": {"x"}, "version": {version(t, admin, section)}}), 422, `href="#f-name"`)
	led(t, "deleted", ask(admin, "POST", section+"/delete", url.Values{"name": {"11.4 Aus- und Fortbildung"}, "version": {version(t, admin, section)}}), "/directory/units?done=unit-deleted")
}

func TestGroupPages(t *testing.T) {
	site := newTown(t, "http://content.example")
	ids := settled(t, site)
	course := aCourse(t, site, fireSafety())
	admin := site.as(visitor.Administrator)
	contains(t, "the list", ask(admin, "GET", "/directory/groups", nil), 200, "Es gibt eine Gruppe.", "BS-26", "Brandschutz im Rathaus")
	contains(t, "a bad one", ask(admin, "POST", "/directory/groups", url.Values{"name": {""}, "from": {"x"}}), 422, `href="#f-from"`)
	contains(t, "the wrong way round", ask(admin, "POST", "/directory/groups", url.Values{"name": {"a"}, "from": {"2026-02-01"}, "until": {"2026-01-01"}}), 422, "liegt vor dem Beginn")
	made := ask(admin, "POST", "/directory/groups", url.Values{"name": {"Durchgang 2"}, "course": {course}, "from": {"2026-10-01"}, "until": {"2027-03-31"}})
	page, ok := strings.CutSuffix(made.Header().Get("Location"), "?done=group-made")
	if !ok {
		t.Fatalf("%d %s", made.Code, made.Body)
	}
	contains(t, "by course", ask(admin, "GET", "/directory/groups?course="+course, nil), 200, "Durchgang 2", "01.10.2026 bis 31.03.2027")
	contains(t, "the search", ask(admin, "GET", page+"?q=ada", nil), 200, "1001", "Als Mitglied")
	ada := ids["Ada Yılmaz"]
	led(t, "a member", ask(admin, "POST", page+"/people", url.Values{"person": {ada}, "as": {"member"}, "from": {"2026-10-05"}}), page+"?done=member-added")
	led(t, "a trainer", ask(admin, "POST", page+"/people", url.Values{"person": {ada}, "as": {"trainer"}}), page+"?done=trainer-added")
	contains(t, "nobody", ask(admin, "POST", page+"/people", url.Values{"person": {"nobody"}}), 422, "gibt es nicht")
	contains(t, "no day", ask(admin, "POST", page+"/people", url.Values{"person": {ada}, "from": {"x"}}), 422)
	contains(t, "the group", ask(admin, "GET", page, nil), 200, "Ein Mitglied, eine Trainerin oder ein Trainer.", "ab 05.10.2026", "Brandschutz im Rathaus")
	led(t, "no trainer", ask(admin, "POST", page+"/trainers/"+ada+"/remove", nil), page+"?done=trainer-dropped")
	contains(t, "no trainer again", ask(admin, "POST", page+"/trainers/"+ada+"/remove", nil), 404)
	led(t, "no member", ask(admin, "POST", page+"/members/"+ada+"/remove", nil), page+"?done=member-dropped")
	led(t, "another name", ask(admin, "POST", page+"/edit", url.Values{"name": {"Durchgang II"}, "version": {version(t, admin, page)}}), page+"?done=saved")
	contains(t, "deleting", ask(admin, "POST", page+"/delete", url.Values{"name": {"x"}, "version": {version(t, admin, page)}}), 422)
	led(t, "deleted", ask(admin, "POST", page+"/delete", url.Values{"name": {"Durchgang II"}, "version": {version(t, admin, page)}}), "/directory/groups?done=group-deleted")
	contains(t, "gone", ask(admin, "GET", page, nil), 404)
}
