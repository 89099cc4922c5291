package directory

import "context"

// MembersToday are the persons who are members of one of these groups today, each
// once. Groups that nobody knows, and those whose time it is not, have none.
func (d *Directory) MembersToday(_ context.Context, tenant string, groups []string) []*Person {
	s, today := d.read(tenant), d.Today()
	seen := make(map[string]bool)
	var list []*Person
	for _, id := range groups {
		g := s.groups[id]
		if g == nil || !(span{g.From, g.Until}).holds(today) {
			continue
		}
		for _, m := range g.Members {
			p := s.person(m.Person)
			if p == nil || seen[p.ID] || !m.span().holds(today) {
				continue
			}
			seen[p.ID] = true
			list = append(list, s.view(p, today))
		}
	}
	return list
}

// AllIdentifiers are those that a person has, and those that they stand for: with an
// mbox its mbox_sha1sum.
func (p *Person) AllIdentifiers() []string { return keysOf(p) }
