// Package suppress decides which figures about groups of people may be shown,
// so that nobody can be told from them: k-anonymity for linked tables, with a
// second figure suppressed wherever the first could be reckoned from the rest.
//
// It owns that decision for every export of aggregates; it knows nothing of
// what the figures mean, where they come from and how they look. A caller makes
// a Plan: it names every figure that it wants to publish, and how they hang
// together (Sum, Overlap, Of, Average, Earlier). Solve answers which are shown.
//
// # What is protected
//
// With k the smallest group of whom anything is shown:
//
//   - a count of 1 to k-1 people, and of 0 where "nobody" tells something about
//     everybody (Of, ZeroTells);
//   - what is left of a group (Of): neither 1 to k-1 people, nor nobody, which
//     would be 100 %, unless AllMayShow says that this is no secret;
//   - an average over fewer than k people, and one at an end of its scale, which
//     tells everybody's value; a quantile over fewer than k people, or one that is
//     the value of the first or the last of them;
//   - a change by 1 to k-1 people since an earlier run, and an average whose
//     people changed by so few.
//
// # What is guaranteed
//
// The reader is taken to know all that is shown, exactly, however it is rounded
// when it is published; all equations that the Plan declares; that no count is
// below zero; what is public; what earlier runs showed, and even which figures
// have not changed since. For somebody who reckons with all of this as linear
// equations and inequalities:
//
//  1. The values that are possible for a protected count reach up to k or
//     above, and lie at least k apart: it can not be told from a group that is
//     large enough, and is not known to within k people.
//  2. The possible values of a protected average lie at least a quarter of its scale apart.
//  3. A change is, in the direction in which it went, possibly one of k
//     people or more, and its possible values lie at least k apart.
//  4. No suppressed figure is determined, protected or not, but for one that an earlier
//     run showed and that has not changed since.
//
// Where the facts that everybody has anyway (Public, Earlier) do not leave so much
// room, everything that could still help is suppressed, and Exposed names the
// figure; a group that is publicly smaller than k is no such case: its figures
// stay within what everybody knows of it.
//
// Not guaranteed: what follows from other sources than these, from the choice of
// what is suppressed itself, or from reasoning with whole numbers beyond
// those bounds.
//
// # How
//
// Every figure is a variable, its true value one point of the possible ones. For
// each protected one an exact linear program (simplex in whole numbers) looks
// for the largest and the smallest possible value. Where that is too
// narrow, the solution is a proof, and the shown figures it uses are known: the
// one whose loss costs least (a part before a total, one in rows that are
// already incomplete before others, a small one before a large one) is
// suppressed, and the search goes on. In the end whatever turned out not to
// be needed is shown again. The same Plan always gives the same answer.
package suppress
