package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// headerName is the name of a header (RFC 9110, 5.1), or nothing.
type headerName struct{ str }

func (headerName) expected() string { return "the name of a header, or nothing" }
func (headerName) check(field any) error {
	return verdict(!strings.ContainsFunc(*field.(*string), func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}))
}

// visible is a word of visible ASCII characters.
type visible struct {
	str
	max          int
	empty, colon bool // nothing, and a colon, are accepted as well
}

func (v visible) expected() string {
	text := fmt.Sprintf("up to %d visible ASCII characters", v.max)
	if !v.colon {
		text += " without a colon"
	}
	if v.empty {
		text += ", or nothing"
	}
	return text
}
func (v visible) check(field any) error {
	s := *field.(*string)
	bad := strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || c == ':' && !v.colon })
	return verdict(!bad && len(s) <= v.max && (s != "" || v.empty))
}

// issuer is the address of an OpenID Connect issuer, to the byte as it names
// itself: some end with a slash. Its keys decide who gets in, so they are not
// fetched over a network in the clear.
type issuer struct{ str }

func (issuer) name() string { return "url" }
func (issuer) expected() string {
	return "an address such as https://id.example.org/realm without query or fragment (http only on loopback), or nothing"
}
func (issuer) check(field any) error {
	s := *field.(*string)
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	return verdict(err == nil && webHost(u) && u.RawQuery == "" && !strings.ContainsAny(s, "?#") && (u.Scheme == "https" || loopback(u.Hostname())))
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
