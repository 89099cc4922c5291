package directory

import (
	"fmt"
	"slices"
	"testing"
)

// TestMembersToday: who is a member today counts once, whatever the groups; who was or
// will be does not, nor a group whose time it is not.
func TestMembersToday(t *testing.T) {
	d := openDirectory(t, &drawer{})
	ada, bob, eve := addPerson(t, d, "Ada", "1", adaBox), addPerson(t, d, "Bob", "2"), addPerson(t, d, "Eve", "3")
	yesterday, tomorrow := DateOf(today.AddDate(0, 0, -1)), DateOf(today.AddDate(0, 0, 1))
	add := func(e GroupEdit) string {
		t.Helper()
		e.Name = ref("group")
		g, err := d.AddGroup(t.Context(), "town", e)
		if err != nil {
			t.Fatal(err)
		}
		return g.ID
	}
	open := add(GroupEdit{Members: &[]GroupMember{{Person: ada.ID}, {Person: bob.ID, Until: yesterday}, {Person: eve.ID, From: tomorrow}}, Trainers: &[]string{bob.ID}})
	other := add(GroupEdit{Members: &[]GroupMember{{Person: ada.ID}, {Person: eve.ID, From: yesterday, Until: tomorrow}}})
	over := add(GroupEdit{Until: &yesterday, Members: &[]GroupMember{{Person: bob.ID}}})
	soon := add(GroupEdit{From: &tomorrow, Members: &[]GroupMember{{Person: bob.ID}}})
	for _, c := range []struct {
		groups []string
		want   string
	}{
		{nil, "[]"}, {[]string{"nothing"}, "[]"}, {[]string{open}, "[Ada]"}, {[]string{other}, "[Ada Eve]"}, {[]string{open, other, open}, "[Ada Eve]"}, {[]string{over, soon}, "[]"},
	} {
		names := []string{}
		for _, p := range d.MembersToday(t.Context(), "town", c.groups) {
			names = append(names, p.Name)
		}
		slices.Sort(names)
		if fmt.Sprint(names) != c.want {
			t.Errorf("%v: %v, want %s", c.groups, names, c.want)
		}
	}
	if list := d.MembersToday(t.Context(), "village", []string{open}); len(list) != 0 {
		t.Errorf("another tenant sees %v", list)
	}
	if got := ada.AllIdentifiers(); !slices.Equal(got, []string{adaBox, adaSum}) {
		t.Errorf("Ada's identifiers are %v", got)
	}
	if _, err := d.Merge(t.Context(), "town", eve.ID, ada.ID, MergeOptions{}); err != nil {
		t.Fatal(err)
	}
	if list := d.MembersToday(t.Context(), "town", []string{open, other}); len(list) != 1 || list[0].ID != eve.ID {
		t.Errorf("after a merge: %v", list)
	}
}
