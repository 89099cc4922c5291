package lrs

import (
	"errors"
	"maps"
	"mime"
	"net"
	"os"
	"slices"
	"strings"
)

// headerHash names the bytes of a part, as Go writes headers.
const headerHash = "X-Experience-Api-Hash"

// The rules that a request with attachments has to keep, beyond those of its
// statements (package statements): they need the bytes. Violations name them;
// docs/conformance.md lists them.
const (
	rulePartMissing    = "attachment-missing"
	ruleHashMismatch   = "attachment-hash"
	ruleTypeMismatch   = "attachment-part-type"
	ruleLengthMismatch = "attachment-part-length"

	ruleSignatureJWS         = "signature-jws"
	ruleSignatureAlgorithm   = "signature-algorithm"
	ruleSignaturePayload     = "signature-payload"
	ruleSignatureStatement   = "signature-statement"
	ruleSignatureCertificate = "signature-certificate"
)

// RequestRule is one of them.
type RequestRule struct {
	ID, Section10, Section20, Summary string
}

// RequestRules lists them in the order of the specification.
func RequestRules() []RequestRule {
	return []RequestRule{
		{rulePartMissing, "Comm 1.5.1, 1.5.2", "4.1.3", "Each attachment without a fileUrl comes with a part of the same request that has its sha2 as X-Experience-API-Hash; what was stored before does not count."},
		{ruleHashMismatch, "Comm 1.5.2", "4.1.3", "The bytes of a part have the hash that its X-Experience-API-Hash says: SHA-224, SHA-256, SHA-384 or SHA-512 after the number of digits."},
		{ruleTypeMismatch, "Comm 1.5.2", "4.1.3", "The Content-Type of a part, if it has one, is the contentType of an attachment with its hash; the letter case of type, subtype, names of parameters and charset does not count."},
		{ruleLengthMismatch, "Comm 1.5.2", "4.1.3", "The Content-Length of a part, if it has one, is the length of an attachment with its hash."},
		{ruleSignatureJWS, "Data 2.6", "4.2.6", "The bytes of a statement's signature are a JSON Web Signature in compact serialization (RFC 7515)."},
		{ruleSignatureAlgorithm, "Data 2.6", "4.2.6", "The signature's algorithm is RS256, RS384 or RS512."},
		{ruleSignaturePayload, "Data 2.6", "4.2.6", "The signature's payload is one statement that keeps every rule."},
		{ruleSignatureStatement, "Data 2.6", "4.2.6", "The signature's payload says the same as the statement, after the immutability rules; attachments and what an LRS may add (id, stored, timestamp, authority, version) do not count."},
		{ruleSignatureCertificate, "Data 2.6", "4.2.6", "When the signature's header has x5c, the signature was made with the RSA key of its first certificate; whether that is trusted or expired does not matter."},
	}
}

// isRequestRule tells whether there is such a rule.
func isRequestRule(id string) bool {
	return slices.ContainsFunc(RequestRules(), func(r RequestRule) bool { return r.ID == id })
}

// sameMediaType compares a Content-Type with a contentType.
func sameMediaType(a, b string) bool {
	mediaA, paramsA, errA := mime.ParseMediaType(a)
	mediaB, paramsB, errB := mime.ParseMediaType(b)
	if errA != nil || errB != nil { // unusual, and yet alike
		return strings.TrimSpace(a) == strings.TrimSpace(b)
	}
	for _, p := range []map[string]string{paramsA, paramsB} {
		if charset, ok := p["charset"]; ok {
			p["charset"] = strings.ToLower(charset)
		}
	}
	return mediaA == mediaB && maps.Equal(paramsA, paramsB)
}

// isReadError tells whether the connection failed.
func isReadError(err error) bool {
	var network net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &network)
}
