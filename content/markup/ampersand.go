package markup

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
)

// mend turns every ampersand that begins no reference of XML into one that
// does: a name of HTML becomes its character, anything else "&amp;". What stands
// in comments, CDATA and processing instructions is left alone. Lines stay.
func mend(data []byte) ([]byte, []Repair) {
	if bytes.IndexByte(data, '&') < 0 {
		return data, nil
	}
	m := mender{data: data}
	for m.at < len(data) {
		m.step()
	}
	if m.repairs == nil {
		return data, nil
	}
	return append(m.out, data[m.copied:]...), m.repairs
}

type mender struct {
	data    []byte
	at      int
	out     []byte
	copied  int
	repairs []Repair
}

// verbatim are the parts of a text in which an ampersand is itself.
var verbatim = [...]struct{ begin, end []byte }{
	{[]byte("<!--"), []byte("-->")},
	{[]byte("<![CDATA["), []byte("]]>")},
	{[]byte("<?"), []byte("?>")},
}

// step goes on to behind the next ampersand or part.
func (m *mender) step() {
	next := bytes.IndexAny(m.data[m.at:], "&<")
	if next < 0 {
		m.at = len(m.data)
		return
	}
	m.at += next
	rest := m.data[m.at:]
	if rest[0] == '&' {
		m.reference(rest)
		m.at++
		return
	}
	for _, v := range verbatim {
		if !bytes.HasPrefix(rest, v.begin) {
			continue
		}
		if end := bytes.Index(rest, v.end); end >= 0 {
			m.at += end + len(v.end)
		} else {
			m.at = len(m.data)
		}
		return
	}
	m.at++
}

// longestReference is that of the longest name in HTML.
const longestReference = 40

func (m *mender) reference(rest []byte) {
	end := bytes.IndexByte(rest[:min(len(rest), longestReference)], ';')
	if end < 0 {
		m.replace(1, "&amp;", Ampersand, `An "&" stands alone; it was read as "&amp;".`)
		return
	}
	switch name := string(rest[1:end]); {
	case name == "amp", name == "lt", name == "gt", name == "quot", name == "apos", isCharacter(name):
	case xml.HTMLEntity[name] != "":
		text := html.EscapeString(xml.HTMLEntity[name])
		m.replace(end+1, text, Entity, fmt.Sprintf(`"&%s;" is a name of HTML, not of XML; it was read as its character.`, name))
	default:
		m.replace(1, "&amp;", Ampersand, `An "&" stands alone; it was read as "&amp;".`)
	}
}

// isCharacter tells whether a reference is to a character by its number.
func isCharacter(name string) bool {
	if len(name) < 2 || name[0] != '#' {
		return false
	}
	digits, hex := name[1:], false
	if digits[0] == 'x' {
		digits, hex = digits[1:], true
	}
	for _, c := range []byte(digits) {
		if c >= '0' && c <= '9' || hex && c|0x20 >= 'a' && c|0x20 <= 'f' {
			continue
		}
		return false
	}
	return digits != ""
}

func (m *mender) replace(length int, text, rule, message string) {
	m.out = append(append(m.out, m.data[m.copied:m.at]...), text...)
	m.copied = m.at + length
	for _, r := range m.repairs {
		if r.Rule == rule {
			return
		}
	}
	line := 1 + bytes.Count(m.data[:m.at], []byte("\n"))
	m.repairs = append(m.repairs, Repair{Rule: rule, Line: line, Message: message})
}
