package api

import (
	"archive/zip"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"lernspur/apiv1"
	"lernspur/catalog"
	"lernspur/pace"
)

// download answers a version as a file.
func (a *API) download(w http.ResponseWriter, r *http.Request, who *apiv1.Identity) error {
	c, v, err := a.version(r, who)
	if err != nil {
		return err
	}
	a.Send(w, r, c, v)
	return nil
}

// Send packs a version anew: every file as it was uploaded, below the folder of
// the manifest. The zip that came is not kept beside its files. A zip that cannot
// be made whole ends the connection.
func (a *API) Send(w http.ResponseWriter, r *http.Request, c *catalog.Course, v *catalog.Version) {
	extension := "zip"
	if v.Kind == "h5p" {
		extension = "h5p"
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%d.%s"`, c.ID, v.Number, extension))
	if r.Method == http.MethodHead {
		return
	}
	to := &pace.Writer{To: w, Pace: a.pace(w)}
	if err := a.pack(r.Context(), to, c, v); err != nil {
		a.opts.Logger.Warn("a download was cut: " + err.Error())
		panic(http.ErrAbortHandler) // half a package must not look like one
	}
}

func (a *API) pack(ctx context.Context, to io.Writer, c *catalog.Course, v *catalog.Version) error {
	z := zip.NewWriter(to)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, name := range slices.Sorted(maps.Keys(v.Files)) {
		if err := a.packFile(ctx, z, c, v, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return z.Close()
}

func (a *API) packFile(ctx context.Context, z *zip.Writer, c *catalog.Course, v *catalog.Version, name string) error {
	file, f, err := a.opts.Catalog.OpenFile(ctx, c.Tenant, c.ID, v.Number, name)
	if err != nil {
		return err
	}
	defer file.Close()
	method := zip.Deflate
	if packed(f.Type) {
		method = zip.Store
	}
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: time.UnixMicro(v.Uploaded).UTC()})
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, file)
	return err
}

// packed tells whether files of a type are compressed already.
func packed(mediaType string) bool {
	return strings.HasPrefix(mediaType, "video/") || strings.HasPrefix(mediaType, "audio/") || mediaType == "application/zip" ||
		strings.HasPrefix(mediaType, "image/") && mediaType != "image/svg+xml" && mediaType != "image/bmp"
}
