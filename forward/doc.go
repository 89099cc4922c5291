// Package forward sends statements on to other learning record stores: per tenant
// any number of targets up to a bound, each with a filter of its own.
//
// It owns whom statements go to (Target), how far each target is, and the
// statements that a target refused for good. It must not know how statements come
// in: it reads them behind the watermark, in order of stored, from the database,
// so nothing on their way waits for it, and what is not read yet costs no memory.
//
// # At least once
//
// What a target has acknowledged is noted after its answer, in one step with what
// it refused: a crash between the two sends a batch again, and the other side
// knows its statements by their ids. What was noted is never sent again. So
// nothing is lost and nothing is there twice.
//
// A batch that is refused is halved until the statement is alone that the other
// side does not take; that one is set aside with what was said about it, and all
// others go on. Everything else that fails is tried again, for as long as it
// takes.
package forward
