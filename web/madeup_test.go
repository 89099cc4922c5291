package web

import (
	"slices"
	"strings"
	"testing"

	"lernspur/web/visitor"
)

// TestMadeUp: where the data of a tenant are made up every page says so, whoever looks,
// also those that say that there is nothing; elsewhere none does.
func TestMadeUp(t *testing.T) {
	for name, invented := range map[string]bool{"made up": true, "as they are": false} {
		t.Run(name, func(t *testing.T) {
			site := newTown(t, "http://content.example")
			site.deps.MadeUp = func(tenant string) bool { return invented && tenant == "default" }
			id := aCourse(t, site, fireSafety())
			pages := 0
			for _, to := range routeTable {
				if to.method != "GET" || slices.Contains(noPages, to.method+" "+to.path) {
					continue
				}
				for _, role := range visitor.Roles {
					for _, address := range []string{filled.Replace(to.path), filled.Replace(strings.ReplaceAll(to.path, "{course}", id))} {
						answer := ask(site.as(role), "GET", address+"?lang=de", nil)
						if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
							continue
						}
						pages++
						if says := strings.Contains(answer.Body.String(), "Alle Daten hier sind erfunden"); says != invented {
							t.Errorf("%s as %s says so: %v", address, role, says)
						}
					}
				}
			}
			if pages < 100 {
				t.Errorf("only %d pages", pages)
			}
			link := anInvitation(t, site, id, nil)
			contains(t, "an invitation, to nobody", ask(site.as(), "GET", link, nil), 200, map[bool]string{true: "sind erfunden", false: "Brandschutz"}[invented])
		})
	}
}
