package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// reader reads JSON values one after the other from a text in memory. It accepts
// what jsontext accepts with AllowInvalidUTF8, which a fuzz test compares it
// with; over a page of a thousand images it takes two thirds of the time (see
// BenchmarkReader), because it looks at every byte once and keeps no state but its
// position. What is rare, such as escapes, it leaves to jsontext.
type reader struct {
	data []byte
	pos  int
}

// maxDepth bounds how deep an unknown member may nest; jsontext has the same
// limit.
const maxDepth = 10_000

var errDepth = errors.New("nested too deeply")

// peek skips white space and returns the next byte without taking it: the first
// of a value, or 0 at the end.
func (r *reader) peek() byte {
	for ; r.pos < len(r.data); r.pos++ {
		switch c := r.data[r.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take reads one byte that the grammar requires.
func (r *reader) take(want byte) error {
	if r.peek() != want || r.pos == len(r.data) {
		return r.unexpected()
	}
	r.pos++
	return nil
}

// unexpected returns the error for the character at the current position.
func (r *reader) unexpected() error {
	if r.pos >= len(r.data) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("invalid character %q at offset %d", r.data[r.pos], r.pos)
}

// next reads the comma between two elements of an object or a list, or the closing
// bracket.
func (r *reader) next(closing byte, first bool) (more bool, err error) {
	c := r.peek()
	switch {
	case c == closing && r.pos < len(r.data):
		r.pos++
		return false, nil
	case first:
		return true, nil
	}
	return true, r.take(',')
}

// text reads a string and returns it with its quotes, and whether it is plain:
// ASCII without escapes.
func (r *reader) text() (quoted []byte, plain bool, err error) {
	if err := r.take('"'); err != nil {
		return nil, false, err
	}
	start, plain := r.pos-1, true
	for {
		r.pos += ordinary(r.data[min(r.pos, len(r.data)):])
		if r.pos >= len(r.data) {
			return nil, false, io.ErrUnexpectedEOF
		}
		switch c := r.data[r.pos]; {
		case c == '"':
			r.pos++
			quoted = r.data[start:r.pos]
			if !plain && !jsontext.Value(quoted).IsValid(jsontext.AllowInvalidUTF8(true)) {
				return nil, false, fmt.Errorf("invalid escape in the string at offset %d", start)
			}
			return quoted, plain, nil
		case c == '\\': // what it escapes may be a quote
			plain = false
			r.pos += 2
		case c >= utf8.RuneSelf:
			plain = false
			r.pos++
		default: // a control character
			return nil, false, r.unexpected()
		}
	}
}

// name reads the name of a member, as text does, and the colon behind it.
func (r *reader) name() (quoted []byte, plain bool, err error) {
	if quoted, plain, err = r.text(); err != nil {
		return nil, false, err
	}
	return quoted, plain, r.take(':')
}

// ordinary counts the bytes at the beginning of s that are ASCII and neither a
// quote, a backslash nor a control character, eight at a time.
func ordinary(s []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	zero := func(word uint64) uint64 { return (word - ones) &^ word } // a high bit for the first zero byte
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		word := binary.LittleEndian.Uint64(s[n:])
		special := word | zero(word^'"'*ones) | zero(word^'\\'*ones) | (word - ' '*ones)
		if special &= highs; special != 0 {
			return n + bits.TrailingZeros64(special)/8
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	return n
}

// number reads a number and returns its text.
func (r *reader) number() ([]byte, error) {
	start := r.pos
	if r.at('-') {
		r.pos++
	}
	if r.at('0') {
		r.pos++
	} else if err := r.digits(); err != nil {
		return nil, err
	}
	if r.at('.') {
		r.pos++
		if err := r.digits(); err != nil {
			return nil, err
		}
	}
	if r.at('e') || r.at('E') {
		r.pos++
		if r.at('+') || r.at('-') {
			r.pos++
		}
		if err := r.digits(); err != nil {
			return nil, err
		}
	}
	return r.data[start:r.pos], nil
}

func (r *reader) at(c byte) bool { return r.pos < len(r.data) && r.data[r.pos] == c }

func (r *reader) digits() error {
	start := r.pos
	for r.pos < len(r.data) && '0' <= r.data[r.pos] && r.data[r.pos] <= '9' {
		r.pos++
	}
	if r.pos == start {
		return r.unexpected()
	}
	return nil
}

// literal reads true, false or null.
func (r *reader) literal(word string) error {
	for i := range len(word) {
		if !r.at(word[i]) {
			return r.unexpected()
		}
		r.pos++
	}
	return nil
}

// skip reads a value of any kind and checks its syntax.
func (r *reader) skip(depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	switch c := r.peek(); c {
	case '"':
		_, _, err := r.text()
		return err
	case '{', '[':
		return r.skipNested(c, depth)
	case 't':
		return r.literal("true")
	case 'f':
		return r.literal("false")
	case 'n':
		return r.literal("null")
	default:
		_, err := r.number()
		return err
	}
}

func (r *reader) skipNested(opening byte, depth int) error {
	r.pos++
	return r.each(opening+2, func() error { // '{' and '[' stand two before their closing brackets
		if opening == '{' {
			if _, _, err := r.name(); err != nil {
				return err
			}
		}
		return r.skip(depth + 1)
	})
}

// each calls element for each element of an object or a list, and reads the closing
// bracket.
func (r *reader) each(closing byte, element func() error) error {
	for first := true; ; first = false {
		more, err := r.next(closing, first)
		if !more || err != nil {
			return err
		}
		if err := element(); err != nil {
			return err
		}
	}
}

// content returns the text of a string that was read; what is plain is not
// copied. Invalid UTF-8 and lone surrogates become U+FFFD, which AppendUnquote
// does as it reports them.
func content(quoted []byte, plain bool) []byte {
	if plain {
		return quoted[1 : len(quoted)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, quoted)
	return text
}
