package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// kind is what is accepted for a key. The pointers are those of key.field; a
// key whose field does not fit its kind fails the first test.
type kind interface {
	// name is what the help of a flag calls the value.
	name() string
	// expected completes "expected …".
	expected() string
	// set reads a text; an error means that it is not of this kind.
	set(field any, text string) error
	// check is for a value that was set, also by a program.
	check(field any) error
	// text is what set would read back.
	text(field any) string
	// redacted is the text without what is secret in it.
	redacted(field any) string
}

// errKind is all that set and check say: the caller knows what was expected.
var errKind = errors.New("not of this kind")

func verdict(ok bool) error {
	if ok {
		return nil
	}
	return errKind
}

// str is the part that is alike for all kinds that are kept as text.
type str struct{}

func (str) name() string              { return "text" }
func (str) text(field any) string     { return *field.(*string) }
func (str) redacted(field any) string { return "********" }
func (str) set(field any, text string) error {
	*field.(*string) = strings.TrimSpace(text)
	return nil
}

// quoted marks a kind whose value in the file has to be text for YAML too: the
// secret 0123 without quotes would silently become 83.
func (str) quoted() {}

// printable is any text without control characters.
type printable struct{ str }

func (printable) expected() string { return "text without control characters" }
func (printable) check(field any) error {
	return verdict(!strings.ContainsFunc(*field.(*string), unicode.IsControl))
}

// set keeps spaces: a password may have them at its ends.
func (printable) set(field any, text string) error {
	*field.(*string) = text
	return nil
}

// userName is the first half of HTTP Basic credentials (RFC 7617, section 2).
type userName struct{ str }

func (userName) expected() string { return "text without colon and control characters" }
func (userName) check(field any) error {
	s := *field.(*string)
	return verdict(!strings.Contains(s, ":") && !strings.ContainsFunc(s, unicode.IsControl))
}

// path is a file or folder; whether it is there is for its user to find out.
type path struct {
	str
	required bool
}

func (path) name() string { return "path" }
func (p path) expected() string {
	if p.required {
		return "the path of a folder"
	}
	return "a path, or nothing"
}
func (p path) check(field any) error {
	s := *field.(*string)
	return verdict((s != "" || !p.required) && !strings.ContainsRune(s, 0))
}

// address is host:port to listen on; an empty host means all interfaces.
type address struct{ str }

// maybeAddress is an address, or none: nothing is listened on then.
type maybeAddress struct{ address }

func (maybeAddress) expected() string { return "host:port, such as 127.0.0.1:8123, or nothing" }
func (a maybeAddress) check(field any) error {
	if *field.(*string) == "" {
		return nil
	}
	return a.address.check(field)
}

func (address) name() string     { return "host:port" }
func (address) expected() string { return "host:port, such as 127.0.0.1:8080" }
func (address) check(field any) error {
	host, port, err := net.SplitHostPort(*field.(*string))
	if err != nil || strings.ContainsAny(host, "/ ") {
		return errKind
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return verdict(err == nil)
}

// baseURL is where clients find us, kept without a slash at its end.
type baseURL struct{ str }

func (baseURL) name() string { return "url" }
func (baseURL) expected() string {
	return "an address such as https://lrs.example.org, without query or fragment, or nothing"
}
func (baseURL) set(field any, text string) error {
	*field.(*string) = strings.TrimRight(strings.TrimSpace(text), "/")
	return nil
}
func (baseURL) check(field any) error {
	s := *field.(*string)
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	return verdict(err == nil && webHost(u) && u.RawQuery == "" && !strings.ContainsAny(s, "?#"))
}

// webHost says whether u names a web server and no user.
func webHost(u *url.URL) bool {
	if u.Port() != "" {
		if n, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || n == 0 {
			return false
		}
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

// dsn is the address of a ClickHouse server, with a password in it.
type dsn struct{ str }

func (dsn) expected() string { return "clickhouse://user:password@host:port/database, or nothing" }
func (dsn) check(field any) error {
	s := *field.(*string)
	if s == "" {
		return nil
	}
	u, err := url.Parse(s) // its error would repeat the password: not passed on
	return verdict(err == nil && u.Scheme == "clickhouse" && u.Host != "" && u.Hostname() != "")
}

func (d dsn) redacted(field any) string {
	if d.check(field) != nil {
		return d.str.redacted(field)
	}
	u, err := url.Parse(*field.(*string))
	if err != nil {
		return d.str.redacted(field)
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "********")
	}
	// clickhouse-go also reads credentials from the query; whatever else is
	// there is no reason to print a password.
	if u.RawQuery != "" {
		u.RawQuery = "********"
	}
	return strings.ReplaceAll(u.String(), "%2A", "*")
}

// integer is a whole number.
type integer struct{ min, max int }

func (integer) name() string { return "number" }
func (i integer) expected() string {
	return fmt.Sprintf("a whole number from %d to %d", i.min, i.max)
}
func (integer) set(field any, text string) error {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return errKind
	}
	*field.(*int) = n
	return nil
}
func (i integer) check(field any) error {
	n := *field.(*int)
	return verdict(n >= i.min && n <= i.max)
}
func (integer) text(field any) string       { return strconv.Itoa(*field.(*int)) }
func (i integer) redacted(field any) string { return i.text(field) }

// duration is a time span as Go writes it.
type duration struct{ min, max time.Duration }

func (duration) name() string { return "duration" }
func (d duration) expected() string {
	return fmt.Sprintf("a duration with its unit, from %s to %s, such as 500ms or 10s", span(d.min), span(d.max))
}
func (duration) set(field any, text string) error {
	v, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil {
		return errKind
	}
	*field.(*time.Duration) = v
	return nil
}
func (d duration) check(field any) error {
	v := *field.(*time.Duration)
	return verdict(v >= d.min && v <= d.max)
}
func (duration) text(field any) string       { return span(*field.(*time.Duration)) }
func (d duration) redacted(field any) string { return d.text(field) }

// span writes a duration without the zeroes: 2m, not 2m0s.
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// choice is one of a few words.
type choice []string

func (choice) name() string       { return "word" }
func (c choice) expected() string { return "one of " + strings.Join(c, ", ") }
func (choice) set(field any, text string) error {
	*field.(*string) = strings.ToLower(strings.TrimSpace(text))
	return nil
}
func (c choice) check(field any) error {
	for _, word := range c {
		if word == *field.(*string) {
			return nil
		}
	}
	return errKind
}
func (choice) text(field any) string       { return *field.(*string) }
func (c choice) redacted(field any) string { return c.text(field) }
