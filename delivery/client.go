package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// ClientOptions say whom a Client may ask.
type ClientOptions struct {
	// Networks are the private addresses that may be asked, and asked without
	// TLS; none: only public ones with TLS are.
	Networks []netip.Prefix
	// Timeout bounds a request with its answer; 60 s.
	Timeout time.Duration
	// Agent is the value of User-Agent.
	Agent string
	// Transport takes the place of the network in tests; nil: the network.
	Transport http.RoundTripper
}

// Client asks servers whose addresses tenants have chosen. So it dials no address
// that is private, of this machine or of the link, unless it is allowed:
// looked at when the connection is made, after names are resolved, so no name
// that changes its address gets round it. It follows no redirect, uses no proxy
// and keeps no cookie.
type Client struct {
	http    *http.Client
	agent   string
	timeout time.Duration
}

// ErrForbidden means that an address may not be asked.
var ErrForbidden = errors.New("this address may not be asked: it is private, or without TLS (outgoing.networks allows such networks)")

// NewClient makes a Client.
func NewClient(o ClientOptions) *Client {
	c := &Client{agent: cmp.Or(o.Agent, "lernspur"), timeout: o.Timeout}
	if c.timeout <= 0 {
		c.timeout = time.Minute
	}
	transport := o.Transport
	if transport == nil {
		transport = &schemes{plain: guarded(o.Networks, false), secure: guarded(o.Networks, true)}
	}
	c.http = &http.Client{Transport: transport, Timeout: c.timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c
}

// schemes has a transport for each: without TLS fewer addresses may be asked.
type schemes struct{ plain, secure http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s *schemes) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		return s.secure.RoundTrip(r)
	}
	return s.plain.RoundTrip(r)
}

// guarded dials what may be asked.
func guarded(networks []netip.Prefix, secure bool) http.RoundTripper {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !MayAsk(at.Addr(), networks, secure) {
				return ErrForbidden
			}
			return nil
		}}
	return &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: time.Minute,
		MaxIdleConns: 20, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10}
}

// special are networks that nobody on the Internet has an address in, beside those
// that netip knows (IANA's registries of special-purpose addresses).
var special = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")

// translated are addresses of IPv4 in those of IPv6 (RFC 6052).
var translated = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(list ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(list))
	for i, text := range list {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// MayAsk tells whether an address may be asked: a public one with TLS, one of
// the networks in any case.
func MayAsk(addr netip.Addr, networks []netip.Prefix, secure bool) bool {
	addr = addr.Unmap().WithZone("")
	if within(addr, networks) {
		return true
	}
	if !secure {
		return false
	}
	if translated.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !within(addr, special)
}

func within(addr netip.Addr, networks []netip.Prefix) bool {
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// maxURL bounds an address, in bytes.
const maxURL = 2000

// CheckURL judges an address that somebody wants to be asked. own are our own
// public addresses: those would be a circle. It answers the address without a
// slash at its end.
func CheckURL(text string, own ...string) (string, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Opaque != "":
		return "", &Invalid{"url", "it is an address such as https://lrs.example.org/xapi"}
	case u.User != nil:
		return "", &Invalid{"url", "it has no name and password in it: they have fields of their own"}
	case u.Fragment != "" || strings.Contains(text, "#"):
		return "", &Invalid{"url", "it has no fragment"}
	}
	for _, base := range own {
		if b, err := url.Parse(base); err == nil && b.Host != "" && strings.EqualFold(b.Hostname(), u.Hostname()) && port(b) == port(u) {
			return "", &Invalid{"url", "this is the address of this server"}
		}
	}
	return strings.TrimRight(text, "/"), nil
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// Answer is what a server answered, its body cut at the bound.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK tells that it is a success.
func (a *Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// Do sends a request and reads its answer, up to limit bytes of it; what is cut off
// by the other side is an error.
func (c *Client) Do(r *http.Request, limit int64) (*Answer, error) {
	r.Header.Set("User-Agent", c.agent)
	response, err := c.http.Do(r)
	if err != nil {
		return nil, plain(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, limit))
	if err != nil {
		return nil, fmt.Errorf("the answer (%d) ended before its end: %w", response.StatusCode, plain(err))
	}
	return &Answer{response.StatusCode, response.Header, body}, nil
}

// plain is an error without the address, which may have a secret in its query.
func plain(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		if in.Timeout() && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("no answer in time: %w", in.Err)
		}
		return in.Err
	}
	return err
}

// Failed is an answer that is no success.
type Failed struct {
	Status int
	// After is how long the other side asks to be left alone; 0 when it does not
	// say.
	After time.Duration
	// Text is the beginning of what it says.
	Text string
}

func (e *Failed) Error() string {
	text := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	if e.Text != "" {
		text += ": " + e.Text
	}
	return text
}

// maxText is how much of an answer is kept for people, in bytes.
const maxText = 300

// Fail is the error that an answer is.
func (a *Answer) Fail(now time.Time) *Failed {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(a.Body[:min(len(a.Body), maxText)]), "")), " ")
	return &Failed{Status: a.Status, After: RetryAfter(a.Header, now), Text: text}
}

// Later is how long an error asks to wait; 0 when it says nothing of it.
func Later(err error) time.Duration {
	var failed *Failed
	var busy *Busy
	switch {
	case errors.As(err, &failed):
		return failed.After
	case errors.As(err, &busy):
		return busy.RetryAfter
	}
	return 0
}
