package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"lernspur/content/archive"
	"lernspur/content/manifest"
)

// AddOptions say what to do with a package.
type AddOptions struct {
	// Course gets the package as its next version; empty makes a course.
	Course string
	By     string
	// Progress is called now and then with how much of the work is done, in bytes
	// (every file is read twice), from one goroutine at a time; nil for nobody.
	Progress func(done, total int64)
}

// AddPackage keeps a package: it becomes the current version of a course, which
// is made if need be. All or nothing: after an error there is no course, no
// version, and no file that something refers to. It answers the warnings.
// Errors: *Refused (with all findings), ErrNotFound, *Busy, *Conflict; when the
// outcome is open, that of ctx.
//
// The archive is read twice. First everything is unpacked and hashed, and nothing
// is written: what is wrong with an archive shows then. Then the files are kept,
// and their list, all under their hashes; last comes the record of the course,
// which is one durable step. The files are held from before they are put until
// the record is there, so that nobody frees them in between. A crash leaves files
// that nothing refers to, which Sweep frees.
func (s *Service) AddPackage(ctx context.Context, tenant string, a *archive.Archive, o AddOptions) (*Course, []manifest.Finding, error) {
	if err := s.takesPackage(ctx, tenant, o.Course); err != nil {
		return nil, nil, err
	}
	pkg, err := manifest.Read(ctx, a)
	if err != nil {
		return nil, nil, refusedOr(err, nil)
	}
	if len(pkg.Errors()) > 0 {
		return nil, nil, &Refused{pkg.Findings}
	}
	in := newIntake(s, tenant, pkg)
	in.meter = newMeter(a, o.Progress)
	if err := in.readArchive(ctx, a); err != nil {
		return nil, nil, refusedOr(err, pkg.Findings)
	}
	c, err := in.keep(ctx, o)
	return c, pkg.Warnings(), refusedOr(err, pkg.Findings)
}

// AddBare is AddPackage for a course structure of cmi5 that comes without a
// package: all its AUs lie elsewhere. name is for the findings.
func (s *Service) AddBare(ctx context.Context, tenant, name string, data []byte, o AddOptions) (*Course, []manifest.Finding, error) {
	if err := s.takesPackage(ctx, tenant, o.Course); err != nil {
		return nil, nil, err
	}
	pkg := manifest.ReadBare(name, data)
	if len(pkg.Errors()) > 0 {
		return nil, nil, &Refused{pkg.Findings}
	}
	in := newIntake(s, tenant, pkg)
	in.meter = &meter{}
	in.add(pkg.Manifest, sha256.Sum256(data), int64(len(data)), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	c, err := in.keep(ctx, o)
	return c, pkg.Warnings(), err
}

// refusedOr makes a refusal of an archive one of the package.
func refusedOr(err error, findings []manifest.Finding) error {
	var refusal *archive.Refusal
	if errors.As(err, &refusal) {
		return &Refused{append(append([]manifest.Finding{}, findings...), manifest.FromRefusal(refusal))}
	}
	return err
}

// takesPackage tells whether a course can get a package, before that is read. A
// new one can.
func (s *Service) takesPackage(ctx context.Context, tenant, id string) error {
	if id == "" {
		return nil
	}
	c, err := s.course(ctx, tenant, id)
	if err != nil {
		return err
	}
	return c.takesPackage()
}

func (c *Course) takesPackage() error {
	switch {
	case c.Prefix:
		return &Conflict{"this course stands for all Activities whose ids begin with " + c.Activity + ", and cannot have a package"}
	case len(c.Versions) >= maxVersions:
		return &Conflict{fmt.Sprintf("the course has %d versions, which is the most there can be; delete one first", maxVersions)}
	}
	return nil
}

// maxVersions is how many versions a course can have at one time.
const maxVersions = 200

// intake is one package on its way in.
type intake struct {
	service *Service
	tenant  string
	pkg     *manifest.Package
	meter   *meter

	files            map[string]File
	open             map[string]func() (io.ReadCloser, error) // by hash
	packed, unpacked int64
	list             []byte // the index, as it is kept
	listHash         string
}

func newIntake(s *Service, tenant string, pkg *manifest.Package) *intake {
	return &intake{service: s, tenant: tenant, pkg: pkg, files: make(map[string]File), open: make(map[string]func() (io.ReadCloser, error))}
}

func (in *intake) add(name string, sum [sha256.Size]byte, size int64, open func() (io.ReadCloser, error)) {
	f := File{Hash: hex.EncodeToString(sum[:]), Size: size, Type: MediaType(name)}
	in.files[name], in.open[f.Hash] = f, open
	in.unpacked += size
}

// readArchive reads everything and keeps nothing.
func (in *intake) readArchive(ctx context.Context, a *archive.Archive) error {
	in.packed = a.Packed()
	return a.Walk(ctx, func(e *archive.Entry, content io.Reader) error {
		sum := sha256.New()
		n, err := io.Copy(sum, in.meter.reader(content))
		if err != nil {
			return err
		}
		in.add(strings.TrimPrefix(e.Name, in.pkg.Base), [sha256.Size]byte(sum.Sum(nil)), n, func() (io.ReadCloser, error) { return a.Open(e) })
		return nil
	})
}

// keep makes a version of what was read.
func (in *intake) keep(ctx context.Context, o AddOptions) (*Course, error) {
	var err error
	if in.list, err = json.Marshal(index{Manifest: in.pkg, Files: in.files}); err != nil {
		return nil, err
	}
	if len(in.list) > maxIndex {
		return nil, &Conflict{"the list of the package's files is too long"}
	}
	sum := sha256.Sum256(in.list)
	in.listHash = hex.EncodeToString(sum[:])
	s := in.service
	release, err := s.deps.Files.Hold(ctx, in.tenant, slices.Sorted(maps.Keys(in.hashes())))
	if err != nil {
		return nil, err
	}
	defer release()
	if err := in.put(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := decided(ctx) // whoever sent it may be gone by now
	defer cancel()
	return s.keepVersion(ctx, in.tenant, Version{Uploaded: s.now(), By: o.By, Packed: in.packed, Unpacked: in.unpacked, Kind: in.pkg.Kind,
		Index: in.listHash, Manifest: in.pkg, Files: in.files}, o)
}

// hashes are those of all files that the version needs.
func (in *intake) hashes() map[string]bool {
	set := map[string]bool{in.listHash: true}
	for hash := range in.open {
		set[hash] = true
	}
	return set
}

// putters is how many files are written at once: most of the time goes by with
// waiting for the disk.
const putters = 4

func (in *intake) put(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(putters)
	files := in.service.deps.Files
	for hash, open := range in.open {
		group.Go(func() error {
			r, err := open()
			if err != nil {
				return err
			}
			defer r.Close()
			// It has been counted; Put tells when it is not the same any more.
			_, err = files.Put(ctx, in.tenant, hash, in.meter.reader(r), math.MaxInt64-1)
			return err
		})
	}
	group.Go(func() error {
		_, err := files.Put(ctx, in.tenant, in.listHash, bytes.NewReader(in.list), int64(len(in.list)))
		return err
	})
	return group.Wait()
}

// meter counts what is read of an archive.
type meter struct {
	mu          sync.Mutex
	done, total int64
	said        int64
	tell        func(done, total int64)
}

func newMeter(a *archive.Archive, tell func(done, total int64)) *meter {
	m := &meter{tell: tell}
	for _, e := range a.Entries() {
		m.total += 2 * e.Size
	}
	return m
}

// sayEvery is how many bytes go by between two words of progress.
const sayEvery = 1 << 20

func (m *meter) add(n int) {
	if m.tell == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done += int64(n); m.done-m.said >= sayEvery || m.done >= m.total {
		m.said = m.done
		m.tell(min(m.done, m.total), m.total)
	}
}

func (m *meter) reader(r io.Reader) io.Reader { return &metered{r, m} }

type metered struct {
	io.Reader
	meter *meter
}

func (r *metered) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.meter.add(n)
	return n, err
}
