package app

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// CertificateFiles are PEM files: a certificate with those that lead to its issuer,
// and its key. Both empty: no TLS. They are read anew when they change.
type CertificateFiles struct{ Certificate, Key string }

// certificateAge is how long the files are taken to be as they were.
const certificateAge = 5 * time.Second

// certificates shows clients the certificate of two files, and looks every now and
// then, when somebody comes, whether they are still the same. What cannot be used
// (one file is there already, the other not yet) changes nothing: the one before
// goes on.
type certificates struct {
	files CertificateFiles
	log   *zap.Logger
	now   func() time.Time

	current atomic.Pointer[tls.Certificate]
	next    atomic.Int64 // when to look again, in nanoseconds

	mu   sync.Mutex // held while looking
	seen [2]os.FileInfo
	told string // the fault that was logged last
}

// newCertificates reads the files; it is an error when they cannot be used.
func newCertificates(files CertificateFiles, log *zap.Logger) (*certificates, error) {
	c := &certificates{files: files, log: log, now: time.Now}
	if err := c.read(); err != nil {
		return nil, err
	}
	c.next.Store(c.now().Add(certificateAge).UnixNano())
	return c, nil
}

// config is for a server. TLS 1.2 is the oldest that is spoken.
func (c *certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c.now().UnixNano() >= c.next.Load() && c.mu.TryLock() {
		c.look()
		c.next.Store(c.now().Add(certificateAge).UnixNano())
		c.mu.Unlock()
	}
	return c.current.Load(), nil
}

// look reads the files when they are not those that were read. A fault is logged
// once.
func (c *certificates) look() {
	if seen, err := c.stat(); err == nil && same(seen, c.seen) {
		return
	}
	err := c.read()
	switch {
	case err == nil:
		c.told = ""
	case err.Error() != c.told:
		c.told = err.Error()
		c.log.Warn("the certificate stays the one before", zap.Error(err))
	}
}

// read takes the files as they are now.
func (c *certificates) read() error {
	seen, err := c.stat() // before reading, so that what comes later is another one
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("the certificate %s with the key %s: %w", c.files.Certificate, c.files.Key, err)
	}
	c.seen = seen
	c.current.Store(&pair)
	log := c.log.Info
	if c.now().After(pair.Leaf.NotAfter) {
		log = c.log.Warn
	}
	log("certificate", zap.Strings("names", pair.Leaf.DNSNames), zap.Time("until", pair.Leaf.NotAfter), zap.String("file", c.files.Certificate))
	return nil
}

func (c *certificates) stat() (seen [2]os.FileInfo, err error) {
	for i, name := range [...]string{c.files.Certificate, c.files.Key} {
		if seen[i], err = os.Stat(name); err != nil {
			return seen, fmt.Errorf("TLS: %w", err)
		}
	}
	return seen, nil
}

// same says whether files are those that they were, also when a link leads to others
// of the same age and size now.
func same(a, b [2]os.FileInfo) bool {
	for i := range a {
		if !os.SameFile(a[i], b[i]) || a[i].Size() != b[i].Size() || !a[i].ModTime().Equal(b[i].ModTime()) {
			return false
		}
	}
	return true
}

// serveNetwork serves clients of the network, with TLS when there are files for it.
func (a *App) serveNetwork(listener net.Listener, server *http.Server, files CertificateFiles) error {
	if files != (CertificateFiles{}) {
		c, err := newCertificates(files, a.log.Named("tls"))
		if err != nil {
			listener.Close()
			return err
		}
		server.TLSConfig = c.config()
	}
	a.serve(listener, server)
	return nil
}

// origin is the address of a listener of ours with files as these.
func origin(addr net.Addr, files CertificateFiles) string {
	if files != (CertificateFiles{}) {
		return "https://" + addr.String()
	}
	return "http://" + addr.String()
}
