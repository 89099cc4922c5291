package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lernspur/directory"
)

// changeUnitBy changes a unit by an edit that a form means, and shows it again when it
// cannot be.
func (s *Site) changeUnitBy(q *request, done string, names map[string]string, read func(url.Values, *directory.Unit) (directory.UnitEdit, func(*unitPageBody), []fieldError)) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	u, err := q.findUnitOf()
	if err != nil {
		return err
	}
	edit, fill, wrong := read(values, u)
	if len(wrong) == 0 {
		_, err := s.deps.Directory.EditUnit(q.r.Context(), q.who.Tenant, u.ID, formVersion(values, "version"), edit)
		if err == nil {
			q.to(unitPath(u) + "?" + doneParameter + "=" + done)
			return nil
		}
		var known bool
		if wrong, known = q.unfit(err, names); !known {
			return err
		}
	}
	return s.showUnit(q, http.StatusUnprocessableEntity, u, fill, wrong)
}

// renameUnit changes how a unit is called.
func (s *Site) renameUnit(q *request) error {
	return s.changeUnitBy(q, "saved", unitFields, func(values url.Values, _ *directory.Unit) (directory.UnitEdit, func(*unitPageBody), []fieldError) {
		f := unitForm{Code: strings.TrimSpace(values.Get("code")), Name: strings.TrimSpace(values.Get("name")), Kind: strings.TrimSpace(values.Get("kind"))}
		return directory.UnitEdit{Code: &f.Code, Name: &f.Name, Kind: &f.Kind}, func(b *unitPageBody) { b.Form = f }, nil
	})
}

// moveUnit has a unit lie somewhere else from a day on.
func (s *Site) moveUnit(q *request) error {
	return s.changeUnitBy(q, "unit-moved", map[string]string{"places": "from", "*": "parent"}, func(values url.Values, _ *directory.Unit) (directory.UnitEdit, func(*unitPageBody), []fieldError) {
		f, edit, wrong := q.readUnit(values)
		if f.From == "" {
			wrong = append(wrong, fieldError{"from", q.words.t("invalid.day.needed")})
		}
		return directory.UnitEdit{Parent: edit.Parent, From: edit.From}, func(b *unitPageBody) { b.Parent, b.Form.From = f.Parent, f.From }, wrong
	})
}

// askClose says what follows when a unit is closed.
func (s *Site) askClose(q *request) error {
	u, err := q.findUnitOf()
	if err != nil {
		return err
	}
	text := q.r.URL.Query().Get("until")
	until, ok := readDay(text)
	if !ok || until == "" {
		return s.showUnit(q, http.StatusUnprocessableEntity, u, func(b *unitPageBody) { b.Until = text }, []fieldError{{"until", q.words.t("invalid.day.needed")}})
	}
	leaving := s.deps.Directory.MembersBeyond(q.who.Tenant, u.ID, until)
	body := gonePage{Name: unitLabel(u), Action: unitPath(u) + "/close", Back: q.link(unitPath(u)), Button: q.words.t("unit.close"), Version: u.Version, Unnamed: true, Lead: q.words.t("unit.close.follows"),
		Gone: []string{q.words.t("unit.close.last", q.words.day(until)), q.words.tn("unit.close.people", leaving)}, Stays: q.words.t("unit.close.stays"), Hidden: []hiddenField{{"until", string(until)}}}
	return q.show(http.StatusOK, "gone", &view{Title: q.words.t("unit.close"), Answer: q.words.t("unit.close.answer", body.Name), Body: body, Crumbs: append(q.unitCrumbs(u), q.crumbs(unitPath(u), body.Name)...)})
}

// closeUnit gives a unit a last day, and openUnit takes it back.
func (s *Site) closeUnit(q *request) error {
	return s.changeUnitBy(q, "unit-closed", map[string]string{"*": "until"}, func(values url.Values, _ *directory.Unit) (directory.UnitEdit, func(*unitPageBody), []fieldError) {
		until, ok := readDay(values.Get("until"))
		var wrong []fieldError
		if !ok || until == "" {
			wrong = []fieldError{{"until", q.words.t("invalid.day.needed")}}
		}
		return directory.UnitEdit{Until: &until}, func(b *unitPageBody) { b.Until = values.Get("until") }, wrong
	})
}

func (s *Site) openUnit(q *request) error {
	return s.changeUnitBy(q, "unit-opened", map[string]string{"until": "code", "*": "code"}, func(url.Values, *directory.Unit) (directory.UnitEdit, func(*unitPageBody), []fieldError) {
		none := directory.Date("")
		return directory.UnitEdit{Until: &none}, func(*unitPageBody) {}, nil
	})
}

// setHeadcount says how many people a unit has in a year; no number takes it back.
func (s *Site) setHeadcount(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	u, err := q.findUnitOf()
	if err != nil {
		return err
	}
	year, yearErr := strconv.Atoi(strings.TrimSpace(values.Get("year")))
	text := strings.TrimSpace(values.Get("staff"))
	var wrong []fieldError
	if yearErr != nil || year < 1900 || year > 2299 {
		wrong = append(wrong, fieldError{"count-year", q.words.t("invalid.year")})
	}
	var count *int
	if n, err := strconv.Atoi(text); err == nil {
		count = &n
	} else if text != "" {
		wrong = append(wrong, fieldError{"staff", q.words.t("invalid.count")})
	}
	if len(wrong) == 0 {
		_, err := s.deps.Directory.SetHeadcount(q.r.Context(), q.who.Tenant, u.ID, year, 0, count)
		if err == nil || count == nil && errors.Is(err, directory.ErrNotFound) {
			q.to(unitPath(u) + "?done=headcount")
			return nil
		}
		var known bool
		if wrong, known = q.unfit(err, map[string]string{"count": "staff", "year": "count-year", "*": "staff"}); !known {
			return err
		}
	}
	return s.showUnit(q, http.StatusUnprocessableEntity, u, func(b *unitPageBody) { b.Year, b.Staff = values.Get("year"), text }, wrong)
}

// askDeleteUnit says what would be gone and asks for the name.
func (s *Site) askDeleteUnit(q *request) error {
	return s.showDeleteUnit(q, http.StatusOK, nil)
}

func (s *Site) showDeleteUnit(q *request, status int, wrong []fieldError) error {
	u, err := q.findUnitOf()
	if err != nil {
		return err
	}
	body := gonePage{Name: unitLabel(u), Action: unitPath(u) + "/delete", Back: q.link(unitPath(u)), Label: q.words.t("unit.delete.name"), Button: q.words.t("unit.delete"), Version: u.Version,
		Gone: []string{q.words.t("unit.delete.entry", unitLabel(u))}, Stays: q.words.t("unit.delete.stays")}
	return q.show(status, "gone", &view{Title: q.words.t("unit.delete"), Answer: q.words.t("unit.delete.answer", body.Name), Body: body, Errors: wrong, Crumbs: append(q.unitCrumbs(u), q.crumbs(unitPath(u), body.Name)...)})
}

// deleteUnit takes out a unit to which nothing refers.
func (s *Site) deleteUnit(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	u, err := q.findUnitOf()
	if err != nil {
		return err
	}
	if !named(values, unitLabel(u)) {
		return s.showDeleteUnit(q, http.StatusUnprocessableEntity, []fieldError{{"name", q.words.t("invalid.gone")}})
	}
	err = s.deps.Directory.DeleteUnit(q.r.Context(), q.who.Tenant, u.ID, formVersion(values, "version"))
	if wrong, known := q.unfit(err, map[string]string{"*": "name"}); known {
		return s.showDeleteUnit(q, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	q.to("/directory/units?done=unit-deleted")
	return nil
}
