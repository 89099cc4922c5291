package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Validate judges every value and what they mean together. Load has done so; it
// is for configurations that a program has put together. The error joins
// everything that is wrong, each part with its key and what was expected.
func (c *Config) Validate() error {
	var problems []error
	bad := map[string]bool{}
	for _, k := range keys {
		if k.kind.check(k.field(c)) != nil {
			problems = append(problems, complaint(k, "set by the program", k.kind.text(k.field(c))))
			bad[k.name] = true
		}
	}
	return errors.Join(append(problems, c.validate(bad)...)...)
}

// rule is about several keys together. It is left out when one of them is
// already known to be bad.
type rule struct {
	keys     []string // the first is the one that is named
	holds    func(*Config) bool
	expected string
}

var rules = []rule{
	{[]string{"secret", "key"},
		func(c *Config) bool { return c.Access.Key == "" || c.Access.Secret != "" },
		"a secret, because key is set"},
	{[]string{"key", "secret"},
		func(c *Config) bool { return c.Access.Secret == "" || c.Access.Key != "" },
		"a name for the API key, because secret is set"},
	{[]string{"tls.certificate", "tls.key"},
		func(c *Config) bool { return c.Server.TLS.Key == "" || c.Server.TLS.Certificate != "" },
		"a file with the certificate, because tls.key is set"},
	{[]string{"tls.key", "tls.certificate"},
		func(c *Config) bool { return c.Server.TLS.Certificate == "" || c.Server.TLS.Key != "" },
		"a file with the key, because tls.certificate is set"},
	{[]string{"content.tls.certificate", "content.tls.key"},
		func(c *Config) bool { return c.Content.TLS.Key == "" || c.Content.TLS.Certificate != "" },
		"a file with the certificate, because content.tls.key is set"},
	{[]string{"content.tls.key", "content.tls.certificate"},
		func(c *Config) bool { return c.Content.TLS.Certificate == "" || c.Content.TLS.Key != "" },
		"a file with the key, because content.tls.certificate is set"},
	{[]string{"tls.certificate", "content.tls.certificate"},
		func(c *Config) bool { return c.Content.TLS.Certificate == "" || c.Server.TLS.Certificate != "" },
		"a certificate for the pages as well, because content.tls.certificate is set"},
	{[]string{"public_url", "tls.certificate"},
		func(c *Config) bool {
			return c.Server.TLS.Certificate == "" || !strings.HasPrefix(c.Server.PublicURL, "http:")
		},
		"an address that begins with https://, because tls.certificate is set"},
	{[]string{"content.public_url", "tls.certificate"},
		func(c *Config) bool {
			return c.Server.TLS.Certificate == "" || !strings.HasPrefix(c.Content.PublicURL, "http:")
		},
		"an address that begins with https://, because tls.certificate is set"},
	{[]string{"auth.oidc.audience", "auth.oidc.issuer", "auth.oidc.client_id"},
		func(c *Config) bool {
			return c.Auth.OIDC.Issuer == "" || c.Auth.OIDC.Audience != "" || c.Auth.OIDC.ClientID != ""
		},
		"an audience, because auth.oidc.issuer is set: a token for somebody else must not be one for us"},
	{[]string{"auth.oidc.issuer", "auth.oidc.client_id"},
		func(c *Config) bool { return c.Auth.OIDC.ClientID == "" || c.Auth.OIDC.Issuer != "" },
		"the issuer, because auth.oidc.client_id is set"},
	{[]string{"auth.oidc.client_id", "auth.oidc.client_secret"},
		func(c *Config) bool { return c.Auth.OIDC.ClientSecret == "" || c.Auth.OIDC.ClientID != "" },
		"a client, because auth.oidc.client_secret is set"},
	{[]string{"content.addr", "addr"},
		func(c *Config) bool { return !sameListener(c.Server.Addr, c.Content.Addr) },
		"another port than addr: content is served apart from the pages"},
	{[]string{"content.public_url", "public_url", "content.addr"},
		func(c *Config) bool { return !strings.EqualFold(pagesHost(c), contentHost(c)) },
		"another host name than that of the pages (another port is not enough: cookies ignore ports); without an address of its own content is at the host of content.addr, pages without public_url at localhost"},
	{[]string{"content.public_url"},
		func(c *Config) bool {
			u, err := url.Parse(c.Content.PublicURL)
			return err != nil || u.Path == ""
		},
		"an address without a path: content has a host name of its own, whole"},
	{[]string{"bi.tls.certificate", "bi.tls.key"},
		func(c *Config) bool { return c.BI.TLS.Key == "" || c.BI.TLS.Certificate != "" },
		"a file with the certificate, because bi.tls.key is set"},
	{[]string{"bi.tls.key", "bi.tls.certificate"},
		func(c *Config) bool { return c.BI.TLS.Certificate == "" || c.BI.TLS.Key != "" },
		"a file with the key, because bi.tls.certificate is set"},
	{[]string{"bi.addr", "addr", "content.addr"},
		func(c *Config) bool {
			return c.BI.Addr == "" || !sameListener(c.BI.Addr, c.Server.Addr) && !sameListener(c.BI.Addr, c.Content.Addr)
		},
		"another port than addr and content.addr"},
	{[]string{"commit.flush_bytes", "commit.log_bytes"},
		func(c *Config) bool { return c.Commit.FlushBytes <= c.Commit.LogBytes/2 },
		"at most half of commit.log_bytes"},
	{[]string{"limits.body_bytes", "commit.log_bytes"},
		func(c *Config) bool { return c.Limits.BodyBytes <= c.Commit.LogBytes/2 },
		"at most half of commit.log_bytes, so that the largest request fits into the log"},
	{[]string{"limits.statement_bytes", "limits.body_bytes"},
		func(c *Config) bool { return c.Limits.StatementBytes <= c.Limits.BodyBytes },
		"at most limits.body_bytes"},
	{[]string{"limits.attachment_bytes", "limits.attachments_bytes"},
		func(c *Config) bool { return c.Limits.AttachmentBytes <= c.Limits.AttachmentsBytes },
		"at most limits.attachments_bytes"},
	{[]string{"packages.packed_bytes", "packages.unpacked_bytes"},
		func(c *Config) bool { return c.Packages.PackedBytes <= c.Packages.UnpackedBytes },
		"at most packages.unpacked_bytes"},
	{[]string{"blobs.s3.endpoint"},
		func(c *Config) bool {
			u, err := url.Parse(c.Blobs.S3.Endpoint)
			return err == nil && u.Path == ""
		},
		"an address without a path: the bucket is blobs.s3.bucket"},
	{[]string{"blobs.s3.bucket", "blobs.s3.endpoint"},
		func(c *Config) bool { return c.Blobs.S3.Endpoint == "" || c.Blobs.S3.Bucket != "" },
		"the name of a bucket, because blobs.s3.endpoint is set"},
	{[]string{"blobs.s3.access_key", "blobs.s3.endpoint"},
		func(c *Config) bool { return c.Blobs.S3.Endpoint == "" || c.Blobs.S3.AccessKey != "" },
		"an access key, because blobs.s3.endpoint is set"},
	{[]string{"blobs.s3.secret_key", "blobs.s3.access_key"},
		func(c *Config) bool { return c.Blobs.S3.AccessKey == "" || c.Blobs.S3.SecretKey != "" },
		"a secret key, because blobs.s3.access_key is set"},
	{[]string{"launch.lifetime", "launch.max_lifetime"},
		func(c *Config) bool { return c.Launch.Lifetime <= c.Launch.MaxLifetime },
		"at most launch.max_lifetime"},
	{[]string{"smtp.host", "digest.tenants"},
		func(c *Config) bool { return len(c.Digest.Tenants) == 0 || c.SMTP.Host != "" },
		"the name of a mail server, because digest.tenants is set"},
	{[]string{"smtp.from", "smtp.host"},
		func(c *Config) bool { return c.SMTP.Host == "" || c.SMTP.From != "" },
		"the sender of mail, because smtp.host is set"},
	{[]string{"smtp.user", "smtp.password"},
		func(c *Config) bool { return c.SMTP.Password == "" || c.SMTP.User != "" },
		"the name to sign in with, because smtp.password is set"},
	{[]string{"signin.idle", "signin.lifetime"},
		func(c *Config) bool { return c.Signin.Idle <= c.Signin.Lifetime },
		"at most signin.lifetime"},
	{[]string{"limits.wait_timeout", "limits.request_timeout"},
		func(c *Config) bool { return c.Limits.WaitTimeout < c.Limits.RequestTimeout },
		"less than limits.request_timeout"},
	{[]string{"limits.read_timeout", "limits.request_timeout"},
		func(c *Config) bool { return c.Limits.ReadTimeout <= c.Limits.RequestTimeout },
		"at most limits.request_timeout"},
}

func (c *Config) validate(bad map[string]bool) []error {
	var problems []error
next:
	for _, r := range rules {
		for _, name := range r.keys {
			if bad[name] {
				continue next
			}
		}
		if !r.holds(c) {
			problems = append(problems, fmt.Errorf("%s: expected %s", r.keys[0], r.expected))
		}
	}
	return problems
}

// sameListener says whether two addresses cannot both be listened on. Port 0 is
// another one each time.
func sameListener(a, b string) bool {
	hostA, portA, _ := net.SplitHostPort(a)
	hostB, portB, _ := net.SplitHostPort(b)
	return portA == portB && portA != "0" && (hostA == hostB || anyHost(hostA) || anyHost(hostB))
}

func anyHost(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }

// pagesHost is the host name of the pages as browsers see it.
func pagesHost(c *Config) string {
	if u, err := url.Parse(c.Server.PublicURL); err == nil && u.Host != "" {
		return u.Hostname()
	}
	return "localhost"
}

// contentHost is that of learning content.
func contentHost(c *Config) string {
	if u, err := url.Parse(c.Content.PublicURL); err == nil && u.Host != "" {
		return u.Hostname()
	}
	host, _, _ := net.SplitHostPort(c.Content.Addr)
	if anyHost(host) {
		return "127.0.0.1"
	}
	return host
}
