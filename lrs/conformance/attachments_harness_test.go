package conformance

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

const boundary = "-------5f1d7a"

// part is a part of a multipart body: its headers, as pairs, and its content.
type part struct {
	headers []string
	content string
}

// firstPart has the statements.
func (c *client) firstPart(statements any) part {
	c.Helper()
	return part{[]string{"Content-Type", "application/json"}, string(c.encode(statements))}
}

// dataPart has the data of an attachment.
func dataPart(kind, content string) part {
	return part{[]string{"Content-Type", kind, "Content-Transfer-Encoding", "binary", "X-Experience-API-Hash", hashOf(content)}, content}
}

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// has is a part with another value for a header; without one it is left out.
func (p part) has(name, value string) part {
	var headers []string
	for i := 0; i < len(p.headers); i += 2 {
		if p.headers[i] != name {
			headers = append(headers, p.headers[i], p.headers[i+1])
		}
	}
	if value != "" {
		headers = append(headers, name, value)
	}
	return part{headers, p.content}
}

// mixed is a POST of parts.
func mixed(parts ...part) request {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--" + boundary + "\r\n")
		for i := 0; i < len(p.headers); i += 2 {
			b.WriteString(p.headers[i] + ": " + p.headers[i+1] + "\r\n")
		}
		b.WriteString("\r\n" + p.content + "\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return post(b.String()).with("Content-Type", "multipart/mixed; boundary="+boundary)
}

// attached is what a statement says of an attachment with some content.
func attached(kind, content string, more ...m) m {
	return merge(m{
		"usageType": "http://example.org/usage/evidence", "display": language("en", "A file"), "contentType": kind, "length": len(content), "sha2": hashOf(content),
	}, more...)
}

func attachments(of ...any) m { return m{"attachments": of} }

// parts reads a multipart answer.
func (c *client) parts(q request) (statements []byte, data map[string]string) {
	c.Helper()
	r := c.want(200, q)
	kind, params, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		c.Fatalf("%s %v", r.header.Get("Content-Type"), err)
	}
	data = map[string]string{}
	for reader := multipart.NewReader(bytes.NewReader(r.body), params["boundary"]); ; {
		p, err := reader.NextRawPart()
		if err == io.EOF {
			return statements, data
		}
		if err != nil {
			c.Fatal(err)
		}
		content, err := io.ReadAll(p)
		if err != nil {
			c.Fatal(err)
		}
		if statements == nil {
			if p.Header.Get("Content-Type") != "application/json" {
				c.Errorf("first part: %v", p.Header)
			}
			statements = content
			continue
		}
		hash := p.Header.Get("X-Experience-API-Hash")
		if _, twice := data[hash]; twice || hash == "" || p.Header.Get("Content-Transfer-Encoding") != "binary" || p.Header.Get("Content-Type") == "" {
			c.Errorf("part: %v", p.Header)
		}
		data[hash] = string(content)
	}
}
