package signin

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
)

// Weakness says why a password is not taken. It is a word for programs; messages
// has it in the languages of the pages.
type Weakness string

// The weaknesses. The rules follow BSI ORP.4.A22 and NIST SP 800-63B, 3.1.1: length
// before composition, nothing that everybody tries first, and no change that is
// due by the calendar alone.
const (
	// TooShort is less than 12 characters, and less than 8 of all four kinds
	// (lower case, upper case, digits, others).
	TooShort Weakness = "too-short"
	// TooLong is more than maxPassword bytes.
	TooLong Weakness = "too-long"
	// NotText has control characters or what is no text at all.
	NotText Weakness = "not-text"
	// CommonWord is a word that many use, whatever digits and signs stand around it.
	CommonWord Weakness = "common"
	// Simple is a row of the keyboard or the alphabet, digits alone, or few
	// different characters.
	Simple Weakness = "simple"
	// OwnName has the name of the account, or of its holder, in it.
	OwnName Weakness = "own-name"
	// SamePassword is the one that is to be changed.
	SamePassword Weakness = "same"
)

const (
	minPassword      = 12 // characters
	minMixedPassword = 8  // with all four kinds
	minDigits        = 16 // of digits alone
	minDistinct      = 5  // different characters
	maxPassword      = 256
)

//go:embed common.txt
var commonText string

// common are the words of common.txt.
var common = sync.OnceValue(func() map[string]bool {
	words := make(map[string]bool)
	for line := range strings.Lines(commonText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			words[line] = true
		}
	}
	return words
})

// rows are what fingers run along.
var rows = []string{
	"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertzuiopüasdfghjklöäyxcvbnm", "qwertyuiopasdfghjklzxcvbnm", "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
}

// prepare gives a password the one form in which it is hashed: an ä is the same
// whichever keyboard it was typed on (RFC 8265, OpaqueString). ok is false for
// what no keyboard types.
func prepare(password string) (prepared string, ok bool) {
	if len(password) > maxPassword || !utf8.ValidString(password) {
		return "", false
	}
	prepared, err := precis.OpaqueString.String(password)
	return prepared, err == nil
}

// CheckPassword tells what is weak about a password; "" when nothing is. own are
// the names of the account and of its holder.
func CheckPassword(password string, own ...string) Weakness {
	if len(password) > maxPassword {
		return TooLong
	}
	if password == "" {
		return TooShort
	}
	prepared, ok := prepare(password)
	if !ok {
		return NotText
	}
	lower := strings.ToLower(prepared)
	length := utf8.RuneCountInString(prepared)
	switch {
	case length < minMixedPassword || length < minPassword && kinds(prepared) < 4:
		return TooShort
	case simple(lower, length):
		return Simple
	case common()[strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })]:
		return CommonWord
	case hasName(lower, own):
		return OwnName
	}
	return ""
}

// kinds counts the kinds of characters: lower case, upper case, digits, others.
func kinds(s string) (n int) {
	var lower, upper, digit, other int
	for _, r := range s {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

// simple finds what is long and quickly tried all the same.
func simple(lower string, length int) bool {
	distinct := make(map[rune]bool)
	digits := true
	for _, r := range lower {
		distinct[r] = true
		digits = digits && unicode.IsDigit(r)
	}
	if len(distinct) < minDistinct || digits && length < minDigits {
		return true
	}
	for _, row := range rows {
		if strings.Contains(row+row, lower) || strings.Contains(reversed(row+row), lower) {
			return true
		}
	}
	return false
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// hasName finds a name, or a part of one, of four letters at least: shorter ones
// are in words by chance.
func hasName(lower string, own []string) bool {
	for _, name := range own {
		name = strings.ToLower(name)
		for _, part := range append(strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), name) {
			if utf8.RuneCountInString(part) >= 4 && strings.Contains(lower, part) {
				return true
			}
		}
	}
	return false
}
