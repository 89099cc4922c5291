package attendance

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"lernspur/catalog"
)

// Fault is what is wrong with one value of a list.
type Fault struct {
	// Line and Column count from 1; Column is that of the table, 0 for the line as a
	// whole.
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// maxFaults is how many are listed of one list.
const maxFaults = 200

// The columns of a list, under the names that people give them.
var columns = map[string][]string{
	"identifier": {"identifier", "mail", "e-mail", "email", "account", "kennung", "konto", "personalnummer", "mailadresse", "e-mail-adresse"},
	"name":       {"name", "teilnehmer", "teilnehmerin", "participant"},
	"attended":   {"attended", "anwesend", "teilgenommen", "minutes", "minuten", "presence", "anwesenheit"},
}

var (
	yes = []string{"yes", "y", "ja", "j", "x", "true", "wahr", "✓"}
	no  = []string{"no", "n", "nein", "-", "false", "falsch", "0"}
)

// ReadList reads a list of who attended: a table with a line of headings, separated
// by commas, semicolons or tabs, in UTF-8 or, as spreadsheets in our parts write it,
// Windows-1252. It needs a column identifier (mail address, or the name of an
// account at homePage), and may have name, and attended: yes or no in English or
// German, or for how many minutes; without that column everybody did, and an empty
// value is a no. Nobody can have been there for longer than most minutes. All that is wrong is listed, up to 200 faults; no entries are
// answered then.
func ReadList(data []byte, homePage string, most int) ([]Entry, []Fault) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		data, _ = charmap.Windows1252.NewDecoder().Bytes(data) // every byte is a letter there
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = separator(data), -1, true, true
	l := &list{homePage: homePage, most: most, seen: make(map[string]int)}
	for l.next(r) {
	}
	if len(l.faults) > 0 {
		return nil, l.faults
	}
	return l.entries, nil
}

// separator is what stands most often in the first line.
func separator(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

type list struct {
	homePage string
	most     int            // minutes
	minutes  bool           // the column says how many, so 1 is one minute
	at       map[string]int // columns, from 0
	seen     map[string]int // lines of learners
	entries  []Entry
	faults   []Fault
}

func (l *list) fault(line, column int, format string, args ...any) {
	l.faults = append(l.faults, Fault{line, column, fmt.Sprintf(format, args...)})
}

// next reads one line; false at the end.
func (l *list) next(r *csv.Reader) bool {
	fields, err := r.Read()
	if errors.Is(err, io.EOF) {
		if l.at == nil {
			l.fault(1, 0, "the list is empty")
		}
		return false
	}
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		l.fault(broken.Line, 0, "this line is no line of a table: %s", broken.Err)
		return false
	}
	line, _ := r.FieldPos(0)
	if l.at == nil {
		return l.headings(line, fields)
	}
	if strings.TrimSpace(strings.Join(fields, "")) == "" {
		return true
	}
	l.entry(line, fields)
	switch {
	case len(l.entries) > MaxEntries:
		l.fault(line, 0, "these are more than %d people", MaxEntries)
		return false
	case len(l.faults) >= maxFaults:
		return false
	}
	return true
}

func (l *list) headings(line int, fields []string) bool {
	l.at = make(map[string]int)
	for i, field := range fields {
		field = strings.ToLower(strings.TrimSpace(field))
		for column, names := range columns {
			if !slices.Contains(names, field) {
				continue
			}
			if _, twice := l.at[column]; twice {
				l.fault(line, i+1, "there is another column for %s", column)
			}
			l.at[column] = i
			l.minutes = l.minutes || strings.HasPrefix(field, "minute")
		}
	}
	if _, there := l.at["identifier"]; !there {
		l.fault(line, 0, "the first line has the headings of the columns, and one of them is %s", strings.Join(columns["identifier"][:5], ", "))
	}
	return len(l.faults) == 0
}

// value is that of a column, and the column's number from 1.
func (l *list) value(fields []string, column string) (text string, number int, there bool) {
	i, there := l.at[column]
	if !there || i >= len(fields) {
		return "", i + 1, there
	}
	return strings.TrimSpace(fields[i]), i + 1, true
}

func (l *list) entry(line int, fields []string) {
	identifier, column, _ := l.value(fields, "identifier")
	name, _, _ := l.value(fields, "name")
	learner, err := l.learner(identifier, name)
	if err != nil {
		l.fault(line, column, "%s", err)
	} else if before := l.seen[learner.Identifier]; before > 0 {
		l.fault(line, column, "the same as in line %d", before)
	} else {
		l.seen[learner.Identifier] = line
	}
	e := Entry{Learner: learner, Attended: true}
	if text, column, there := l.value(fields, "attended"); there {
		if e.Attended, e.Minutes, err = presence(text); err != nil {
			l.fault(line, column, "%s", err)
		} else if text == "1" && !l.minutes {
			e.Minutes = 0 // a yes
		} else if e.Minutes > l.most {
			l.fault(line, column, "%d minutes are more than the %d that the session counts", e.Minutes, l.most)
		}
	}
	l.entries = append(l.entries, e)
}

// presence reads whether somebody attended, and for how many minutes; 0: all.
func presence(text string) (attended bool, minutes int, err error) {
	lower := strings.ToLower(text)
	switch {
	case lower == "" || slices.Contains(no, lower):
		return false, 0, nil
	case slices.Contains(yes, lower):
		return true, 0, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(lower, "min")))
	if err != nil || n < 0 || n > maxMinutes {
		return false, 0, fmt.Errorf("%q is neither yes nor no, nor a number of minutes", text)
	}
	return n > 0, n, nil
}

// learner is who has an identifier.
func (l *list) learner(identifier, name string) (catalog.Learner, error) {
	if identifier == "" {
		return catalog.Learner{}, errors.New("an identifier is missing")
	}
	var learner catalog.Learner
	var err error
	if strings.Contains(identifier, "@") {
		learner, err = catalog.InvitedLearner(name, identifier)
	} else {
		learner, err = accountLearner(l.homePage, identifier, name)
	}
	var invalid *catalog.Invalid
	if errors.As(err, &invalid) {
		return learner, errors.New(invalid.Message)
	}
	return learner, err
}

// accountLearner is the learner who has an account.
func accountLearner(homePage, account, name string) (catalog.Learner, error) {
	actor := object{"objectType": "Agent", "account": object{"homePage": homePage, "name": account}}
	if name != "" {
		actor["name"] = name
	}
	text, err := json.Marshal(actor)
	if err != nil {
		return catalog.Learner{}, err
	}
	return catalog.Learner{Actor: text, Name: name}.Checked()
}
