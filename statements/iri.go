package statements

// IsIRI tells whether s is an IRI by the measure of the rules: see the words
// at the head of the table of rules.
func IsIRI(s string) bool { return isIRI(s) }
