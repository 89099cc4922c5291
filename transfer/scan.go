package transfer

import "fmt"

// length is that of the statement that begins here.
func (r *Reader) length() (int, error) {
	if r.state.Mode != modeLines {
		return r.valueLength()
	}
	end := 0 // of what is no white space
	for i := 0; ; i++ {
		b, ok, err := r.peek(i)
		if err != nil {
			return 0, err
		}
		if !ok || b == '\n' {
			return end, nil
		}
		if b != ' ' && b != '\t' && b != '\r' {
			end = i + 1
		}
		if i > MaxElement {
			return 0, r.tooLong()
		}
	}
}

func (r *Reader) tooLong() error {
	return &SyntaxError{r.state.Line, fmt.Sprintf("a statement of more than %d MiB begins here", MaxElement>>20)}
}

// valueLength finds the end of the JSON value that begins here. Whether it is
// valid is not its matter; what it needs are strings and brackets.
func (r *Reader) valueLength() (int, error) {
	depth := 0
	for i := 0; ; i++ {
		b, ok, err := r.peek(i)
		if err != nil {
			return 0, err
		}
		if !ok {
			if depth == 0 && i > 0 {
				return i, nil
			}
			return 0, &SyntaxError{r.state.Line, "the statement that begins here does not end"}
		}
		switch b {
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return r.scalar(i)
			}
			if depth--; depth == 0 {
				return i + 1, nil
			}
		case '"':
			if i, err = r.stringEnd(i); err != nil {
				return 0, err
			}
			if depth == 0 {
				return i + 1, nil
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return r.scalar(i)
			}
		}
		if i > MaxElement {
			return 0, r.tooLong()
		}
	}
}

// scalar is a value without brackets that ends before i.
func (r *Reader) scalar(i int) (int, error) {
	if i == 0 {
		return 0, &SyntaxError{r.state.Line, "expected a statement"}
	}
	return i, nil
}

// stringEnd is the place of the quote that ends the string whose first quote is
// at i.
func (r *Reader) stringEnd(i int) (int, error) {
	for i++; ; i++ {
		b, ok, err := r.peek(i)
		switch {
		case err != nil:
			return 0, err
		case !ok:
			return 0, &SyntaxError{r.state.Line, "the statement that begins here does not end"}
		case b == '\\':
			i++
		case b == '"':
			return i, nil
		case i > MaxElement:
			return 0, r.tooLong()
		}
	}
}
