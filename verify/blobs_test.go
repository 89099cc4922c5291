package verify_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lernspur/store/storetest"
	"lernspur/verify"
)

// fakeBlobs has some hashes, of which some are damaged.
type fakeBlobs struct {
	has     map[string]bool
	damaged []string
	err     error
}

func (f fakeBlobs) Has(_ context.Context, tenant, sha2 string) (bool, error) {
	return tenant == "town" && f.has[sha2], f.err
}

func (f fakeBlobs) Check(_ context.Context, _ string, differ func(text string)) (int, error) {
	for _, d := range f.damaged {
		differ(d + ": damaged")
	}
	return len(f.has), nil
}

func TestAttachmentsAreVerified(t *testing.T) {
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	attachment := func(sha2, more string) string {
		return `{"usageType":"http://example.org/u","display":{},"contentType":"text/plain","length":1,"sha2":"` + sha2 + `"` + more + `}`
	}
	s := storetest.Open(t)
	insert(t, s, "a", "town", firstStored,
		strings.TrimSuffix(texts[0], "}")+`,"attachments":[`+attachment(one, "")+","+attachment(two, "")+`]}`,
		strings.TrimSuffix(texts[1], "}")+`,"attachments":[`+attachment(two, `,"fileUrl":"http://example.org/f"`)+`]}`)
	for name, tc := range map[string]struct {
		blobs fakeBlobs
		want  []string
	}{
		"all there":   {fakeBlobs{has: map[string]bool{one: true, two: true}}, nil},
		"one missing": {fakeBlobs{has: map[string]bool{one: true}}, []string{"blob-missing 00000000-0000-4000-8000-000000000001 the bytes of /attachments/1, " + two + ", are not there"}},
		"one damaged": {fakeBlobs{has: map[string]bool{one: true, two: true}, damaged: []string{two}}, []string{"blob-damaged  " + two + ": damaged"}},
	} {
		report := run(t, s, verify.Options{Blobs: tc.blobs})
		var got []string
		for _, d := range report.First {
			got = append(got, string(d.Kind)+" "+d.ID+" "+d.Text)
		}
		if strings.Join(got, "\n") != strings.Join(tc.want, "\n") || report.Differences != len(tc.want) || report.Tenants[0].Blobs != len(tc.blobs.has) {
			t.Errorf("%s: %q, %+v", name, got, report.Tenants)
		}
	}
	away := errors.New("the disk is away")
	if _, err := verify.Run(t.Context(), s, verify.Options{Upto: firstStored + 10, Blobs: fakeBlobs{err: away}}); !errors.Is(err, away) {
		t.Error(err)
	}
}
