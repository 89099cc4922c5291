package forms

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"lernspur/report/result"
)

// tables are all tables of a report, whole, in the order of its sections.
func (w words) tables(r *result.Report) []*table {
	var all []*table
	for _, t := range r.Tables() {
		switch t.Name {
		case "reach.hours":
			all = append(all, w.week(t, r.Head.K))
		case "offer.use":
			all = append(all, w.courses(t, r))
		case "offer.matrix":
			all = append(all, w.matrix(t, r))
		case "learning.questions":
			all = append(all, w.questions(t, r))
		case "satisfaction.ratings":
			all = append(all, w.ratings(t, r))
		default:
			all = append(all, w.table(t, r.Head.K))
		}
	}
	return all
}

// blank is a table of the result without its rows.
func (w words) blank(t *result.Table, k int) *table {
	name, ok := tableNames[t.Name]
	id := strings.NewReplacer(".", "-", "_", "-").Replace(t.Name)
	out := &table{ID: id, Title: w.say(name.title), Sheet: w.say(name.sheet)}
	if !ok {
		out.Title, out.Sheet = t.Name, id
	}
	out.Columns = []column{{"", w.say(name.first), text}}
	if t.Missing != "" {
		out.Missing = w.reason(t.Missing) + "."
	}
	for _, r := range t.Remarks {
		out.Notes = append(out.Notes, w.remark(r))
	}
	seen := map[string]bool{"": true}
	for _, c := range t.Columns {
		if !seen[c.Query] {
			seen[c.Query] = true
			out.Queries = append(out.Queries, c.Query)
		}
	}
	out.Notes = append(out.Notes, w.absences(t, k)...)
	return out
}

// absences say why figures of a table are not there.
func (w words) absences(t *result.Table, k int) (notes []string) {
	suppressed, seen := false, map[result.Reason]bool{}
	for _, row := range t.Rows {
		for _, c := range row.Cells {
			switch {
			case c.State == result.Suppressed && !suppressed:
				suppressed = true
				notes = append(notes, w.say(suppression, k))
			case c.State == result.Missing && !seen[c.Reason]:
				seen[c.Reason] = true
				notes = append(notes, fmt.Sprintf("„%s“: %s.", w.missing(c.Reason), w.reason(c.Reason)))
			}
		}
	}
	if !w.german() {
		for i := range notes {
			notes[i] = strings.NewReplacer("„", "“", "“:", "”:").Replace(notes[i])
		}
	}
	return notes
}

// capital begins a sentence.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// columnsOf are the columns of a table of the result, each with as many places as its figures have.
func (w words) columnsOf(t *result.Table) []column {
	out := make([]column, len(t.Columns))
	for i, c := range t.Columns {
		places := 0
		for _, row := range t.Rows {
			if i < len(row.Cells) && row.Cells[i].Value != nil {
				places = max(places, row.Cells[i].Value.Places)
			}
		}
		out[i] = column{c.Name, columnName(w, c.Name), formatOf(c.Unit, places)}
	}
	return out
}

func columnName(w words, name string) string {
	if p, ok := columnNames[name]; ok {
		return w.say(p)
	}
	return name
}

// table is a table as it stands in the result: a column with the names of its rows, and one for each of its own.
func (w words) table(t *result.Table, k int) *table {
	out := w.blank(t, k)
	out.Columns = append(out.Columns, w.columnsOf(t)...)
	for _, row := range t.Rows {
		cells := []cell{{state: isText, text: w.rowName(t.Name, row), level: row.Level}}
		for _, c := range row.Cells {
			cells = append(cells, cellOf(c))
		}
		out.Tree = out.Tree || row.Level > 0
		if row.Total && row.Key == "total" && out.Total == nil {
			out.Total = cells
			continue
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// rowName is what a row is about.
func (w words) rowName(table string, row result.Row) string {
	switch {
	case row.Label != "":
		return row.Label
	case table == "reach.months":
		return w.monthOf(row.Key)
	case table == "learning.scores":
		return w.binOf(row.Key)
	}
	return w.nameOf(rowNames, row.Key)
}

// week turns the hours of the week into a table with a row for each hour and a column for each day.
func (w words) week(t *result.Table, k int) *table {
	out := w.blank(t, k)
	if len(t.Rows) == 0 || len(t.Columns) == 0 {
		return out
	}
	cells := map[string]cell{}
	for _, row := range t.Rows {
		if len(row.Cells) > 0 {
			cells[row.Key] = cellOf(row.Cells[0])
		}
	}
	for _, day := range weekdays {
		out.Columns = append(out.Columns, column{"", w.say(day), format{kind: asNumber}})
	}
	for hour := range 24 {
		row := []cell{textCell(w.say(phrase{"%d–%d Uhr", "%02d:00–%02d:00"}, hour, hour+1))}
		for day := range days {
			row = append(row, cells[fmt.Sprintf("%s-%02d", days[day], hour)])
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// days are the keys of weekdays.
var days = [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// courses is the use of courses, with what kind they are.
func (w words) courses(t *result.Table, r *result.Report) *table {
	out := w.blank(t, r.Head.K)
	out.Columns = append(out.Columns, column{"kind", w.say(phrase{"Art", "kind"}), text}, column{"format", w.say(phrase{"Format", "format"}), text})
	out.Columns = append(out.Columns, w.columnsOf(t)...)
	for i, row := range t.Rows {
		kind, format := "", ""
		if i < len(r.Offer.List) {
			kind, format = w.nameOf(columnNames, r.Offer.List[i].Kind), w.nameOf(columnNames, r.Offer.List[i].Format)
		}
		cells := []cell{textCell(w.rowName(t.Name, row)), textCell(kind), textCell(format)}
		for _, c := range row.Cells {
			cells = append(cells, cellOf(c))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// matrix are courses by units on top, whose columns have the keys of rows of the table of units.
func (w words) matrix(t *result.Table, r *result.Report) *table {
	out := w.table(t, r.Head.K)
	for i := range out.Columns {
		for _, unit := range r.Reach.Units.Rows {
			if key := out.Columns[i].Key; key != "" && unit.Key == key && unit.Label != "" {
				out.Columns[i].Head = unit.Label
			}
		}
	}
	return out
}

// questions are the hardest questions, with their courses.
func (w words) questions(t *result.Table, r *result.Report) *table {
	out := w.blank(t, r.Head.K)
	out.Columns = append(out.Columns, column{"course", w.say(phrase{"Kurs", "course"}), text})
	out.Columns = append(out.Columns, w.columnsOf(t)...)
	for i, row := range t.Rows {
		name, course := row.Label, ""
		if i < len(r.Learning.QuestionList) {
			q := r.Learning.QuestionList[i]
			name, course = first(q.Text, row.Label, q.ID, row.Key), first(q.CourseName, q.Course)
		}
		cells := []cell{textCell(first(name, row.Key)), textCell(course)}
		for _, c := range row.Cells {
			cells = append(cells, cellOf(c))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// ratings are the steps of surveys; a row names its survey and its step.
func (w words) ratings(t *result.Table, r *result.Report) *table {
	out := w.table(t, r.Head.K)
	for i, row := range t.Rows {
		if row.Label != "" || i >= len(out.Rows) {
			continue
		}
		survey, step := stepOf(row.Key)
		out.Rows[i][0].text = w.surveyName(r, survey) + ": " + w.stepName(step)
	}
	return out
}

// stepOf takes the key of a step apart: the key of its survey, and the step.
func stepOf(key string) (survey, step string) {
	i := strings.LastIndexByte(key, '/')
	if i < 0 {
		return "", key
	}
	return key[:i], key[i+1:]
}

// stepName is a step as it is written in the language.
func (w words) stepName(step string) string {
	if w.german() {
		return strings.Replace(step, ".", ",", 1)
	}
	return step
}

// surveyName is what a survey is called.
func (w words) surveyName(r *result.Report, key string) string {
	for _, row := range r.Satisfaction.Surveys.Rows {
		if row.Key == key && row.Label != "" {
			return row.Label
		}
	}
	return key
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
