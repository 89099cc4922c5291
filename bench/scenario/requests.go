package scenario

import (
	"fmt"
	"net/url"

	"lernspur/bench/gen"
	"lernspur/bench/load"
)

// post renders the head of a POST of a body of the given length.
func (e *Env) post(length int) []byte {
	return fmt.Appendf(nil, "POST /xapi/statements HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", e.head, length)
}

// get renders a GET of a path of the server.
func (e *Env) get(path string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\n%s\r\n", path, e.head)
}

// find renders a GET of statements.
func (e *Env) find(parameters ...string) []byte {
	v := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		v.Set(parameters[i], parameters[i+1])
	}
	return e.get("/xapi/statements?" + v.Encode())
}

// pool is a source of prepared requests that get fresh ids each time they are
// sent, so that making them costs next to nothing.
type pool struct {
	bodies []*gen.Body
	ids    *gen.IDs
	next   int
}

func (p *pool) Next() ([]byte, int) {
	b := p.bodies[p.next]
	p.next = (p.next + 1) % len(p.bodies)
	b.Refresh(p.ids)
	return b.Bytes, b.Count
}

// request renders a POST of the n statements from first on, with its head.
func (e *Env) request(first uint64, n int) *gen.Body {
	return e.gen.NewBody(e.post(len(e.gen.NewBody(nil, first, n).Bytes)), first, n)
}

// pools makes the sources of a run: for each connection some bodies of n
// statements each.
func (e *Env) pools(conns, bodies, n int) func(conn int) load.Source {
	made := make([]*pool, conns)
	for c := range made {
		p := &pool{ids: e.gen.FreshIDs(e.nextRun())}
		for b := range bodies {
			p.bodies = append(p.bodies, e.request(uint64(1)<<40+uint64((c*bodies+b)*n), n))
		}
		made[c] = p
	}
	return func(conn int) load.Source { return made[conn] }
}
