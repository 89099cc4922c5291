package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader has the signatures of a request: t=<seconds since 1970>, and
// v1=<HMAC-SHA256 in hexadecimal digits> once for each secret in force. What is
// signed is the value of t, a dot and the body.
const SignatureHeader = "Lernspur-Signature"

// Window is how far t may be from the receiver's clock: an older request is one
// that somebody has recorded and sends again.
const Window = 5 * time.Minute

// Sign makes the value of SignatureHeader.
func Sign(at time.Time, body []byte, secrets ...string) string {
	t := strconv.FormatInt(at.Unix(), 10)
	parts := []string{"t=" + t}
	for _, secret := range secrets {
		parts = append(parts, "v1="+hex.EncodeToString(signature(t, body, secret)))
	}
	return strings.Join(parts, ",")
}

func signature(t string, body []byte, secret string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// ErrSignature means that a request was not signed with the secret, or not lately.
var ErrSignature = errors.New("the signature is not one of this secret and this time")

// Verify is what a receiver does with a request: it compares each signature with
// that of its secret, in constant time, and looks at the clock.
func Verify(header string, body []byte, secret string, now time.Time) error {
	var t string
	var signatures []string
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			t = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: there is no time", ErrSignature)
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > Window || age < -Window {
		return fmt.Errorf("%w: it was signed %s ago", ErrSignature, age)
	}
	want := signature(t, body, secret)
	for _, text := range signatures {
		if got, err := hex.DecodeString(text); err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return ErrSignature
}
