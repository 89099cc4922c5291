package conformance

import (
	"strings"

	"github.com/google/go-cmp/cmp"
)

// everyByte is content that no text encoding leaves as it is.
func everyByte(name string) string {
	var b strings.Builder
	b.WriteString(name + "\r\n--" + boundary + "x\r\n")
	for i := range 256 {
		b.WriteByte(byte(i))
	}
	return b.String()
}

// attachmentCases are about Comm 1.5 (2.0: 4.1.3).
var attachmentCases = []testcase{
	{"data come back byte by byte", "XAPI-00127 XAPI-00167 OWN-ATTACHMENT-BYTES", both, func(c *client) {
		one, two := everyByte(unique("one")), everyByte(unique("two"))
		verb := verbID(unique("verb"))
		a := statement(m{"verb": m{"id": verb}}, attachments(attached("image/png", one), attached("text/plain; charset=ascii", two)))
		b := statement(m{"verb": m{"id": verb}}, object(subStatement(without(statement(attachments(attached("image/png", one))), "id"))))
		c.want(200, mixed(c.firstPart(list{a, b}), dataPart("image/png", one), dataPart("text/plain; charset=ascii", two)))
		want := map[string]string{hashOf(one): one, hashOf(two): two}
		first, data := c.parts(get("verb", verb, "attachments", "true"))
		if diff := cmp.Diff(want, data); diff != "" {
			c.Error(diff)
		}
		var p page
		c.decode(first, &p)
		c.same([]string{id(b), id(a)}, c.ids(p))
		first, data = c.parts(get("statementId", id(a), "attachments", "true"))
		var got m
		c.decode(first, &got)
		if diff := cmp.Diff(want, data); diff != "" || got["id"] != id(a) {
			c.Errorf("%s: %s", first, diff)
		}
		_, data = c.parts(get("statementId", id(b), "attachments", "true"))
		if diff := cmp.Diff(map[string]string{hashOf(one): one}, data); diff != "" {
			c.Error(diff)
		}
	}},
	{"without attachments=true there are no data", "XAPI-00161", both, func(c *client) {
		content := unique("content")
		s := statement(attachments(attached("text/plain", content)))
		c.want(200, mixed(c.firstPart(s), dataPart("text/plain", content)))
		for _, query := range [][]string{{"attachments", "false"}, nil} {
			r := c.want(200, get(append([]string{"statementId", id(s)}, query...)...))
			if r.header.Get("Content-Type") != "application/json" || strings.Contains(string(r.body), content) {
				c.Errorf("%s: %s", r.header.Get("Content-Type"), r.body)
			}
		}
	}},
	{"attachments=true without attachments is multipart too", "XAPI-00167", both, func(c *client) {
		s := statement()
		c.store(s)
		first, data := c.parts(get("statementId", id(s), "attachments", "true"))
		var got m
		c.decode(first, &got)
		if len(data) != 0 || got["id"] != id(s) {
			c.Errorf("%s, %d data", first, len(data))
		}
		c.parts(get("verb", verbID(unique("verb")), "attachments", "true"))
	}},
	{"further pages bring their data", "XAPI-00167 XAPI-00111", both, func(c *client) {
		verb := verbID(unique("verb"))
		contents := []string{unique("one"), unique("two"), unique("three")}
		for _, content := range contents {
			c.want(200, mixed(c.firstPart(statement(m{"verb": m{"id": verb}}, attachments(attached("text/plain", content)))), dataPart("text/plain", content)))
		}
		q := get("verb", verb, "limit", "1", "ascending", "true", "attachments", "true", "format", "ids")
		for _, content := range contents {
			first, data := c.parts(q)
			if diff := cmp.Diff(map[string]string{hashOf(content): content}, data); diff != "" {
				c.Error(diff)
			}
			var p page
			c.decode(first, &p)
			q = request{method: "GET", path: *p.More}
		}
	}},
	{"PUT takes attachments", "XAPI-00127", both, func(c *client) {
		content := unique("content")
		s := statement(attachments(attached("text/plain", content)))
		q := mixed(c.firstPart(s), dataPart("text/plain", content))
		q.method, q.query = "PUT", []string{"statementId", id(s)}
		c.want(204, q)
		_, data := c.parts(get("statementId", id(s), "attachments", "true"))
		if diff := cmp.Diff(map[string]string{hashOf(content): content}, data); diff != "" {
			c.Error(diff)
		}
	}},
	{"forms that are taken", "V2-ATTACHMENT-FORMS XAPI-00135", both, func(c *client) {
		content := unique("content")
		withURL := attached("text/plain", content, m{"fileUrl": "http://files.example.org/1"})
		c.want(200, post(statement(attachments(withURL))))
		c.want(200, mixed(c.firstPart(statement(attachments(withURL)))))
		c.want(200, mixed(c.firstPart(statement())))
		c.want(200, mixed(c.firstPart(list{statement(), statement()})))
		c.want(200, mixed(c.firstPart(statement(attachments(withURL))), dataPart("text/plain", content)))
		other := unique("other")
		both := statement(attachments(withURL, attached("text/plain", other)))
		c.want(200, mixed(c.firstPart(both), dataPart("text/plain", other)))
		c.want(200, mixed(c.firstPart(statement(attachments(attached("text/plain", content)))), dataPart("text/plain", content).has("Content-Transfer-Encoding", "")))
	}},
	{"other types are refused", "XAPI-00127 XAPI-00131", both, func(c *client) {
		content := unique("content")
		s := statement(attachments(attached("text/plain", content)))
		q := mixed(c.firstPart(s), dataPart("text/plain", content))
		for _, kind := range []string{"multipart/form-data; boundary=" + boundary, "multipart/mixed", "multipart/mixed; boundary=", "multipart/mixed; boundary=other", "text/plain", "application/json", "multipart/related; boundary=" + boundary} {
			c.saysWhy(c.want(400, q.with("Content-Type", kind)))
		}
		withURL := statement(attachments(attached("text/plain", content, m{"fileUrl": "http://files.example.org/1"})))
		c.want(400, post(withURL).with("Content-Type", "multipart/form-data; boundary="+boundary))
		c.want(404, get("statementId", id(s)))
	}},
	{"attachments without data are refused", "XAPI-00129", both, func(c *client) {
		content, url := unique("content"), m{"fileUrl": "http://files.example.org/1"}
		for _, s := range []m{
			statement(attachments(attached("text/plain", content))),
			statement(attachments(attached("text/plain", unique("x"), url), attached("text/plain", content))),
			statement(object(subStatement(without(statement(attachments(attached("text/plain", content))), "id")))),
		} {
			c.saysWhy(c.want(400, post(s)))
			c.saysWhy(c.want(400, post(list{statement(), s})))
			c.saysWhy(c.want(400, mixed(c.firstPart(s))))
			c.want(404, get("statementId", id(s)))
		}
	}},
	{"parts that belong to nothing are refused", "XAPI-00128 XAPI-00132 XAPI-00133", both, func(c *client) {
		content := unique("content")
		s := statement(attachments(attached("text/plain", content)))
		good := dataPart("text/plain", content)
		for _, q := range []request{
			mixed(c.firstPart(s), good, dataPart("text/plain", "more")),
			mixed(c.firstPart(statement()), good),
			mixed(c.firstPart(s), good.has("X-Experience-API-Hash", "")),
			mixed(c.firstPart(s), good.has("X-Experience-API-Hash", "x")),
			mixed(c.firstPart(s), good.has("X-Experience-API-Hash", hashOf("other"))),
			mixed(c.firstPart(s), good, c.firstPart(statement())),
			mixed(good, c.firstPart(s)),
			mixed(good),
			mixed(),
		} {
			c.saysWhy(c.want(400, q))
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"bodies that are no multipart are refused", "XAPI-00130 XAPI-00131 XAPI-00134", both, func(c *client) {
		content := unique("content")
		s := statement(attachments(attached("text/plain", content)))
		q := mixed(c.firstPart(s), dataPart("text/plain", content))
		text := q.body.(string)
		second := strings.LastIndex(text[:len(text)-10], "--"+boundary+"\r\n")
		for _, body := range []string{
			"", string(c.encode(s)), text[:second] + text[second+len(boundary)+4:], strings.TrimPrefix(text, "--"+boundary+"\r\n"), text[:len(text)-30],
		} {
			q.body = body
			c.saysWhy(c.want(400, q))
		}
		for _, first := range []string{"text/plain", "multipart/mixed", ""} {
			c.saysWhy(c.want(400, mixed(c.firstPart(s).has("Content-Type", first), dataPart("text/plain", content))))
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"other encodings of parts are refused", "XAPI-00135", both, func(c *client) {
		content := unique("content")
		s := statement(attachments(attached("text/plain", content)))
		for _, encoding := range []string{"base64", "quoted-printable", "8bit", "x"} {
			c.saysWhy(c.want(400, mixed(c.firstPart(s), dataPart("text/plain", content).has("Content-Transfer-Encoding", encoding))))
		}
		c.want(404, get("statementId", id(s)))
	}},
	{"data are what was said of them", "OWN-ATTACHMENT-HASH", both, func(c *client) {
		content := unique("content")
		s := statement(attachments(attached("text/plain", content)))
		c.saysWhy(c.want(400, mixed(c.firstPart(s), part{dataPart("text/plain", content).headers, content + "."})))
		c.saysWhy(c.want(400, mixed(c.firstPart(s), part{dataPart("text/plain", content).headers, ""})))
		c.want(404, get("statementId", id(s)))
		upper := statement(attachments(attached("text/plain", content, m{"sha2": strings.ToUpper(hashOf(content))})))
		c.want(200, mixed(c.firstPart(upper), dataPart("text/plain", content)))
	}},
}
