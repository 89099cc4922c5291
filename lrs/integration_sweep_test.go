package lrs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lernspur/app"
	"lernspur/lrs"
	"lernspur/lrs/lrstest"

	"github.com/go-jose/go-jose/v4"
)

// TestSweepLeavesWhatIsUsed: of the bytes that are old enough, those of refused
// requests go, and those of statements stay: voided, in SubStatements, and not
// in the database yet.
func TestSweepLeavesWhatIsUsed(t *testing.T) {
	s, c := start(t)
	sweep := func() int {
		t.Helper()
		n, err := s.Blobs.Sweep(t.Context(), "default", time.Now().Add(time.Hour), app.UsedBlobs(s.Commit, s.Store))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	stays := func(sts ...any) {
		t.Helper()
		for _, st := range sts {
			path := "/statements?attachments=true&statementId=" + id(st)
			if c.do("GET", path, nil).status == 404 {
				path = "/statements?attachments=true&voidedStatementId=" + id(st)
			}
			if _, files := c.getParts(path); len(files) != 1 {
				t.Errorf("%d attachments of %s are left", len(files), id(st))
			}
		}
	}
	one, two, three := []byte("one"), []byte("two"), []byte("three")
	sub := said("bob", "did", "sub", with(attached(two)), m{"objectType": "SubStatement"})
	delete(sub, "id")
	sts := []any{said("ada", "did", "it", with(attached(one))), said("ada", "did", "it", m{"object": sub}), said("ada", "did", "it", with(attached(three)))}
	c.postParts(sts, file(one), file(two), file(three))
	if n := sweep(); n != 0 { // they may be in the log only
		t.Errorf("%d blobs of statements were removed", n)
	}
	c.post(voiding("ada", id(sts[2])))
	// Bytes that came before the request was refused.
	refused := said("ada", "did", "it", with(attached([]byte("four")), attached([]byte("five"))))
	c.mixed().want(400, "POST", "/statements", inParts(jsonPart(c.encode(refused)), file([]byte("four"))))
	if n := sweep(); n != 1 {
		t.Errorf("%d blobs were removed, not the one without a statement", n)
	}
	stays(sts...)
	if len(blobFiles(t, s)) != 3 {
		t.Errorf("left %v", blobFiles(t, s))
	}
}

// TestSweepsDuringPosts sweeps all the time, with every blob old enough, while
// clients post the same few files and some of them are refused.
func TestSweepsDuringPosts(t *testing.T) {
	s, c := start(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if _, err := s.Blobs.Sweep(ctx, "default", time.Now().Add(time.Hour), app.UsedBlobs(s.Commit, s.Store)); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	}()
	var sts []any
	for i := range 40 {
		b := fmt.Appendf(nil, "file %d", i/2)
		st := said("ada", "did", "it", with(attached(b)))
		if i%2 == 0 {
			bad := said("ada", "did", "it", with(attached(b), attached([]byte("missing"))))
			c.mixed().want(400, "POST", "/statements", inParts(jsonPart(c.encode(bad)), file(b)))
		}
		c.postParts(st, file(b))
		sts = append(sts, st)
	}
	stop()
	<-done
	for _, st := range sts {
		if _, files := c.getParts("/statements?attachments=true&statementId=" + id(st)); len(files) != 1 {
			t.Errorf("the attachment of %s is gone", id(st))
		}
	}
}

// TestSignedStatements sends them whole.
func TestSignedStatements(t *testing.T) {
	_, c := start(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(st m) []byte {
		jws, err := signer.Sign(c.encode(st))
		if err != nil {
			t.Fatal(err)
		}
		text, err := jws.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return []byte(text)
	}
	signature := m{"usageType": "http://adlnet.gov/expapi/attachments/signature", "contentType": "application/octet-stream"}
	for _, version := range []string{"1.0.3", "2.0.0"} {
		c := c.under(version)
		st := said("ada", "did", "it")
		b := sign(st)
		st["attachments"] = []m{attached([]byte("a file")), attached(b, signature)}
		p := file(b)
		p.headers[0] = "Content-Type: application/octet-stream"
		c.postParts(st, p, file([]byte("a file")))
		if _, files := c.getParts("/statements?attachments=true&statementId=" + id(st)); !bytes.Equal(files[sha(b)].body, b) {
			t.Error("the signature did not come back")
		}

		other := said("ada", "saw", "it")
		other["attachments"] = st["attachments"]
		r := c.mixed().want(400, "POST", "/statements", inParts(jsonPart(c.encode([]any{said("ada", "did", "it"), other})), p, file([]byte("a file"))))
		if _, rules := errorOf(t, r); len(rules) != 1 || rules[0] != "1/attachments/1 signature-statement" {
			t.Errorf("%q", rules)
		}
		c.want(404, "GET", "/statements?statementId="+id(other), nil)

		// In a SubStatement it is an attachment like others; with a fileUrl alone
		// there is nothing to check.
		sub := said("bob", "did", "sub", with(attached(b, signature)), m{"objectType": "SubStatement"})
		delete(sub, "id")
		c.postParts(said("ada", "did", "it", m{"object": sub}), p)
		c.post(said("ada", "saw", "it", with(attached(b, signature, m{"fileUrl": "http://example.org/signature"}))))
	}
}

// TestSlowUploads: a body that moves on may take longer than others, one that
// does not is cut.
func TestSlowUploads(t *testing.T) {
	s := lrstest.Start(t, lrstest.Options{LRS: func(o *lrs.Options) { o.Patience, o.LeastRate = 300*time.Millisecond, 1<<20 }})
	c := clientOf(t, s)
	b := bytes.Repeat([]byte("x"), 2<<20)
	for name, tc := range map[string]struct {
		pause  time.Duration // before each of 16 pieces of 128 KiB
		status int
	}{
		// 2.6 MiB a second over 0.8 s: longer than patience, faster than asked.
		"fast enough": {50 * time.Millisecond, 200},
		// The first stride sets the deadline to 0.55 s, and then nothing comes.
		"too slow": {600 * time.Millisecond, 400},
	} {
		st := said("ada", "did", "it", with(attached(b)))
		body := inParts(jsonPart(c.encode(st)), file(b))
		r, w := io.Pipe()
		go func() {
			for from := 0; from < len(body); from += 128 << 10 {
				pause := tc.pause
				if tc.status != 200 && from < 512<<10 {
					pause = 0
				}
				time.Sleep(pause)
				if _, err := w.Write(body[from:min(from+128<<10, len(body))]); err != nil {
					return
				}
			}
			w.Close()
		}()
		status, answer := c.stream(http.MethodPost, "/statements", r, int64(len(body)))
		r.Close()
		if status != tc.status && (tc.status == 200 || status != 0) || status == 400 && !strings.Contains(string(answer), "too slowly") {
			t.Errorf("%s: %d %s", name, status, answer)
		}
		want := 404
		if tc.status == 200 {
			want = 200
		}
		c.want(want, "GET", "/statements?statementId="+id(st), nil)
	}
}
