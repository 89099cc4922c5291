package signin

import (
	"strings"
	"testing"
)

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]Weakness{
		"":                           TooShort,
		"Ab1!xyz":                    TooShort, // 7, of all kinds
		"Ab1!xyzq":                   "",       // 8, of all kinds
		"abc1!xyzq":                  TooShort, // 9, without upper case
		"Ab12xyzqwvu":                TooShort, // 11, without others
		"drei enten a":               "",       // 12
		"drei ente a":                TooShort, // 11
		"äöü drei ente":              "",
		"größenwahn":                 TooShort, // 10 characters, 12 bytes
		"Passwort2026!":              CommonWord,
		"!!passwort!!":               CommonWord,
		"SommerSommer":               "",
		"Sommer2026!!":               CommonWord,
		"qwertzuiopüa":               Simple, // along the keys
		"ABCDEFGHIJKLMN":             Simple,
		"lkjihgfedcba":               Simple,
		"123456789012":               Simple,
		"2412198412345":              Simple, // digits alone
		"8314159265358979":           "",     // 16 digits
		"abababababab":               Simple,
		"aaaaaaaaaaaa":               Simple,
		"lovelace fliegt":            OwnName,
		"Ada.Lovelace1815":           OwnName,
		"xx ADA-l@TOWN.example xx":   OwnName,
		"drei enten\tfliegen":        NotText,
		"drei enten \xff fliegen":    NotText,
		strings.Repeat("abcde ", 43): TooLong,
		strings.Repeat("abcde ", 42): "",
	} {
		if got := CheckPassword(password, "ada-l@town.example", "Ada Lovelace"); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

// TestOnePasswordOnAllKeyboards: a letter in two code points is the same as in one.
func TestOnePasswordOnAllKeyboards(t *testing.T) {
	one, _ := prepare("größer als drei")
	two, _ := prepare("gro\u0308ßer als drei")
	if one != two || one == "" {
		t.Errorf("%q and %q", one, two)
	}
}

// TestWordsInBothLanguages: nothing that is said lacks its words.
func TestWordsInBothLanguages(t *testing.T) {
	for why := range german.refusals {
		if english.refusals[why] == "" || german.refusals[why] == "" {
			t.Errorf("%s lacks words", why)
		}
	}
	for _, w := range []Weakness{TooShort, TooLong, NotText, CommonWord, Simple, OwnName, SamePassword} {
		if english.weak[w] == "" || german.weak[w] == "" {
			t.Errorf("%s lacks words", w)
		}
	}
	if len(german.refusals) != len(english.refusals) {
		t.Error("one language says more")
	}
}
