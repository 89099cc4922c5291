package forms

import (
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// softHyphen is where a word may be broken.
const softHyphen = "\u00ad"

// prose makes HTML that people wrote ready for print: quotation marks, dashes and spaces of the
// language, and soft hyphens in long words. Tags stay as they are.
func (w words) prose(html template.HTML) template.HTML {
	var b strings.Builder
	before := ' ' // the character in front, across tags
	for rest := string(html); rest != ""; {
		text, tag := rest, ""
		if i := strings.IndexByte(rest, '<'); i >= 0 {
			text, tag = rest[:i], rest[i:]
			if j := strings.IndexByte(tag, '>'); j >= 0 {
				tag = tag[:j+1]
			}
		}
		rest = rest[len(text)+len(tag):]
		text, before = w.quotes(text, before)
		b.WriteString(w.hyphens(w.spaces(text)))
		b.WriteString(tag)
		if breaks(tag) {
			before = ' '
		}
	}
	return template.HTML(b.String())
}

// breaks tells whether a tag begins or ends a paragraph or the like.
func breaks(tag string) bool {
	name := strings.Trim(tag, "</>")
	switch name {
	case "p", "li", "ul", "ol", "blockquote", "br", "br /":
		return true
	}
	return false
}

// soft puts soft hyphens into the long words of a text, and spaces that no line ends at.
func (w words) soft(text string) string { return w.hyphens(w.spaces(text)) }

// quotes turns straight quotation marks into those of the language. before is the character
// in front of the text; the last one of it is answered.
func (w words) quotes(text string, before rune) (string, rune) {
	open, end := "“", "”"
	if w.german() {
		open, end = "„", "“"
	}
	text = strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&#39;", "'").Replace(text)
	var b strings.Builder
	for _, r := range text {
		switch opens := unicode.IsSpace(before) || strings.ContainsRune("([{–—/-„“‚‘", before); {
		case r == '"' && opens:
			b.WriteString(open)
		case r == '"':
			b.WriteString(end)
		case r == '\'' && !opens:
			b.WriteRune('’') // the apostrophe
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return b.String(), before
}

var (
	figureUnit  = regexp.MustCompile(`(\d) (%|€|Euro\b|EUR\b|Uhr\b|Std\.|Min\.)`)
	germanShort = regexp.MustCompile(`\b(z|d|u|i|o|s)\. ?(B|h|a|d|R|o|u|ä|U|S)\.`)
	numbered    = regexp.MustCompile(`\b(Nr\.|S\.|Abs\.|Art\.|Ziff\.|Abschnitt|Tabelle|Section|Table|No\.) (\d)`)
	paragraph   = regexp.MustCompile(`§ (\d)`)
	germanDay   = regexp.MustCompile(`\b(\d{1,2}\.) (Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)`)
)

// spaces keeps together what belongs together.
func (w words) spaces(text string) string {
	text = strings.ReplaceAll(text, " - ", nbsp+"– ")
	text = figureUnit.ReplaceAllString(text, "$1"+narrow+"$2")
	text = numbered.ReplaceAllString(text, "$1"+nbsp+"$2")
	text = paragraph.ReplaceAllString(text, "§"+narrow+"$1")
	if w.german() {
		text = germanShort.ReplaceAllString(text, "$1."+narrow+"$2.")
		text = germanDay.ReplaceAllString(text, "$1"+nbsp+"$2")
	}
	return text
}

const (
	// longWord is from how many letters on a word is broken; restOf how many stay together.
	longWord = 11
	restOf   = 4
	// surePart is how long a known part is that needs no consonant behind it.
	surePart = 9
)

// jointEnds end a part of a German compound, whatever stands before.
var jointEnds = []string{"ungs", "heits", "keits", "schafts", "ions", "täts", "lings", "tums"}

// jointWords are parts of German compounds of this field.
var jointWords = []string{
	"abbruch", "abschluss", "anwesenheits", "arbeits", "arbeitsplatz", "aufwands", "berechtigten", "beschäftigten", "bestehens", "bezugs", "daten", "datenschutz",
	"digital", "durchschnitts", "ergebnis", "fach", "fort", "gesamt", "geschäfts", "gruppen", "grund", "haupt", "jahres", "kern", "kompetenz", "kosten", "kurs",
	"lern", "mindest", "monats", "nutzer", "ober", "personal", "präsenz", "prüf", "stadt", "stadtverordneten", "standard", "statement", "stunden", "system", "teil",
	"verordneten", "weiter", "wieder", "wochen", "zeit", "ziel", "zufriedenheits", "schluss", "amts", "mitglieder", "magistrats", "haushalts", "lerner", "zugriffs",
}

// hyphens puts soft hyphens where long German words are put together. Only joints that are known
// count: a word that is not broken is better than one that is broken wrongly.
func (w words) hyphens(text string) string {
	if !w.german() {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		i := strings.IndexFunc(text, unicode.IsLetter)
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		j := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
		if j < 0 {
			j = len(text)
		}
		if i > 0 && strings.HasSuffix(b.String(), "&") { // an entity
			b.WriteString(text[:j])
		} else {
			b.WriteString(hyphenate(text[:j]))
		}
		text = text[j:]
	}
	return b.String() + text
}

// hyphenate breaks one word.
func hyphenate(word string) string {
	if utf8.RuneCountInString(word) < longWord {
		return word
	}
	lower := strings.ToLower(word)
	if len(lower) != len(word) {
		return word
	}
	var cuts []int
	for from := 0; from < len(lower); {
		at := joint(lower[from:])
		if at == 0 || utf8.RuneCountInString(lower[from+at:]) < restOf {
			break
		}
		from += at
		cuts = append(cuts, from)
	}
	for _, at := range backward(cuts) {
		word = word[:at] + softHyphen + word[at:]
	}
	return word
}

func backward(cuts []int) []int {
	out := make([]int, len(cuts))
	for i, c := range cuts {
		out[len(cuts)-1-i] = c
	}
	return out
}

// joint is where the first part of a compound ends; 0 when nobody knows. What follows a short part begins
// with a consonant: "Lernzeit" is a compound, "Lernende" is none.
func joint(word string) int {
	longest := 0
	for _, part := range jointWords {
		if len(part) > longest && strings.HasPrefix(word, part) && (len(part) >= surePart || consonant(word[len(part):])) {
			longest = len(part)
		}
	}
	for _, end := range jointEnds {
		i := strings.Index(word, end)
		if i < restOf {
			continue
		}
		if at := i + len(end); at < len(word) && (longest == 0 || at < longest) {
			longest = at
		}
	}
	return longest
}

// consonant tells whether a part of a word can begin like this.
func consonant(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && !strings.ContainsRune("aeiouäöüy", r)
}
