package conformance

import (
	"fmt"
	"strings"
	"testing"
)

// dropped are ids that ADL publishes and that ask for nothing that could be
// tested, with the reason.
var dropped = []struct{ ids, why string }{
	{"XAPI-00050 XAPI-00051 XAPI-00052 XAPI-00053 XAPI-00054 XAPI-00055 XAPI-00058 XAPI-00062 XAPI-00063",
		"ids that no test of the official suite names; what the specification asks of interactions is OWN-INTERACTIONS"},
	{"XAPI-00095 XAPI-00137 XAPI-00138 XAPI-00152", "withdrawn"},
	{"XAPI-00136", "never given out"},
	{"XAPI-00112", "the same as XAPI-00149"},
	{"XAPI-00140 XAPI-00141", "that the resources are there, which the others show"},
	{"XAPI-00185 XAPI-00186", "cannot be seen from outside"},
	{"XAPI-00205 XAPI-00223 XAPI-00304", "about parameters that do not exist"},
	{"XAPI-00222", "the same as XAPI-00195"},
	{"XAPI-00224 XAPI-00225 XAPI-00226 XAPI-00228 XAPI-00276 XAPI-00277 XAPI-00305 XAPI-00306 XAPI-00307",
		"that an id is a string, which everything in a query string is"},
	{"XAPI-00246 XAPI-00247", "the same as XAPI-00248"},
	{"XAPI-00320", "extensions of /about are optional"},
	{"XAPI-00323", "that errors have the codes of the specification, which every case holds"},
	{"XAPI-00327", "403, which is OWN-SCOPES"},
	{"XAPI-00329", "500 for faults of the server, which no request can cause"},
}

// published is how many ids there are, XAPI-00001 being the first.
const published = 336

// TestEveryID: all ids are listed, as a requirement or as dropped.
func TestEveryID(t *testing.T) {
	count := map[string]int{}
	for _, r := range requirements() {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.id, "XAPI-"), "-") // 00087 has two
		count["XAPI-"+name] = 1
	}
	for _, d := range dropped {
		for _, name := range strings.Fields(d.ids) {
			count[name]++
		}
	}
	for i := 1; i <= published; i++ {
		if name := fmt.Sprintf("XAPI-%05d", i); count[name] != 1 {
			t.Errorf("%s is listed %d times", name, count[name])
		}
	}
}

// droppedText is the part of the page about them.
func droppedText() string {
	var b strings.Builder
	b.WriteString("\nIds that stand for nothing to be held:\n\n")
	for _, d := range dropped {
		fmt.Fprintf(&b, "* %s: %s.\n", strings.ReplaceAll(d.ids, " ", ", "), d.why)
	}
	return b.String()
}
