package config

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// size is a number of bytes, with or without a unit.
type size struct {
	min, max int64
	zero     bool // 0 is accepted as well and means: decide yourself
}

// units are what sizes are written in, the largest first.
var units = []struct {
	name  string
	bytes int64
}{{"TiB", tib}, {"GiB", gib}, {"MiB", mib}, {"KiB", kib}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}

func (size) name() string { return "size" }
func (s size) expected() string {
	zero := ""
	if s.zero {
		zero = "0, or "
	}
	return fmt.Sprintf("%sa size from %s to %s, such as 64MiB or a number of bytes", zero, bytesText(s.min), bytesText(s.max))
}

func (size) set(field any, text string) error {
	text = strings.TrimSpace(text)
	factor := int64(1)
	for _, u := range units {
		if len(text) > len(u.name) && strings.EqualFold(text[len(text)-len(u.name):], u.name) {
			text, factor = strings.TrimSpace(text[:len(text)-len(u.name)]), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return errKind
	}
	*field.(*int64) = n * factor
	return nil
}

func (s size) check(field any) error {
	n := *field.(*int64)
	return verdict(n >= s.min && n <= s.max || n == 0 && s.zero)
}
func (size) text(field any) string       { return bytesText(*field.(*int64)) }
func (s size) redacted(field any) string { return s.text(field) }

// bytesText writes a size exactly, in the largest unit that leaves no rest.
func bytesText(n int64) string {
	for _, u := range units[:4] {
		if n != 0 && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// list is the part that is alike for all kinds that are kept as a list of texts.
type list struct{}

func (list) name() string { return "list" }

// listed marks a kind that may be a list in the file.
func (list) listed() {}

// set reads a list with commas; a list in the file arrives like that.
func (list) set(field any, text string) error {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	*field.(*[]string) = all
	return nil
}
func (list) text(field any) string       { return strings.Join(*field.(*[]string), ",") }
func (l list) redacted(field any) string { return l.text(field) }

// names is a list of names of tenants. Whether there are such tenants is not
// known here.
type names struct{ list }

func (names) expected() string {
	return "a list of names of tenants, 128 visible ASCII characters at most each and no colon"
}

// check accepts what package directory accepts as the name of a tenant.
func (names) check(field any) error {
	for _, name := range *field.(*[]string) {
		if len(name) > 128 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }) {
			return errKind
		}
	}
	return nil
}

// words is a list of scopes (RFC 6749, 3.3).
type words struct{ list }

func (words) expected() string { return "a list of words of visible ASCII characters" }
func (words) check(field any) error {
	for _, word := range *field.(*[]string) {
		if strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			return errKind
		}
	}
	return nil
}

// assignments is a list of value=name. Whether there is such a name is not known
// here.
type assignments struct{ list }

func (assignments) expected() string { return "a list such as lms-admins=administrator" }
func (assignments) check(field any) error {
	for _, item := range *field.(*[]string) {
		i := strings.LastIndexByte(item, '=')
		if i < 1 || i == len(item)-1 {
			return errKind
		}
	}
	return nil
}

// origins is a list of web origins (RFC 6454), or a single asterisk.
type origins struct{ list }

func (origins) expected() string {
	return "a list of origins such as https://content.example.org, or a single *"
}

func (origins) check(field any) error {
	list := *field.(*[]string)
	if len(list) == 1 && list[0] == "*" {
		return nil
	}
	for _, origin := range list {
		u, err := url.Parse(origin)
		if err != nil || !webHost(u) || u.Scheme+"://"+u.Host != origin || u.Host != strings.ToLower(u.Host) {
			return errKind
		}
	}
	return nil
}
