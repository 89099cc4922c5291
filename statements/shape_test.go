package statements

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

func TestIDsOnly(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"agent, verb, activity",
			`{"id":"x", "actor":{"name":"A","objectType":"Agent","mbox":"mailto:a@b"},"verb":{"display":{"en":"x"},"id":"http://v"},"object":{"id":"http://o","definition":{}},"result":{"response":"x"}}`,
			`{"id":"x", "actor":{"objectType":"Agent","mbox":"mailto:a@b"},"verb":{"id":"http://v"},"object":{"id":"http://o"},"result":{"response":"x"}}`},
		{"groups",
			`{"actor":{"objectType":"Group","name":"G","member":[{"name":"A","mbox":"mailto:a@b"},{"openid":"http://c","name":"C"}]},"object":{"objectType":"Group","member":[{"mbox":"mailto:a@b"}],"openid":"http://g","name":"x"}}`,
			`{"actor":{"objectType":"Group","member":[{"mbox":"mailto:a@b"},{"openid":"http://c"}]},"object":{"objectType":"Group","openid":"http://g"}}`},
		{"context",
			`{"context":{"instructor":{"mbox":"mailto:a@b","name":"A"},"contextActivities":{"parent":[{"definition":{"name":{"en":"x"}},"id":"http://p"}],"other":[]},"contextGroups":[{"objectType":"contextGroup","group":{"objectType":"Group","name":"N","openid":"http://g"},"relevantTypes":["http://r"]}],"platform":"x"},"authority":{"name":"L","mbox":"mailto:l@l"}}`,
			`{"context":{"instructor":{"mbox":"mailto:a@b"},"contextActivities":{"parent":[{"id":"http://p"}],"other":[]},"contextGroups":[{"objectType":"contextGroup","group":{"objectType":"Group","openid":"http://g"},"relevantTypes":["http://r"]}],"platform":"x"},"authority":{"mbox":"mailto:l@l"}}`},
		{"substatement",
			`{"object":{"objectType":"SubStatement","actor":{"mbox":"mailto:a@b","name":"A"},"verb":{"id":"http://v","display":{}},"object":{"objectType":"StatementRef","id":"x"}}}`,
			`{"object":{"objectType":"SubStatement","actor":{"mbox":"mailto:a@b"},"verb":{"id":"http://v"},"object":{"objectType":"StatementRef","id":"x"}}}`},
		{"spaces", "{\n \"verb\": { \"id\" : \"http://v\" ,\n \"display\" : { } } }", "{\n \"verb\": { \"id\" : \"http://v\" } }"},
		{"not a statement", `{`, `{`},
	} {
		if got := string(IDsOnly([]byte(c.raw))); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	raw := `{"actor":{"name":"A"},"verb":{"id":"http://v","display":{"en-US":"did","de-AT":"tat","fr":"fit"}},` +
		`"object":{"id":"http://o","definition":{"name":{"en":"n","de":"N"},"description":{"fr":"d"},"choices":[{"id":"a","description":{"it":"i","de-DE":"D"}}],` +
		`"extensions":{"http://e":{"en":"x","de":"y"}}}},` +
		`"context":{"contextActivities":{"parent":[{"id":"http://p","definition":{"name":{"en":"p","de":"P"}}}]}},` +
		`"attachments":[{"display":{"en":"x"}}]}`
	for _, c := range []struct {
		accept string
		want   []string // what stays of display, name, the choice, the parent's name
	}{
		{"", []string{`{"en-US":"did"}`, `{"en":"n"}`, `{"it":"i"}`, `{"en":"p"}`}},
		{"de", []string{`{"de-AT":"tat"}`, `{"de":"N"}`, `{"de-DE":"D"}`, `{"de":"P"}`}},
		{"de-CH,en;q=0.8", []string{`{"de-AT":"tat"}`, `{"de":"N"}`, `{"de-DE":"D"}`, `{"de":"P"}`}},
		{"EN-us", []string{`{"en-US":"did"}`, `{"en":"n"}`, `{"it":"i"}`, `{"en":"p"}`}},
		{"fr", []string{`{"fr":"fit"}`, `{"en":"n"}`, `{"it":"i"}`, `{"en":"p"}`}},
		{"ja", []string{`{"en-US":"did"}`, `{"en":"n"}`, `{"it":"i"}`, `{"en":"p"}`}},
	} {
		langs, _, err := language.ParseAcceptLanguage(c.accept)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.NewReplacer(`{"en-US":"did","de-AT":"tat","fr":"fit"}`, c.want[0], `"name":{"en":"n","de":"N"}`, `"name":`+c.want[1],
			`{"it":"i","de-DE":"D"}`, c.want[2], `{"en":"p","de":"P"}`, c.want[3]).Replace(raw)
		if got := string(NewCanonicalizer(langs, nil).Canonical([]byte(raw))); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", c.accept, got, want)
		}
	}
	in := `{"object":{"objectType":"SubStatement","verb":{"display":{"en":"a","de":"b"}},"object":{"definition":{"name":{"en":"a","de":"b"}}}}}`
	want := `{"object":{"objectType":"SubStatement","verb":{"display":{"de":"b"}},"object":{"definition":{"name":{"de":"b"}}}}}`
	if got := string(NewCanonicalizer([]language.Tag{language.German}, nil).Canonical([]byte(in))); got != want {
		t.Errorf("SubStatement:\ngot  %s\nwant %s", got, want)
	}
}

func TestAgentIdentifier(t *testing.T) {
	for json, want := range map[string]string{
		` {"mbox":"MAILTO:Anna@Example.ORG"} `:                                             "mbox|mailto:Anna@example.org",
		`{"objectType":"Agent","mbox_sha1sum":"EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"}`: "mbox_sha1sum|ebd31e95054c018b10727ccffd2ef2ec3a016ee9",
		`{"openid":"https://Anna.example/"}`:                                               "openid|https://Anna.example/",
		`{"account":{"name":"a|b","homePage":"https:\/\/lms.example"}}`:                    "account|https://lms.example|a|b",
		`{"objectType":"Group","member":[{"mbox":"mailto:x@y"}],"mbox":"mailto:g@y"}`:      "mbox|mailto:g@y",
	} {
		if got, err := AgentIdentifier([]byte(json), V1); err != nil || got != want {
			t.Errorf("%s: %q, %v", json, got, err)
		}
	}
	for json, rule := range map[string]string{
		`{"objectType":"Group","member":[{"mbox":"mailto:x@y"}]}`: "ifi-exactly-one",
		`{}`: "ifi-exactly-one", `1`: "type-object", `{`: "json-syntax", `{"mbox":"x"}`: "mbox-format", `{"mbox":"mailto:a@b"} x`: "json-syntax",
		`{"mbox":"mailto:a@b","mbox":"mailto:a@b"}`: "duplicate-key", `anna`: "json-syntax",
	} {
		_, err := AgentIdentifier([]byte(json), V2)
		var invalid *Invalid
		if !errors.As(err, &invalid) || len(invalid.Violations) != 1 || invalid.Violations[0].Rule != rule {
			t.Errorf("%s: want %s, got %v", json, rule, err)
		}
	}
}
