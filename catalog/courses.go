package catalog

import (
	"context"
	"errors"
	"io"
	"strings"

	"lernspur/content/manifest"
	"lernspur/documents"
	"lernspur/statements"
)

// course is the Outline of a course that is not deleted.
func (s *Service) course(ctx context.Context, tenant, id string) (*Course, error) {
	c, err := s.Outline(ctx, tenant, id)
	if err == nil && c.Deleted {
		return nil, ErrNotFound
	}
	return c, err
}

// Outline is a course without manifests and files, also one that was deleted.
// Errors: ErrNotFound.
func (s *Service) Outline(ctx context.Context, tenant, id string) (*Course, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	c, err := read[Course](ctx, s.deps.Records, courseKey(tenant, id))
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, ErrNotFound
	}
	c.Tenant = tenant
	return c, nil
}

// Course is a course with the manifest and the files of its current version.
// Errors: ErrNotFound, also for one that was deleted.
func (s *Service) Course(ctx context.Context, tenant, id string) (*Course, error) {
	c, err := s.course(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	if v := c.Version(c.Current); v != nil {
		return c, s.load(ctx, tenant, v)
	}
	return c, nil
}

// Version is one version with its manifest and files, and its course; number 0 is
// the current one. It is answered from memory as a rule. Errors: ErrNotFound.
func (s *Service) Version(ctx context.Context, tenant, course string, number int) (*Course, *Version, error) {
	key := versionKey(tenant, course, number)
	if c, ok := s.versions.get(key); ok {
		return c, c.Version(c.or(number)), nil
	}
	epoch := s.versions.begin()
	c, err := s.course(ctx, tenant, course)
	if err != nil {
		return nil, nil, err
	}
	v := c.Version(c.or(number))
	if v == nil {
		return nil, nil, ErrNotFound
	}
	if err := s.load(ctx, tenant, v); err != nil {
		return nil, nil, err
	}
	s.versions.putSince(epoch, key, c, 1)
	return c, v, nil
}

func (c *Course) or(number int) int {
	if number == 0 {
		return c.Current
	}
	return number
}

// OpenFile opens a file of a version; names are those of Version.Files. What it
// answers is an io.Seeker when the file is kept as it is, as films and pictures
// are; the caller closes it. Errors: ErrNotFound.
func (s *Service) OpenFile(ctx context.Context, tenant, course string, version int, name string) (io.ReadCloser, File, error) {
	_, v, err := s.Version(ctx, tenant, course, version)
	if err != nil {
		return nil, File{}, err
	}
	f, ok := v.Files[name]
	if !ok {
		return nil, File{}, ErrNotFound
	}
	r, _, err := s.deps.Files.Open(ctx, tenant, f.Hash)
	if errors.Is(err, ErrNotFound) {
		// It was deleted under whoever had the list, or it is lost.
		if _, err := s.course(ctx, tenant, course); err == nil {
			s.deps.Logger.Error("a file of a package is not there; verify tells more")
		}
	}
	return r, f, err
}

// Courses are up to n courses that are not deleted, without manifests and files,
// in the order of their ids, from the one behind after on.
func (s *Service) Courses(ctx context.Context, tenant, after string, n int) ([]*Course, error) {
	return s.somecourses(ctx, tenant, after, n, func(c *Course) bool { return !c.Deleted })
}

// Packages are the Courses that have a package.
func (s *Service) Packages(ctx context.Context, tenant, after string, n int) ([]*Course, error) {
	return s.somecourses(ctx, tenant, after, n, func(c *Course) bool { return !c.Deleted && c.Current != 0 })
}

// CourseOf is the course that an Activity belongs to: the one whose Activity it is,
// else the one with the longest prefix that its id begins with. Errors:
// ErrNotFound.
func (s *Service) CourseOf(ctx context.Context, tenant, activity string) (*Course, error) {
	var found *Course
	_, err := s.somecourses(ctx, tenant, "", 1, func(c *Course) bool {
		switch {
		case c.Deleted:
		case c.Activity == activity && !c.Prefix:
			found = c
			return true
		case c.Prefix && strings.HasPrefix(activity, c.Activity) && (found == nil || len(found.Activity) < len(c.Activity)):
			found = c
		}
		return false
	})
	if err == nil && found == nil {
		err = ErrNotFound
	}
	return found, err
}

// somecourses are up to n courses that are picked.
func (s *Service) somecourses(ctx context.Context, tenant, after string, n int, pick func(*Course) bool) ([]*Course, error) {
	list := []*Course{}
	for len(list) < n {
		page, err := s.deps.Records.List(ctx, documents.Range{Shelf: courseKey(tenant, "").Shelf, AfterID: after, Limit: pageSize})
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			c, err := decode[Course](d)
			if err != nil {
				return nil, err
			}
			if c.Tenant = tenant; pick(c) && len(list) < n {
				list = append(list, c)
			}
			after = d.ID
		}
		if len(page) < pageSize {
			break
		}
	}
	return list, nil
}

// pageSize is how many records are read at a time.
const pageSize = 200

// changeCourse changes a course that is there, and forgets what was remembered
// of it.
func (s *Service) changeCourse(ctx context.Context, tenant, id string, edit func(*Course) error) (*Course, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	ctx, cancel := decided(ctx)
	defer cancel()
	c, err := change(ctx, s.deps.Records, courseKey(tenant, id), func(c *Course) (*Course, error) {
		if c == nil || c.Deleted {
			return nil, ErrNotFound
		}
		c.Tenant = tenant
		if err := edit(c); err != nil {
			return nil, err
		}
		c.Changed = max(s.now(), c.Changed)
		return c, nil
	})
	s.forgetCourse(tenant, id) // also after an error, which may come late
	return c, err
}

// forgetCourse makes the next look-up read again.
func (s *Service) forgetCourse(tenant, id string) {
	s.versions.remove(func(_ string, c *Course) bool { return c.Tenant == tenant && c.ID == id })
	s.launches.remove(func(_ string, l *Launch) bool { return l.Tenant == tenant && l.Course == id })
}

// newCourse keeps a course under an id that nobody has.
func (s *Service) newCourse(ctx context.Context, c *Course, name string) (*Course, error) {
	taken := errors.New("taken")
	for {
		c.ID = newID(name)
		if c.Activity == "" {
			c.Activity = s.deps.Base + "/courses/" + c.ID
		}
		kept, err := change(ctx, s.deps.Records, courseKey(c.Tenant, c.ID), func(current *Course) (*Course, error) {
			if current != nil {
				return nil, taken
			}
			return c, nil
		})
		if !errors.Is(err, taken) {
			return kept, err
		}
		if c.Activity == s.deps.Base+"/courses/"+c.ID {
			c.Activity = ""
		}
	}
}

// keepVersion adds a version whose files are kept to its course.
func (s *Service) keepVersion(ctx context.Context, tenant string, v Version, o AddOptions) (*Course, error) {
	if o.Course == "" {
		v.Number = 1
		c := &Course{Tenant: tenant, Title: shortened(v.Manifest.Title, maxTitle), Description: shortened(v.Manifest.Description, maxDescription), Current: 1, Last: 1, Versions: []Version{v},
			Created: v.Uploaded, Changed: v.Uploaded, Activity: ownActivity(v.Manifest), Duration: typicalDuration(v.Manifest)}
		return s.newCourse(ctx, c, c.Title.In("en", "de"))
	}
	return s.changeCourse(ctx, tenant, o.Course, func(c *Course) error {
		if err := c.takesPackage(); err != nil {
			return err
		}
		c.Last++
		v.Number = c.Last
		c.Versions, c.Current = append(c.Versions, v), v.Number
		if len(c.Title) == 0 {
			c.Title = shortened(v.Manifest.Title, maxTitle)
		}
		if len(c.Description) == 0 {
			c.Description = shortened(v.Manifest.Description, maxDescription)
		}
		return nil
	})
}

// ownActivity is the Activity that a package names as its own: content of Tin
// Can writes statements about the first that it launches. Empty for others.
func ownActivity(p *manifest.Package) string {
	if p.Kind != manifest.TinCan {
		return ""
	}
	for item := range p.Items() {
		if item.Launch != nil && len(item.ID) <= maxIRI && statements.IsIRI(item.ID) {
			return item.ID
		}
	}
	return ""
}

// Delete deletes a course: its launches end, and the files that nobody else uses
// go. Its registrations and what was recorded stay. Errors: ErrNotFound, *Busy.
func (s *Service) Delete(ctx context.Context, tenant, id string) error {
	_, err := s.changeCourse(ctx, tenant, id, func(c *Course) error {
		c.Deleted, c.Versions, c.Current = true, nil, 0
		return nil
	})
	if err == nil {
		s.free(tenant)
	}
	return err
}

// DeleteVersion deletes a version that is not the current one; registrations for
// it go on with the current one. Errors: ErrNotFound, *Conflict, *Busy.
func (s *Service) DeleteVersion(ctx context.Context, tenant, id string, number int) error {
	_, err := s.changeCourse(ctx, tenant, id, func(c *Course) error {
		switch {
		case c.Version(number) == nil:
			return ErrNotFound
		case c.Current == number:
			return &Conflict{"this is the current version; upload another one first, or delete the course"}
		}
		kept := c.Versions[:0]
		for _, v := range c.Versions {
			if v.Number != number {
				kept = append(kept, v)
			}
		}
		c.Versions = kept
		return nil
	})
	if err == nil {
		s.free(tenant)
	}
	return err
}
