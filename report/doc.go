// Package report makes the report on what a pilot has brought: figures of a
// period, as one HTML page for people and as JSON for programs.
//
// It owns which figures the report has, how they hang together
// (Suppress; package suppress decides what may be shown of small groups), the words and the
// layout. What the figures mean is defined in package progress. It knows
// nothing of HTTP, and nothing of people: no identifier of a learner ever
// reaches it.
package report
