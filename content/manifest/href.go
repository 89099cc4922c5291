package manifest

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"lernspur/content/archive"
	"lernspur/content/markup"
)

// target is what an address in a manifest leads to.
type target struct {
	// file is the name below Base, as the archive has it; empty when external.
	file string
	// url has the file's name percent-encoded, and the query and fragment.
	url string
	// external addresses are absolute.
	external bool
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// locate finds the file that an address names below its xml:base values, the
// outermost first. It is false when there is none; what was put right is noted.
func (r *reader) locate(href string, bases []string, at *markup.Node) (target, bool) {
	if strings.Contains(href, `\`) {
		r.note("href-backslash", at, "The address %q has backslashes; they were read as slashes.", href)
		href = strings.ReplaceAll(href, `\`, "/")
	}
	name, rest := splitAddress(href)
	near, wide := join(bases, name)
	if scheme.MatchString(near) {
		return external(near + rest)
	}
	for i, candidate := range [...]string{near, wide} {
		e := r.entry(candidate)
		if e == nil {
			continue
		}
		file := strings.TrimPrefix(e.Name, r.pkg.Base)
		if !strings.HasSuffix(file, trimDots(name)) && !strings.HasSuffix(file, trimDots(unescaped(name))) {
			r.note("href-case", at, "The address %q names the file %q in other letters.", name, file)
		}
		if i > 0 {
			r.note("base-slash", at, "An xml:base has no slash at its end; %s was found when one is added.", file)
		}
		return target{file: file, url: (&url.URL{Path: file}).String() + rest}, true
	}
	return target{}, false
}

// find is locate for a file that nobody launches: it is quiet about letter case,
// as there may be thousands of them.
func (r *reader) find(href string, bases []string) (string, bool) {
	name, _ := splitAddress(strings.ReplaceAll(href, `\`, "/"))
	near, wide := join(bases, name)
	if scheme.MatchString(near) {
		_, ok := external(near)
		return "", ok
	}
	for _, candidate := range [...]string{near, wide} {
		if e := r.entry(candidate); e != nil {
			return strings.TrimPrefix(e.Name, r.pkg.Base), true
		}
	}
	return "", false
}

// external is the target of an absolute address; only the web's are any use.
func external(address string) (target, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(address, " \t\r\n") {
		return target{}, false
	}
	return target{url: address, external: true}, true
}

// entry is the file of a name below Base, as it stands or with its percent
// encoding undone; nil when there is none, or the name leads elsewhere.
func (r *reader) entry(name string) *archive.Entry {
	decoded, err := url.PathUnescape(name)
	if err != nil {
		decoded = name
	}
	for _, n := range [...]string{name, decoded} {
		n = path.Clean(n)
		if n == "." || n == ".." || strings.HasPrefix(n, "../") || strings.HasPrefix(n, "/") {
			continue
		}
		if e := r.archive.Find(r.pkg.Base + n); e != nil {
			return e
		}
	}
	return nil
}

// splitAddress parts a relative address from its query and fragment.
func splitAddress(href string) (name, rest string) {
	if i := strings.IndexAny(href, "?#"); i >= 0 {
		return href[:i], href[i:]
	}
	return href, ""
}

// join puts an address behind its bases, in two ways: as addresses are joined on
// the web, where "a/b" and "c" make "a/c"; and with every base a folder, which is
// what tools mean that leave out the slash.
func join(bases []string, name string) (near, wide string) {
	for _, b := range append(bases[:len(bases):len(bases)], name) {
		b = strings.ReplaceAll(b, `\`, "/")
		switch {
		case b == "":
		case scheme.MatchString(b), strings.HasPrefix(b, "//"):
			near, wide = b, b
		case scheme.MatchString(near):
			near = resolve(near, b)
			wide = near
		case strings.HasPrefix(b, "/"):
			near, wide = b, b
		default:
			near = near[:strings.LastIndexByte(near, '/')+1] + b
			if wide != "" && !strings.HasSuffix(wide, "/") {
				wide += "/"
			}
			wide += b
		}
	}
	return near, wide
}

// resolve is an address behind an absolute one.
func resolve(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return name
	}
	ref, err := url.Parse(name)
	if err != nil {
		return name
	}
	return u.ResolveReference(ref).String()
}

// withParameters adds an item's parameters to an address, after the rule of the
// SCORM content aggregation model: one "?" or "&" between them; a fragment is
// added only where none is.
func withParameters(address, parameters string) string {
	parameters = strings.TrimLeft(parameters, "?&")
	switch {
	case parameters == "":
		return address
	case strings.HasPrefix(parameters, "#"):
		if strings.Contains(address, "#") {
			return address
		}
		return address + parameters
	}
	page, fragment, hasFragment := strings.Cut(address, "#")
	if strings.Contains(page, "?") {
		page += "&" + parameters
	} else {
		page += "?" + parameters
	}
	if hasFragment && !strings.Contains(parameters, "#") {
		page += "#" + fragment
	}
	return page
}

// cleanURL encodes the characters that a manifest may leave as they are and a
// browser would not.
func cleanURL(rest string) string {
	return strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E").Replace(rest)
}

// trimDots is a relative address without the dots at its front.
func trimDots(name string) string {
	for {
		rest := strings.TrimPrefix(strings.TrimPrefix(name, "./"), "../")
		if rest == name {
			return name
		}
		name = rest
	}
}

func unescaped(name string) string {
	if decoded, err := url.PathUnescape(name); err == nil {
		return decoded
	}
	return name
}
