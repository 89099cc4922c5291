package markup

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// Rules of the repairs.
const (
	ByteOrderMark = "byte-order-mark"
	Encoding      = "encoding"
	Ampersand     = "ampersand"
	Entity        = "entity"
)

// Repair is something that was put right.
type Repair struct {
	Rule string
	// Line is where it was first seen, from 1; 0 for the whole text.
	Line    int
	Message string
}

var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

var utf8Mark = []byte("\xEF\xBB\xBF")

// toUTF8 is the text in UTF-8 without a byte-order mark. What the bytes are
// counts more than what is declared.
func toUTF8(data []byte) ([]byte, []Repair) {
	if text, repairs, ok := fromUTF16(data); ok {
		return text, repairs
	}
	var repairs []Repair
	if bytes.HasPrefix(data, utf8Mark) {
		data = data[len(utf8Mark):]
		repairs = append(repairs, Repair{Rule: ByteOrderMark, Message: "The file begins with a byte-order mark; it was left out."})
	}
	declared := "utf-8"
	if m := declaration.FindSubmatch(data[:min(len(data), 1024)]); m != nil {
		declared = strings.ToLower(string(m[1]))
	}
	if utf8.Valid(data) {
		if declared != "utf-8" && declared != "utf8" && !isASCII(data) {
			repairs = append(repairs, Repair{Rule: Encoding, Line: 1, Message: fmt.Sprintf("The file says that its encoding is %s; it is UTF-8 and was read as such.", declared)})
		}
		return data, repairs
	}
	charset, known := singleByte(declared)
	if !known {
		repairs = append(repairs, Repair{Rule: Encoding, Line: 1,
			Message: fmt.Sprintf("The file says that its encoding is %s, which it is not; it was read as Windows-1252.", declared)})
	}
	text, err := charset.NewDecoder().Bytes(data)
	if err != nil {
		text = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	return text, repairs
}

// singleByte is a declared encoding that can be meant by text which is not
// UTF-8; without one it is Windows-1252, the most usual.
func singleByte(declared string) (encoding.Encoding, bool) {
	e, err := htmlindex.Get(declared)
	if err != nil || e == unicode.UTF8 || strings.HasPrefix(declared, "utf-16") || declared == "replacement" {
		return charmap.Windows1252, false
	}
	return e, true
}

// fromUTF16 decodes UTF-16, which shows by its mark or by the zero beside the
// first angle bracket.
func fromUTF16(data []byte) ([]byte, []Repair, bool) {
	var order unicode.Endianness
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("<\x00")):
		order = unicode.LittleEndian
	case bytes.HasPrefix(data, []byte("\xFE\xFF")), bytes.HasPrefix(data, []byte("\x00<")):
		order = unicode.BigEndian
	default:
		return nil, nil, false
	}
	text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data)
	if err != nil {
		return nil, nil, false
	}
	var repairs []Repair
	m := declaration.FindSubmatch(text[:min(len(text), 1024)])
	if m != nil && !strings.HasPrefix(strings.ToLower(string(m[1])), "utf-16") {
		repairs = append(repairs, Repair{Rule: Encoding, Line: 1, Message: fmt.Sprintf("The file says that its encoding is %s; it is UTF-16 and was read as such.", m[1])})
	}
	return text, repairs, true
}

func isASCII(data []byte) bool {
	for _, b := range data {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
