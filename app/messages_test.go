package app

import (
	"os"
	"strings"
	"testing"

	"lernspur/directory"
)

// TestScopesAreTold: the page of keys has words for every scope that there is.
func TestScopesAreTold(t *testing.T) {
	for _, language := range []string{"de", "en"} {
		text, err := os.ReadFile("../web/messages/" + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		for _, scope := range directory.Scopes() {
			if !strings.Contains(string(text), `"scope.`+scope+`":`) {
				t.Errorf("%s has no words for the scope %s", language, scope)
			}
		}
	}
}
