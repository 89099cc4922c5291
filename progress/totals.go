package progress

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// maxKept is the number of courses up to which a tenant's totals are kept.
	maxKept = 10_000
	// maxTenants is for how many tenants totals are kept.
	maxTenants = 256
	// readTimeout bounds a query whose askers have all left.
	readTimeout = 30 * time.Second
)

// kept holds the courses of tenants that were asked for since the projection
// last moved, so that each is read from the table once per cycle at most.
type kept struct {
	mu       sync.Mutex
	byTenant map[string]keptTotals
	forgot   int // how often everything was dropped
	flights  singleflight.Group
}

// keptTotals are all courses of a tenant, sorted by id.
type keptTotals struct {
	watermark int64
	directory string // version of the directory
	courses   []Course
	tooMany   bool // more than maxKept: pages are read one by one
}

// get answers the totals of a tenant at a watermark and a version of its directory, and reads them once for
// all who ask. ctx bounds the waiting only.
func (k *kept) get(ctx context.Context, tenant string, watermark int64, directory string, read func(context.Context) ([]Course, error)) (keptTotals, error) {
	k.mu.Lock()
	t, ok := k.byTenant[tenant]
	forgot := k.forgot
	k.mu.Unlock()
	if ok && (t.watermark == watermark && t.directory == directory || t.tooMany) {
		return t, nil
	}
	flight := k.flights.DoChan(strconv.Itoa(forgot)+" "+strconv.FormatInt(watermark, 10)+" "+directory+" "+tenant, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
		defer cancel()
		courses, err := read(ctx)
		if err != nil {
			return keptTotals{}, err
		}
		t := keptTotals{watermark: watermark, directory: directory, courses: courses}
		if len(courses) > maxKept {
			t = keptTotals{tooMany: true}
		}
		k.put(tenant, t, forgot)
		return t, nil
	})
	select {
	case result := <-flight:
		return result.Val.(keptTotals), result.Err
	case <-ctx.Done():
		return keptTotals{}, ctx.Err()
	}
}

// put keeps totals, unless everything was dropped since they were asked for.
func (k *kept) put(tenant string, t keptTotals, forgot int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.forgot != forgot {
		return
	}
	if k.byTenant == nil {
		k.byTenant = make(map[string]keptTotals)
	}
	if old, ok := k.byTenant[tenant]; ok && old.watermark > t.watermark {
		return
	}
	for other := range k.byTenant {
		if len(k.byTenant) < maxTenants {
			break
		}
		delete(k.byTenant, other)
	}
	k.byTenant[tenant] = t
}

// forget drops everything: the table is being built anew.
func (k *kept) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byTenant = nil
	k.forgot++
}
