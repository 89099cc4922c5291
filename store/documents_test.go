package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"lernspur/documents"
	"lernspur/store"
	"lernspur/store/storetest"
)

func putDocuments(t *testing.T, s *store.Store, docs ...*documents.Document) {
	t.Helper()
	if err := s.InsertDocuments(t.Context(), uuid.NewString(), docs); err != nil {
		t.Fatal(err)
	}
}

// TestDocumentsComeBack: whatever bytes a key and a content have.
func TestDocumentsComeBack(t *testing.T) {
	s := storetest.Open(t)
	shelf := documents.Shelf{Tenant: "town", Kind: documents.State, Activity: "http://example.com/kurs", Agent: "mbox|mailto:anna@stadt.example"}
	nasty := []string{`it's`, "a\tb\nc", `\N`, `\`, "\x00", `{x:String}`, `') OR 1=1 --`, "ÄÖ\u2028", `"`, "'"}
	version := int64(1000)
	var docs []*documents.Document
	for _, text := range nasty {
		version++
		docs = append(docs, &documents.Document{Key: documents.Key{Shelf: shelf, Registration: uuid.New(), ID: text},
			Version: version, ContentType: "text/" + text, Content: []byte{0, 255, '\'', '\\', byte(version)}})
		version++
		other := shelf
		other.Kind, other.Activity, other.Agent = documents.AgentProfile, "", text
		docs = append(docs, &documents.Document{Key: documents.Key{Shelf: other, ID: "id"}, Version: version})
	}
	putDocuments(t, s, docs...)
	for _, want := range docs {
		got, err := s.Document(t.Context(), want.Key)
		if err != nil {
			t.Fatalf("%q: %v", want.ID, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", want.ID, diff)
		}
		elsewhere := want.Key
		elsewhere.Tenant = "city"
		if got, err := s.Document(t.Context(), elsewhere); err != nil || got != nil {
			t.Errorf("%q is there for another tenant: %v, %v", want.ID, got, err)
		}
	}
	keys, err := s.ShelfKeys(t.Context(), shelf)
	if err != nil || len(keys) != len(nasty) {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	all := map[documents.Key]bool{}
	if err := s.DocumentKeys(t.Context(), func(key documents.Key) { all[key] = true }); err != nil || len(all) != len(docs) {
		t.Errorf("%d keys of all, %v", len(all), err)
	}
	for _, d := range docs {
		if !all[d.Key] {
			t.Errorf("%q is not among all keys", d.ID)
		}
	}
	if last, err := s.LastStored(t.Context()); err != nil || last != version {
		t.Errorf("the last version is %d, %v; want %d", last, err, version)
	}
	if tenants, err := s.Tenants(t.Context()); err != nil || len(tenants) != 1 {
		t.Errorf("tenants %v, %v", tenants, err)
	}
}

// TestTheHighestVersionCounts: in whatever order, and however often, versions
// come.
func TestTheHighestVersionCounts(t *testing.T) {
	s := storetest.Open(t)
	shelf := documents.Shelf{Tenant: "town", Kind: documents.ActivityProfile, Activity: "http://example.com/kurs"}
	registration := uuid.New()
	make := func(id string, version int64, content string) *documents.Document {
		d := &documents.Document{Key: documents.Key{Shelf: shelf, ID: id}, Version: version, Content: []byte(content), Deleted: content == ""}
		if id == "registered" {
			d.Registration = registration
		}
		return d
	}
	putDocuments(t, s, make("a", 20, "new"), make("b", 30, ""), make("c", 40, "c"), make("registered", 50, "r"))
	putDocuments(t, s, make("a", 10, "old"), make("b", 25, "old"), make("c", 35, ""))
	putDocuments(t, s, make("a", 20, "new"), make("a", 10, "old"))
	check := func(when string) {
		t.Helper()
		var all []string
		for _, key := range []documents.Key{make("a", 0, "").Key, make("b", 0, "").Key, make("c", 0, "").Key, make("registered", 0, "").Key} {
			d, err := s.Document(context.Background(), key)
			if err != nil || d == nil {
				t.Fatalf("%s: %v, %v", key.ID, d, err)
			}
			all = append(all, fmt.Sprint(key.ID, d.Version, d.Deleted, string(d.Content)))
		}
		if diff := cmp.Diff([]string{"a20 falsenew", "b30 true", "c40 falsec", "registered50 falser"}, all); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		for _, list := range []struct {
			registration uuid.UUID
			since        int64
			want         string
			last         int64
		}{{uuid.Nil, 0, "[a c registered]", 50}, {uuid.Nil, 20, "[c registered]", 50}, {uuid.Nil, 50, "[]", 0}, {registration, 0, "[registered]", 50}, {uuid.New(), 0, "[]", 0}} {
			ids, last, err := s.DocumentIDs(context.Background(), shelf, list.registration, list.since)
			if err != nil || fmt.Sprint(ids) != list.want || last != list.last {
				t.Errorf("%s, since %d: %v until %d, %v; want %s until %d", when, list.since, ids, last, err, list.want, list.last)
			}
		}
		keys, err := s.ShelfKeys(context.Background(), shelf)
		if err != nil || len(keys) != 3 || keys[2].Registration != registration {
			t.Errorf("%s: keys %v, %v", when, keys, err)
		}
	}
	check("in parts")
	if err := s.Conn().Exec(t.Context(), "OPTIMIZE TABLE documents FINAL"); err != nil {
		t.Fatal(err)
	}
	check("merged")
}

func TestDamagedDocumentsAreFound(t *testing.T) {
	s := storetest.Open(t)
	shelf := documents.Shelf{Tenant: "town", Kind: documents.State, Activity: "http://example.com/kurs", Agent: "mbox|mailto:anna@stadt.example"}
	putDocuments(t, s, &documents.Document{Key: documents.Key{Shelf: shelf, ID: "a"}, Version: 1, Content: []byte("abc")},
		&documents.Document{Key: documents.Key{Shelf: shelf, ID: "b"}, Version: 2, Deleted: true})
	find := func() (list []string) {
		n, err := s.CheckDocuments(t.Context(), "town", 10, func(d store.DamagedDocument) { list = append(list, d.ID) })
		if err != nil || n != 1 {
			t.Errorf("%d documents, %v", n, err)
		}
		return list
	}
	if list := find(); len(list) != 0 {
		t.Errorf("%v are taken for damaged", list)
	}
	if err := s.Conn().Exec(t.Context(), "ALTER TABLE documents UPDATE content = 'abd' WHERE id = 'a' SETTINGS mutations_sync = 1"); err != nil {
		t.Fatal(err)
	}
	if list := find(); fmt.Sprint(list) != "[a]" {
		t.Errorf("damaged: %v", list)
	}
}
