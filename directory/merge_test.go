package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMergeAndSplit(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	amt := addUnit(t, d, "10", "")
	ada := addPerson(t, d, "Ada Example", "", adaAccount)
	other := addPerson(t, d, "A. Example", "4711", adaBox)
	if _, err := d.EditPerson(t.Context(), "town", other.ID, 0, PersonEdit{Memberships: &[]Membership{{Unit: amt.ID}}}); err != nil {
		t.Fatal(err)
	}
	run, err := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref("run"), Members: &[]GroupMember{{Person: other.ID, From: "2026-01-01"}}, Trainers: &[]string{ada.ID, other.ID}})
	if err != nil {
		t.Fatal(err)
	}
	before := contents(d.read("town"))
	m, err := d.Merge(t.Context(), "town", ada.ID, other.ID, MergeOptions{Reason: "same desk", By: "key"})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := d.PersonOf(t.Context(), "town", adaBox)
	if p == nil || p.ID != ada.ID || p.Staff != "4711" || p.Unit != amt.ID || !slices.Equal(p.Groups, []string{run.ID}) || !slices.Equal(p.OtherNames, []string{"A. Example"}) {
		t.Errorf("the person that remains: %+v", p)
	}
	if q, ok := d.Person(t.Context(), "town", other.ID); !ok || q.ID != ada.ID {
		t.Errorf("the id of the one that is gone leads to %+v", q)
	}
	if g, _ := d.Group(t.Context(), "town", run.ID); !slices.Equal(g.Trainers, []string{ada.ID}) || len(g.Members) != 1 || g.Members[0] != (GroupMember{ada.ID, "2026-01-01", ""}) {
		t.Errorf("the group: %+v", g)
	}
	sound(t, d, r)
	if _, err := d.Split(t.Context(), "town", m.ID, m.Version); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, contents(d.read("town"))); diff != "" {
		t.Errorf("after the split: %s", diff)
	}
	var c *Conflict
	if _, err := d.Split(t.Context(), "town", m.ID, 0); !errors.As(err, &c) {
		t.Errorf("split twice: %v", err)
	}
	sound(t, d, r)
}

// TestSplitKeepsWhatCameLater: what was changed after a merge stays where it is.
func TestSplitKeepsWhatCameLater(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	ada, other := addPerson(t, d, "", "", adaAccount), addPerson(t, d, "A. Example", "1", adaSum, "openid|https://ada.example/")
	m, err := d.Merge(t.Context(), "town", ada.ID, other.ID, MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// The address of the sum is learnt, an identifier is taken away, the name is
	// put right, and one is new.
	later := []string{adaAccount, adaBox, "account|https://id.town.example|a2"}
	if _, err := d.EditPerson(t.Context(), "town", ada.ID, 0, PersonEdit{Name: ref("Ada Example"), Identifiers: &later}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Split(t.Context(), "town", m.ID, 0); err != nil {
		t.Fatal(err)
	}
	p, _ := d.Person(t.Context(), "town", ada.ID)
	q, _ := d.Person(t.Context(), "town", other.ID)
	if p.Name != "Ada Example" || p.Staff != "" || !slices.Equal(p.Identifiers, []string{adaAccount, "account|https://id.town.example|a2"}) {
		t.Errorf("who remained: %+v", p)
	}
	if q.Name != "A. Example" || q.Staff != "1" || !slices.Equal(q.Identifiers, []string{adaBox}) {
		t.Errorf("who is back: %+v", q)
	}
	sound(t, d, r)
}

func TestMergesThatCannotBe(t *testing.T) {
	d := openDirectory(t, &drawer{})
	a, b, c := addPerson(t, d, "A", "1"), addPerson(t, d, "B", "2"), addPerson(t, d, "C", "3")
	if _, err := d.Merge(t.Context(), "town", a.ID, a.ID, MergeOptions{}); err == nil {
		t.Error("one person was merged with itself")
	}
	if _, err := d.Merge(t.Context(), "town", a.ID, "nobody", MergeOptions{}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	first, err := d.Merge(t.Context(), "town", b.ID, c.ID, MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Merge(t.Context(), "town", a.ID, b.ID, MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Split(t.Context(), "town", first.ID, 0); err == nil || !strings.Contains(err.Error(), "A (1)") {
		t.Errorf("a split of who is gone: %v", err)
	}
	if p, _ := d.Person(t.Context(), "town", c.ID); p.ID != a.ID {
		t.Errorf("over two merges: %+v", p)
	}
	for _, m := range []string{second.ID, first.ID} {
		if _, err := d.Split(t.Context(), "town", m, 0); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Split(t.Context(), "town", "none", 0); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// TestDeletingForgets: nothing that was stored last names somebody who was deleted.
func TestDeletingForgets(t *testing.T) {
	r := &drawer{}
	d := openDirectory(t, r)
	kept, gone, first := addPerson(t, d, "Kept", "1"), addPerson(t, d, "Gone", "2"), addPerson(t, d, "First", "3")
	for _, pair := range [][2]string{{gone.ID, first.ID}, {kept.ID, gone.ID}} {
		if _, err := d.Merge(t.Context(), "town", pair[0], pair[1], MergeOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.DeletePerson(t.Context(), "town", kept.ID, 0); err != nil {
		t.Fatal(err)
	}
	for key, doc := range r.docs {
		for _, name := range []string{"Kept", "Gone", "First"} {
			if strings.Contains(string(doc.Content), name) {
				t.Errorf("%s: %s", key.ID, doc.Content)
			}
		}
	}
	if _, there := d.Person(t.Context(), "town", first.ID); there || len(d.Merges(t.Context(), "town")) != 0 {
		t.Error("a merge is left")
	}
	sound(t, d, r)
}

// TestMergesUndo: after any merges, undone in the opposite order, everything is as
// it was; and at every moment each identifier that there was leads to somebody, no
// two persons have one in common, and groups have persons that are there.
func TestMergesUndo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := &drawer{}
		d := openDirectory(t, r)
		unit := addUnit(t, d, "10", "")
		n := rapid.IntRange(2, 8).Draw(rt, "people")
		var ids, identifiers []string
		for i := range n {
			list := []string{}
			for j := range rapid.IntRange(0, 3).Draw(rt, "identifiers") {
				list = append(list, fmt.Sprintf("mbox|mailto:p%d-%d@town.example", i, j))
			}
			identifiers = append(identifiers, list...)
			name, staff := rapid.SampledFrom([]string{"", "Ada", "Bob"}).Draw(rt, "name"), ""
			if len(list) == 0 || rapid.Bool().Draw(rt, "staff") {
				staff = fmt.Sprint(i)
			}
			p := addPerson(t, d, name, staff, list...)
			if rapid.Bool().Draw(rt, "unit") {
				if _, err := d.EditPerson(t.Context(), "town", p.ID, 0, PersonEdit{Memberships: &[]Membership{{Unit: unit.ID, From: "2026-01-01"}}}); err != nil {
					rt.Fatal(err)
				}
			}
			ids = append(ids, p.ID)
		}
		for i := range rapid.IntRange(0, 3).Draw(rt, "groups") {
			members, trainers := []GroupMember{}, []string{}
			for _, id := range ids {
				if rapid.Bool().Draw(rt, "member") {
					members = append(members, GroupMember{Person: id})
				}
				if rapid.Bool().Draw(rt, "trainer") {
					trainers = append(trainers, id)
				}
			}
			if _, err := d.AddGroup(t.Context(), "town", GroupEdit{Name: ref(fmt.Sprint("g", i)), Members: &members, Trainers: &trainers}); err != nil {
				rt.Fatal(err)
			}
		}
		states := []string{contents(d.read("town"))}
		var merges []string
		for range rapid.IntRange(1, n-1).Draw(rt, "merges") {
			s := d.read("town")
			there := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return s.people[id] == nil })
			pair := rapid.Permutation(there).Draw(rt, "pair")
			m, err := d.Merge(t.Context(), "town", pair[0], pair[1], MergeOptions{})
			if err != nil {
				rt.Fatal(err)
			}
			merges = append(merges, m.ID)
			states = append(states, contents(d.read("town")))
			whole(rt, d.read("town"), identifiers)
		}
		sound(t, d, r)
		for i := len(merges) - 1; i >= 0; i-- {
			if _, err := d.Split(t.Context(), "town", merges[i], 0); err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(states[i], contents(d.read("town"))); diff != "" {
				rt.Fatalf("after undoing merge %d: %s", i, diff)
			}
		}
		sound(t, d, r)
	})
}

// whole checks what has to hold at every moment.
func whole(t *rapid.T, s *state, identifiers []string) {
	t.Helper()
	for _, identifier := range identifiers {
		having := 0
		for _, p := range s.people {
			if slices.Contains(p.Identifiers, identifier) {
				having++
			}
		}
		if having != 1 || s.find(identifier) == nil {
			t.Fatalf("%d people have %s", having, identifier)
		}
	}
	for _, g := range s.groups {
		for _, id := range g.people() {
			if s.people[id] == nil || !slices.Contains(s.groupsOf[id], g.ID) {
				t.Fatalf("the group %s has %s", g.ID, id)
			}
		}
	}
}
