// Package conformance holds the endpoint to the xAPI specification, over HTTP,
// on the real engine, under both editions. It has tests only.
//
// requirements_*_test.go list what the specification asks for, one line each:
// the ids XAPI-00001 and so on are those of the conformance requirements that
// ADL publishes, so that a reader can compare; V2-… are requirements that only
// 2.0 has, and OWN-… are those that the official suite does not look at. Every
// case names the requirements that it holds. The test Requirements fails when a
// requirement has no case, and writes the table of docs/conformance.md:
//
//	go test ./lrs/conformance -run TestRequirements -update
//
// The cases of one resource run alone with
//
//	go test ./lrs/conformance -run TestConformance/voiding
package conformance
