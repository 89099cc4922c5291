package archive

import "fmt"

// Rule names a reason for which an archive is refused, or something in it that
// was put right.
type Rule string

// Reasons for a refusal.
const (
	NotAZip       Rule = "not-a-zip"
	Damaged       Rule = "damaged"
	TooLarge      Rule = "too-large"
	TooManyFiles  Rule = "too-many-files"
	UnpacksTooFar Rule = "unpacks-too-large"
	Ratio         Rule = "ratio"
	FileTooLarge  Rule = "file-too-large"
	Climbs        Rule = "climbs"
	Absolute      Rule = "absolute"
	Drive         Rule = "drive"
	Control       Rule = "control-character"
	NameTooLong   Rule = "name-too-long"
	NoName        Rule = "no-name"
	Link          Rule = "link"
	Special       Rule = "special-file"
	SameName      Rule = "same-name"
	Encrypted     Rule = "encrypted"
	Method        Rule = "method"
)

// Things that are put right and said.
const (
	Backslash Rule = "backslash"
	NameBytes Rule = "name-encoding"
)

// Described is a rule with what it means, for the documentation.
type Described struct {
	Rule Rule
	// Refused tells whether the archive is refused; otherwise it is read and a
	// warning given.
	Refused bool
	Meaning string
}

// Rules are all rules of this package.
func Rules() []Described {
	return []Described{
		{NotAZip, true, "the file is not a zip archive"},
		{Damaged, true, "the archive is incomplete, or an entry does not match its checksum or its size"},
		{TooLarge, true, "the archive is larger than allowed"},
		{TooManyFiles, true, "the archive has more entries than allowed"},
		{UnpacksTooFar, true, "what the archive unpacks to is larger than allowed, as it claims or as it turns out"},
		{Ratio, true, "the archive unpacks to so many times its size that no content explains it"},
		{FileTooLarge, true, "a file that has to be read as a whole, a manifest, is larger than allowed"},
		{Climbs, true, "an entry's name leads out of the package (`..`)"},
		{Absolute, true, "an entry's name is an absolute path"},
		{Drive, true, "an entry's name begins with a drive letter"},
		{Control, true, "an entry's name contains NUL or another control character"},
		{NameTooLong, true, "an entry's name is longer than 1,024 bytes, or it lies in more than 64 folders"},
		{NoName, true, "an entry has no name"},
		{Link, true, "an entry is a symbolic link"},
		{Special, true, "an entry is a device, a pipe or a socket"},
		{SameName, true, "two entries have names that are equal but for letter case, or one is a file and a folder"},
		{Encrypted, true, "an entry is encrypted"},
		{Method, true, "an entry is packed by a method other than store and deflate"},
		{Backslash, false, "entry names use backslashes; they are read as slashes"},
		{NameBytes, false, "entry names are not UTF-8; they are read as code page 437"},
	}
}

// Refusal says why an archive is not read: which entry, and what to do. It is
// the error for everything that is wrong with the archive itself, in words for
// a content manager.
type Refusal struct {
	// Entry is the name as the archive has it; empty when it is about the whole.
	Entry  string
	Rule   Rule
	Reason string
	Advice string
}

// Error is the entry and the reason.
func (r *Refusal) Error() string {
	if r.Entry == "" {
		return r.Reason
	}
	return fmt.Sprintf("%s: %s", shown(r.Entry), r.Reason)
}

// Remark is something that was put right in reading.
type Remark struct {
	// Entry is the first entry by name that shows it, as the archive has it.
	Entry   string
	Rule    Rule
	Message string
}

func refuse(entry string, rule Rule, advice, format string, args ...any) *Refusal {
	return &Refusal{Entry: entry, Rule: rule, Reason: fmt.Sprintf(format, args...), Advice: advice}
}
