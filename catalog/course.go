package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"lernspur/content/manifest"
)

// All instants in this package are in microseconds since 1970 UTC; 0 is none.

// File is one file of a version. Its bytes are kept once for all versions and
// courses of a tenant.
type File struct {
	// Hash is the SHA-256 of the bytes, in 64 lower-case hexadecimal digits.
	Hash string `json:"hash"`
	Size int64  `json:"size"`
	// Type is the media type by the extension of the name, with its charset where
	// it has one; never what the bytes look like.
	Type string `json:"type"`
}

// Version is one package of a course, as it was uploaded.
type Version struct {
	// Number counts from 1 within the course and is never given twice.
	Number   int   `json:"number"`
	Uploaded int64 `json:"uploaded"`
	// By says who uploaded it: the id of a key, or a word of the command line.
	By string `json:"by,omitempty"`
	// Packed is the size of the zip in bytes, 0 for a folder; Unpacked that of
	// all files.
	Packed   int64 `json:"packed"`
	Unpacked int64 `json:"unpacked"`
	// Kind is the standard of the package.
	Kind manifest.Kind `json:"kind"`
	// Index is the hash of the file that has Manifest and Files.
	Index string `json:"index"`

	// Manifest and Files are nil where they were not asked for. The names in
	// Files are below Manifest.Base, with slashes.
	Manifest *manifest.Package `json:"-"`
	Files    map[string]File   `json:"-"`
}

// Course is something to learn. What the Service hands out is shared: nobody
// changes it.
type Course struct {
	Tenant string `json:"-"`
	// ID is unique in the tenant: lower-case letters, digits and hyphens, at most
	// 64 of them, so it fits into a path.
	ID string `json:"id"`
	// Activity is the IRI of the course's Activity in statements. It stays as it
	// is over all versions.
	Activity string `json:"activity"`
	// Prefix tells that there is no package, and that all Activities whose ids
	// begin with Activity belong to the course.
	Prefix      bool          `json:"prefix,omitempty"`
	Title       manifest.Text `json:"title,omitempty"`
	Description manifest.Text `json:"description,omitempty"`
	// Kind is induction, further-training, or empty.
	Kind        string   `json:"kind,omitempty"`
	Competences []string `json:"competences,omitempty"`
	// Duration is how long the course takes as a rule, as in ISO 8601.
	Duration  string `json:"duration,omitempty"`
	Provider  string `json:"provider,omitempty"`
	Certified bool   `json:"certified,omitempty"`
	// Grading says which attempt at an item counts: GradeBest where it is empty.
	Grading Grading `json:"grading,omitempty"`
	// Current is the number of the version that new registrations get; 0: there
	// is no package.
	Current  int       `json:"current,omitempty"`
	Versions []Version `json:"versions,omitempty"`
	// Last is the highest number that a version ever had.
	Last    int   `json:"last,omitempty"`
	Created int64 `json:"created"`
	Changed int64 `json:"changed"`
	// Deleted courses keep their name for the registrations that there were, and
	// nothing else.
	Deleted bool `json:"deleted,omitempty"`
}

// Version is the version of this number; nil when there is none, or none any
// more.
func (c *Course) Version(number int) *Version {
	for i := range c.Versions {
		if c.Versions[i].Number == number {
			return &c.Versions[i]
		}
	}
	return nil
}

// ItemActivity is the IRI of an item's Activity in statements. It is the
// publisher's own for Tin Can, whose content names itself. For all other kinds it
// is ours: for cmi5 the specification wants ids that the LMS generates, beside
// the publisher's in the context (cmi5, 10.2.1 and 9.4), and SCORM and H5P have
// none. It is the same in all versions that have an item of this identifier.
func (c *Course) ItemActivity(item *manifest.Item) string {
	switch item.Type {
	case manifest.Activity:
		return item.ID
	case manifest.Organization, manifest.Course, manifest.Content:
		return c.Activity
	case manifest.Block, manifest.AU:
		// An IRI within an IRI, escaped, does not survive all content.
		sum := sha256.Sum256([]byte(item.ID))
		return c.Activity + "/" + string(item.Type) + "/" + hex.EncodeToString(sum[:10])
	default:
		return c.Activity + "/item/" + url.PathEscape(item.ID)
	}
}
