package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// errForm: the document is not in the form in which chromium writes.
var errForm = errors.New("this is not a PDF as chromium writes it")

// file is a document with one classic table of its objects.
type file struct {
	data    []byte
	start   int   // of the table
	offsets []int // of the objects, by number; 0 for free ones
	root    int
	info    int
	changed map[int][]byte // objects as they are to be
	next    int            // the number of the next new one
}

var (
	startTable = regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`)
	tableHead  = regexp.MustCompile(`^xref\s+0 (\d+)\s+`)
	rootEntry  = regexp.MustCompile(`/Root (\d+) 0 R`)
	infoEntry  = regexp.MustCompile(`/Info (\d+) 0 R`)
	pdfDate    = regexp.MustCompile(`\(D:\d{14}[+-]\d\d'\d\d'\)`)
	linkURI    = regexp.MustCompile(`/URI \(((?:[^()\\]|\\.)*)\)`)
)

// Identify marks a tagged document that chromium has printed as PDF/UA-1: XMP with its title
// and the identification, the language, that the title is to be shown, what links lead to, what on its pages
// is no content, and bodies in the items of lists. All of this is appended; of the bytes before only dates are
// replaced, by made.
func Identify(printed []byte, title, language string, made time.Time) ([]byte, error) {
	f, err := open(printed)
	if err != nil {
		return nil, err
	}
	if err := f.setDates(made); err != nil {
		return nil, err
	}
	for n := range f.offsets {
		if err := f.describeLink(n); err != nil {
			return nil, err
		}
		if err := f.markArtifacts(n); err != nil {
			return nil, err
		}
	}
	root, ok := f.dictionary(f.root)
	if !ok {
		return nil, errForm
	}
	if err := f.tidyTags(root); err != nil {
		return nil, err
	}
	metadata := f.next
	f.next++
	entries := fmt.Sprintf("\n/Metadata %d 0 R", metadata)
	for _, missing := range [][2]string{
		{"/Lang", "(" + strings.NewReplacer(`\`, ``, `(`, ``, `)`, ``).Replace(language) + ")"},
		{"/ViewerPreferences", "<</DisplayDocTitle true>>"},
	} {
		if !bytes.Contains(root, []byte(missing[0])) {
			entries += "\n" + missing[0] + " " + missing[1]
		}
	}
	f.changed[f.root] = with(root, entries)
	packet := xmp(title, language, made)
	f.changed[metadata] = fmt.Appendf(nil, "<</Type /Metadata\n/Subtype /XML\n/Length %d>> stream\n%s\nendstream", len(packet), packet)
	info, ok := f.dictionary(f.info)
	if !ok {
		return nil, errForm
	}
	f.changed[f.info] = with(regexp.MustCompile(`/Title (<[0-9A-Fa-f]*>|\((?:[^()\\]|\\.)*\))`).ReplaceAll(info, nil), "\n/Title "+text(title))
	return f.append(), nil
}

// open reads the table of a document.
func open(data []byte) (*file, error) {
	m := startTable.FindSubmatch(data[max(0, len(data)-200):])
	if m == nil {
		return nil, errForm
	}
	f := &file{data: slices.Clone(data), changed: make(map[int][]byte)}
	var err error
	if f.start, err = strconv.Atoi(string(m[1])); err != nil || f.start >= len(data) {
		return nil, errForm
	}
	table := data[f.start:]
	head := tableHead.FindSubmatch(table)
	if head == nil {
		return nil, errForm
	}
	n, err := strconv.Atoi(string(head[1]))
	table = table[len(head[0]):]
	if err != nil || len(table)/20 < n {
		return nil, errForm
	}
	for i := range n {
		line := table[i*20 : i*20+20]
		at, err := strconv.Atoi(string(line[:10]))
		if err != nil || at >= len(data) {
			return nil, errForm
		}
		if line[17] != 'n' {
			at = 0
		}
		f.offsets = append(f.offsets, at)
	}
	f.next = n
	root, info := rootEntry.FindSubmatch(table[n*20:]), infoEntry.FindSubmatch(table[n*20:])
	if root == nil || info == nil || bytes.Contains(table[n*20:], []byte("/Encrypt")) {
		return nil, errForm
	}
	f.root, _ = strconv.Atoi(string(root[1]))
	f.info, _ = strconv.Atoi(string(info[1]))
	return f, nil
}

// dictionary is the text of an object that is a dictionary and no stream.
func (f *file) dictionary(n int) ([]byte, bool) {
	if n < 0 || n >= len(f.offsets) || f.offsets[n] == 0 {
		return nil, false
	}
	body, ok := bytes.CutPrefix(f.data[f.offsets[n]:], fmt.Appendf(nil, "%d 0 obj\n", n))
	end := bytes.Index(body, []byte("endobj"))
	if !ok || end < 0 || !bytes.HasPrefix(body, []byte("<<")) {
		return nil, false
	}
	body = bytes.TrimRight(body[:end], "\r\n ")
	return body, bytes.HasSuffix(body, []byte(">>")) && !bytes.Contains(body, []byte("stream"))
}

// with adds entries to a dictionary.
func with(dictionary []byte, entries string) []byte {
	return slices.Concat(dictionary[:len(dictionary)-2], []byte(entries), []byte(">>"))
}

// setDates replaces the dates of the document, which keep their length.
func (f *file) setDates(made time.Time) error {
	info, ok := f.dictionary(f.info)
	if !ok {
		return errForm
	}
	at := bytes.Index(f.data[f.offsets[f.info]:], info) + f.offsets[f.info]
	date := made.UTC().Format("(D:20060102150405+00'00')")
	for _, m := range pdfDate.FindAllIndex(info, -1) {
		if m[1]-m[0] != len(date) {
			return errForm
		}
		copy(f.data[at+m[0]:], date)
	}
	return nil
}

// describeLink gives a link the text that PDF/UA asks for: where it leads to.
func (f *file) describeLink(n int) error {
	link, ok := f.dictionary(n)
	if !ok || !bytes.Contains(link, []byte("/Type /Annot")) || !bytes.Contains(link, []byte("/Subtype /Link")) || bytes.Contains(link, []byte("/Contents")) {
		return nil
	}
	where := "→" // within the document; the text of the link says where to
	if m := linkURI.FindSubmatch(link); m != nil {
		where = strings.NewReplacer(`\(`, `(`, `\)`, `)`, `\\`, `\`).Replace(string(m[1]))
	}
	f.changed[n] = with(link, "\n/Contents "+text(where))
	return nil
}

// text writes a text as PDF does: UTF-16 in hexadecimal digits.
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	b.WriteString(">")
	return b.String()
}

// append writes the changed objects behind the document, with a table of them.
func (f *file) append() []byte {
	out := bytes.NewBuffer(slices.Clone(bytes.TrimRight(f.data, "\r\n")))
	out.WriteByte('\n')
	numbers := make([]int, 0, len(f.changed))
	for n := range f.changed {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	at := make(map[int]int)
	for _, n := range numbers {
		at[n] = out.Len()
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", n, f.changed[n])
	}
	table := out.Len()
	out.WriteString("xref\n")
	for _, n := range numbers {
		fmt.Fprintf(out, "%d 1\n%010d 00000 n \n", n, at[n])
	}
	fmt.Fprintf(out, "trailer\n<</Size %d\n/Root %d 0 R\n/Info %d 0 R\n/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
		max(len(f.offsets), numbers[len(numbers)-1]+1), f.root, f.info, f.start, table)
	return out.Bytes()
}

// xmp is what the document says of itself.
func xmp(title, language string, made time.Time) []byte {
	escape := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s))
		return b.String()
	}
	date := made.UTC().Format("2006-01-02T15:04:05+00:00")
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>%s</xmp:CreateDate>
<xmp:ModifyDate>%s</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`, "\ufeff", escape(title), escape(language), date, date)
}
