package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket says where an S3-compatible store is, and how it is asked.
type Bucket struct {
	Endpoint string // https://host[:port], or http
	Region   string // empty: the store is asked, or us-east-1
	Name     string
	Prefix   string // of all names, without a slash at its end; may be empty
	// AccessKey and SecretKey are the credentials.
	AccessKey, SecretKey string
	// PathStyle names the bucket in the path and not in the host name.
	PathStyle bool
	// Spool is a folder of this process's own for what is on its way; it is emptied.
	Spool string
	// Patience is how long the store may be silent; 20 s.
	Patience time.Duration
}

// Objects is a Store in a bucket of an S3-compatible store. A blob is the object
//
//	<prefix>/<tenant>/<first two digits>/<the other digits>
//
// as it is, never compressed. What comes in is kept on the local disk until it is
// whole and has its hash: so what is sent has a size and can be sent again, and
// nothing else ever gets a name. An object that was put is visible whole or not at
// all, and the store has made it durable when it says so.
type Objects struct {
	client   *minio.Client
	sender   *minio.Client // sends nothing again by itself, see send
	bucket   string
	prefix   string
	spool    string
	patience time.Duration
	partSize uint64
	pause    time.Duration // before something is sent again; it doubles
}

const (
	// inMemory is what is not worth a file, nor a question whether it is there.
	inMemory = 256 << 10
	// partSize is how much is sent with one request, and kept in memory for that.
	partSize = 16 << 20
	// attempts is how often a request is sent.
	attempts = 4
)

// OpenObjects opens a store, and looks whether the bucket is there.
func OpenObjects(ctx context.Context, b Bucket) (*Objects, error) {
	u, err := url.Parse(b.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("%q is no address of an S3-compatible store, such as https://s3.example.org", b.Endpoint)
	}
	if b.Patience <= 0 {
		b.Patience = 20 * time.Second
	}
	if err := errors.Join(os.RemoveAll(b.Spool), os.MkdirAll(b.Spool, 0o700)); err != nil {
		return nil, fmt.Errorf("the folder for what is on its way: %w", err)
	}
	transport, err := minio.DefaultTransport(u.Scheme == "https")
	if err != nil {
		return nil, err
	}
	transport.ResponseHeaderTimeout = b.Patience // which begins when all is sent
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &sending{conn, b.Patience}, nil
	}
	lookup := minio.BucketLookupDNS
	if b.PathStyle {
		lookup = minio.BucketLookupPath
	}
	options := minio.Options{
		Creds: credentials.NewStaticV4(b.AccessKey, b.SecretKey, ""), Secure: u.Scheme == "https", Region: b.Region,
		BucketLookup: lookup, Transport: transport, MaxRetries: attempts,
	}
	client, err := minio.New(u.Host, &options)
	if err != nil {
		return nil, err
	}
	options.MaxRetries = 1
	sender, err := minio.New(u.Host, &options)
	if err != nil {
		return nil, err
	}
	o := &Objects{client: client, sender: sender, bucket: b.Name, prefix: strings.Trim(b.Prefix, "/"), spool: b.Spool, patience: b.Patience,
		partSize: partSize, pause: 200 * time.Millisecond}
	there, err := client.BucketExists(ctx, b.Name)
	if err != nil {
		return nil, fmt.Errorf("the bucket %s at %s: %w", b.Name, u.Host, failed(err))
	}
	if !there {
		return nil, fmt.Errorf("at %s there is no bucket %s", u.Host, b.Name)
	}
	return o, nil
}

// sending is a connection that ends when the other side takes nothing for a while.
type sending struct {
	net.Conn
	patience time.Duration
}

// Write implements io.Writer.
func (c *sending) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// key is the name of a blob's object.
func (o *Objects) key(tenant string, h Hash) string {
	return path.Join(o.prefix, folder(tenant), string(h[:2]), string(h[2:]))
}

// Put implements Store.
func (o *Objects) Put(ctx context.Context, tenant string, h Hash, r io.Reader, limit int64) (int64, error) {
	if h.digest() == nil {
		return 0, fmt.Errorf("%q names no blob", h)
	}
	in := &intake{ctx: ctx, from: r, left: limit, sum: h.digest()}
	body, done, err := o.collect(in)
	if err != nil {
		return 0, full(err)
	}
	defer done()
	if err := in.verify(h); err != nil {
		return 0, err
	}
	key := o.key(tenant, h)
	if in.size > inMemory && o.renew(ctx, key, in.size) {
		return in.size, nil
	}
	return in.size, o.send(ctx, key, body, in.size)
}

// send puts an object, again where that may help. The library could do so itself, but
// goes back in a reader then from which the request before may still be read.
func (o *Objects) send(ctx context.Context, key string, body io.ReaderAt, size int64) error {
	for try, pause := 1, o.pause; ; try, pause = try+1, 2*pause {
		_, err := o.sender.PutObject(ctx, o.bucket, key, io.NewSectionReader(body, 0, size), size, minio.PutObjectOptions{
			// With a digest the store refuses what has not arrived as it was sent.
			ContentType: "application/octet-stream", SendContentMd5: true, PartSize: o.partSize,
		})
		if err = failed(err); !errors.Is(err, ErrAway) || try == attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// collect takes in all bytes; done frees what holds them.
func (o *Objects) collect(in *intake) (body io.ReaderAt, done func(), err error) {
	var head bytes.Buffer
	if _, err := io.CopyN(&head, in, inMemory); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if in.end {
		return bytes.NewReader(head.Bytes()), func() {}, nil
	}
	file, err := os.CreateTemp(o.spool, "blob-")
	if err != nil {
		return nil, nil, err
	}
	done = func() {
		_ = file.Close()
		_ = os.Remove(file.Name()) // or else by the next start
	}
	if _, err = io.Copy(file, io.MultiReader(&head, in)); err != nil {
		done()
		return nil, nil, err
	}
	return file, done, nil
}

// renew makes an object young that is there, by copying it onto itself. Some stores
// leave its time as it was: there, and where it does not work, the object is put again.
func (o *Objects) renew(ctx context.Context, key string, size int64) bool {
	info, err := o.client.StatObject(ctx, o.bucket, key, minio.StatObjectOptions{})
	if err != nil || info.Size != size {
		return false
	}
	_, err = o.client.CopyObject(ctx,
		minio.CopyDestOptions{Bucket: o.bucket, Object: key, ReplaceMetadata: true, UserMetadata: map[string]string{"Again": time.Now().UTC().Format(time.RFC3339)}},
		minio.CopySrcOptions{Bucket: o.bucket, Object: key})
	if err != nil {
		return false
	}
	now, err := o.client.StatObject(ctx, o.bucket, key, minio.StatObjectOptions{})
	return err == nil && now.Size == size && now.LastModified.After(info.LastModified)
}

// Open implements Store. What it answers is an io.Seeker.
func (o *Objects) Open(ctx context.Context, tenant string, h Hash) (io.ReadCloser, int64, error) {
	// What is opened may outlive the call's context, but no silence of the store.
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &object{patience: o.patience, cancel: cancel, timer: time.AfterFunc(o.patience, cancel)}
	var err error
	if r.inner, err = o.client.GetObject(reading, o.bucket, o.key(tenant, h), minio.GetObjectOptions{}); err == nil {
		var info minio.ObjectInfo
		if info, err = r.inner.Stat(); err == nil {
			r.timer.Stop()
			return r, info.Size, nil
		}
	}
	r.timer.Stop()
	cancel()
	return nil, 0, failed(err)
}

// object is an object that is being read.
type object struct {
	inner    *minio.Object
	patience time.Duration
	timer    *time.Timer // ends the reading when the store is silent
	cancel   context.CancelFunc
}

// Read implements io.Reader.
func (r *object) Read(p []byte) (int, error) {
	r.timer.Reset(r.patience)
	defer r.timer.Stop()
	n, err := r.inner.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = failed(err)
	}
	return n, err
}

// Seek implements io.Seeker.
func (r *object) Seek(offset int64, whence int) (int64, error) { return r.inner.Seek(offset, whence) }

// Close implements io.Closer.
func (r *object) Close() error {
	r.timer.Stop()
	defer r.cancel()
	return r.inner.Close()
}

// Stat implements Store.
func (o *Objects) Stat(ctx context.Context, tenant string, h Hash) (Info, error) {
	info, err := o.client.StatObject(ctx, o.bucket, o.key(tenant, h), minio.StatObjectOptions{})
	if err != nil {
		return Info{}, failed(err)
	}
	return Info{info.Size, info.LastModified}, nil
}

// List implements Store.
func (o *Objects) List(ctx context.Context, tenant string, yield func(Hash, Info) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends what lists, when yield has enough
	root := path.Join(o.prefix, folder(tenant)) + "/"
	for info := range o.client.ListObjects(ctx, o.bucket, minio.ListObjectsOptions{Prefix: root, Recursive: true}) {
		if info.Err != nil {
			return failed(info.Err)
		}
		h, err := ParseHash(strings.Replace(strings.TrimPrefix(info.Key, root), "/", "", 1))
		if err != nil {
			continue // nothing of ours
		}
		if !yield(h, Info{info.Size, info.LastModified}) {
			return nil
		}
	}
	return ctx.Err()
}

// Remove implements Store.
func (o *Objects) Remove(ctx context.Context, tenant string, h Hash) error {
	if err := failed(o.client.RemoveObject(ctx, o.bucket, o.key(tenant, h), minio.RemoveObjectOptions{})); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// failed names an error of the store.
func failed(err error) error {
	var answer minio.ErrorResponse
	switch {
	case err == nil, errors.Is(err, context.DeadlineExceeded):
		return err
	case !errors.As(err, &answer):
		return fmt.Errorf("%w: %w", ErrAway, err)
	case answer.Code == "NoSuchKey", answer.StatusCode == 404 && answer.Code != "NoSuchBucket" && answer.Code != "NoSuchUpload":
		return ErrNotFound
	case answer.StatusCode == 507, answer.Code == "QuotaExceeded", answer.Code == "XMinioStorageFull":
		return fmt.Errorf("%w: %w", ErrFull, err)
	case answer.StatusCode >= 500, answer.StatusCode == 429, answer.StatusCode == 0, answer.Code == "SlowDown", answer.Code == "NoSuchUpload", answer.Code == "RequestTimeout":
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return fmt.Errorf("the S3-compatible store refuses: %w", err)
}
