package lrs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"lernspur/statements"

	"github.com/go-jose/go-jose/v4"
)

// sign makes a signature with the library, which is the oracle: it verifies what
// others made just as well.
func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, payload string, header map[jose.HeaderKey]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, &jose.SignerOptions{ExtraHeaders: header})
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// certificate is one that nobody trusts and that has expired.
func certificate(t *testing.T, key any, public any) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "somebody"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func TestSignatures(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mine, others, curved := certificate(t, key, key.Public()), certificate(t, otherKey, otherKey.Public()), certificate(t, curve, curve.Public())
	x5c := func(list ...any) map[jose.HeaderKey]any {
		return map[jose.HeaderKey]any{"x5c": append([]any{}, list...)}
	}
	changed := strings.Replace(goodStatement, "/did", "/saw", 1)
	swap := func(text string, n int, with string) string {
		pieces := strings.Split(text, ".")
		pieces[n] = base64.RawURLEncoding.EncodeToString([]byte(with))
		return strings.Join(pieces, ".")
	}
	good := sign(t, jose.RS256, key, goodStatement, nil)
	for name, tc := range map[string]struct{ text, rule string }{
		"RS256": {good, ""},
		"RS384": {sign(t, jose.RS384, key, goodStatement, nil), ""},
		"RS512": {sign(t, jose.RS512, key, goodStatement, nil), ""},
		"with what an LRS adds": {sign(t, jose.RS256, key, strings.TrimSuffix(goodStatement, "}")+
			`,"timestamp":"2020-01-01T00:00:00Z","stored":"2020-01-01T00:00:00Z","version":"1.0.0","authority":{"mbox":"mailto:x@example.org"}}`, nil), ""},
		"a certificate that fits":             {sign(t, jose.RS256, key, goodStatement, x5c(mine)), ""},
		"a chain of which the first one fits": {sign(t, jose.RS256, key, goodStatement, x5c(mine, others)), ""},
		// Without a certificate there is nothing that the bits could be held against.
		"other bits, no certificate": {swap(good, 2, strings.Repeat("x", 256)), ""},

		"a certificate of another key":  {sign(t, jose.RS256, key, goodStatement, x5c(others)), ruleSignatureCertificate},
		"one of which the second fits":  {sign(t, jose.RS256, key, goodStatement, x5c(others, mine)), ruleSignatureCertificate},
		"a certificate of another kind": {sign(t, jose.RS256, key, goodStatement, x5c(curved)), ruleSignatureCertificate},
		"a certificate, and other bits": {swap(sign(t, jose.RS256, key, goodStatement, x5c(mine)), 2, strings.Repeat("x", 256)), ruleSignatureCertificate},
		"no certificate in the list":    {sign(t, jose.RS256, key, goodStatement, x5c()), ruleSignatureCertificate},
		"HS256":                         {sign(t, jose.HS256, []byte(strings.Repeat("k", 32)), goodStatement, nil), ruleSignatureAlgorithm},
		"ES256":                         {sign(t, jose.ES256, curve, goodStatement, nil), ruleSignatureAlgorithm},
		"PS256":                         {sign(t, jose.PS256, key, goodStatement, nil), ruleSignatureAlgorithm},
		"none":                          {swap(good, 0, `{"alg":"none"}`), ruleSignatureAlgorithm},
		"another id": {sign(t, jose.RS256, key, strings.TrimSuffix(goodStatement, "}")+
			`,"id":"fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}`, nil), ruleSignatureStatement},
		"another statement":                       {sign(t, jose.RS256, key, changed, nil), ruleSignatureStatement},
		"another statement, with its certificate": {sign(t, jose.RS256, key, changed, x5c(mine)), ruleSignatureStatement},
		"no JSON":                {sign(t, jose.RS256, key, strings.Replace(goodStatement, `"`, `'`, 1), nil), ruleSignaturePayload},
		"no statement":           {sign(t, jose.RS256, key, `{}`, nil), ruleSignaturePayload},
		"an array of statements": {sign(t, jose.RS256, key, "["+goodStatement+"]", nil), ruleSignaturePayload},
		"nothing signed":         {sign(t, jose.RS256, key, "", nil), ruleSignaturePayload},
		"no JWS":                 {"here is a simple attachment", ruleSignatureJWS},
		"nothing":                {"", ruleSignatureJWS},
		"two pieces":             {good[:strings.LastIndex(good, ".")], ruleSignatureJWS},
		"four pieces":            {good + ".x", ruleSignatureJWS},
		"JSON serialization":     {`{"payload":"e30","protected":"eyJhbGciOiJSUzI1NiJ9","signature":"eA"}`, ruleSignatureJWS},
		"no header":              {swap(good, 0, "alg"), ruleSignatureJWS},
		"much too long":          {good + strings.Repeat("x", 3<<20), ruleSignatureJWS},
	} {
		for _, ed := range []statements.Edition{statements.V1, statements.V2} {
			opts := statements.Options{Edition: ed}
			st, err := statements.ParseOne([]byte(goodStatement), opts)
			if err != nil {
				t.Fatal(err)
			}
			if rule, message := checkSignature([]byte(tc.text), st, opts); rule != tc.rule || (rule == "") != (message == "") {
				t.Errorf("%s, edition %d: %q (%s), want %q", name, ed, rule, message, tc.rule)
			}
		}
	}
}

func TestMediaTypes(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"text/plain", "text/plain", true}, {"Text/PLAIN", "text/plain", true}, {"text/plain;charset=utf-8", `text/plain; Charset="UTF-8"`, true},
		{"text/plain; a=b; c=d", "text/plain; c=d; a=b", true}, {"text/plain", "text/html", false}, {"text/plain", "text/plain; charset=utf-8", false},
		{"text/plain; name=a", "text/plain; name=A", false}, {"text/plain; odd", " text/plain; odd", true}, {"text/plain; odd", "text/plain; even", false},
	} {
		if got := sameMediaType(tc.a, tc.b); got != tc.same {
			t.Errorf("%q %q: %v", tc.a, tc.b, got)
		}
	}
}
