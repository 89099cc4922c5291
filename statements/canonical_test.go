package statements

import (
	"slices"
	"testing"

	"golang.org/x/text/language"
)

// TestCanonicalDefinitions: what the server knows of an Activity takes the
// place of what the statement says, in all places where an Activity stands.
func TestCanonicalDefinitions(t *testing.T) {
	known := map[string][]byte{
		"http://a.ex/1": []byte(`{"name":{"en":"One","de":"Eins"},"choices":[{"id":"x","description":{"en":"X","de":"Iks"}}]}`),
		"http://a.ex/2": []byte(`{"type":"http://t.ex/2"}`),
	}
	const one, two = `{"name":{"de":"Eins"},"choices":[{"id":"x","description":{"de":"Iks"}}]}`, `{"type":"http://t.ex/2"}`
	for _, c := range []struct{ name, raw, want string }{
		{"replaced", `{"object":{"definition":{"name":{"en":"other"}},"id":"http://a.ex/1"}}`, `{"object":{"definition":` + one + `,"id":"http://a.ex/1"}}`},
		{"added", `{"object":{"id":"http://a.ex/1"},"id":"x"}`, `{"object":{"id":"http://a.ex/1","definition":` + one + `},"id":"x"}`},
		{"unknown", `{"object":{"id":"http://a.ex/3","definition":{"name":{"en":"a","de":"b"}}}}`, `{"object":{"id":"http://a.ex/3","definition":{"name":{"de":"b"}}}}`},
		{"context", `{"context":{"contextActivities":{"parent":[{"id":"http://a.ex/2"},{"id":"http://a.ex/1"}],"other":[{"id":"http://a.ex/2","definition":{}}]}}}`,
			`{"context":{"contextActivities":{"parent":[{"id":"http://a.ex/2","definition":` + two + `},{"id":"http://a.ex/1","definition":` + one + `}],"other":[{"id":"http://a.ex/2","definition":` + two + `}]}}}`},
		{"SubStatement", `{"object":{"objectType":"SubStatement","object":{"objectType":"Activity","id":"http:\/\/a.ex\/2"},"context":{"contextActivities":{"other":[{"id":"http://a.ex/1"}]}}}}`,
			`{"object":{"objectType":"SubStatement","object":{"objectType":"Activity","id":"http:\/\/a.ex\/2","definition":` + two + `},"context":{"contextActivities":{"other":[{"id":"http://a.ex/1","definition":` + one + `}]}}}}`},
		{"an Agent stays", `{"object":{"objectType":"Agent","openid":"http://a.ex/1"}}`, `{"object":{"objectType":"Agent","openid":"http://a.ex/1"}}`},
		{"a StatementRef stays", `{"object":{"objectType":"StatementRef","id":"http://a.ex/1"}}`, `{"object":{"objectType":"StatementRef","id":"http://a.ex/1"}}`},
		{"attachments", `{"attachments":[{"display":{"en":"a","de":"b"},"description":{"de":"c","en":"d"},"usageType":"http://u"}]}`,
			`{"attachments":[{"display":{"de":"b"},"description":{"de":"c"},"usageType":"http://u"}]}`},
		{"no text", `{`, `{`},
	} {
		canon := NewCanonicalizer([]language.Tag{language.German}, known)
		for range 2 { // the second time from memory
			if got := string(canon.Canonical([]byte(c.raw))); got != c.want {
				t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
			}
		}
	}
}

// TestCanonicalQuality: quality values decide, wherever they stand.
func TestCanonicalQuality(t *testing.T) {
	const raw = `{"verb":{"display":{"en-US":"e","de-DE":"d","fr":"f"}}}`
	for accept, want := range map[string]string{
		"de;q=0.5,fr;q=0.9,en;q=0.1": `{"verb":{"display":{"fr":"f"}}}`,
		"fr;q=0,de":                  `{"verb":{"display":{"de-DE":"d"}}}`,
		"it,de;q=0.1":                `{"verb":{"display":{"de-DE":"d"}}}`,
		"it, *;q=0.5":                `{"verb":{"display":{"en-US":"e"}}}`,
	} {
		langs, _, err := language.ParseAcceptLanguage(accept)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(NewCanonicalizer(langs, nil).Canonical([]byte(raw))); got != want {
			t.Errorf("%s: %s, want %s", accept, got, want)
		}
	}
}

func TestActivitiesIn(t *testing.T) {
	const raw = `{"context":{"contextActivities":{"parent":[{"id":"http://a.ex/2"}],"other":[{"id":"http://a.ex/3","definition":{"name":{"en":"a","de":"b"}}}]}},` +
		`"object":{"objectType":"SubStatement","object":{"id":"http:\/\/a.ex\/1"}},"verb":{"id":"http://v.ex","display":{"en":"a","de":"b"}}}`
	var got []string
	ActivitiesIn([]byte(raw), func(id string) { got = append(got, string([]byte(id))) })
	if want := []string{"http://a.ex/2", "http://a.ex/3", "http://a.ex/1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	ActivitiesIn([]byte(`{"object":`), func(string) { t.Error("found in no statement") })
}

func BenchmarkCanonical(b *testing.B) {
	sts, err := Parse(benchBatch(50), benchOptions)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c := NewCanonicalizer([]language.Tag{language.AmericanEnglish, language.German}, nil)
		for _, st := range sts {
			c.Canonical(st.Raw)
		}
	}
}
