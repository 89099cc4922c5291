package access

import (
	"net/http"
	"net/netip"
	"strings"
)

func (g *Gate) address(r *http.Request) string { return Address(r, g.opts.AddressHeader) }

// Address names where a request comes from. Of IPv6 it is the network, of which
// every household has one whole. header is that of a trusted proxy; see
// Options.AddressHeader.
func Address(r *http.Request, header string) string {
	addr, ok := netip.Addr{}, false
	if header != "" {
		addr, ok = forwarded(r.Header[http.CanonicalHeaderKey(header)])
	}
	if !ok {
		addr, _ = parseAddr(r.RemoteAddr)
	}
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			addr = network.Addr()
		}
	}
	return addr.String()
}

// forwarded reads the last address of a header that lists them: it is the one
// that the nearest proxy has put there, all before it came from the client.
func forwarded(lines []string) (netip.Addr, bool) {
	if len(lines) == 0 {
		return netip.Addr{}, false
	}
	last := lines[len(lines)-1]
	return parseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]))
}

// parseAddr reads an address with or without a port.
func parseAddr(text string) (netip.Addr, bool) {
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return addr, true
	}
	withPort, err := netip.ParseAddrPort(text)
	return withPort.Addr(), err == nil
}
