package archive

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkCase refuses a name that differs only in case from one before it: where the
// file system ignores case, unpacking the archive makes one file of both.
func (t *tarFile) checkCase(name, lower string) error {
	other, ok := t.mixed[lower]
	if lower != name {
		if !ok && (t.has(lower) || t.folders[lower]) {
			other, ok = lower, true
		}
		t.mixed[lower] = name
	}
	if ok && other != name {
		return fmt.Errorf("the name differs from %.300q only in case", other)
	}
	return nil
}

// lowerCase replaces every letter by the same one of all that are equal but for case.
// Bytes that are no UTF-8 stay as they are.
func lowerCase(name string) string {
	var lower strings.Builder
	lower.Grow(len(name))
	for rest := name; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if r == utf8.RuneError {
			lower.WriteString(rest[:size])
		} else {
			lower.WriteRune(lowerLetter(r))
		}
		rest = rest[size:]
	}
	return lower.String()
}

func lowerLetter(r rune) rune {
	first := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		first = min(first, next)
	}
	return unicode.ToLower(first)
}
