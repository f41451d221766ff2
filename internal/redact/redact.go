// Package redact removes secrets from text that others wrote, such as
// responses that repeat what was sent.
package redact

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// Secret is a text that must not be shown. The zero value is in no text.
type Secret struct {
	text string
	word string // its longest part that no escaping changes
}

// NewSecret returns a secret. One without a letter or digit is in no text.
func NewSecret(text string) Secret { return Secret{text, longestWord(text)} }

// Text returns text with mark in place of the secret, also where its punctuation is
// escaped as JSON, URLs and HTML do it.
func (s Secret) Text(text, mark string) string {
	if s.word == "" || !strings.Contains(text, s.word) {
		return text
	}
	return s.escapedForms().ReplaceAllLiteralString(text, mark)
}

// Bytes is like Text, for bytes. It does not change its argument.
func (s Secret) Bytes(text []byte, mark string) []byte {
	if s.word == "" || !bytes.Contains(text, []byte(s.word)) {
		return text
	}
	return s.escapedForms().ReplaceAllLiteral(text, []byte(mark))
}

// longestWord returns the longest run of letters and digits.
func longestWord(s string) string {
	start, longest := 0, ""
	for i := range len(s) + 1 {
		if i < len(s) && isWordChar(rune(s[i])) {
			continue
		}
		if i-start > len(longest) {
			longest = s[start:i]
		}
		start = i + 1
	}
	return longest
}

func isWordChar(c rune) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func (s Secret) escapedForms() *regexp.Regexp {
	var pattern strings.Builder
	for _, c := range s.text {
		if isWordChar(c) {
			pattern.WriteRune(c)
			continue
		}
		fmt.Fprintf(&pattern, `(?:\\*%s|(?i:%%%02x|\\+u%04x|&#%d;|&#x0*%x;))`, regexp.QuoteMeta(string(c)), c, c, c, c)
	}
	return regexp.MustCompile(pattern.String())
}
