package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// packed is a zip of files; a function may change each header.
func packed(t testing.TB, names []string, change func(*zip.FileHeader), content func(name string) []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if _, err := f.Write(content(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func itself(name string) []byte { return []byte("content of " + name) }

func open(data []byte, limits Limits) (*Archive, error) {
	return Zip(bytes.NewReader(data), int64(len(data)), limits)
}

// wantRule holds that an error is a Refusal by this rule, with words.
func wantRule(t *testing.T, err error, rule Rule, entry string) {
	t.Helper()
	var refusal *Refusal
	switch {
	case !errors.As(err, &refusal):
		t.Fatalf("%v, expected a refusal by %s", err, rule)
	case refusal.Rule != rule || refusal.Entry != entry:
		t.Fatalf("%s of %q, expected %s of %q: %v", refusal.Rule, refusal.Entry, rule, entry, err)
	case refusal.Reason == "" || refusal.Advice == "" || strings.ContainsAny(err.Error(), "\x00\n"):
		t.Fatalf("%q, %q: not for a content manager", err.Error(), refusal.Advice)
	}
}

func names(a *Archive) (list []string) {
	for _, e := range a.Entries() {
		list = append(list, e.Name)
	}
	return list
}

// TestNames: what entries are called, and which names refuse the archive.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries []string
		want    []string
		refused Rule
		at      string
	}{
		{"plain", []string{"b.html", "a/b.html", "a/"}, []string{"a/b.html", "b.html"}, "", ""},
		{"backslashes", []string{`a\b.html`, `a\`}, []string{"a/b.html"}, "", ""},
		{"dots", []string{"./a.html", "b/./c.html", "d//e.html"}, []string{"a.html", "b/c.html", "d/e.html"}, "", ""},
		{"names with dots", []string{"a..b.html", ".hidden", "x/..y"}, []string{".hidden", "a..b.html", "x/..y"}, "", ""},
		{"what macOS adds", []string{"a.html", "__MACOSX/a.html", "__MACOSX/._a.html", ".DS_Store", "b/.DS_Store"}, []string{"a.html"}, "", ""},
		{"letters with accents", []string{"Übung.html"}, []string{"Übung.html"}, "", ""},
		{"code page 437", []string{"\x9abung.html"}, []string{"Übung.html"}, "", ""},
		{"up", []string{"a.html", "../b.html"}, nil, Climbs, "../b.html"},
		{"up within", []string{"a/../b.html"}, nil, Climbs, "a/../b.html"},
		{"up with backslashes", []string{`a\..\..\b.html`}, nil, Climbs, `a\..\..\b.html`},
		{"up as Windows reads it", []string{"a/.. /b.html"}, nil, Climbs, "a/.. /b.html"},
		{"only dots", []string{".."}, nil, Climbs, ".."},
		{"absolute", []string{"/etc/passwd"}, nil, Absolute, "/etc/passwd"},
		{"absolute with backslash", []string{`\\server\share`}, nil, Absolute, `\\server\share`},
		{"drive", []string{"C:/a.html"}, nil, Drive, "C:/a.html"},
		{"drive with backslash", []string{`c:\a.html`}, nil, Drive, `c:\a.html`},
		{"drive, relative", []string{"c:a.html"}, nil, Drive, "c:a.html"},
		{"NUL", []string{"a.html\x00.png"}, nil, Control, "a.html\x00.png"},
		{"line break", []string{"a\nb"}, nil, Control, "a\nb"},
		{"no name", []string{""}, nil, NoName, ""},
		{"long", []string{strings.Repeat("a", 1025)}, nil, NameTooLong, strings.Repeat("a", 1025)},
		{"deep", []string{strings.Repeat("a/", 65) + "b"}, nil, NameTooLong, strings.Repeat("a/", 65) + "b"},
		{"twice", []string{"a.html", "a.html"}, nil, SameName, "a.html"},
		{"twice after cleaning", []string{"a.html", "./a.html"}, nil, SameName, "a.html"},
		{"letter case", []string{"A.html", "a.HTML"}, nil, SameName, "a.HTML"},
		{"letter case, not ASCII", []string{"Übung", "übung"}, nil, SameName, "übung"},
		{"accents apart", []string{"\u00fcbung", "u\u0308bung"}, nil, SameName, "\u00fcbung"},
		{"sharp s", []string{"STRASSE", "stra\u00dfe"}, nil, SameName, "stra\u00dfe"},
		{"file and folder", []string{"a", "A/b"}, nil, SameName, "a"},
		{"file and listed folder", []string{"a", "a/"}, nil, SameName, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := open(packed(t, c.entries, nil, itself), Limits{})
			if c.refused != "" {
				wantRule(t, err, c.refused, c.at)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, names(a)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEntries: kinds of entries that a package does not have.
func TestEntries(t *testing.T) {
	mode := func(m fs.FileMode) func(*zip.FileHeader) {
		return func(h *zip.FileHeader) { h.SetMode(m) }
	}
	for _, c := range []struct {
		name   string
		change func(*zip.FileHeader)
		rule   Rule
	}{
		{"symbolic link", mode(fs.ModeSymlink | 0o777), Link},
		{"device", mode(fs.ModeDevice | 0o600), Special},
		{"character device", mode(fs.ModeDevice | fs.ModeCharDevice | 0o600), Special},
		{"pipe", mode(fs.ModeNamedPipe | 0o600), Special},
		{"socket", mode(fs.ModeSocket | 0o600), Special},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := open(packed(t, []string{"a"}, c.change, itself), Limits{})
			wantRule(t, err, c.rule, "a")
		})
	}
	t.Run("encrypted", func(t *testing.T) {
		_, err := open(patched(t, 8, 1), Limits{})
		wantRule(t, err, Encrypted, "a")
	})
	t.Run("another method", func(t *testing.T) {
		_, err := open(patched(t, 10, 14), Limits{})
		wantRule(t, err, Method, "a")
	})
}

// patched is a zip of one entry with a value of 16 bits in its directory changed.
func patched(t *testing.T, at int, value uint16) []byte {
	t.Helper()
	data := packed(t, []string{"a"}, nil, itself)
	header := bytes.Index(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint16(data[header+at:], value)
	return data
}

// TestNoZip: what is not an archive, or not the whole of one.
func TestNoZip(t *testing.T) {
	good := packed(t, []string{"a", "b"}, nil, itself)
	for name, data := range map[string][]byte{
		"empty":       {},
		"text":        []byte("<courseStructure/>"),
		"half":        good[:len(good)/2],
		"only an end": good[len(good)-22:],
		"end cut":     good[:len(good)-1],
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(data, Limits{})
			wantRule(t, err, NotAZip, "")
		})
	}
}

// TestZip64: the end record of large archives, also where nothing is large (102
// of CATAPULT's suite). APPNOTE.TXT 4.3.14 to 4.3.16.
func TestZip64(t *testing.T) {
	data := packed(t, []string{"a", "b"}, nil, itself)
	end := data[len(data)-22:]
	size, offset := binary.LittleEndian.Uint32(end[12:]), binary.LittleEndian.Uint32(end[16:])
	at := len(data) - 22
	wide := binary.LittleEndian.AppendUint64([]byte("PK\x06\x06"), 44)
	wide = append(wide, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range []uint64{2, 2, uint64(size), uint64(offset)} {
		wide = binary.LittleEndian.AppendUint64(wide, v)
	}
	wide = append(wide, "PK\x06\x07\x00\x00\x00\x00"...)
	wide = binary.LittleEndian.AppendUint64(wide, uint64(at))
	wide = append(wide, 1, 0, 0, 0)
	for i := 8; i < 20; i++ {
		end[i] = 0xff
	}
	data = append(append(slices.Clone(data[:at]), wide...), end...)
	a, err := open(data, Limits{})
	if err != nil || len(a.Entries()) != 2 {
		t.Fatal(a, err)
	}
	_, err = open(data, Limits{Entries: 1})
	wantRule(t, err, TooManyFiles, "")
}

// TestDamage: what turns out only when an entry is read.
func TestDamage(t *testing.T) {
	flip := func(data []byte, at int) []byte {
		data = slices.Clone(data)
		data[at] ^= 0xff
		return data
	}
	stored := packed(t, []string{"a"}, func(h *zip.FileHeader) { h.Method = zip.Store }, itself)
	for name, data := range map[string][]byte{
		"checksum":     flip(stored, bytes.Index(stored, []byte("content of"))),
		"local header": flip(stored, 0),
	} {
		t.Run(name, func(t *testing.T) {
			a, err := open(data, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			err = a.Walk(context.Background(), func(*Entry, io.Reader) error { return nil })
			wantRule(t, err, Damaged, "a")
		})
	}
}

// TestLimits: each limit, at it and beyond.
func TestLimits(t *testing.T) {
	data := packed(t, []string{"a", "b"}, nil, func(string) []byte { return bytes.Repeat([]byte("x"), 1000) })
	size := int64(len(data))
	walk := func(a *Archive) error {
		return a.Walk(context.Background(), func(*Entry, io.Reader) error { return nil })
	}
	for _, c := range []struct {
		name   string
		limits Limits
		rule   Rule
		entry  string
	}{
		{"packed, just", Limits{Packed: size}, "", ""},
		{"packed", Limits{Packed: size - 1}, TooLarge, ""},
		{"unpacked, just", Limits{Unpacked: 2000}, "", ""},
		{"unpacked", Limits{Unpacked: 1999}, UnpacksTooFar, "b"},
		{"entries, just", Limits{Entries: 2}, "", ""},
		{"entries", Limits{Entries: 1}, TooManyFiles, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := open(data, c.limits)
			if err == nil {
				err = walk(a)
			}
			if c.rule != "" {
				wantRule(t, err, c.rule, c.entry)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("manifest", func(t *testing.T) {
		a, err := open(data, Limits{Manifest: 999})
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.ReadAll(a.Find("A"))
		wantRule(t, err, FileTooLarge, "a")
	})
}

// zeros reads as that many zero bytes.
type zeros int64

func (z *zeros) Read(p []byte) (int, error) {
	n := min(int64(len(p)), int64(*z))
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	*z -= zeros(n)
	return int(n), nil
}

// bomb is a zip whose entry unpacks to so many zero bytes.
func bomb(t testing.TB, size int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("bomb")
	if err != nil {
		t.Fatal(err)
	}
	z := zeros(size)
	if _, err := io.Copy(f, &z); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBomb: an archive that unpacks to a thousand times its size, as it says and
// when it says less.
func TestBomb(t *testing.T) {
	data := bomb(t, 100<<20)
	_, err := open(data, Limits{})
	wantRule(t, err, Ratio, "bomb")

	lying := slices.Clone(data)
	header := bytes.Index(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[header+24:], 1000)
	a, err := open(lying, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var read int64
	err = a.Walk(context.Background(), func(_ *Entry, r io.Reader) error {
		read, err = io.Copy(io.Discard, r)
		return err
	})
	wantRule(t, err, Damaged, "bomb")
	if read > 1<<20 {
		t.Errorf("%d bytes came out of an entry that claims 1000", read)
	}
}

// TestClaims: 10 GiB claimed, and 100,000 entries, refused before anything is
// unpacked, with bounded memory.
func TestClaims(t *testing.T) {
	claimed := packed(t, []string{"a", "b", "c", "d"}, nil, itself)
	for at := 0; ; {
		next := bytes.Index(claimed[at:], []byte("PK\x01\x02"))
		if next < 0 {
			break
		}
		at += next
		binary.LittleEndian.PutUint32(claimed[at+24:], 2_500_000_000)
		at += 4
	}
	_, err := open(claimed, Limits{})
	wantRule(t, err, Ratio, "a")
	_, err = open(claimed, Limits{Ratio: 1 << 40})
	wantRule(t, err, UnpacksTooFar, "b")

	many := make([]string, 100_000)
	for i := range many {
		many[i] = fmt.Sprintf("%06d", i)
	}
	data := packed(t, many, func(h *zip.FileHeader) { h.Method = zip.Store }, func(string) []byte { return nil })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = open(data, Limits{})
	runtime.ReadMemStats(&after)
	wantRule(t, err, TooManyFiles, "")
	if !strings.Contains(err.Error(), "100000") || after.TotalAlloc-before.TotalAlloc > 1<<20 {
		t.Errorf("%d bytes for %v", after.TotalAlloc-before.TotalAlloc, err)
	}

	// The same, when the end of the archive says that it has 5 entries.
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	end64 := bytes.LastIndex(data, []byte("PK\x06\x06"))
	binary.LittleEndian.PutUint16(data[end+8:], 5)
	binary.LittleEndian.PutUint16(data[end+10:], 5)
	binary.LittleEndian.PutUint64(data[end64+24:], 5)
	binary.LittleEndian.PutUint64(data[end64+32:], 5)
	if _, err = open(data, Limits{}); err == nil {
		t.Error("an archive that lies about its entries was opened")
	}
}
