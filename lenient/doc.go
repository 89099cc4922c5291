// Package lenient repairs statements as content in the field sends them, for an
// endpoint that was asked to accept them: invalid ones that can be read in one
// way only become valid ones that say the same.
//
// It owns the list of repairs (rules.go) and the decision when each of them
// applies. It never touches what keeps the rules of the specification: every
// repair asks for something that package statements refuses. It decides nothing
// else: whether the outcome is valid is decided by package statements as for any
// other statement. It knows nothing of HTTP, of tenants or of storage.
//
// repair.go walks over a request, walk.go over a statement; agents.go,
// results.go and context.go know the repairs of their parts of it; edit.go puts
// the text together again, every byte that no repair changes staying as it was
// sent.
package lenient
