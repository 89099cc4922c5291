package lrs

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"lernspur/statements"
)

// The token of a further page holds the query, where to go on and, for
// ascending order, the watermark of the first page: nothing is kept here. It
// gives no rights: whoever shows it gets what the same query would give, within
// the scopes and the tenant of the credentials at hand. Its check sum covers
// the tenant, so that a token of another tenant, or a damaged one, is refused
// rather than answered with something that only looks right.

const (
	tokenVersion  = 1
	tokenSumBytes = 12
	tokenMaxBytes = 32 << 10
)

// Bits of a token's flags.
const (
	tokenAscending = 1 << iota
	tokenRelatedAgents
	tokenRelatedActivities
	tokenAttachments
)

// sealToken writes the token of the page that follows.
func (req *statementsRequest) sealToken(tenant string) string {
	q := &req.query
	var flags byte
	for bit, on := range map[byte]bool{
		tokenAscending: q.Ascending, tokenRelatedAgents: q.RelatedAgents,
		tokenRelatedActivities: q.RelatedActivities, tokenAttachments: req.attachments,
	} {
		if on {
			flags |= bit
		}
	}
	b := []byte{tokenVersion, flags, byte(req.format)}
	b = append(b, q.Registration[:]...)
	for _, n := range []int64{int64(q.Limit), q.Since, q.Until, q.Cursor, q.Upto} {
		b = binary.AppendVarint(b, n)
	}
	for _, s := range []string{q.Agent, q.Verb, q.Activity, req.languages} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = append(b, tokenSum(b, tenant)...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// tokenSum ties a token to a tenant.
func tokenSum(payload []byte, tenant string) []byte {
	h := sha256.New()
	h.Write([]byte("lernspur more " + tenant + "\x00"))
	h.Write(payload)
	return h.Sum(nil)[:tokenSumBytes]
}

// openToken reads what sealToken wrote; 400 when it is something else.
func (a *API) openToken(token, tenant string) (statementsRequest, error) {
	bad := badRequest("this address of a further page is damaged or belongs to somebody else")
	if len(token) > tokenMaxBytes {
		return statementsRequest{}, bad
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < 3+16+tokenSumBytes || b[0] != tokenVersion {
		return statementsRequest{}, bad
	}
	payload, sum := b[:len(b)-tokenSumBytes], b[len(b)-tokenSumBytes:]
	if !bytes.Equal(sum, tokenSum(payload, tenant)) {
		return statementsRequest{}, bad
	}
	in := tokenReader{rest: payload[3+16:]}
	req := statementsRequest{
		format:      format(payload[2]),
		attachments: payload[1]&tokenAttachments != 0,
		query: statements.Query{
			Ascending:         payload[1]&tokenAscending != 0,
			RelatedAgents:     payload[1]&tokenRelatedAgents != 0,
			RelatedActivities: payload[1]&tokenRelatedActivities != 0,
			Limit:             int(in.number()),
			Since:             in.number(), Until: in.number(), Cursor: in.number(), Upto: in.number(),
			Agent: in.text(), Verb: in.text(), Activity: in.text(),
		},
	}
	copy(req.query.Registration[:], payload[3:])
	req.languages = in.text()
	q := &req.query
	if in.bad || len(in.rest) > 0 || req.format > formatCanonical || q.Cursor <= 0 || q.Limit <= 0 || q.Upto <= 0 || q.Since < 0 || q.Until < 0 {
		return statementsRequest{}, bad
	}
	q.Limit = min(q.Limit, a.opts.MaxPage)
	return req, nil
}

// tokenReader takes a token apart; bad tells that it ended early.
type tokenReader struct {
	rest []byte
	bad  bool
}

func (t *tokenReader) number() int64 {
	n, size := binary.Varint(t.rest)
	if size <= 0 {
		t.bad, t.rest = true, nil
		return 0
	}
	t.rest = t.rest[size:]
	return n
}

func (t *tokenReader) text() string {
	n, size := binary.Uvarint(t.rest)
	if size <= 0 || n > uint64(len(t.rest)-size) {
		t.bad, t.rest = true, nil
		return ""
	}
	s := string(t.rest[size : size+int(n)])
	t.rest = t.rest[size+int(n):]
	return s
}
