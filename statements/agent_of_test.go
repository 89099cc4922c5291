package statements

import "testing"

func TestAgentOf(t *testing.T) {
	for _, tc := range []struct{ identifier, name, want string }{
		{"mbox|mailto:anna@example.org", "Anna", `{"objectType":"Agent","name":"Anna","mbox":"mailto:anna@example.org"}`},
		{"mbox_sha1sum|ebd31e95054c018b10727ccffd2ef2ec3a016ee9", "", `{"objectType":"Agent","mbox_sha1sum":"ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}`},
		{"openid|https://anna.example.org/", "", `{"objectType":"Agent","openid":"https://anna.example.org/"}`},
		{"account|https://lms.example.org|anna|2", "", `{"objectType":"Agent","account":{"homePage":"https://lms.example.org","name":"anna|2"}}`},
	} {
		if got, err := AgentOf(tc.identifier, tc.name); err != nil || string(got) != tc.want {
			t.Errorf("%s: %s %v, want %s", tc.identifier, got, err, tc.want)
		}
	}
	for _, wrong := range []string{"", "anna", "mbox|anna", "account|anna", "name|anna", "mbox|"} {
		if got, err := AgentOf(wrong, ""); err == nil {
			t.Errorf("%q is taken for an identifier: %s", wrong, got)
		}
	}
}

func TestIdentifierText(t *testing.T) {
	for identifier, want := range map[string]string{
		"mbox|mailto:anna@example.org":                          "anna@example.org",
		"mbox_sha1sum|ebd31e95054c018b10727ccffd2ef2ec3a016ee9": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9",
		"openid|https://anna.example.org/":                      "https://anna.example.org/",
		"account|https://lms.example.org|anna|2":                "anna|2",
		"p1":                                                    "p1",
		"":                                                      "",
	} {
		if got := IdentifierText(identifier); got != want {
			t.Errorf("%s: %q, want %q", identifier, got, want)
		}
	}
}
