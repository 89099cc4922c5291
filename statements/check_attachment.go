package statements

import "strconv"

// usageSignature is the usageType of the attachment that signs a statement
// (Data 2.6).
const usageSignature = "http://adlnet.gov/expapi/attachments/signature"

var attachmentNames = []string{"usageType", "display", "description", "contentType", "length", "sha2", "fileUrl"}

// checkAttachments checks the attachments of a statement or SubStatement, n
// being 0 if there are none, and notes where they are.
func (p *parser) checkAttachments(n int, sub bool) bool {
	if n == 0 {
		return true
	}
	if !p.isArray(n) {
		return false
	}
	index := 0
	for e, end := p.elements(n); e < end; e = int(p.nodes[e].next) {
		if !p.checkAttachment(e, attached{index: index, sub: sub}) {
			return false
		}
		index++
	}
	return true
}

func (p *parser) checkAttachment(n int, at attached) bool {
	if !p.isObject(n) {
		return false
	}
	display := 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		ok := true
		switch v := k + 1; p.text(k) {
		case "usageType":
			at.usage = v
			ok = p.isString(v) && (isIRI(p.text(v)) || !p.fail(ruleAttachmentUsage, v, p.notIRI(v)))
		case "display":
			display = v
			ok = p.checkLanguageMap(v)
		case "description":
			ok = p.checkLanguageMap(v)
		case "contentType":
			at.contentType = v
			ok = p.isString(v) && (isMediaType(p.text(v)) || !p.fail(ruleAttachmentType, v,
				`contentType must be an Internet media type such as "text/plain", not `+p.quote(v)))
		case "length":
			at.length = v
			ok = p.checkLength(v)
		case "sha2":
			at.sha2 = v
			ok = p.isString(v) && (isSHA2(p.text(v)) || !p.fail(ruleAttachmentSHA2, v,
				"sha2 must be a SHA-2 hash in hexadecimal digits: 64 of them for SHA-256"))
		case "fileUrl":
			at.url = v
			ok = p.isString(v) && (isIRI(p.text(v)) || !p.fail(ruleAttachmentURL, v, p.notIRI(v)))
		default:
			ok = p.unknown(k, "an attachment", attachmentNames)
		}
		if !ok {
			return false
		}
	}
	p.attached = append(p.attached, at)
	for i, node := range [...]int{at.usage, display, at.contentType, at.length, at.sha2} {
		name := [...]string{"usageType", "display", "contentType", "length", "sha2"}[i]
		if node == 0 && p.fail(ruleAttachmentNeeds, n, "an attachment needs "+name) {
			return false
		}
	}
	signed := at.usage != 0 && at.contentType != 0 && p.text(at.usage) == usageSignature
	return !signed || isOctetStream(p.text(at.contentType)) || !p.fail(ruleAttachmentSignature, at.contentType,
		"the contentType of a signature must be "+octetStream)
}

func (p *parser) checkLength(n int) bool {
	if !p.isNumber(n) {
		return false
	}
	if p.nodes[n].kind != kindNumber {
		return true
	}
	d := parseDecimal(alias(p.raw(n)))
	if (!d.integer() || d.negative && !d.zero()) && p.fail(ruleAttachmentLength, n,
		"length must be a whole number of bytes, 0 or more") {
		return false
	}
	return d.fitsInt64() || !p.fail(ruleLimitNumber, n, "this number is too large to be stored")
}

// fitsInt64 tells whether a whole number that is not negative is below 2^63.
func (d decimal) fitsInt64() bool {
	limit := parseDecimal(strconv.FormatUint(1<<63, 10))
	return d.compare(limit) < 0
}
