// Package webhook tells other programs what happened: that somebody completed a
// course, passed it, or needs support.
//
// It owns hooks (where to tell what, and the secrets that sign it), the events that
// wait for one of them, those that were given up, and the marks of what a hook was
// told. It must not know how statements come in, nor what the metrics mean: it asks
// what was achieved, behind the watermark, and who is at risk.
//
// # Once for each hook
//
// An event is derived from statements behind a cursor of the hook's own. The
// events of a step, the marks that they were derived, and the cursor become
// durable in one step, all or none. So a crash loses no event and makes none twice,
// and neither does a statement that is voided and sent again: the mark stays. What
// is told may be told twice, when a crash comes between the answer and its note;
// the id of an event is always the same, so whoever is told can drop it.
package webhook
