package delivery

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Sealer seals secrets that have to be read again, such as the password of another
// server: they are kept in records, which are in the database, and the key that
// opens them is a file of the data folder. So a copy of the database alone gives
// none away.
type Sealer struct {
	aead cipher.AEAD
	key  []byte
}

const keyBytes = 32

// OpenSealer reads the key in a file, and makes it when there is none.
func OpenSealer(path string) (*Sealer, error) {
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = newKey(path)
	}
	if err != nil {
		return nil, err
	}
	return NewSealer(key)
}

// NewSealer makes a Sealer of a key of 32 bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != keyBytes {
		return nil, fmt.Errorf("the key that seals secrets has %d bytes, not %d", len(key), keyBytes)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &Sealer{aead, key}, err
}

// newKey makes a key durable before anything is sealed with it.
func newKey(path string) (key []byte, err error) {
	key = make([]byte, keyBytes)
	_, _ = rand.Read(key) // it never fails
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(key)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	return key, errors.Join(folder.Sync(), folder.Close())
}

// Seal seals a secret for one place, such as the id of what it belongs to: it can
// be opened there only.
func (s *Sealer) Seal(place, secret string) string {
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(secret), []byte(place)))
}

// ErrSealed means that a secret cannot be read: the key is another one.
var ErrSealed = errors.New("the secret cannot be read with the key in the data folder (secrets.key); set it again")

// Open reads a secret that was sealed for a place.
func (s *Sealer) Open(place, sealed string) (string, error) {
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(b) < s.aead.NonceSize() {
		return "", ErrSealed
	}
	secret, err := s.aead.Open(nil, b[:s.aead.NonceSize()], b[s.aead.NonceSize():], []byte(place))
	if err != nil {
		return "", ErrSealed
	}
	return string(secret), nil
}

// Sign is a word that only this server can make of a text for a purpose.
func (s *Sealer) Sign(purpose, text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(purpose + "\x00" + text))
	return hex.EncodeToString(mac.Sum(nil))
}
