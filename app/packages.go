package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"lernspur/admin"
	"lernspur/catalog"
	"lernspur/content/manifest"
	"lernspur/directory"
)

// adminCatalog is the catalogue as the commands see it.
type adminCatalog struct{ app *App }

// byCommand says who uploaded or launched what the command line asks for.
const byCommand = "command line"

// AddPackage implements admin.Catalog.
func (c adminCatalog) AddPackage(ctx context.Context, ask admin.PackageRequest, zip io.Reader, progress func(admin.PackageProgress)) (admin.PackageResult, error) {
	if err := directory.CheckTenant(ask.Tenant); err != nil {
		return admin.PackageResult{}, err
	}
	course, findings, err := c.app.catalog.AddZip(ctx, ask.Tenant, zip, catalog.AddOptions{Course: ask.Course, By: byCommand,
		Progress: func(done, total int64) { progress(admin.PackageProgress{Done: done, Total: total}) }})
	var refused *catalog.Refused
	if errors.As(err, &refused) {
		return admin.PackageResult{Findings: adminFindings(refused.Findings)}, nil
	}
	if err != nil {
		return admin.PackageResult{}, forAdmin(err)
	}
	info := packageInfo(course)
	return admin.PackageResult{Package: &info, Findings: adminFindings(findings)}, nil
}

func adminFindings(findings []manifest.Finding) []admin.Finding {
	list := make([]admin.Finding, len(findings))
	for i, f := range findings {
		list[i] = admin.Finding{File: f.File, Element: f.Element, Line: f.Line, Severity: string(f.Severity), Rule: f.Rule, Message: f.Message, Advice: f.Advice}
	}
	return list
}

func packageInfo(c *catalog.Course) admin.PackageInfo {
	info := admin.PackageInfo{Course: c.ID, Title: c.Title.In("de", "en")}
	if v := c.Version(c.Current); v != nil {
		info.Kind, info.Version, info.Unpacked, info.Uploaded = string(v.Kind), v.Number, v.Unpacked, time.UnixMicro(v.Uploaded).UTC()
	}
	return info
}

// Packages implements admin.Catalog.
func (c adminCatalog) Packages(ctx context.Context, tenant string) ([]admin.PackageInfo, error) {
	const page = 500
	list, after := []admin.PackageInfo{}, ""
	for {
		courses, err := c.app.catalog.Packages(ctx, tenant, after, page)
		if err != nil {
			return nil, forAdmin(err)
		}
		for _, course := range courses {
			list, after = append(list, packageInfo(course)), course.ID
		}
		if len(courses) < page {
			return list, nil
		}
	}
}

// DeletePackage implements admin.Catalog.
func (c adminCatalog) DeletePackage(ctx context.Context, tenant, course string) error {
	return forAdmin(c.app.catalog.Delete(ctx, tenant, course))
}

// OpenLaunch implements admin.Catalog.
func (c adminCatalog) OpenLaunch(ctx context.Context, ask admin.LaunchRequest) (admin.LaunchLink, error) {
	o := catalog.OpenOptions{Lifetime: ask.Lifetime, By: byCommand}
	registration, mode := uuid.Nil, catalog.Browse
	if ask.Learner == "" {
		o.Course = ask.Course
	} else {
		r, err := c.app.catalog.Register(ctx, ask.Tenant, ask.Course, catalog.Learner{Actor: json.RawMessage(ask.Learner)}, catalog.RegisterOptions{})
		if err != nil {
			return admin.LaunchLink{}, forAdmin(err)
		}
		c.app.registered(ctx, ask.Tenant, r)
		registration, mode = r.ID, catalog.Normal
	}
	if ask.Mode != "" {
		mode = catalog.Mode(ask.Mode)
	}
	l, err := c.app.catalog.Open(ctx, ask.Tenant, registration, ask.Item, mode, o)
	if err != nil {
		return admin.LaunchLink{}, forAdmin(err)
	}
	link := admin.LaunchLink{Link: c.app.link(l.Token), Expires: time.UnixMicro(l.Expires).UTC()}
	if !l.Preview() {
		link.Registration = l.Registration.String()
	}
	return link, nil
}

// forAdmin gives an error of the catalogue the type that the commands know.
func forAdmin(err error) error {
	var invalid *catalog.Invalid
	var conflict *catalog.Conflict
	var busy *catalog.Busy
	switch {
	case errors.As(err, &busy):
		return &admin.Busy{RetryAfter: busy.RetryAfter, Reason: busy.Reason}
	case errors.Is(err, catalog.ErrNotFound), errors.Is(err, catalog.ErrClosed), errors.As(err, &invalid), errors.As(err, &conflict):
		return fmt.Errorf("%w: %w", admin.ErrRequest, err)
	}
	return err
}
