package engine

func maybeParent() {}
