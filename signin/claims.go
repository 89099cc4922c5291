package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"lernspur/directory"
	"lernspur/statements"
)

// claims are what an issuer says about somebody.
type claims map[string]any

// at is the value at a path, with dots between the names of objects; nil when
// there is none. A name that has dots itself counts as a whole first.
func (c claims) at(path string) any {
	if v, ok := c[path]; ok || path == "" {
		return v
	}
	var v any = map[string]any(c)
	for name := range strings.SplitSeq(path, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[name]
	}
	return v
}

// text is a value that is text; "" for others.
func (c claims) text(path string) string {
	s, _ := c.at(path).(string)
	return s
}

// list is a value that is a list of texts, or one text of words.
func (c claims) list(path string) (list []string) {
	switch v := c.at(path).(type) {
	case string:
		return strings.Fields(v)
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

// label is the first of these that has a text, as it can be shown.
func (c claims) label(paths ...string) string {
	for _, path := range paths {
		text := strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(c.text(path), "")))
		if runes := []rune(text); len(runes) > maxName {
			text = string(runes[:maxName])
		}
		if text != "" {
			return text
		}
	}
	return ""
}

// ids are those of a list that can be ids of the directory.
func (c claims) ids(path string) []string {
	ids := []string{}
	for _, id := range c.list(path) {
		bad := func(r rune) bool { return r <= ' ' || r > '~' }
		if id != "" && len(id) <= maxPerson && !strings.ContainsFunc(id, bad) && len(ids) < maxGroups {
			ids = append(ids, id)
		}
	}
	return ids
}

// tenantOf is the tenant of somebody.
func (o OIDCOptions) tenantOf(all claims) (string, error) {
	if o.TenantClaim == "" {
		return tenantOr(o.Tenant), nil
	}
	tenant := all.text(o.TenantClaim)
	if directory.CheckTenant(tenant) != nil {
		return "", fmt.Errorf("the claim %s names no tenant", o.TenantClaim)
	}
	return tenant, nil
}

// human finds out who somebody is in the directory: by the account at the issuer,
// or by a mail address that the issuer has verified.
func (s *Service) human(ctx context.Context, tenant, subject string, all claims) string {
	if s.issuer.opts.PersonOf == nil {
		return ""
	}
	var identifiers []string
	add := func(agent []byte, err error) {
		if err != nil {
			return
		}
		if identifier, err := statements.AgentIdentifier(agent, statements.V1); err == nil {
			identifiers = append(identifiers, identifier)
		}
	}
	add(directory.Account(s.issuer.opts.Issuer, subject))
	if email := all.text("email"); email != "" && all.at("email_verified") == true {
		add(json.Marshal(map[string]string{"mbox": "mailto:" + email}))
	}
	return s.issuer.opts.PersonOf(ctx, tenant, identifiers)
}
