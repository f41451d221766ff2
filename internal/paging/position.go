// Package paging implements what the paginators share: positions and tokens compatible with
// botocore, and read-ahead.
package paging

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// Position is a position in a listing. The zero Position is its start.
type Position struct {
	Token *string // asks for the page that the place is in; nil is the first page
	Skip  int     // how many items of that page come before the place
}

// Encode makes a resume token of the position, byte for byte as botocore does:
// base64 of what Python's json.dumps writes.
func (p Position) Encode() string {
	text := `{"nextToken": null`
	if p.Token != nil {
		text = `{"nextToken": ` + quote(*p.Token)
	}
	if p.Skip > 0 {
		text += fmt.Sprintf(`, "boto_truncate_amount": %d`, p.Skip)
	}
	return base64.StdEncoding.EncodeToString([]byte(text + "}"))
}

// quote writes a JSON string in ASCII, with Python's choice of escapes.
func quote(text string) string {
	quoted := []byte{'"'}
	for _, r := range text {
		if i := strings.IndexRune("\"\\\b\f\n\r\t", r); i >= 0 {
			quoted = append(quoted, '\\', `"\bfnrt`[i])
			continue
		}
		if ' ' <= r && r <= '~' {
			quoted = append(quoted, byte(r))
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			quoted = fmt.Appendf(quoted, `\u%04x`, unit)
		}
	}
	return string(append(quoted, '"'))
}

// ParsePosition reads a starting token as botocore does: a resume token, its older
// form "token___skip", or else a token of the service. It returns false for a
// token that makes botocore crash, or for a position that no listing has.
func ParsePosition(text string) (Position, bool) {
	data, err := base64.StdEncoding.DecodeString(strings.Map(inBase64, text))
	if err == nil && jsontext.Value(data).IsValid(jsontext.AllowDuplicateNames(true)) {
		return parseObject(data)
	}
	token, amount, _ := strings.Cut(text, "___")
	skip, err := strconv.Atoi(strings.TrimSpace(amount))
	if skip < 0 || strings.Contains(amount, "___") {
		return Position{}, false
	}
	if err != nil {
		token, skip = text, 0
	}
	if token == "None" { // how the older form writes no token
		return Position{Skip: skip}, true
	}
	return Position{Token: &token, Skip: skip}, true
}

func parseObject(data jsontext.Value) (p Position, ok bool) {
	members, err := codec.Members(data)
	if err != nil || data.Kind() != '{' {
		return Position{}, false
	}
	for name, value := range members {
		switch name {
		case "nextToken":
			if p.Token = codec.Text(value); p.Token == nil && string(value) != "null" {
				return Position{}, false
			}
		case "boto_truncate_amount":
			if p.Skip, err = strconv.Atoi(string(value)); err != nil || p.Skip < 0 {
				return Position{}, false
			}
		default:
			return Position{}, false
		}
	}
	return p, true
}

// inBase64 drops characters that are not base64, as Python's decoder does.
func inBase64(r rune) rune {
	if strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", r) {
		return r
	}
	return -1
}
