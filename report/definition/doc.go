// Package definition reads what an evaluation report is to be about: a YAML
// file that the project writes beforehand, with the period, targets, thresholds of
// each recommendation, costs, headcounts and texts.
//
// It owns the form of that file (schema.json, which is also published), its limits, which
// Markdown texts may use, and the words in which mistakes are told, by line and
// column. It computes nothing, and knows of no database; what the figures that it names
// mean is defined where they are computed.
package definition
