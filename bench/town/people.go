package town

import (
	"strconv"
	"strings"
)

// Where the accounts of staff are known.
const HomePage = "https://anmeldung.stadt.example"

// Person is somebody on the staff. Content knows them by a mail address or by an
// account, so the directory has both.
type Person struct {
	Staff       string // number
	First, Last string
	Mail        string
	Unit        string // code
	// Joined and Left are the days of the year on which somebody began and ended to
	// work here; -1: before, and not at all.
	Joined, Left int

	knows  int // 0 to 999
	learns bool
	leads  bool
}

// Name is how somebody is called.
func (p *Person) Name() string { return p.First + " " + p.Last }

// months are the days on which people begin to work here.
var months = []int{dayOf(10, 1), dayOf(11, 3), dayOf(1, 2), dayOf(2, 2), dayOf(3, 2), dayOf(4, 1), dayOf(5, 4), dayOf(6, 1), dayOf(7, 1), dayOf(8, 3), dayOf(9, 1)}

// people makes the staff of all units, in their order. Of thirteen one has begun
// during the year, of eighty one has left.
func people(seed uint64, units []Unit) []Person {
	var list []Person
	taken := map[string]int{}
	for _, u := range units {
		for range u.Staff {
			i := len(list)
			r := stream(seed, streamPerson, uint64(i))
			p := Person{
				Staff: strconv.Itoa(10_001 + 7*i), First: firstNames[r.below(len(firstNames))], Last: lastNames[r.below(len(lastNames))],
				Unit: u.Code, Joined: -1, Left: -1, knows: r.bell(1000), leads: i%25 == 7,
			}
			p.Mail = plain(p.First) + "." + plain(p.Last)
			if taken[p.Mail]++; taken[p.Mail] > 1 {
				p.Mail += strconv.Itoa(taken[p.Mail])
			}
			p.Mail += "@stadt.example"
			reach := u.reach
			switch {
			case u.Staff <= smallest:
			case i%13 == 5:
				p.Joined, reach = months[r.below(len(months))], max(850, reach)
			case i%80 == 17:
				p.Left = dayOf(3, 31)
			}
			p.learns = r.chance(reach)
			list = append(list, p)
		}
	}
	return list
}

// Group is a course run, or people who have something in common.
type Group struct {
	Code, Name, Course string
	Trainers, Members  []string // staff numbers
}

// groups are those of the training section and of two offices.
func groups(people []Person) []Group {
	var personnel, digital []string
	for _, p := range people {
		switch {
		case p.Unit == "11" && p.Joined < 0 && p.Left < 0:
			personnel = append(personnel, p.Staff)
		case p.Unit == "17" && p.Joined < 0 && p.Left < 0:
			digital = append(digital, p.Staff)
		}
	}
	inducted := Base + "/kurse/ankommen"
	list := []Group{
		{Code: "EH25", Name: "Einarbeitung Herbst 2025", Course: inducted, Trainers: personnel[:1]},
		{Code: "EF26", Name: "Einarbeitung Frühjahr 2026", Course: inducted, Trainers: personnel[:1]},
		{Code: "ES26", Name: "Einarbeitung Sommer 2026", Course: inducted, Trainers: personnel[:1]},
		{Code: "FK26", Name: "Führungskräfte 2026", Trainers: personnel[:1]},
		{Code: "MD25", Name: "Ansprechpersonen für Datenschutz", Course: Base + "/kurse/datenschutz", Trainers: digital[:1]},
		{Code: "BA33", Name: "Bürgeramt, Team Empfang", Trainers: digital[:1]},
	}
	reception := 0
	for i, p := range people {
		into := func(g int) {
			if p.Staff != list[g].Trainers[0] {
				list[g].Members = append(list[g].Members, p.Staff)
			}
		}
		switch {
		case p.Joined < 0:
		case p.Joined < dayOf(1, 1):
			into(0)
		case p.Joined < dayOf(5, 1):
			into(1)
		default:
			into(2)
		}
		if p.leads {
			into(3)
		}
		if i%29 == 3 {
			into(4)
		}
		if p.Unit == "33" && reception < 12 {
			reception++
			into(5)
		}
	}
	return list
}

// table is a list in the form that the product imports: semicolons, a line of
// headings.
func table(headings ...string) *strings.Builder {
	t := &strings.Builder{}
	row(t, headings...)
	return t
}

func row(t *strings.Builder, cells ...string) {
	t.WriteString(strings.Join(cells, ";") + "\n")
}

// UnitsCSV lists the units.
func (t *Town) UnitsCSV() string {
	out := table("Code", "Name", "Art", "Übergeordnet")
	for _, u := range t.Units {
		row(out, u.Code, u.Name, u.Kind, u.Parent)
	}
	return out.String()
}

// PeopleCSV lists the staff.
func (t *Town) PeopleCSV() string {
	out := table("Personalnummer", "Vorname", "Nachname", "E-Mail", "Konto", "Homepage", "Amt", "seit", "bis")
	day := func(n int) string {
		if n < 0 {
			return ""
		}
		return date(n).Format("2006-01-02")
	}
	for i := range t.People {
		p := &t.People[i]
		since := day(p.Joined)
		if p.Left >= 0 {
			since = "2015-01-01" // so that the list says the same whenever it is read
		}
		row(out, p.Staff, p.First, p.Last, p.Mail, p.Staff, HomePage, p.Unit, since, day(p.Left))
	}
	return out.String()
}

// GroupsCSV lists the groups with their trainers and members.
func (t *Town) GroupsCSV() string {
	out := table("Gruppe", "Code", "Kurs", "Rolle", "Personalnummer")
	for _, g := range t.Groups {
		for _, staff := range g.Trainers {
			row(out, g.Name, g.Code, g.Course, "trainer", staff)
		}
		for _, staff := range g.Members {
			row(out, g.Name, g.Code, g.Course, "member", staff)
		}
	}
	return out.String()
}

// Headcount is the staff of a unit with all that lies below it.
func (t *Town) Headcount(code string) int {
	n := 0
	for _, u := range t.Units {
		switch {
		case u.Code == code:
			n += u.Staff
		case u.Parent == code:
			n += t.Headcount(u.Code)
		}
	}
	return n
}

// HeadcountsCSV lists the staff of every unit in both calendar years.
func (t *Town) HeadcountsCSV() string {
	out := table("Einheit", "Jahr", "Beschäftigte")
	for _, year := range []string{"2025", "2026"} {
		for _, u := range t.Units {
			row(out, u.Code, year, strconv.Itoa(t.Headcount(u.Code)))
		}
	}
	return out.String()
}
