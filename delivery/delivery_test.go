package delivery

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMayAsk: the addresses of IANA's registries of special purposes (RFC 6890) are
// nobody's business, nor those of this machine, however they are written.
func TestMayAsk(t *testing.T) {
	networks := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}
	for _, tt := range []struct {
		addr          string
		plain, secure bool
	}{
		{"93.184.216.34", false, true}, {"2606:2800:220:1::1", false, true},
		{"10.1.2.3", true, true}, {"::ffff:10.1.2.3", true, true}, {"fd00:1::5", true, true},
		{"10.2.0.1", false, false}, {"172.16.0.1", false, false}, {"192.168.1.1", false, false}, {"fd00:2::1", false, false},
		{"127.0.0.1", false, false}, {"127.9.9.9", false, false}, {"::1", false, false}, {"::ffff:127.0.0.1", false, false},
		{"169.254.169.254", false, false}, {"fe80::1", false, false}, {"fe80::1%eth0", false, false}, {"::ffff:169.254.169.254", false, false},
		{"0.0.0.0", false, false}, {"0.1.2.3", false, false}, {"::", false, false}, {"255.255.255.255", false, false}, {"240.0.0.1", false, false},
		{"100.64.0.1", false, false}, {"192.0.0.8", false, false}, {"198.18.0.1", false, false}, {"224.0.0.1", false, false}, {"ff02::1", false, false},
		{"64:ff9b::7f00:1", false, false}, {"64:ff9b::a9fe:a9fe", false, false}, {"64:ff9b::5db8:d822", false, true}, {"2002:7f00:1::", false, false},
		{"2001:db8::1", false, false}, {"64:ff9b:1::1", false, false}, {"fec0::1", false, false},
	} {
		addr := netip.MustParseAddr(tt.addr)
		if got := MayAsk(addr, networks, false); got != tt.plain {
			t.Errorf("%s without TLS: %v", tt.addr, got)
		}
		if got := MayAsk(addr, networks, true); got != tt.secure {
			t.Errorf("%s with TLS: %v", tt.addr, got)
		}
	}
}

// TestClientDialsNoPrivateAddress: what counts is the address that is dialled, not
// the name that leads there; and no redirect is followed.
func TestClientDialsNoPrivateAddress(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
	}))
	defer server.Close()
	get := func(c *Client, address string) (*Answer, error) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(r, 100)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	for _, address := range []string{server.URL, "http://localhost:" + port, "http://[::1]:" + port, "http://0.0.0.0:" + port, "http://2130706433:" + port} {
		if _, err := get(NewClient(ClientOptions{}), address); err == nil {
			t.Errorf("%s was asked", address)
		} else if strings.HasPrefix(address, server.URL) && !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if asked != 0 {
		t.Errorf("the server was asked %d times", asked)
	}
	answer, err := get(NewClient(ClientOptions{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}), server.URL)
	if err != nil || answer.Status != http.StatusFound || asked != 1 {
		t.Errorf("an allowed network: %+v, %v, asked %d times", answer, err, asked)
	}
}

func TestCheckURL(t *testing.T) {
	own := []string{"https://lrs.example.org/lrs", "http://127.0.0.1:8080"}
	for text, want := range map[string]string{
		"https://other.example.org/xapi/": "https://other.example.org/xapi", " http://10.0.0.1:81 ": "http://10.0.0.1:81",
		"ftp://x.example": "", "https://": "", "https://a:b@x.example": "", "https://x.example/#a": "", "nothing": "", "file:///etc/passwd": "",
		"https://lrs.example.org/xapi": "", "https://LRS.example.org:443/other": "", "http://127.0.0.1:8080/xapi": "", "http://127.0.0.1:8081/xapi": "http://127.0.0.1:8081/xapi",
		"https://x.example/" + strings.Repeat("a", 2000): "",
	} {
		got, err := CheckURL(text, own...)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.60q: %q, %v", text, got, err)
		}
	}
}

func TestBackoff(t *testing.T) {
	b := Backoff{First: time.Second, Most: time.Minute}
	for n, most := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 1000: time.Minute} {
		for range 50 {
			if d := b.Delay(n); d < most/2 || d > most {
				t.Errorf("after %d failures %s, want %s to %s", n, d, most/2, most)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 120 ": 2 * time.Minute, "-1": 0, "soon": 0, "99999999999": 24 * time.Hour,
		"Sat, 31 Jan 2026 12:05:00 GMT": 5 * time.Minute, "Sat, 31 Jan 2026 11:00:00 GMT": 0, "Sun, 31 Jan 2027 12:00:00 GMT": 24 * time.Hour,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestSealer: a secret can be read with the key in the file, at its own place, and
// nowhere else.
func TestSealer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.key")
	s, err := OpenSealer(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.Seal("here", "geheim")
	if strings.Contains(sealed, "geheim") || s.Seal("here", "geheim") == sealed {
		t.Error("what is sealed shows")
	}
	again, err := OpenSealer(path)
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := again.Open("here", sealed); secret != "geheim" || err != nil {
		t.Errorf("after a restart: %q, %v", secret, err)
	}
	if _, err := again.Open("there", sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("at another place: %v", err)
	}
	if s.Sign("a", "b") != again.Sign("a", "b") || s.Sign("a", "b") == s.Sign("a", "c") || s.Sign("a", "b") == s.Sign("c", "b") {
		t.Error("words that only this server can make")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of the key: %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSealer(path); err == nil {
		t.Error("half a key was taken")
	}
}

func TestSleep(t *testing.T) {
	wake := make(chan struct{}, 1)
	Wake(wake)
	Wake(wake) // once is enough
	if !Sleep(t.Context(), time.Hour, wake) {
		t.Error("who was woken does not go on")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if Sleep(ctx, time.Hour, wake) {
		t.Error("the end is no end")
	}
}
