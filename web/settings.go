package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lernspur/evaluation"
)

// Evaluation is what may be told about people. Errors: those of package evaluation,
// and of the catalogue.
type Evaluation interface {
	Of(ctx context.Context, tenant string) (evaluation.Settings, error)
	State(ctx context.Context, tenant string) (evaluation.State, error)
	History(ctx context.Context, tenant string, before int64, n int) ([]evaluation.Change, error)
	Change(ctx context.Context, tenant, by string, version int64, edits []evaluation.Edit) (evaluation.State, error)
}

// evaluated is what may be told about people to who looks.
func (q *request) evaluated() (evaluation.Settings, error) {
	return q.site.deps.Evaluation.Of(q.r.Context(), q.who.Tenant)
}

// permit refuses a page that tells a figure which is not switched on, by its key.
func (q *request) permit(key string) error {
	on, err := q.evaluated()
	if err != nil {
		return err
	}
	figure, ok := evaluation.FigureOf(key)
	if !ok || on.Missing(figure.Needs...) != "" {
		return &problem{status: http.StatusForbidden, key: "switchedoff"}
	}
	return nil
}

// maxGround is how many characters the text of a ground has on the form.
const maxGround = 4000

// switchRow is a switch as it is shown.
type switchRow struct {
	Switch, Name, Text string
	On                 bool
	Ground, By         string
	Since              int64
	Field              string
}

// settingChange is a change of a switch.
type settingChange struct {
	Number       int64
	At           int64
	By, What     string
	Switched, On bool
	Ground       string
}

// settingsPage is what the page of the settings shows.
type settingsPage struct {
	Version  int64
	Ground   string
	Switches []switchRow
	Changes  []settingChange
	More     string
	Most     int
	MayEdit  bool
}

// settings shows what may be evaluated, and every change of that.
func (s *Site) settings(q *request) error { return s.showSettings(q, http.StatusOK, nil, nil) }

// showSettings shows the settings; edits are what was typed, nil for what holds.
func (s *Site) showSettings(q *request, status int, edits []evaluation.Edit, wrong []fieldError) error {
	state, err := s.deps.Evaluation.State(q.r.Context(), q.who.Tenant)
	if err != nil {
		return err
	}
	body := settingsPage{Version: state.Version, Ground: state.Ground, Most: maxGround, MayEdit: q.who.Has(evaluation.MayChange...)}
	for _, one := range state.Switches {
		body.Switches = append(body.Switches, switchRow{string(one.Switch), q.switchName(one.Switch), one.Switch.Explanation(q.words.lang), one.On, one.Ground, one.By, one.Since, groundField + string(one.Switch)})
	}
	for _, e := range edits {
		if e.Switch == "" {
			body.Ground = e.Ground
		}
		if i := slices.IndexFunc(body.Switches, func(r switchRow) bool { return r.Switch == string(e.Switch) }); i >= 0 {
			body.Switches[i].On, body.Switches[i].Ground = e.On, e.Ground
		}
	}
	before, _ := strconv.ParseInt(q.r.URL.Query().Get("before"), 10, 64) // else from the latest on
	changes, err := s.deps.Evaluation.History(q.r.Context(), q.who.Tenant, max(0, before), pageSize+1)
	if err != nil {
		return err
	}
	for i, c := range changes {
		if i == pageSize {
			body.More = q.page("/settings", "before", strconv.FormatInt(changes[i-1].Number, 10)) + "#changes"
			break
		}
		row := settingChange{Number: c.Number, At: c.At, By: c.By, What: q.words.t("settings.ground"), Switched: c.Switch != "", On: c.On, Ground: c.Ground}
		if row.Switched {
			row.What = q.switchName(c.Switch)
		}
		body.Changes = append(body.Changes, row)
	}
	on := 0
	for _, row := range state.Switches {
		if row.On {
			on++
		}
	}
	return q.show(status, "settings", &view{Title: q.words.t("menu.settings"), Answer: q.words.tn("settings.answer", on, len(state.Switches)), Body: body, Errors: wrong})
}

// switchName is what a switch is called, at the beginning of a line.
func (q *request) switchName(sw evaluation.Switch) string {
	name := []rune(sw.Name(q.words.lang))
	if len(name) > 0 {
		name[0] = []rune(strings.ToUpper(string(name[0])))[0]
	}
	return string(name)
}

// groundField begins the names of the fields for the grounds of switches; onField is
// that of the switches that are on.
const (
	groundField = "ground-"
	onField     = "on"
)

// changeSettings switches on and off.
func (s *Site) changeSettings(q *request) error {
	values, err := q.form()
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(values.Get("version"), 10, 64)
	if err != nil || version < 0 {
		return &problem{status: http.StatusBadRequest, key: "form"}
	}
	edits := []evaluation.Edit{{Ground: strings.TrimSpace(values.Get("ground"))}}
	for _, sw := range evaluation.Switches {
		edits = append(edits, evaluation.Edit{Switch: sw, On: slices.Contains(values[onField], string(sw)), Ground: strings.TrimSpace(values.Get(groundField + string(sw)))})
	}
	var wrong []fieldError
	for _, e := range edits {
		field := strings.TrimSuffix(groundField+string(e.Switch), "-")
		switch {
		case len([]rune(e.Ground)) > maxGround:
			wrong = append(wrong, fieldError{field, q.words.t("invalid.ground.long", maxGround)})
		case e.Switch != "" && e.On && e.Ground == "":
			wrong = append(wrong, fieldError{field, q.words.t("invalid.ground", q.switchName(e.Switch))})
		}
	}
	if len(wrong) == 0 {
		_, err = s.deps.Evaluation.Change(q.r.Context(), q.who.Tenant, q.who.Account, version, edits)
		var invalid *evaluation.Invalid
		switch {
		case errors.As(err, &invalid):
			wrong = []fieldError{{strings.TrimSuffix(groundField+strings.TrimPrefix(invalid.Field, "ground"), "-"), q.words.t("invalid.ground.text")}}
		case errors.Is(err, evaluation.ErrChanged):
			return &problem{status: http.StatusConflict, key: "conflict"}
		case err != nil:
			return err
		}
	}
	if len(wrong) > 0 {
		return s.showSettings(q, http.StatusUnprocessableEntity, edits, wrong)
	}
	q.to("/settings?done=saved")
	return nil
}

// statementPage is what the page of the statement shows.
type statementPage struct {
	Statement template.HTML
}

// statement says what is evaluated about whom.
func (s *Site) statement(q *request) error {
	state, err := s.deps.Evaluation.State(q.r.Context(), q.who.Tenant)
	if err != nil {
		return err
	}
	st := evaluation.Write(q.words.lang, q.who.Tenant, state, s.deps.Now().In(s.deps.Location))
	body, err := st.Body()
	if err != nil {
		return err
	}
	return q.show(http.StatusOK, "statement", &view{Title: st.Title, Body: statementPage{body}})
}
