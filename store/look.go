package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"lernspur/statements"
)

// manyAgents are identifiers as parameters of a query: their keys in the look-ups,
// and themselves.
type manyAgents struct{ keys, names string }

// manyOf makes parameters of identifiers; nil of nil.
func manyOf(identifiers []string) *manyAgents {
	if identifiers == nil {
		return nil
	}
	keys := make([]string, len(identifiers))
	for i, identifier := range identifiers {
		keys[i] = keyOf(identifier).String()
	}
	return &manyAgents{arrayOf(keys), arrayOf(identifiers)}
}

// inQuotes is what a text in an array needs, as the database reads parameters.
var inQuotes = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\x00", `\0`)

// arrayOf writes texts as a parameter of the type Array.
func arrayOf(texts []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, text := range texts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\'')
		_, _ = inQuotes.WriteString(&b, text) // a builder takes everything
		b.WriteByte('\'')
	}
	b.WriteByte(']')
	return b.String()
}

// Several finds the statements with these ids that are visible at the watermark
// upto, voided or not, in no order. voided tells which of them are.
func (s *Store) Several(ctx context.Context, tenant string, ids []uuid.UUID, upto int64) (found []statements.Found, voided map[uuid.UUID]bool, err error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	if len(ids) > maxList {
		return nil, nil, fmt.Errorf("%d ids are more than %d", len(ids), maxList)
	}
	f := &finder{store: s, tenant: tenant, ctx: ctx, plan: plan{upto: upto, hidden: s.hiddenSQL(tenant)}, anyRefs: s.refs.any(tenant)}
	rows, err := f.read(fmt.Sprintf(`SELECT stored, id, registration, voiding, raw FROM statements WHERE tenant = {tenant:String} AND stored IN (`+
		`SELECT stored FROM lookups WHERE tenant = {tenant:String} AND kind = %d AND key IN (%s)) AND stored <= %d%s`, kindID, uuidList(ids), upto, f.plan.visible("stored")))
	if err != nil {
		return nil, nil, err
	}
	kept, err := f.withoutVoided(rows)
	if err != nil {
		return nil, nil, err
	}
	voided = make(map[uuid.UUID]bool, len(rows))
	for _, r := range rows {
		found = append(found, r.Found)
		voided[r.ID] = true
	}
	for _, k := range kept {
		delete(voided, k.ID)
	}
	return found, voided, nil
}

const (
	// recentStatements is how many of the newest statements RecentVerbs looks at,
	recentStatements = 100_000
	// and recentVerbs how many verbs it answers.
	recentVerbs = 100
)

// RecentVerbs are the verbs of a tenant's newest 100,000 statements, the most
// frequent first, 100 at most.
func (s *Store) RecentVerbs(ctx context.Context, tenant string, upto int64) (verbs []string, err error) {
	sql := fmt.Sprintf(`SELECT toString(verb) FROM (SELECT verb FROM statements WHERE tenant = {tenant:String} AND stored <= %d ORDER BY stored DESC LIMIT %d) GROUP BY verb ORDER BY count() DESC, verb LIMIT %d`,
		upto, recentStatements, recentVerbs)
	err = s.query(ctx, sql, parameters{"tenant": tenant}, func(rows driver.Rows) error {
		var verb string
		err := rows.Scan(&verb)
		verbs = append(verbs, verb)
		return err
	})
	return verbs, err
}
