package lrs

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"
)

// nowhere is a ResponseWriter that costs nothing.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}

// benchStatement is about as long as what content sends.
var benchStatement = strings.Replace(goodStatement, `"verb"`, `"result":{"response":"`+strings.Repeat("answer ", 150)+`","success":true,"duration":"PT12.3S"},"verb"`, 1)

// BenchmarkPost is what a post of one statement costs here and in the parser,
// without the network and without the commit.
func BenchmarkPost(b *testing.B) {
	for name, text := range map[string]string{"one": benchStatement, "fifty": "[" + strings.TrimSuffix(strings.Repeat(benchStatement+",", 50), ",") + "]"} {
		b.Run(name, func(b *testing.B) {
			d := &double{}
			router := mux.NewRouter()
			New(Options{Writer: d, Reader: d, Keys: benchKeys{&Credential{
				KeyID: "k", Tenant: "town", Scopes: []string{"all"},
				Authority:           []byte(`{"objectType":"Agent","account":{"homePage":"http://town.example","name":"k"}}`),
				AuthorityIdentifier: "account|http://town.example|k",
			}}}).Register(router)
			r := httptest.NewRequest("POST", "/xapi/statements", nil)
			r.SetBasicAuth("k", strings.Repeat("s", 43))
			r.Header.Set("X-Experience-API-Version", "1.0.3")
			r.Header.Set("Content-Type", "application/json")
			body := bytes.NewReader([]byte(text))
			w := &nowhere{http.Header{}}
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				body.Reset([]byte(text))
				r.Body, r.ContentLength = io.NopCloser(body), int64(len(text))
				clear(w.header)
				router.ServeHTTP(w, r)
			}
		})
	}
}

type benchKeys struct{ credential *Credential }

func (k benchKeys) Identify(*http.Request) (*Credential, error) {
	return k.credential, nil
}
