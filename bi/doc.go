// Package bi lets tools such as Grafana, Metabase and Superset read figures of many
// people with SQL, and nothing else.
//
// It owns what is published (the tables bi_…_rows and the views bi_… over them), how
// small groups are left out of it, the engine that answers a tenant's tool, the door
// in front of that, and the secrets with which tools come. What figures mean, and
// which of a single answer may be shown, it asks of package progress as somebody who
// may see no single person; it must not know how they are computed.
//
// Figures are published, not computed when a tool asks: whatever a query does, it
// finds nothing but rows that may be shown, and no condition that is moved below a
// sum, no error and no time that a query takes tells of others. Each tenant's
// publication is answered by an engine process of its own, which has nothing else:
// no statement, no person, no other tenant.
package bi
