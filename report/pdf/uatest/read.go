package uatest

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// What a PDF is made of: beside these, numbers (float64), texts (string), truth values, and nil.
type (
	name  string
	dict  map[string]any
	array []any
	// ref is the number of an object.
	ref int
	// stream is a dictionary with bytes behind it, as they are when they have been unpacked.
	stream struct {
		dict
		data []byte
	}
	// operator is a word of a page's description.
	operator string
)

var errSyntax = errors.New("this is not the syntax of PDF")

// file is a document with all its objects.
type file struct {
	objects map[ref]any
	trailer dict
}

// read reads a document with classic tables of its objects, the latest version of each.
func read(data []byte) (*file, error) {
	f := &file{objects: map[ref]any{}}
	i := bytes.LastIndex(data, []byte("startxref"))
	if i < 0 {
		return nil, errSyntax
	}
	at := &scanner{data: data, at: i + len("startxref")}
	where, err := at.value()
	for err == nil {
		start, ok := where.(float64)
		if !ok || start < 0 || int(start) >= len(data) {
			return nil, errSyntax
		}
		var trailer dict
		if trailer, err = f.table(data, int(start)); err != nil {
			return nil, err
		}
		if f.trailer == nil {
			f.trailer = trailer
		}
		if where = trailer["Prev"]; where == nil {
			return f, nil
		}
	}
	return nil, err
}

// table reads the objects that one table names, but for those of which a later one has a version.
func (f *file) table(data []byte, start int) (dict, error) {
	s := &scanner{data: data, at: start}
	if word, err := s.value(); err != nil || word != operator("xref") {
		return nil, fmt.Errorf("%w: there is no table at %d", errSyntax, start)
	}
	for {
		head, err := s.value()
		if err != nil {
			return nil, err
		}
		if head == operator("trailer") {
			trailer, err := s.value()
			d, ok := trailer.(dict)
			if err == nil && !ok {
				err = errSyntax
			}
			return d, err
		}
		first, ok := head.(float64)
		count, err := s.value()
		n, good := count.(float64)
		if err != nil || !ok || !good {
			return nil, errSyntax
		}
		for i := range int(n) {
			if err := f.entry(s, ref(int(first)+i)); err != nil {
				return nil, err
			}
		}
	}
}

// entry reads the object that the next line of a table names.
func (f *file) entry(s *scanner, number ref) error {
	offset, err := s.value()
	if err == nil {
		_, err = s.value() // the generation
	}
	kind, kindErr := s.value()
	if err = errors.Join(err, kindErr); err != nil {
		return err
	}
	if _, newer := f.objects[number]; newer || kind != operator("n") {
		return nil
	}
	at, ok := offset.(float64)
	if !ok || int(at) >= len(s.data) {
		return errSyntax
	}
	o := &scanner{data: s.data, at: int(at)}
	for _, want := range []any{float64(number), float64(0), operator("obj")} {
		if got, err := o.word(); err != nil || got != want {
			return fmt.Errorf("%w: object %d is not at %d", errSyntax, number, int(at))
		}
	}
	f.objects[number], err = o.object()
	return err
}

// get follows references.
func (f *file) get(v any) any {
	for range 10 {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		v = f.objects[r]
	}
	return nil
}

func (f *file) dict(v any) dict {
	switch v := f.get(v).(type) {
	case dict:
		return v
	case stream:
		return v.dict
	}
	return nil
}

func (f *file) array(v any) array {
	a, _ := f.get(v).(array)
	return a
}

// list is an array, or the one thing that stands in its place.
func (f *file) list(v any) array {
	switch v := f.get(v).(type) {
	case nil:
		return nil
	case array:
		return v
	}
	return array{v}
}

// scanner reads PDF from a place on.
type scanner struct {
	data []byte
	at   int
}

func space(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}
func delimiter(c byte) bool {
	return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0
}

func (s *scanner) skip() {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case space(c):
			s.at++
		case c == '%':
			for s.at < len(s.data) && s.data[s.at] != '\n' && s.data[s.at] != '\r' {
				s.at++
			}
		default:
			return
		}
	}
}

// object reads a value and, where there is one, the stream behind it.
func (s *scanner) object() (any, error) {
	v, err := s.value()
	d, ok := v.(dict)
	if err != nil || !ok {
		return v, err
	}
	s.skip()
	if !bytes.HasPrefix(s.data[s.at:], []byte("stream")) {
		return v, nil
	}
	s.at += len("stream")
	if s.data[s.at] == '\r' {
		s.at++
	}
	s.at++
	length, ok := d["Length"].(float64)
	if !ok || s.at+int(length) > len(s.data) {
		return nil, fmt.Errorf("%w: a stream without a length", errSyntax)
	}
	data := s.data[s.at : s.at+int(length)]
	if d["Filter"] == name("FlateDecode") {
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if data, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	return stream{d, data}, nil
}

// value reads a value; three words that refer to an object are one.
func (s *scanner) value() (any, error) {
	v, err := s.word()
	n, ok := v.(float64)
	if err != nil || !ok || n != float64(int(n)) || n < 0 {
		return v, err
	}
	before := s.at
	generation, err1 := s.word()
	r, err2 := s.word()
	if g, ok := generation.(float64); ok && g == 0 && err1 == nil && err2 == nil && r == operator("R") {
		return ref(int(n)), nil
	}
	s.at = before
	return v, nil
}

func (s *scanner) word() (any, error) {
	s.skip()
	if s.at >= len(s.data) {
		return nil, io.EOF
	}
	switch rest := s.data[s.at:]; {
	case bytes.HasPrefix(rest, []byte("<<")):
		return s.dictionary()
	case rest[0] == '<':
		return s.hexadecimal()
	case rest[0] == '[':
		s.at++
		var list array
		for {
			if s.skip(); s.at < len(s.data) && s.data[s.at] == ']' {
				s.at++
				return list, nil
			}
			v, err := s.value()
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
	case rest[0] == '(':
		return s.literal()
	case rest[0] == '/':
		s.at++
		return name(s.letters()), nil
	case delimiter(rest[0]):
		return nil, fmt.Errorf("%w: %q at %d", errSyntax, rest[0], s.at)
	}
	word := s.letters()
	switch word {
	case "true", "false":
		return word == "true", nil
	case "null":
		return nil, nil
	}
	if n, err := strconv.ParseFloat(word, 64); err == nil {
		return n, nil
	}
	return operator(word), nil
}

func (s *scanner) letters() string {
	from := s.at
	for s.at < len(s.data) && !space(s.data[s.at]) && !delimiter(s.data[s.at]) {
		s.at++
	}
	return string(s.data[from:s.at])
}

func (s *scanner) dictionary() (any, error) {
	s.at += 2
	d := dict{}
	for {
		if s.skip(); bytes.HasPrefix(s.data[s.at:], []byte(">>")) {
			s.at += 2
			return d, nil
		}
		key, err := s.word()
		if err != nil {
			return nil, err
		}
		k, ok := key.(name)
		if !ok {
			return nil, fmt.Errorf("%w: %v is no key", errSyntax, key)
		}
		if d[string(k)], err = s.value(); err != nil {
			return nil, err
		}
	}
}

func (s *scanner) hexadecimal() (any, error) {
	end := bytes.IndexByte(s.data[s.at:], '>')
	if end < 0 {
		return nil, errSyntax
	}
	var digits []byte
	for _, c := range s.data[s.at+1 : s.at+end] {
		if !space(c) {
			digits = append(digits, c)
		}
	}
	s.at += end + 1
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make([]byte, len(digits)/2)
	for i := range out {
		n, err := strconv.ParseUint(string(digits[2*i:2*i+2]), 16, 8)
		if err != nil {
			return nil, err
		}
		out[i] = byte(n)
	}
	return string(out), nil
}

func (s *scanner) literal() (any, error) {
	var out []byte
	depth := 0
	for ; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; {
		case c == '\\' && s.at+1 < len(s.data):
			s.at++
			switch e := s.data[s.at]; e {
			case 'n':
				out = append(out, '\n')
			case 'r':
				out = append(out, '\r')
			case 't':
				out = append(out, '\t')
			case '\n':
			default:
				n, digits := 0, 0
				for digits < 3 && s.at < len(s.data) && s.data[s.at] >= '0' && s.data[s.at] <= '7' {
					n, digits = n*8+int(s.data[s.at]-'0'), digits+1
					s.at++
				}
				if digits > 0 {
					s.at--
					out = append(out, byte(n))
				} else {
					out = append(out, e)
				}
			}
		case c == '(':
			if depth++; depth > 1 {
				out = append(out, c)
			}
		case c == ')':
			if depth--; depth == 0 {
				s.at++
				return string(out), nil
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return nil, errSyntax
}
