package lrs

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"lernspur/statements"
)

// TestRequestRulesAreDocumented holds the table of docs/conformance.md.
func TestRequestRulesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range RequestRules() {
		if row := fmt.Sprintf("| `%s` | %s | %s | %s |\n", r.ID, r.Summary, r.Section10, r.Section20); !strings.Contains(string(page), row) {
			t.Errorf("docs/conformance.md lacks the row\n%s", row)
		}
		if _, twice := statements.LookupRule(r.ID); twice {
			t.Errorf("%s is a rule of statements as well", r.ID)
		}
	}
}
