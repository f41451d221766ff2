package archive

import (
	"fmt"
	"strings"
	"unicode"
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
func lowerCase(name string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return unicode.ToLower(first)
	}, name)
}
