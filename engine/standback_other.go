//go:build !linux

package engine

const standBack = 5

func mayStandBack() bool { return false }
