package directory_test

import (
	"errors"
	"testing"

	"lernspur/directory"
	"lernspur/store"
	"lernspur/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestKeysOutliveTheProcess(t *testing.T) {
	s := storetest.Open(t)
	open := func() *directory.Keys {
		t.Helper()
		k, err := directory.Open(t.Context(), directory.StoreKeys(s), directory.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first := open()
	kept, secret, err := first.Create(t.Context(), directory.NewKey{Tenant: "town", Label: "Moodle, Schöneiche", Scopes: []string{"statements/write", "all/read"}})
	if err != nil {
		t.Fatal(err)
	}
	ended, endedSecret, err := first.Create(t.Context(), directory.NewKey{Scopes: []string{"all"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Revoke(t.Context(), ended.ID); err != nil {
		t.Fatal(err)
	}

	second := open()
	if diff := cmp.Diff(first.List(""), second.List("")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]directory.KeyRecord{kept}, second.List("town")); diff != "" {
		t.Error(diff)
	}
	got, err := second.Check(kept.ID, secret)
	if err != nil {
		t.Fatal(err)
	}
	if got.Tenant != "town" || got.AuthorityIdentifier != "account|http://lernspur.local|"+kept.ID {
		t.Errorf("%+v", got)
	}
	if _, err := second.Check(ended.ID, endedSecret); !errors.Is(err, directory.ErrWrongKey) {
		t.Errorf("revoked: %v", err)
	}
}

func TestDamagedRowsLeaveTheOthersInForce(t *testing.T) {
	s := storetest.Open(t)
	keys, err := directory.Open(t.Context(), directory.StoreKeys(s), directory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	good, secret, err := keys.Create(t.Context(), directory.NewKey{Scopes: []string{"all"}})
	if err != nil {
		t.Fatal(err)
	}
	for id, record := range map[string]string{
		"nojson": "{", "nohash": `{"tenant":"t","authority":"{\"mbox\":\"mailto:a@b.example\"}"}`,
		"shorthash": `{"tenant":"t","secret_sha256":"00","authority":"{\"mbox\":\"mailto:a@b.example\"}"}`,
	} {
		if err := s.PutKey(t.Context(), store.KeyRow{ID: id, Record: record, Version: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list := keys.List(""); len(list) != 1 || list[0].ID != good.ID {
		t.Errorf("%+v", list)
	}
	if _, err := keys.Check(good.ID, secret); err != nil {
		t.Error(err)
	}
}
