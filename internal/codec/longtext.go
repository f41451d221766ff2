package codec

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// inlineText is the size in bytes up to which a string is encoded into the body rather
// than streamed, and decoded with its neighbours.
const inlineText = 256 << 10

// longText is a string that a body escapes as it is read: a manifest of megabytes, whose
// escapes may double it.
type longText struct {
	text    string
	escaped int64  // how long it is with its escapes
	next    int    // the byte of text that is escaped next
	piece   []byte // where escaped bytes live
}

func newLongText(text string) *longText {
	t := &longText{text: text}
	for t.next < len(text) {
		t.escaped += int64(len(t.escape()))
	}
	t.next = 0
	return t
}

// escape returns the next piece, which is valid until the next call.
func (t *longText) escape() []byte {
	const most = 16 << 10
	end := wholeRunes(t.text, t.next+most)
	t.piece, _ = jsontext.AppendQuote(t.piece[:0], t.text[t.next:end]) // the error reports bad UTF-8, which it replaced
	t.next = end
	return t.piece[1 : len(t.piece)-1]
}

// wholeRunes is the last place up to end where a text can be cut without cutting through
// a character. One that is longer than UTF-8 allows is none.
func wholeRunes(text string, end int) int {
	if end >= len(text) {
		return len(text)
	}
	for before := range utf8.UTFMax {
		if utf8.RuneStart(text[end-before]) {
			return end - before
		}
	}
	return end
}

// unescape returns the text of a long string that was read, in memory of its own. It
// takes no more than that, unless the string has escapes of six bytes or bad UTF-8.
func unescape(quoted []byte, plain bool) string {
	s := quoted[1 : len(quoted)-1]
	if !plain && (bytes.Contains(s, []byte(`\u`)) || !utf8.Valid(s)) {
		return string(content(quoted, plain))
	}
	size := len(s)
	for rest := s; len(rest) > 0; size-- {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 {
			break
		}
		rest = rest[i+2:]
	}
	var text strings.Builder
	text.Grow(size)
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			text.Write(s)
			return text.String()
		}
		text.Write(s[:i])
		text.WriteByte(unescaped(s[i+1]))
		s = s[i+2:]
	}
}

// unescaped is what a letter means behind a backslash.
func unescaped(letter byte) byte {
	switch letter {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return letter
	}
}
