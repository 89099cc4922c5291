package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// certificate makes a certificate for this machine and its key.
func certificate(t *testing.T, serial int64) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

// put writes a file as whatever renews certificates does: aside, then renamed.
func put(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}

// TestTLS: pages and content are served with the certificate of the files, over both
// versions of HTTP; links and cookies are those of an encrypted origin.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	files := CertificateFiles{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	cert, private := certificate(t, 7)
	put(t, files.Certificate, cert)
	put(t, files.Key, private)
	o := options(t)
	o.ContentAddr, o.TLS = "127.0.0.1:0", files
	a := start(t, o)
	defer stop(t, a)

	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	for _, protocol := range []string{"HTTP/2.0", "HTTP/1.1"} {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: protocol == "HTTP/2.0"}}
		defer client.CloseIdleConnections()
		ask := func(method, address, kind string, body []byte) (*http.Response, string) {
			r, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.SetBasicAuth(key, secret)
			r.Header.Set("Content-Type", kind)
			return read(t, client, r)
		}
		base := "https://" + a.Addr().String()
		answer, text := ask("POST", base+"/api/v1/packages", "application/zip", zipped(t, scorm("large.bin", strings.Repeat("0123456789", 1<<16))))
		if answer.Proto != protocol || answer.StatusCode != 201 {
			t.Fatalf("%s %d %s", answer.Proto, answer.StatusCode, text)
		}
		_, rest, _ := strings.Cut(text, `"course":"`)
		course, _, _ := strings.Cut(rest, `"`)
		_, text = ask("POST", base+"/api/v1/registrations", "application/json", []byte(`{"course":"`+course+`","learner":{"actor":`+learnerJSON+`}}`))
		_, rest, _ = strings.Cut(text, `"id":"`)
		registration, _, _ := strings.Cut(rest, `"`)
		_, text = ask("POST", base+"/api/v1/launches", "application/json", []byte(`{"registration":"`+registration+`"}`))
		_, rest, _ = strings.Cut(text, `"link":"`)
		link, _, _ := strings.Cut(rest, `"`)
		if !strings.HasPrefix(link, "https://"+a.ContentAddr().String()+"/launch/") {
			t.Fatalf("the link is %q: %s", link, text)
		}
		if answer, text = ask("GET", link, "", nil); answer.StatusCode != 200 || answer.Proto != protocol || !strings.Contains(text, "Fire safety") {
			t.Errorf("%s: %s %d %s", link, answer.Proto, answer.StatusCode, text)
		}
	}
	answer, err := http.Get("http://" + a.Addr().String() + "/healthz")
	if err != nil || answer.StatusCode != 400 {
		t.Errorf("without TLS: %v %v", answer, err)
	}
	if err == nil {
		answer.Body.Close()
	}
	if _, err := tls.Dial("tcp", a.Addr().String(), &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

// TestCertificateChanges: files that change are taken, but for those that do not fit
// together, and then the one before goes on; nothing is looked at too often.
func TestCertificateChanges(t *testing.T) {
	dir := t.TempDir()
	files := CertificateFiles{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	if _, err := newCertificates(files, zap.NewNop()); err == nil || !strings.Contains(err.Error(), "cert.pem") {
		t.Errorf("no files: %v", err)
	}
	first, firstKey := certificate(t, 1)
	second, secondKey := certificate(t, 2)
	put(t, files.Certificate, first)
	put(t, files.Key, secondKey)
	if _, err := newCertificates(files, zap.NewNop()); err == nil {
		t.Error("a key that is another's is taken")
	}
	put(t, files.Key, firstKey)
	core, logged := observer.New(zap.InfoLevel)
	c, err := newCertificates(files, zap.New(core))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c.now = func() time.Time { return now }
	for _, step := range []struct {
		name   string
		do     func()
		after  time.Duration
		serial int64
		logged int
	}{
		{"as it was", func() {}, time.Minute, 1, 1},
		{"one file is new", func() { put(t, files.Certificate, second) }, time.Minute, 1, 2},
		{"that is said once", func() {}, time.Minute, 1, 2},
		{"too early", func() { put(t, files.Key, secondKey) }, time.Second, 1, 2},
		{"both", func() {}, time.Minute, 2, 3},
		{"a file is gone", func() { os.Remove(files.Key) }, time.Minute, 2, 4},
		{"back again", func() { put(t, files.Certificate, first); put(t, files.Key, firstKey) }, time.Minute, 1, 5},
	} {
		step.do()
		now = now.Add(step.after)
		got, err := c.get(nil)
		if err != nil || got.Leaf.SerialNumber.Int64() != step.serial || logged.Len() != step.logged {
			t.Errorf("%s: serial %v, %d lines, %v", step.name, got.Leaf.SerialNumber, logged.Len(), err)
		}
	}
}
