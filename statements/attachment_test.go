package statements

import (
	"slices"
	"strings"
	"testing"
)

const (
	someSHA256 = "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"
	withSome   = `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"http://example.org/did"},"object":{"id":"http://example.org/it"}`
)

// attachmentText is an attachment with more or other properties.
func attachmentText(more string) string {
	return `{"usageType":"http://example.org/u","display":{"en":"d"},"contentType":"text/plain","length":27,"sha2":"` + someSHA256 + `"` + more + `}`
}

func TestAttachmentsOfAStatement(t *testing.T) {
	plain := Attachment{Pointer: "/attachments/0", UsageType: "http://example.org/u", ContentType: "text/plain", Length: 27, SHA2: someSHA256}
	at := func(pointer string, change func(*Attachment)) Attachment {
		a := plain
		a.Pointer = pointer
		if change != nil {
			change(&a)
		}
		return a
	}
	sub := func(a *Attachment) { a.Sub = true }
	within := `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"http://example.org/did"},"object":{"objectType":"SubStatement",` +
		`"actor":{"mbox":"mailto:b@example.org"},"verb":{"id":"http://example.org/did"},"object":{"id":"http://example.org/it"},"attachments":[` + attachmentText("") + `]}`
	for name, tc := range map[string]struct {
		text string
		want []Attachment
	}{
		"none":              {withSome + `}`, nil},
		"an empty list":     {withSome + `,"attachments":[]}`, nil},
		"one":               {withSome + `,"attachments":[` + attachmentText("") + `]}`, []Attachment{plain}},
		"a key with escape": {withSome + `,"\u0061ttachments":[` + attachmentText("") + `]}`, []Attachment{plain}},
		"with a fileUrl": {withSome + `,"attachments":[` + attachmentText(`,"fileUrl":"http://example.org/\u0066"`) + `]}`,
			[]Attachment{at("/attachments/0", func(a *Attachment) { a.FileURL = "http://example.org/f" })}},
		"a hash in capitals": {withSome + `,"attachments":[` + strings.Replace(attachmentText(""), someSHA256, strings.ToUpper(someSHA256), 1) + `]}`,
			[]Attachment{plain}},
		"a length with an exponent": {withSome + `,"attachments":[` + strings.Replace(attachmentText(""), "27", "2.70e1", 1) + `]}`, []Attachment{plain}},
		"a length of 0": {withSome + `,"attachments":[` + strings.Replace(attachmentText(""), "27", "0", 1) + `]}`,
			[]Attachment{at("/attachments/0", func(a *Attachment) { a.Length = 0 })}},
		"the longest length": {withSome + `,"attachments":[` + strings.Replace(attachmentText(""), "27", "9223372036854775807", 1) + `]}`,
			[]Attachment{at("/attachments/0", func(a *Attachment) { a.Length = 9223372036854775807 })}},
		"of the SubStatement": {within + `}`, []Attachment{at("/object/attachments/0", sub)}},
		"of both": {within + `,"attachments":[` + attachmentText("") + "," + attachmentText("") + `]}`,
			[]Attachment{at("/object/attachments/0", sub), plain, at("/attachments/1", nil)}},
	} {
		t.Run(name, func(t *testing.T) {
			// A statement with attachments before it must leave nothing behind.
			body := "[" + withSome + `,"attachments":[` + attachmentText("") + `]},` + tc.text + "]"
			sts, err := Parse([]byte(body), Options{Edition: V1, Authority: []byte(`{"mbox":"mailto:k@example.org"}`)})
			if err != nil {
				t.Fatal(err)
			}
			st := sts[1]
			if !slices.Equal(st.Attachments, tc.want) {
				t.Errorf("parsed: %+v, want %+v", st.Attachments, tc.want)
			}
			st.Stamp(1_700_000_000_000_000)
			again, err := Reparse(st.Raw)
			if err != nil || !slices.Equal(again.Attachments, tc.want) {
				t.Errorf("parsed again: %+v %v, want %+v", again.Attachments, err, tc.want)
			}
			listed, err := Attachments(st.Raw)
			if err != nil || !slices.Equal(listed, tc.want) {
				t.Errorf("listed: %+v %v, want %+v", listed, err, tc.want)
			}
		})
	}
	if _, err := Attachments([]byte(`[1]`)); err == nil {
		t.Error("what is no statement has no attachments")
	}
}

func TestSameAs(t *testing.T) {
	st, err := ParseOne([]byte(withSome+`,"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","attachments":[`+attachmentText("")+`]}`), Options{Edition: V1})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		text        string
		same, wrong bool
	}{
		"without attachments":    {withSome + `}`, true, false},
		"what an LRS adds":       {withSome + `,"stored":"2020-01-01T00:00:00Z","version":"1.0.0","authority":{"mbox":"mailto:x@example.org"}}`, true, false},
		"with its id":            {withSome + `,"id":"6690E6C9-3ef0-4ed3-8b37-7f3964730bee"}`, true, false},
		"with another id":        {withSome + `,"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bef"}`, false, false},
		"in another order":       {`{ "object":{"id":"http://example.org/it"},"verb":{"id":"http://example.org/did","display":{"en":"did"}},"actor":{"mbox":"mailto:a@example.org"}}`, true, false},
		"another verb":           {strings.Replace(withSome, "/did", "/saw", 1) + `}`, false, false},
		"no JSON":                {strings.Replace(withSome, `"`, `'`, 1) + `}`, false, true},
		"not a statement":        {`{}`, false, true},
		"an array of statements": {"[" + withSome + `}]`, false, true},
		"nothing":                {"", false, true},
	} {
		same, err := st.SameAs([]byte(tc.text), V1, Limits{})
		if same != tc.same || err != nil != tc.wrong {
			t.Errorf("%s: %v %v", name, same, err)
		}
	}
}
