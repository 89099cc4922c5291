package store_test

import (
	"testing"

	"github.com/google/uuid"

	"lernspur/documents"
	"lernspur/store/storetest"
)

// TestDocumentsOfARange: newest versions only, without what is deleted, page by
// page.
func TestDocumentsOfARange(t *testing.T) {
	s := storetest.Open(t)
	shelf := documents.Shelf{Tenant: "town", Kind: documents.CatalogRegistration, Activity: "c'1\\"}
	other := shelf
	other.Activity = "c2"
	r1, r2 := uuid.MustParse("00000000-0000-4000-8000-000000000001"), uuid.MustParse("f0000000-0000-4000-8000-000000000002")
	doc := func(sh documents.Shelf, r uuid.UUID, id string, version int64, content string) *documents.Document {
		return &documents.Document{Key: documents.Key{Shelf: sh, Registration: r, ID: id}, Version: version, Deleted: content == "", Content: []byte(content)}
	}
	err := s.InsertDocuments(t.Context(), "a", []*documents.Document{
		doc(shelf, r1, "a", 1, "old"), doc(shelf, r1, "a", 5, "new"), doc(shelf, r1, "b", 2, "gone"), doc(shelf, r1, "b", 6, ""),
		doc(shelf, r1, "c'\t", 3, "c"), doc(shelf, r2, "a", 4, "other registration"), doc(other, r1, "a", 7, "other shelf"),
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for r := (documents.Range{Shelf: shelf, Limit: 1}); ; {
		page, err := s.Documents(t.Context(), r)
		if err != nil || len(page) > 1 {
			t.Fatal(len(page), err)
		}
		if len(page) == 0 {
			break
		}
		d := page[0]
		if _, twice := seen[d.Registration.String()+d.ID]; twice {
			t.Fatalf("%q twice", d.ID)
		}
		seen[d.Registration.String()+d.ID] = string(d.Content)
		r.AfterRegistration, r.AfterID = d.Registration, d.ID
	}
	want := map[string]string{r1.String() + "a": "new", r1.String() + "c'\t": "c", r2.String() + "a": "other registration"}
	if len(seen) != len(want) {
		t.Errorf("%v", seen)
	}
	for key, content := range want {
		if seen[key] != content {
			t.Errorf("%q: %q, want %q", key, seen[key], content)
		}
	}
	one, err := s.Documents(t.Context(), documents.Range{Shelf: shelf, Registration: r2, Limit: 10})
	if err != nil || len(one) != 1 || one[0].Version != 4 {
		t.Errorf("%v %v", one, err)
	}
}
