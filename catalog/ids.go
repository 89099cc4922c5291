package catalog

import (
	"crypto/rand"
	"strconv"
	"strings"

	"lernspur/content/manifest"
	"lernspur/statements"
)

const (
	maxID   = 64
	maxSlug = 40
)

// isID tells whether a text has the form of a course's id.
func isID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// inASCII writes letters in those that an id can have.
var inASCII = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "à", "a", "ç", "c")

// newID is an id from a title and 40 random bits: people recognise it, and it
// tells nothing about others.
func newID(title string) string {
	var b strings.Builder
	for _, c := range inASCII.Replace(strings.ToLower(title)) {
		switch {
		case b.Len() >= maxSlug:
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	slug := strings.Trim(b.String(), "-")
	if slug == "" {
		slug = "course"
	}
	return slug + "-" + strings.ToLower(rand.Text()[:8])
}

func versionKey(tenant, course string, number int) string {
	return tenant + " " + course + " " + strconv.Itoa(number) // neither has a space
}

// typicalDuration is how long the metadata say that the course takes, if they say
// so in a form that counts today.
func typicalDuration(p *manifest.Package) string {
	if p.Metadata == nil || !statements.IsDuration(p.Metadata.TypicalLearningTime) {
		return ""
	}
	return p.Metadata.TypicalLearningTime
}
