package digest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"time"
)

// How the connection to the mail server is made safe.
const (
	StartTLS = "starttls" // it has to offer STARTTLS (RFC 3207), and it is used
	TLS      = "tls"      // from the beginning (RFC 8314, 3.3)
	NoTLS    = "none"
)

// SMTP hands mail over to a mail server (RFC 5321, RFC 6409).
type SMTP struct {
	// Host is its name, which its certificate has; Port its port.
	Host, Port string
	// Security is StartTLS unless it says otherwise.
	Security string
	// User and Password sign in; empty: nobody does. Not without TLS, except on this
	// machine.
	User, Password string
	// From is the sender's address.
	From string
	// Timeout bounds handing over one mail; 1 min.
	Timeout time.Duration
	// TLS is for tests; nil: the host's name and the system's authorities.
	TLS *tls.Config
}

// Send implements Mailer.
func (m *SMTP) Send(ctx context.Context, to string, message []byte, handing func() error) error {
	timeout := m.Timeout
	if timeout <= 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c, err := m.connect(ctx)
	if err != nil {
		return judged(err)
	}
	defer c.Close()
	if err := c.Mail(m.From); err != nil {
		return judged(err)
	}
	if err := c.Rcpt(to); err != nil {
		return judged(err)
	}
	w, err := c.Data()
	if err != nil {
		return judged(err)
	}
	if _, err := w.Write(message); err != nil {
		return judged(err) // without its end no mail is taken
	}
	if err := handing(); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		var said *textproto.Error
		if errors.As(err, &said) {
			return judged(err)
		}
		return fmt.Errorf("%w: %w", ErrUnclear, err)
	}
	_ = c.Quit() // it has the mail
	return nil
}

// connect makes a connection that is safe and signed in.
func (m *SMTP) connect(ctx context.Context) (*smtp.Client, error) {
	config := m.TLS
	if config == nil {
		config = &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12}
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(m.Host, m.Port))
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline) // a connection has one
	}
	if m.Security == TLS {
		conn = tls.Client(conn, config)
	}
	c, err := smtp.NewClient(conn, m.Host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := m.secure(c, config); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (m *SMTP) secure(c *smtp.Client, config *tls.Config) error {
	if m.Security == StartTLS || m.Security == "" {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return errors.New("the mail server does not offer STARTTLS, and without it nothing is sent (smtp.security)")
		}
		if err := c.StartTLS(config); err != nil {
			return err
		}
	}
	if m.User == "" {
		return nil
	}
	return c.Auth(smtp.PlainAuth("", m.User, m.Password, m.Host))
}

// judged tells what was refused for good from what may be taken later. Who cannot
// sign in (534, 535) may be able to when the configuration is right.
func judged(err error) error {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return err
	}
	signing := said.Code == 530 || said.Code == 534 || said.Code == 535 || said.Code == 538
	return &Refused{For: said.Code >= 500 && !signing, Text: said.Error()}
}
