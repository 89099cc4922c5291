package lrs

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"lernspur/statements"

	"github.com/go-jose/go-jose/v4"
)

// maxSignature bounds the bytes of a signature beside those of its statement:
// header, certificates and the signature proper.
const maxSignature = 256 << 10

var signatureAlgorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512}

// checkSignatures holds the signatures that came with statements against them
// (xAPI 1.0.3 Part 2, 2.6; 2.0, 4.2.6). One that is only named by a fileUrl
// cannot be checked, and has to be accepted all the same.
func (d *delivery) checkSignatures(ctx context.Context, opts statements.Options) error {
	var violations []statements.Violation
	for i, st := range d.sts {
		for _, at := range st.Attachments {
			if !at.Signature() || !d.received[at.SHA2] {
				continue
			}
			// One part can be the signature of many statements, and each costs a while.
			if err := ctx.Err(); err != nil || len(violations) >= maxViolations {
				return errors.Join(err, d.api.refuse(violations))
			}
			text, err := d.readSignature(ctx, at.SHA2, opts.Limits)
			if err != nil {
				return err
			}
			if rule, message := checkSignature(text, st, opts); rule != "" {
				violations = append(violations, place{i, at}.violation(rule, message))
			}
		}
	}
	return d.api.refuse(violations)
}

// readSignature reads the bytes of a signature, or so many that it is seen to
// have too many.
func (d *delivery) readSignature(ctx context.Context, hash string, limits statements.Limits) ([]byte, error) {
	r, _, err := d.api.opts.Blobs.Open(ctx, d.tenant, hash)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, signatureLimit(limits)+1))
}

// signatureLimit is how many bytes a signature may have: in base64 its statement
// is a third longer.
func signatureLimit(limits statements.Limits) int64 {
	most := limits.MaxStatementBytes
	if most <= 0 {
		most = statements.DefaultMaxStatementBytes
	}
	return int64(most)/3*4 + maxSignature
}

// checkSignature names the rule that a signature breaks, "" when it keeps all.
func checkSignature(text []byte, st *statements.Statement, opts statements.Options) (rule, message string) {
	if int64(len(text)) > signatureLimit(opts.Limits) {
		return ruleSignatureJWS, "the signature is too large"
	}
	jws, err := jose.ParseSignedCompact(string(text), signatureAlgorithms)
	var algorithm *jose.ErrUnexpectedSignatureAlgorithm
	if errors.As(err, &algorithm) {
		return ruleSignatureAlgorithm, fmt.Sprintf("the algorithm of a signature is RS256, RS384 or RS512, not %.20q", string(algorithm.Got))
	}
	if err != nil {
		return ruleSignatureJWS, "the signature is not a JSON Web Signature in compact serialization"
	}
	same, err := st.SameAs(jws.UnsafePayloadWithoutVerification(), opts.Edition, opts.Limits)
	if err != nil {
		return ruleSignaturePayload, "the payload of the signature is not a statement: " + firstViolation(err)
	}
	if !same {
		return ruleSignatureStatement, "the payload of the signature says something else than the statement"
	}
	certificate, err := firstCertificate(string(text))
	if err != nil {
		return ruleSignatureCertificate, "the first certificate of the signature (x5c) cannot be read"
	}
	if certificate == nil {
		return "", "" // without a certificate nothing more can be asked
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return ruleSignatureCertificate, "the first certificate of the signature (x5c) is not one of an RSA key"
	}
	if _, err := jws.Verify(key); err != nil {
		return ruleSignatureCertificate, "the signature was not made with the key of its first certificate (x5c)"
	}
	return "", ""
}

// firstViolation is what the parser said first.
func firstViolation(err error) string {
	var invalid *statements.Invalid
	if errors.As(err, &invalid) && len(invalid.Violations) > 0 {
		v := invalid.Violations[0]
		return strings.TrimPrefix(v.Pointer+": ", ": ") + v.Message
	}
	return "it cannot be read"
}

// firstCertificate is the first of x5c in the header of a JWS (RFC 7515, 4.1.6);
// nil when there is none. The library gives certificates out only when it trusts
// them.
func firstCertificate(compact string) (*x509.Certificate, error) {
	header, _, _ := strings.Cut(compact, ".")
	text, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		return nil, err
	}
	var fields struct {
		X5C *[]string `json:"x5c"`
	}
	if err := json.Unmarshal(text, &fields); err != nil || fields.X5C == nil {
		return nil, err
	}
	if len(*fields.X5C) == 0 {
		return nil, errors.New("x5c is empty")
	}
	der, err := base64.StdEncoding.DecodeString((*fields.X5C)[0])
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
