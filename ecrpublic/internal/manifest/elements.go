package manifest

import (
	"fmt"

	"oras.land/oras-go/v2/errdef"
)

// MaxElements is how many elements metadata may have. It bounds the memory that a small
// text can occupy once parsed.
const MaxElements = 100_000

// Elements counts the elements of a JSON text, which may come in pieces: members, list
// elements, objects, lists and nulls. Each takes memory once parsed, even if it is empty;
// a null takes as much as an object in its place.
type Elements struct {
	n                int
	inText, behindBS bool // inside a string, and there behind a backslash
}

// Add counts those in the next piece and returns the number so far.
func (e *Elements) Add(piece []byte) int {
	for _, c := range piece {
		switch {
		case e.behindBS:
			e.behindBS = false
		case c == '"':
			e.inText = !e.inText
		case e.inText:
			e.behindBS = c == '\\'
		case c == ',', c == '{', c == '[', c == 'n':
			e.n++
		}
	}
	return e.n
}

// CheckElements refuses JSON of more than [MaxElements].
func CheckElements(data []byte) error {
	if new(Elements).Add(data) > MaxElements {
		return fmt.Errorf("more than %d members and list elements: %w", MaxElements, errdef.ErrSizeExceedsLimit)
	}
	return nil
}
