package archive

import (
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// maxName is how long an entry's name may be, in bytes.
const maxName = 1024

// maxDepth is in how many folders an entry may lie.
const maxDepth = 64

const (
	adviceExport  = "Export the package again with the authoring tool and upload the file as it was written."
	adviceZip     = "Pack the content again with an ordinary zip program, from within its folder."
	adviceRename  = "Rename one of them, adapt the references to it, and pack again."
	adviceLink    = "Replace it by a copy of the file it stands for, and pack again."
	adviceSmaller = "Compress videos and images, or split the course. The server's operator can raise the limit."
)

// cleanName turns an entry's name into a relative path with slashes, empty for
// what stands for the root. It refuses every name that could mean a place outside.
func cleanName(raw string) (string, *Refusal) {
	name := strings.ReplaceAll(raw, `\`, "/")
	switch {
	case raw == "":
		return "", refuse(raw, NoName, adviceExport, "an entry of the archive has no name")
	case len(name) > maxName:
		return "", refuse(raw, NameTooLong, "Shorten the names of files and folders.", "the name is longer than %d bytes", maxName)
	case strings.Count(name, "/") > maxDepth:
		return "", refuse(raw, NameTooLong, "Use fewer folders within folders.", "the entry lies in more than %d folders", maxDepth)
	case strings.IndexFunc(name, isControl) >= 0:
		return "", refuse(raw, Control, adviceExport, "the name contains a control character")
	case strings.HasPrefix(name, "/"):
		return "", refuse(raw, Absolute, adviceZip, "the name is an absolute path; names in a package begin at its own folder")
	case len(name) >= 2 && name[1] == ':' && isLetter(name[0]):
		return "", refuse(raw, Drive, adviceZip, "the name begins with a drive letter; names in a package begin at its own folder")
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.TrimRight(part, ". ") == "" && strings.HasPrefix(part, "..") {
			return "", refuse(raw, Climbs, adviceZip, `the name leads out of the package ("..")`)
		}
	}
	if name = path.Clean(name); name == "." {
		return "", nil
	}
	return name, nil
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// ignored tells whether an entry is what a computer adds to every archive.
func ignored(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first == "__MACOSX" || path.Base(name) == ".DS_Store"
}

// decodeName reads a name that is not UTF-8 as code page 437, which is what zip
// means by names without the UTF-8 mark.
func decodeName(raw string) (name string, decoded bool) {
	if utf8.ValidString(raw) {
		return raw, false
	}
	name, err := charmap.CodePage437.NewDecoder().String(raw)
	if err != nil {
		return strings.ToValidUTF8(raw, "\uFFFD"), true
	}
	return name, true
}

// Fold is the form under which names count as equal: without regard to letter
// case and to the way in which accents are written.
func Fold(name string) string {
	ascii := true
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(name)
	}
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(name)))
}

// shown is a name for a message: short, and without characters that could
// disturb a terminal or a log.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if isControl(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, name)
	if len(name) > 200 {
		name = strings.ToValidUTF8(name[:200], "") + "…"
	}
	return name
}
