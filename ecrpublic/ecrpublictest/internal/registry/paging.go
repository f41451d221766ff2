package registry

import (
	"cmp"
	"crypto/hmac"
	"encoding/base64"
)

// DefaultPage is how many items a page has when the caller does not say.
const DefaultPage = 100

// listing is a request for a page.
type listing struct {
	of         string // what is listed
	repository string // "" for a listing of the registry
	maxResults *int32
	nextToken  *string
}

// paginate cuts a page. It starts after the item that the token names, whether
// or not that is still there, so that changes between pages neither repeat nor
// skip another item.
func paginate[T any](s *Store, l listing, list *ordered[T]) ([]T, *string, error) {
	start := 0
	if l.nextToken != nil {
		key, ok := s.openPageToken(l, *l.nextToken)
		if !ok {
			return nil, nil, invalidParameter("nextToken", mustBeToken)
		}
		start = list.after(key)
	}
	end := min(list.len(), start+int(*cmp.Or(l.maxResults, new(int32(DefaultPage)))))
	items := append([]T{}, list.values[start:end]...)
	if end == list.len() {
		return items, nil, nil
	}
	return items, new(s.pageToken(l, list.keys[end-1])), nil
}

// pageToken seals a position, so that a token works for the listing it was made
// for and no other.
func (s *Store) pageToken(l listing, key string) string {
	return base64.RawURLEncoding.EncodeToString(append(s.sealPosition(l, key), key...))
}

func (s *Store) openPageToken(l listing, token string) (key string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < sealSize {
		return "", false
	}
	key = string(raw[sealSize:])
	return key, hmac.Equal(raw[:sealSize], s.sealPosition(l, key))
}

func (s *Store) sealPosition(l listing, key string) []byte {
	return s.Seal("page", s.config.Account, l.of, l.repository, key)
}
