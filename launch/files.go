package launch

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"lernspur/catalog"
	"lernspur/documents"

	"github.com/google/uuid"
)

// What a launch statement tells of the content's address (9.6.3.4) is read by many,
// so the token of the launch, by which its holder is the learner, must not be in
// it. Files of content that speaks xAPI itself have a token of their own, which
// opens the files of one version and nothing else, for some days.

// filesPrefix is how tokens for files begin.
const filesPrefix = "f-"

// filesDay is to what the end of a token is rounded up, so that a learner's browser
// finds the files of the day before where they were.
const filesDay = 24 * time.Hour

// files is what a token for files says.
type files struct {
	Tenant  string `json:"t"`
	Course  string `json:"c"`
	Version int    `json:"v"`
	Expires int64  `json:"e"` // in seconds since 1970
}

// seals has the secrets by which tokens for files are signed, one for each tenant.
type seals struct{ known sync.Map }

// seal is the secret of a tenant. It is made once and kept.
func (s *Service) seal(ctx context.Context, tenant string, create bool) ([]byte, error) {
	if secret, ok := s.seals.known.Load(tenant); ok {
		return secret.([]byte), nil
	}
	key := documents.Key{Shelf: documents.Shelf{Tenant: tenant, Kind: documents.Cmi5}, ID: "files"}
	d, err := s.opts.Records.Document(ctx, key)
	if err != nil {
		return nil, err
	}
	if d == nil && !create {
		return nil, catalog.ErrNoLaunch
	}
	if d == nil {
		_, err = s.opts.Records.Change(ctx, key, func(current *documents.Document) (*documents.Document, error) {
			if d = current; d != nil {
				return nil, nil // another launch was faster
			}
			secret := make([]byte, 32)
			_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
			d = &documents.Document{ContentType: "application/octet-stream", Content: secret}
			return d, nil
		})
		if err != nil {
			return nil, err
		}
	}
	s.seals.known.Store(tenant, d.Content)
	return d.Content, nil
}

// filesToken is a token for the files of a launch.
func (s *Service) filesToken(ctx context.Context, l *catalog.Launch) (string, error) {
	secret, err := s.seal(ctx, l.Tenant, true)
	if err != nil {
		return "", err
	}
	end := time.UnixMicro(s.until(l, s.now())).Add(filesDay).Truncate(filesDay)
	said, err := json.Marshal(files{l.Tenant, l.Course, l.Version, end.Unix()})
	if err != nil {
		return "", err
	}
	text := filesPrefix + base64.RawURLEncoding.EncodeToString(said)
	return text + "." + base64.RawURLEncoding.EncodeToString(signed(secret, text)), nil
}

func signed(secret []byte, text string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Launched is what a token for files opens, as catalog.Service answers it for the
// token of a launch: a preview of which no item can be opened. Errors: ErrNoLaunch
// of package catalog, also for a token of another kind; ErrExpired.
func (s *Service) Launched(ctx context.Context, token string) (*catalog.Launch, *catalog.Course, error) {
	text, signature, ok := strings.Cut(token, ".")
	encoded, prefixed := strings.CutPrefix(text, filesPrefix)
	if !ok || !prefixed || len(token) > 1024 {
		return nil, nil, catalog.ErrNoLaunch
	}
	said, err := base64.RawURLEncoding.DecodeString(encoded)
	mac, macErr := base64.RawURLEncoding.DecodeString(signature)
	var f files
	if err != nil || macErr != nil || json.Unmarshal(said, &f) != nil || f.Tenant == "" {
		return nil, nil, catalog.ErrNoLaunch
	}
	secret, err := s.seal(ctx, f.Tenant, false)
	if err != nil {
		return nil, nil, err
	}
	if !hmac.Equal(mac, signed(secret, text)) {
		return nil, nil, catalog.ErrNoLaunch
	}
	end := time.Unix(f.Expires, 0)
	if !s.opts.Now().Before(end) {
		return nil, nil, catalog.ErrExpired
	}
	course, _, err := s.opts.Catalog.Version(ctx, f.Tenant, f.Course, f.Version)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil, catalog.ErrNoLaunch
	} else if err != nil {
		return nil, nil, err
	}
	return &catalog.Launch{
		Token: token, ID: uuid.NewSHA1(uuid.Nil, []byte(token)), Tenant: f.Tenant, Course: f.Course, Version: f.Version,
		Mode: catalog.Browse, Created: end.Add(-filesDay).UnixMicro(), Expires: end.UnixMicro(),
	}, course, nil
}
