package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/documents"
)

const insertDocuments = `INSERT INTO documents (tenant, kind, activity, agent, registration, id, version, deleted, content_type, etag, content)`

// InsertDocuments writes versions of documents: when it returns nil, they are
// durable and visible. The same versions may be inserted again, in any order:
// the highest of each document is what is read.
func (s *Store) InsertDocuments(ctx context.Context, attempt string, docs []*documents.Document) error {
	if len(docs) == 0 {
		return nil
	}
	var c documentColumns
	for _, d := range docs {
		c.add(d)
	}
	if err := s.sendAll(ctx, attempt, insertDocuments, c.columns()); err != nil {
		return fmt.Errorf("inserting documents: %w", err)
	}
	return nil
}

// documentColumns are documents by column, in the order of insertDocuments.
type documentColumns struct {
	tenant, activity, agent, id, contentType, etag []string
	kind, deleted                                  []uint8
	registration                                   []uuid.UUID
	version                                        []int64
	content                                        [][]byte
}

func (c *documentColumns) add(d *documents.Document) {
	c.tenant = append(c.tenant, d.Tenant)
	c.kind = append(c.kind, uint8(d.Kind))
	c.activity = append(c.activity, d.Activity)
	c.agent = append(c.agent, d.Agent)
	c.registration = append(c.registration, d.Registration)
	c.id = append(c.id, d.ID)
	c.version = append(c.version, d.Version)
	c.deleted = append(c.deleted, flag(d.Deleted))
	c.contentType = append(c.contentType, d.ContentType)
	c.etag = append(c.etag, d.ETag())
	c.content = append(c.content, d.Content)
}

func (c *documentColumns) columns() []any {
	return []any{c.tenant, c.kind, c.activity, c.agent, c.registration, c.id, c.version, c.deleted, c.contentType, c.etag, c.content}
}

// onShelf is the condition for the documents of a shelf. The values go as
// parameters in hex: they may hold any byte, and a parameter is read with
// escapes.
const onShelf = `tenant = {tenant:String} AND kind = {kind:UInt8} AND activity = unhex({activity:String}) AND agent = unhex({agent:String})`

func shelfParameters(shelf documents.Shelf) parameters {
	return parameters{
		"tenant": shelf.Tenant, "kind": fmt.Sprint(uint8(shelf.Kind)),
		"activity": hex.EncodeToString([]byte(shelf.Activity)), "agent": hex.EncodeToString([]byte(shelf.Agent)),
	}
}

// Document answers the highest version of a document, which may be a deletion;
// nil if there is none.
func (s *Store) Document(ctx context.Context, key documents.Key) (*documents.Document, error) {
	const sql = `SELECT version, deleted, content_type, content FROM documents WHERE ` + onShelf +
		` AND registration = {registration:UUID} AND id = unhex({id:String}) ORDER BY version DESC LIMIT 1`
	params := shelfParameters(key.Shelf)
	params["registration"] = key.Registration.String()
	params["id"] = hex.EncodeToString([]byte(key.ID))
	var d *documents.Document
	err := s.query(ctx, sql, params, func(rows driver.Rows) error {
		var deleted uint8
		d = &documents.Document{Key: key}
		err := rows.Scan(&d.Version, &deleted, &d.ContentType, &d.Content)
		d.Deleted = deleted == 1
		return err
	})
	return d, err
}

// DocumentKeys calls yield with the key of every document of every tenant, deleted
// ones too; with that of one that was changed maybe more than once.
func (s *Store) DocumentKeys(ctx context.Context, yield func(documents.Key)) error {
	const sql = `SELECT tenant, kind, activity, agent, registration, id FROM documents`
	return s.queryLong(ctx, sql, nil, func(rows driver.Rows) error {
		var key documents.Key
		var kind uint8
		if err := rows.Scan(&key.Tenant, &kind, &key.Activity, &key.Agent, &key.Registration, &key.ID); err != nil {
			return err
		}
		key.Kind = documents.Kind(kind)
		yield(key)
		return nil
	})
}

// maxShelf bounds the ids that are answered at once.
const maxShelf = 1_000_000

var errShelf = errors.New("there are more documents than can be listed")

// ShelfKeys lists the documents of a shelf that are not deleted.
func (s *Store) ShelfKeys(ctx context.Context, shelf documents.Shelf) ([]documents.Key, error) {
	sql := `SELECT registration, id FROM documents WHERE ` + onShelf +
		fmt.Sprintf(` GROUP BY registration, id HAVING argMax(deleted, version) = 0 ORDER BY registration, id LIMIT %d`, maxShelf+1)
	var keys []documents.Key
	err := s.query(ctx, sql, shelfParameters(shelf), func(rows driver.Rows) error {
		key := documents.Key{Shelf: shelf}
		err := rows.Scan(&key.Registration, &key.ID)
		keys = append(keys, key)
		return err
	})
	if err == nil && len(keys) > maxShelf {
		return nil, errShelf
	}
	return keys, err
}

// DocumentIDs lists the ids of the documents of a shelf that were stored after
// since (microseconds since 1970), each once, the oldest change first, and answers
// the latest version among them. registration narrows them, unless it is uuid.Nil.
func (s *Store) DocumentIDs(ctx context.Context, shelf documents.Shelf, registration uuid.UUID, since int64) (ids []string, last int64, err error) {
	where := onShelf
	params := shelfParameters(shelf)
	if registration != uuid.Nil {
		where += ` AND registration = {registration:UUID}`
		params["registration"] = registration.String()
	}
	// An id may be there with several registrations: it is as new as the newest.
	sql := `SELECT id, max(latest) AS changed FROM (SELECT id, max(version) AS latest FROM documents WHERE ` + where +
		` GROUP BY registration, id HAVING argMax(deleted, version) = 0)` +
		fmt.Sprintf(` GROUP BY id HAVING changed > %d ORDER BY changed LIMIT %d`, since, maxShelf+1)
	err = s.query(ctx, sql, params, func(rows driver.Rows) error {
		var id string
		err := rows.Scan(&id, &last)
		ids = append(ids, id)
		return err
	})
	if err == nil && len(ids) > maxShelf {
		return nil, 0, errShelf
	}
	return ids, last, err
}

// DamagedDocument is a document whose etag is not that of its content.
type DamagedDocument struct {
	documents.Key
	Version int64
}

// CheckDocuments counts a tenant's documents up to a watermark and calls damaged
// for those whose etag does not fit the content.
func (s *Store) CheckDocuments(ctx context.Context, tenant string, upto int64, damaged func(DamagedDocument)) (count int, err error) {
	err = s.queryLong(ctx, fmt.Sprintf(`SELECT count() FROM documents FINAL WHERE tenant = {tenant:String} AND version <= %d AND deleted = 0`, upto),
		parameters{"tenant": tenant}, func(rows driver.Rows) error {
			var n uint64
			err := rows.Scan(&n)
			count = int(n)
			return err
		})
	if err != nil {
		return 0, err
	}
	sql := fmt.Sprintf(`SELECT kind, activity, agent, registration, id, version FROM documents WHERE tenant = {tenant:String} AND version <= %d `+
		`AND (lower(hex(SHA1(content))) != etag OR deleted = 1 AND notEmpty(content) OR kind = 0 OR kind BETWEEN 4 AND 15)`, upto)
	err = s.queryLong(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		d := DamagedDocument{Key: documents.Key{Shelf: documents.Shelf{Tenant: tenant}}}
		var kind uint8
		if err := rows.Scan(&kind, &d.Activity, &d.Agent, &d.Registration, &d.ID, &d.Version); err != nil {
			return err
		}
		d.Kind = documents.Kind(kind)
		damaged(d)
		return nil
	})
	return count, err
}
