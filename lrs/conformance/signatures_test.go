package conformance

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha512" // SHA-384 and SHA-512
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"strings"
	"sync"
	"time"
)

// signer is a key and its certificate.
type signer struct {
	key         *rsa.PrivateKey
	certificate []byte
}

// signers are two, made once.
var signers = sync.OnceValues(func() ([2]signer, error) {
	var both [2]signer
	for i := range both {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return both, err
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
		certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			return both, err
		}
		both[i] = signer{key, certificate}
	}
	return both, nil
})

// signers returns who signs and another one.
func (c *client) signers() (one, other signer) {
	c.Helper()
	both, err := signers()
	if err != nil {
		c.Fatal(err)
	}
	return both[0], both[1]
}

var hashes = map[string]crypto.Hash{"RS256": crypto.SHA256, "RS384": crypto.SHA384, "RS512": crypto.SHA512}

// jws signs a payload after RFC 7515, with PKCS #1 v1.5 whatever the header
// says.
func (c *client) jws(by signer, header m, payload []byte) string {
	c.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	text := encode(c.encode(header)) + "." + encode(payload)
	algorithm, _ := header["alg"].(string)
	hash, ok := hashes[algorithm]
	if !ok {
		hash = crypto.SHA256
	}
	h := hash.New()
	h.Write([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, by.key, hash, h.Sum(nil))
	if err != nil {
		c.Fatal(err)
	}
	return text + "." + encode(signature)
}

// signed sends a statement with a signature.
func (c *client) signed(s m, signature string) request {
	c.Helper()
	what := attached("application/octet-stream", signature, m{"usageType": "http://adlnet.gov/expapi/attachments/signature"})
	return mixed(c.firstPart(merge(m{}, s, attachments(what))), dataPart("application/octet-stream", signature))
}

func certificates(of ...signer) m {
	chain := list{}
	for _, s := range of {
		chain = append(chain, base64.StdEncoding.EncodeToString(s.certificate))
	}
	return m{"x5c": chain}
}

// signatureCases are about Data 2.6 (2.0: 4.2.6).
var signatureCases = []testcase{
	{"signatures of three algorithms are taken", "XAPI-00115 XAPI-00116 XAPI-00117 OWN-SIGNATURE-X5C", both, func(c *client) {
		by, _ := c.signers()
		for algorithm := range hashes {
			for _, header := range []m{{"alg": algorithm}, merge(m{"alg": algorithm}, certificates(by))} {
				s := statement(timestamped("2026-03-01T10:30:00Z"))
				signature := c.jws(by, header, c.encode(s))
				c.want(200, c.signed(s, signature))
				_, data := c.parts(get("statementId", id(s), "attachments", "true"))
				if data[hashOf(signature)] != signature {
					c.Errorf("%s: %q", algorithm, data)
				}
			}
		}
	}},
	{"other attachments may stand besides", "XAPI-00116", both, func(c *client) {
		by, _ := c.signers()
		content := unique("content")
		s := statement(timestamped("2026-03-01T10:30:00Z"), attachments(attached("text/plain", content)))
		signature := c.jws(by, m{"alg": "RS256"}, c.encode(s))
		what := attached("application/octet-stream", signature, m{"usageType": "http://adlnet.gov/expapi/attachments/signature"})
		full := merge(m{}, s, attachments(attached("text/plain", content), what))
		c.want(200, mixed(c.firstPart(full), dataPart("text/plain", content), dataPart("application/octet-stream", signature)))
	}},
	{"other algorithms are refused", "XAPI-00117", both, func(c *client) {
		by, _ := c.signers()
		for _, algorithm := range []any{"HS256", "none", "ES256", "PS256", "rs256", "", nil, 256} {
			s := statement(timestamped("2026-03-01T10:30:00Z"))
			c.saysWhy(c.want(400, c.signed(s, c.jws(by, m{"alg": algorithm}, c.encode(s)))))
			c.want(404, get("statementId", id(s)))
		}
	}},
	{"what is no signature is refused", "XAPI-00115 XAPI-00116", both, func(c *client) {
		by, _ := c.signers()
		s := statement(timestamped("2026-03-01T10:30:00Z"))
		good := strings.Split(c.jws(by, m{"alg": "RS256"}, c.encode(s)), ".")
		for _, signature := range []string{
			"", "this is no signature", good[0] + "." + good[1], good[0] + ".." + good[2], good[0] + ".!." + good[2], "x." + good[1] + "." + good[2],
			strings.Join(good, ".") + ".x", c.jws(by, m{"alg": "RS256"}, []byte("no JSON")), c.jws(by, m{"alg": "RS256"}, []byte("[]")), string(c.encode(s)),
		} {
			c.saysWhy(c.want(400, c.signed(s, signature)))
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"the payload is the statement", "XAPI-00116", both, func(c *client) {
		by, _ := c.signers()
		s := statement(timestamped("2026-03-01T10:30:00Z"))
		for _, other := range []m{withVerb("other"), withActor(agent("ben")), object(activity("two")), withResult(m{"success": true}), {"id": unusedID}} {
			c.saysWhy(c.want(400, c.signed(s, c.jws(by, m{"alg": "RS256"}, c.encode(merge(m{}, s, other))))))
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"a certificate fits the signature", "OWN-SIGNATURE-X5C", both, func(c *client) {
		by, other := c.signers()
		s := statement(timestamped("2026-03-01T10:30:00Z"))
		for _, chain := range []m{certificates(other), certificates(other, by), {"x5c": list{"!"}}, {"x5c": list{}}, {"x5c": "x"}} {
			c.saysWhy(c.want(400, c.signed(s, c.jws(by, merge(m{"alg": "RS256"}, chain), c.encode(s)))))
		}
		c.want(404, get("statementId", id(s)))
		c.want(200, c.signed(s, c.jws(by, merge(m{"alg": "RS256"}, certificates(by, other)), c.encode(s))))
	}},
	{"a signature has its data", "XAPI-00115", both, func(c *client) {
		s := statement(attachments(attached("application/octet-stream", "x", m{"usageType": "http://adlnet.gov/expapi/attachments/signature"})))
		c.saysWhy(c.want(400, post(s)))
		c.want(404, get("statementId", id(s)))
	}},
}
