package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
)

// TestImportHeldToWhatWasSeen: another file, or another directory, than the one that
// somebody looked at is refused, and changes nothing.
func TestImportHeldToWhatWasSeen(t *testing.T) {
	d := openDirectory(t, &drawer{})
	file := "Personalnummer;Name\n1;Ada\n2;Bob\n"
	dry := imported(t, d, KindPeople, file, ImportOptions{DryRun: true, Listed: 1})
	sum := sha256.Sum256([]byte(file))
	if dry.SHA256 != hex.EncodeToString(sum[:]) || dry.Before != 0 || len(dry.Changes) != 1 || dry.More != 1 {
		t.Errorf("%+v", dry)
	}
	try := func(file string, version uint64) error {
		_, err := d.Import(t.Context(), "town", []byte(file), ImportOptions{Kind: KindPeople, SHA256: dry.SHA256, Version: &version})
		return err
	}
	if err := try(file+"3;Eve\n", 0); !errors.Is(err, ErrChanged) {
		t.Errorf("another file: %v", err)
	}
	name := "somebody else"
	if _, err := d.AddPerson(t.Context(), "town", PersonEdit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	if err := try(file, 0); !errors.Is(err, ErrChanged) {
		t.Errorf("a directory that was empty: %v", err)
	}
	if people, _, _ := d.Size("town"); people != 1 {
		t.Errorf("%d people", people)
	}
	if err := try(file, d.Version("town")); err != nil {
		t.Error(err)
	}
	if people, _, _ := d.Size("town"); people != 3 {
		t.Errorf("%d people", people)
	}
}

// TestPreviewMerge says what a merge does, and does nothing.
func TestPreviewMerge(t *testing.T) {
	d := openDirectory(t, &drawer{})
	imported(t, d, KindUnits, unitsFile, ImportOptions{})
	imported(t, d, KindPeople, "Personalnummer;Name;E-Mail;Amt\n1;Ada;ada@town.example;11\n2;A. Y.;a.y@town.example;VI\n", ImportOptions{})
	kept, gone := staffed(t, d, "1"), staffed(t, d, "2")
	before := d.Version("town")
	p, err := d.PreviewMerge(t.Context(), "town", kept.ID, gone.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d.Version("town") != before || p.LostStaff != "2" || len(p.LostUnits) != 1 || len(p.Person.Identifiers) != 2 || !slices.Equal(p.Person.OtherNames, []string{"A. Y."}) {
		t.Errorf("%+v %+v", p, p.Person)
	}
	if _, err := d.PreviewMerge(t.Context(), "town", kept.ID, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("with nobody: %v", err)
	}
	for _, o := range []MergeOptions{{Kept: kept.Version + 1}, {Gone: gone.Version + 1}} {
		if _, err := d.Merge(t.Context(), "town", kept.ID, gone.ID, o); !errors.Is(err, ErrChanged) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := d.Merge(t.Context(), "town", kept.ID, gone.ID, MergeOptions{Kept: kept.Version, Gone: gone.Version}); err != nil {
		t.Error(err)
	}
	after, _ := d.Person(t.Context(), "town", kept.ID)
	if !slices.Equal(after.Identifiers, p.Person.Identifiers) || !slices.Equal(after.OtherNames, p.Person.OtherNames) {
		t.Errorf("%+v, foreseen was %+v", after, p.Person)
	}
}

// TestCloseUnit: a unit has a last day; who is in it longer leaves it then, nobody comes in
// behind it, and nothing lies below it longer.
func TestCloseUnit(t *testing.T) {
	d := openDirectory(t, &drawer{})
	imported(t, d, KindUnits, unitsFile, ImportOptions{})
	imported(t, d, KindPeople, "Personalnummer;Amt;seit;bis\n1;11;2024-01-01;\n2;11;2024-01-01;2025-12-31\n3;11;2026-11-01;\n3;VI;2027-02-01;\n4;VI;2024-01-01;\n", ImportOptions{})
	office, first := unitBy(t, d, "11"), unitBy(t, d, "I")
	last, none := Date("2026-12-31"), Date("")
	if n := d.MembersBeyond("town", office.ID, last); n != 2 {
		t.Errorf("%d people would leave", n)
	}
	var conflict *Conflict
	if _, err := d.EditUnit(t.Context(), "town", first.ID, 0, UnitEdit{Until: &last}); !errors.As(err, &conflict) {
		t.Errorf("closing what others lie below: %v", err)
	}
	if _, err := d.EditUnit(t.Context(), "town", office.ID, 0, UnitEdit{Until: &last}); err != nil {
		t.Fatal(err)
	}
	for staff, want := range map[string][]Membership{
		"1": {{office.ID, "2024-01-01", "2026-12-31"}}, "2": {{office.ID, "2024-01-01", "2025-12-31"}}, "4": {{unitBy(t, d, "VI").ID, "2024-01-01", ""}},
	} {
		if got := staffed(t, d, staff).Memberships; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", staff, got, want)
		}
	}
	var invalid *Invalid
	if _, err := d.EditPerson(t.Context(), "town", staffed(t, d, "4").ID, 0, PersonEdit{Memberships: &[]Membership{{Unit: office.ID, From: "2026-12-31"}}}); !errors.As(err, &invalid) || invalid.Field != "units" {
		t.Errorf("somebody stays longer: %v", err)
	}
	if _, err := d.EditUnit(t.Context(), "town", first.ID, 0, UnitEdit{Until: &last}); err != nil {
		t.Errorf("closing it when all below is closed: %v", err)
	}
	if _, err := d.EditUnit(t.Context(), "town", office.ID, 0, UnitEdit{Until: &none}); !errors.As(err, &conflict) {
		t.Errorf("opening it below what is closed: %v", err)
	}
	if _, err := d.EditUnit(t.Context(), "town", first.ID, 0, UnitEdit{Until: &none}); err != nil {
		t.Error(err)
	}
	count := 7
	if _, err := d.SetHeadcount(t.Context(), "town", office.ID, 2026, 0, &count); err != nil {
		t.Fatal(err)
	}
	if n, ok := d.Headcount(t.Context(), "town", first.ID, 2026); n != 7 || !ok {
		t.Errorf("the headcount of the year that ends with it: %d", n)
	}
	earlier := Date("2026-06-30")
	if _, err := d.EditUnit(t.Context(), "town", office.ID, 0, UnitEdit{Until: &earlier}); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Headcount(t.Context(), "town", first.ID, 2026); ok {
		t.Error("who is there no more on the last day of a year counts above")
	}
}

// TestAlike: who may be whoever has an identifier that nobody has.
func TestAlike(t *testing.T) {
	d := openDirectory(t, &drawer{})
	imported(t, d, KindPeople, "Personalnummer;Name;E-Mail;Kontoname;Homepage\n1;Ada Yilmaz;ada.y@town.example;;\n2;Bob;;ada.y;https://x.example\n3;Yilmaz Ada;;;\n4;Eve;;;\n", ImportOptions{})
	found := d.Alike("town", []Stranger{{"mbox|mailto:Ada.Y@old.example", ""}, {"openid|https://ada.example/", "YILMAZ, Ada"}, {"account|https://y.example|eve@town.example", ""}, {"mbox_sha1sum|00", ""}}, 2)
	for i, want := range [][]string{{"1", "2"}, {"1", "3"}, nil, nil} {
		var got []string
		for _, p := range found[i] {
			got = append(got, p.Staff)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
	if one := d.Alike("town", []Stranger{{"mbox|mailto:ada.y@old.example", ""}}, 1); len(one[0]) != 1 {
		t.Errorf("%d people", len(one[0]))
	}
}
