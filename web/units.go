package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lernspur/directory"
)

// dirUnitRow is a unit in the tree.
type dirUnitRow struct {
	Name, Link, Kind, Closed string
	Level                    int
	// People are those that the directory knows in it and below, Staff the headcount;
	// empty when nobody knows it.
	People int
	Staff  string
}

// unitsPage is what the page of units shows.
type unitsPage struct {
	On, Year     string
	Closed       bool // show those that are no more, too
	Rows         []dirUnitRow
	More, Writes bool
	Offer        []string
	Form         unitForm
}

// unitForm is the form that a unit is described with.
type unitForm struct{ Code, Name, Kind, Parent, From string }

// shownUnits bounds how many units one page lists.
const shownUnits = 1000

// units answers how the organisation is made up on a day, and how many people it has.
func (s *Site) units(q *request) error { return s.showUnits(q, http.StatusOK, unitForm{}, nil) }

// yearAndDay are those that an address asks for.
func (q *request) yearAndDay() (year int, on directory.Date, wrong []fieldError) {
	values, today := q.r.URL.Query(), q.site.deps.Directory.Today()
	on, ok := readDay(values.Get("on"))
	if !ok {
		wrong = append(wrong, fieldError{"on", q.words.t("invalid.day")})
	}
	if on == "" {
		on = today
	}
	text := values.Get("year")
	if text == "" {
		text = string(on)[:4]
	}
	year, err := strconv.Atoi(text)
	if err != nil || year < 1900 || year > 2299 {
		wrong = append(wrong, fieldError{"year", q.words.t("invalid.year")})
		year, _ = strconv.Atoi(string(today)[:4]) // a day has one
	}
	return year, on, wrong
}

func (s *Site) showUnits(q *request, status int, form unitForm, wrong []fieldError) error {
	year, on, bad := q.yearAndDay()
	if len(bad) > 0 {
		status, wrong = http.StatusUnprocessableEntity, append(wrong, bad...)
	}
	body := unitsPage{On: string(on), Year: strconv.Itoa(year), Closed: q.r.URL.Query().Get("closed") != "", Writes: q.writesDirectory(), Form: form}
	if body.Writes {
		body.Offer = q.unitOffer()
	}
	body.Rows = q.unitTree("", on, year, body.Closed)
	if len(body.Rows) > shownUnits {
		body.Rows, body.More = body.Rows[:shownUnits], true
	}
	answer := q.words.t("units.none")
	if len(body.Rows) > 0 {
		total := 0
		for _, row := range body.Rows {
			if row.Level == 0 {
				total += row.People
			}
		}
		answer = q.words.tn("units.answer", len(body.Rows), total, q.words.day(on))
	}
	return q.show(status, "units", &view{Title: q.words.t("tab.units"), Answer: answer, Tabs: q.directoryTabs(), Body: body, Errors: wrong, Crumbs: q.directoryCrumbs()})
}

// unitTree are the units below one on a day, each before those below it; "" for all of
// them.
func (q *request) unitTree(top string, on directory.Date, year int, closed bool) []dirUnitRow {
	d, ctx, tenant := q.site.deps.Directory, q.r.Context(), q.who.Tenant
	members, below := d.Members(tenant, on), map[string][]*directory.Unit{}
	for _, u := range d.Units(ctx, tenant) {
		if closed || !u.ClosedOn(on) {
			above := u.ParentOn(on)
			below[above] = append(below[above], u)
		}
	}
	var rows []dirUnitRow
	var walk func(id string, level int) int
	walk = func(id string, level int) (people int) {
		for _, u := range below[id] {
			at := len(rows)
			row := dirUnitRow{Name: unitLabel(u), Link: q.link(unitPath(u)), Kind: u.Kind, Level: min(level, 5)}
			if u.ClosedOn(on) {
				row.Closed = q.words.day(u.Until)
			}
			if n, known := d.Headcount(ctx, tenant, u.ID, year); known {
				row.Staff = q.words.integer(int64(n))
			}
			rows = append(rows, row)
			n := members[u.ID] + walk(u.ID, level+1)
			rows[at].People = n
			people += n
		}
		return people
	}
	walk(top, 0)
	return rows
}

func unitPath(u *directory.Unit) string { return "/directory/units/" + url.PathEscape(u.ID) }

// readUnit reads the form of a new unit.
func (q *request) readUnit(values url.Values) (f unitForm, e directory.UnitEdit, wrong []fieldError) {
	f = unitForm{strings.TrimSpace(values.Get("code")), strings.TrimSpace(values.Get("name")), strings.TrimSpace(values.Get("kind")), strings.TrimSpace(values.Get("parent")), strings.TrimSpace(values.Get("from"))}
	parent := ""
	if f.Parent != "" {
		u, ok := q.findUnit(f.Parent)
		if !ok {
			wrong = append(wrong, fieldError{"parent", q.words.t("people.unit.unknown")})
		} else {
			parent = u.ID
		}
	}
	from, ok := readDay(f.From)
	if !ok {
		wrong = append(wrong, fieldError{"from", q.words.t("invalid.day")})
	}
	return f, directory.UnitEdit{Code: &f.Code, Name: &f.Name, Kind: &f.Kind, Parent: &parent, From: from}, wrong
}

// unitFields are the fields of forms by those of the directory.
var unitFields = map[string]string{"places": "parent", "*": "name"}

// addUnit adds a unit.
func (s *Site) addUnit(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	form, edit, wrong := q.readUnit(values)
	if len(wrong) == 0 {
		u, err := s.deps.Directory.AddUnit(q.r.Context(), q.who.Tenant, edit)
		if err == nil {
			q.to(unitPath(u) + "?done=unit-made")
			return nil
		}
		var known bool
		if wrong, known = q.unfit(err, unitFields); !known {
			return err
		}
	}
	return s.showUnits(q, http.StatusUnprocessableEntity, form, wrong)
}

// countRow is the headcount of a year.
type countRow struct {
	Year, Version, Staff string
	Kept                 bool // said of this very unit, not summed up
}

// unitPageBody is what the page of a unit shows.
type unitPageBody struct {
	Unit          *directory.Unit
	Path          string
	Places        []spanRow
	Below         []dirUnitRow
	Counts        []countRow
	People        int
	PeopleLink    string
	Closed        string // the last day, when it has one
	Writes        bool
	Offer         []string
	Form          unitForm
	Year, Staff   string
	Until, Parent string
}

// findUnitOf is the unit of an address.
func (q *request) findUnitOf() (*directory.Unit, error) {
	u, ok := q.site.deps.Directory.Unit(q.r.Context(), q.who.Tenant, q.r.PathValue("unit"))
	if !ok {
		return nil, directory.ErrNotFound
	}
	return u, nil
}

// unit shows one unit.
func (s *Site) unit(q *request) error {
	u, err := q.findUnitOf()
	if err != nil {
		return err
	}
	return s.showUnit(q, http.StatusOK, u, func(*unitPageBody) {}, nil)
}

// showUnit shows a unit; fill puts what was sent into the forms again.
func (s *Site) showUnit(q *request, status int, u *directory.Unit, fill func(*unitPageBody), wrong []fieldError) error {
	today := s.deps.Directory.Today()
	year, _ := strconv.Atoi(string(today)[:4]) // a day has one
	body := unitPageBody{Unit: u, Path: unitPath(u), Writes: q.writesDirectory(), Form: unitForm{Code: u.Code, Name: u.Name, Kind: u.Kind},
		Year: strconv.Itoa(year), Below: q.unitTree(u.ID, today, year, false), PeopleLink: q.page("/directory", "unit", u.ID, "below", "yes")}
	if u.Until != "" {
		body.Closed = q.words.day(u.Until)
	}
	for i, p := range u.Places {
		row := spanRow{Name: q.words.t("unit.top")}
		if p.Parent != "" {
			row.Name, row.Link = q.unitName(p.Parent), q.link("/directory/units/"+url.PathEscape(p.Parent))
		}
		until := directory.Date("")
		if i+1 < len(u.Places) {
			row.Span = q.words.span(p.From, "") + ", " + q.words.t("unit.place.until", q.words.day(u.Places[i+1].From))
			until = u.Places[i+1].From
		} else {
			row.Span = q.words.span(p.From, "")
		}
		row.Span = strings.TrimPrefix(row.Span, ", ")
		row.Now = (i == 0 || p.From <= today) && (until == "" || today < until)
		body.Places = append(body.Places, row)
	}
	body.People = s.deps.Directory.Members(q.who.Tenant, today)[u.ID]
	for _, row := range body.Below {
		if row.Level == 0 {
			body.People += row.People
		}
	}
	body.Counts = q.headcounts(u, year)
	if body.Writes {
		body.Offer = q.unitOffer()
	}
	fill(&body)
	answer := q.words.tn("unit.answer", body.People)
	if body.Closed != "" {
		answer = q.words.t("unit.answer.closed", body.Closed)
	}
	return q.show(status, "unit", &view{Title: unitLabel(u), Answer: answer, Body: body, Errors: wrong, Crumbs: q.unitCrumbs(u)})
}

// unitCrumbs lead to a unit through those above it.
func (q *request) unitCrumbs(u *directory.Unit) []crumb {
	pairs := []string{"/directory/units", q.words.t("tab.units")}
	path := q.site.deps.Directory.UnitPath(q.r.Context(), q.who.Tenant, u.ID, "")
	for _, id := range path[:max(0, len(path)-1)] {
		pairs = append(pairs, "/directory/units/"+url.PathEscape(id), q.unitName(id))
	}
	return q.directoryCrumbs(pairs...)
}

// headcounts are those of a unit: of all years that anybody said something about, and of
// this one.
func (q *request) headcounts(u *directory.Unit, year int) []countRow {
	d, ctx, tenant := q.site.deps.Directory, q.r.Context(), q.who.Tenant
	years, kept := []int{year}, map[int]*directory.Headcount{}
	for _, h := range d.Headcounts(ctx, tenant, 0) {
		if h.Unit == u.ID {
			kept[h.Year] = h
			years = append(years, h.Year)
		}
	}
	slices.Sort(years)
	var rows []countRow
	for _, y := range slices.Backward(slices.Compact(years)) {
		row := countRow{Year: strconv.Itoa(y), Staff: "–"}
		if n, known := d.Headcount(ctx, tenant, u.ID, y); known {
			row.Staff = q.words.integer(int64(n))
		}
		if h := kept[y]; h != nil {
			row.Kept, row.Version = true, strconv.FormatInt(h.Version, 10)
		}
		rows = append(rows, row)
	}
	return rows
}
