// Package config reads what an operator can set: from lernspur.yaml, then from
// LERNSPUR_* in the environment, then from flags, each stronger than the one
// before.
//
// It owns the list of keys (keys.go is the one place that names them), their
// defaults, what is accepted for each, and the words of the errors. It is the
// only package that touches viper, and it must not know what a value is used
// for; the others get their section as a plain struct and never look at the
// environment themselves.
package config
