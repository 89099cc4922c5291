package town

// Unit is a part of the administration.
type Unit struct {
	Code, Name, Kind string
	Parent           string // its code; empty for a department
	// Staff is how many work in it and in none below it.
	Staff int

	reach  int // of a thousand, those who learn
	finish int // of a thousand, what becomes of it compared with elsewhere
}

// units are the whole town: departments (Dezernate), offices (Ämter), and of one
// office two sections. The archive has so few people that no figure of it may be
// shown; the property office learns and finishes nothing.
var units = []Unit{
	{Code: "D-I", Name: "Dezernat I", Kind: "Dezernat"},
	{"10", "Hauptamt", "Amt", "D-I", 95, 560, 1000},
	{"11", "Personal- und Organisationsamt", "Amt", "D-I", 130, 760, 1080},
	{"14", "Revisionsamt", "Amt", "D-I", 30, 600, 1050},
	{"30", "Rechtsamt", "Amt", "D-I", 45, 420, 950},
	{"37", "Feuerwehr", "Amt", "D-I", 120, 210, 820},
	{Code: "D-II", Name: "Dezernat II", Kind: "Dezernat"},
	{"50", "Sozialamt", "Amt", "D-II", 310, 480, 940},
	{"51", "Jugendamt", "Amt", "D-II", 0, 0, 0},
	{"51.1", "Kindertagesstätten", "Abteilung", "51", 240, 330, 860},
	{"51.2", "Allgemeiner Sozialer Dienst", "Abteilung", "51", 140, 390, 900},
	{"53", "Gesundheitsamt", "Amt", "D-II", 70, 520, 1000},
	{Code: "D-III", Name: "Dezernat III", Kind: "Dezernat"},
	{"20", "Kämmerei", "Amt", "D-III", 110, 540, 1020},
	{"21", "Kassen- und Steueramt", "Amt", "D-III", 120, 450, 980},
	{"23", "Liegenschaftsamt", "Amt", "D-III", 60, 230, 0},
	{Code: "D-IV", Name: "Dezernat IV", Kind: "Dezernat"},
	{"61", "Stadtplanungsamt", "Amt", "D-IV", 90, 500, 1000},
	{"63", "Bauaufsichtsamt", "Amt", "D-IV", 80, 430, 960},
	{"65", "Hochbauamt", "Amt", "D-IV", 110, 410, 930},
	{"66", "Tiefbau- und Vermessungsamt", "Amt", "D-IV", 230, 270, 880},
	{"67", "Grünflächenamt", "Amt", "D-IV", 130, 190, 780},
	{Code: "D-V", Name: "Dezernat V", Kind: "Dezernat"},
	{"40", "Schulamt", "Amt", "D-V", 260, 380, 920},
	{"41", "Kulturamt", "Amt", "D-V", 150, 440, 950},
	{"42", "Stadtbibliothek", "Amt", "D-V", 70, 620, 1060},
	{"47", "Stadtarchiv", "Amt", "D-V", 4, 1000, 1000},
	{"52", "Sportamt", "Amt", "D-V", 126, 300, 850},
	{Code: "D-VI", Name: "Dezernat VI", Kind: "Dezernat"},
	{"12", "Amt für Statistik und Wahlen", "Amt", "D-VI", 26, 650, 1050},
	{"17", "Amt für Digitalisierung", "Amt", "D-VI", 74, 860, 1100},
	{"32", "Ordnungsamt", "Amt", "D-VI", 170, 460, 940},
	{"33", "Bürgeramt", "Amt", "D-VI", 210, 720, 1040},
}

// smallest is the size that a unit keeps however small a cut is.
const smallest = 4

// cut is the units with so many times fewer people.
func cut(times int) []Unit {
	list := make([]Unit, len(units))
	for i, u := range units {
		if u.Staff > smallest {
			u.Staff = max(u.Staff/times, smallest)
		}
		list[i] = u
	}
	return list
}
