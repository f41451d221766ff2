package registry

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
)

const (
	sealSize   = 16 // bytes
	secretSize = 32 // bytes
)

// newSecret makes the key that a registry seals its tokens with.
func newSecret() []byte {
	secret := make([]byte, secretSize)
	_, _ = rand.Read(secret) // does not fail
	return secret
}

// Seal authenticates a list of texts. Only this registry can compute it, so
// tokens need not be stored.
func (s *Store) Seal(texts ...string) []byte {
	mac := hmac.New(sha256.New, s.secret)
	for _, text := range texts {
		mac.Write(binary.AppendUvarint(nil, uint64(len(text))))
		mac.Write([]byte(text))
	}
	return mac.Sum(nil)[:sealSize]
}
