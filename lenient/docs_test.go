package lenient

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDocumented holds the table of docs/api.md against the list of repairs.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, r := range Rules {
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", r.ID, r.What, r.Section, r.Sender)
	}
	if !strings.Contains(string(page), "\n"+want.String()+"\n") {
		t.Errorf("docs/api.md lacks the table\n%s", want.String())
	}
}
