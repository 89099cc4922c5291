// Package delivery is what everything has in common that this server sends to
// others by itself: statements that go on to another store, webhooks, mail.
//
// It keeps their records (small documents that are replaced together, all or
// none), says when to try again (Backoff, Retry), asks other servers without
// letting itself be sent to places that are nobody's business (Client), and
// seals the secrets of others, which have to be read again (Sealer).
//
// It must not know what is delivered, nor to whom, and nothing of statements,
// tenants' people or the path on which statements come in: a consumer reads
// behind the watermark, and what it keeps is its own.
package delivery
