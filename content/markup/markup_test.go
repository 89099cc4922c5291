package markup

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestTree: what a tree is, and how it is read.
func TestTree(t *testing.T) {
	root, repairs, err := Parse([]byte("<?xml version=\"1.0\"?>\n<a x=' 1 ' xmlns:n=\"u:n\" n:Y=\"2\">\n t <b/> u\n<n:B lang=\"de\" xml:base=\"c/\">v</n:B>\n</a>"), DefaultLimits())
	if err != nil || len(repairs) > 0 {
		t.Fatal(err, repairs)
	}
	second := root.Children[1]
	for _, c := range []struct{ what, got, want string }{
		{"text", root.Text, "t  u"},
		{"attribute", root.Attr("x"), "1"},
		{"attribute in other letters and a namespace", root.Attr("y"), "2"},
		{"no attribute", root.Attr("z"), ""},
		{"xml:base", second.XMLAttr("base"), "c/"},
		{"no xml:lang", second.XMLAttr("lang"), ""},
		{"path", second.Path(), "a/B"},
		{"path of the first", root.Child("b").Path(), "a/b"},
		{"nothing below nothing", root.Child("x").Child("y").Value("z"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, expected %q", c.what, c.got, c.want)
		}
	}
	if root.Line != 2 || second.Line != 4 || !second.In("U:N") || !second.Is("b") {
		t.Errorf("%+v", second)
	}
}

// TestMend: ampersands, with the text that comes out and the rules that are told.
func TestMend(t *testing.T) {
	for _, c := range []struct{ text, want, rules string }{
		{"a", "a", ""},
		{"&amp;&lt;&gt;&quot;&apos;&#65;&#x41;", `&<>"'AA`, ""},
		{"a & b", "a & b", "ampersand"},
		{"a&b;", "a&b;", "ampersand"},
		{"&", "&", "ampersand"},
		{"&&amp;", "&&", "ampersand"},
		{"&#;&#x;&#xg;", "&#;&#x;&#xg;", "ampersand"},
		{"&nbsp;x", "\u00a0x", "entity"},
		{"&uuml; & &auml;", "ü & ä", "entity ampersand"},
		{"<![CDATA[a & b &uuml;]]>", "a & b &uuml;", ""},
		{"<!-- & -->x", "x", ""},
		{"<?p & ?>x", "x", ""},
		{strings.Repeat("&", 1000), strings.Repeat("&", 1000), "ampersand"},
	} {
		root, repairs, err := Parse([]byte("<a>"+c.text+"</a>"), DefaultLimits())
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		var rules []string
		for _, r := range repairs {
			rules = append(rules, r.Rule)
		}
		if got := strings.Join(rules, " "); strings.TrimSpace(c.want) != strings.TrimSpace(root.Text) || got != c.rules {
			t.Errorf("%q: %q, %s", c.text, root.Text, got)
		}
	}
}

// TestErrors: what is not read, with its line.
func TestErrors(t *testing.T) {
	small := Limits{Depth: 3, Tags: 10}
	for _, c := range []struct {
		name, text, rule string
		line             int
	}{
		{"empty", "", Malformed, 1},
		{"no XML", "{}", Malformed, 1},
		{"unclosed", "<a>\n<b>", Malformed, 2},
		{"crossed", "<a>\n<b>\n</a></b>", Malformed, 3},
		{"attribute without quotes", "<a\nx=1/>", Malformed, 2},
		{"control character", "<a>\n\x01</a>", Malformed, 2},
		{"reference to no character", "<a>\n&#0;</a>", Malformed, 2},
		{"DTD", "<!DOCTYPE a>\n<a/>", DTD, 1},
		{"DTD with entities", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>\n<a>&b;</a>", DTD, 1},
		{"deep", "<a><b>\n<c><d/></c></b></a>", TooComplex, 2},
		{"many elements", "<a>" + strings.Repeat("<b/>", 20) + "</a>", TooComplex, 1},
		{"many attributes", "<a" + strings.Repeat(" b=''", 21) + "/>", TooComplex, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Parse([]byte(c.text), small)
			var got *Error
			if !errors.As(err, &got) || got.Rule != c.rule || got.Line != c.line || got.Reason == "" {
				t.Errorf("%+v", err)
			}
		})
	}
}

// FuzzParse: whatever the bytes, a tree of valid UTF-8 within the limits or an
// *Error comes out, and the same the second time.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"<a b='c'>d &amp; e & f<g/></a>", "\xEF\xBB\xBF<a/>", "\xFF\xFE<\x00a\x00/\x00>\x00",
		"<?xml version='1.0' encoding='iso-8859-1'?><a>\xfc</a>", "<!DOCTYPE a><a/>", "<a><![CDATA[&]]>&uuml;<!-- & --></a>"} {
		f.Add([]byte(s))
	}
	limits := Limits{Depth: 10, Tags: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, repairs, err := Parse(data, limits)
		if err != nil {
			var known *Error
			if !errors.As(err, &known) || known.Line < 1 {
				t.Errorf("%+v", err)
			}
			return
		}
		elements := 0
		root.Walk(func(n *Node) {
			elements++
			if !utf8.ValidString(n.Name+n.Text) || strings.Count(n.Path(), "/") >= limits.Depth {
				t.Errorf("%q", n.Path())
			}
		})
		if elements > 2*limits.Tags {
			t.Errorf("%d elements", elements)
		}
		_, again, err := Parse(data, limits)
		if err != nil || !cmp.Equal(repairs, again) {
			t.Error(again, err)
		}
	})
}
