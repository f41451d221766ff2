package ecrpublictest

import (
	"cmp"
	"crypto/hmac"
	"encoding/base64"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// defaultPage is how many items a page has when the caller does not say.
const defaultPage = 100

// listing is a request for a page.
type listing struct {
	operation  string
	repository string // "" for a listing of the registry
	maxResults *int32
	nextToken  *string
}

// paginate cuts a page. It starts after the item that the token names, whether
// or not that is still there, so that changes between pages neither repeat nor
// skip another item. Items that show refuses are left out; nil shows all.
func paginate[T any](s *store, l listing, list *ordered[T], show func(T) bool) ([]T, *string, error) {
	start := 0
	if l.nextToken != nil {
		key, ok := s.openPageToken(l, *l.nextToken)
		if !ok {
			return nil, nil, invalidParameter("nextToken", mustBeToken)
		}
		start = list.after(key)
	}
	limit := s.hooks.limit(l.operation, int(*cmp.Or(l.maxResults, new(int32(defaultPage)))))
	items := make([]T, 0, min(limit, list.len()-start))
	i := start
	for ; i < list.len() && len(items) < limit; i++ {
		if show == nil || show(list.values[i]) {
			items = append(items, list.values[i])
		}
	}
	next := ""
	if i < list.len() {
		next = s.pageToken(l, list.keys[i-1])
	}
	if next = s.hooks.token(l.operation, aws.ToString(l.nextToken), next); next == "" {
		return items, nil, nil
	}
	return items, &next, nil
}

// pageToken seals a position, so that a token works for the listing it was made
// for and no other.
func (s *store) pageToken(l listing, key string) string {
	return base64.RawURLEncoding.EncodeToString(append(s.sealPosition(l, key), key...))
}

func (s *store) openPageToken(l listing, token string) (key string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < sealSize {
		return "", false
	}
	key = string(raw[sealSize:])
	return key, hmac.Equal(raw[:sealSize], s.sealPosition(l, key))
}

func (s *store) sealPosition(l listing, key string) []byte {
	return s.seal("page", s.config.account, l.operation, l.repository, key)
}
