package digest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a small mail server.
type server struct {
	t        *testing.T
	listener net.Listener
	config   *tls.Config
	starttls bool
	// answers take the place of 250 to a command; "" closes the connection.
	answers map[string]string

	mu   sync.Mutex
	seen []string // commands
	mail string
	tls  bool // when the mail came
}

func newServer(t *testing.T, starttls bool, answers map[string]string) (*server, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"}, DNSNames: []string{"mail.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	s := &server{t: t, starttls: starttls, answers: answers, config: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}}
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.listener.Close() })
	go func() {
		for {
			c, err := s.listener.Accept()
			if err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	return s, &tls.Config{RootCAs: roots, ServerName: "mail.example"}
}

func (s *server) talk(c net.Conn) {
	defer func() { c.Close() }()
	r := bufio.NewReader(c)
	secure := false
	say := func(line string) bool {
		_, err := fmt.Fprintf(c, "%s\r\n", line)
		return err == nil
	}
	say("220 mail.example")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		s.mu.Lock()
		s.seen = append(s.seen, line)
		s.mu.Unlock()
		if a, ok := s.answers[verb]; ok && verb != "." {
			if a == "" {
				return
			}
			say(a)
			continue
		}
		switch verb {
		case "EHLO":
			if s.starttls && !secure {
				say("250-mail.example")
				say("250 STARTTLS")
			} else {
				say("250-mail.example")
				say("250 AUTH PLAIN")
			}
		case "STARTTLS":
			say("220 go")
			t := tls.Server(c, s.config)
			c, r, secure = t, bufio.NewReader(t), true
		case "AUTH":
			say("235 ok")
		case "DATA":
			say("354 go")
			var b strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			if a, ok := s.answers["."]; ok {
				if a == "" {
					return
				}
				say(a)
				continue
			}
			s.mu.Lock()
			s.mail, s.tls = b.String(), secure
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	const message = "Subject: a\r\n\r\n.dot\r\nb\r\n"
	for name, tt := range map[string]struct {
		starttls bool
		security string
		answers  map[string]string
		handed   bool
		check    func(err error) bool
	}{
		"STARTTLS":             {true, StartTLS, nil, true, func(err error) bool { return err == nil }},
		"no STARTTLS offered":  {false, StartTLS, nil, false, func(err error) bool { return err != nil && strings.Contains(err.Error(), "STARTTLS") }},
		"none demanded":        {false, NoTLS, nil, true, func(err error) bool { return err == nil }},
		"no such mailbox":      {true, StartTLS, map[string]string{"RCPT": "550 nobody"}, false, refused(true)},
		"later":                {true, StartTLS, map[string]string{"RCPT": "450 busy"}, false, refused(false)},
		"wrong password":       {true, StartTLS, map[string]string{"AUTH": "535 wrong"}, false, refused(false)},
		"refused at its end":   {true, StartTLS, map[string]string{".": "554 spam"}, true, refused(true)},
		"no answer to its end": {true, StartTLS, map[string]string{".": ""}, true, func(err error) bool { return errors.Is(err, ErrUnclear) }},
		"gone before it":       {true, StartTLS, map[string]string{"DATA": ""}, false, func(err error) bool { return err != nil && !errors.Is(err, ErrUnclear) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, config := newServer(t, tt.starttls, tt.answers)
			_, port, err := net.SplitHostPort(s.listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			m := &SMTP{Host: "127.0.0.1", Port: port, Security: tt.security, From: "lernspur@example.org", TLS: config, Timeout: 5 * time.Second}
			if tt.starttls {
				m.User, m.Password = "u", "geheim"
			}
			handed := false
			err = m.Send(t.Context(), "ute@example.org", []byte(message), func() error { handed = true; return nil })
			if !tt.check(err) || handed != tt.handed {
				t.Errorf("%v, handed %v", err, handed)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if err == nil && (s.mail != "Subject: a\r\n\r\n..dot\r\nb\r\n" || s.tls != tt.starttls) {
				t.Errorf("it has %q, with TLS: %v", s.mail, s.tls)
			}
			if !tt.starttls && tt.security == StartTLS && strings.Contains(strings.Join(s.seen, " "), "MAIL") {
				t.Errorf("something was sent in the clear: %v", s.seen)
			}
		})
	}
	s, config := newServer(t, true, nil)
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	config.ServerName = "other.example"
	m := &SMTP{Host: "127.0.0.1", Port: port, From: "a@example.org", TLS: config}
	if err := m.Send(t.Context(), "b@example.org", []byte(message), func() error { return nil }); err == nil {
		t.Error("a server with the certificate of another one was given a mail")
	}
}

func refused(forGood bool) func(err error) bool {
	return func(err error) bool {
		var r *Refused
		return errors.As(err, &r) && r.For == forGood
	}
}
