// Package readall reads streams into memory.
package readall

import (
	"bytes"
	"io"
)

// maxPart bounds what is allocated before it is needed.
const maxPart = 1 << 20

// ReadAll reads to the end, as [io.ReadAll] does, and returns what it has read also with
// an error. It uses the buffer's capacity first, and then parts, which it joins: in all
// about twice as much memory as has arrived, while a buffer that doubles takes up to four
// times as much.
func ReadAll(buffer []byte, r io.Reader) ([]byte, error) {
	part := buffer[:0]
	var full [][]byte
	for total := 0; ; {
		if len(part) == cap(part) {
			if total > 0 {
				full = append(full, part)
			}
			part = make([]byte, 0, min(max(total, bytes.MinRead), maxPart))
		}
		n, err := r.Read(part[len(part):cap(part)])
		part = part[:len(part)+n]
		total += n
		if err == io.EOF {
			return join(full, part), nil
		}
		if err != nil {
			return join(full, part), err
		}
	}
}

// join returns what was read, with room to see the end of a stream of the same size.
func join(full [][]byte, last []byte) []byte {
	if len(full) == 0 {
		return last
	}
	full = append(full, last)
	size := bytes.MinRead
	for _, part := range full {
		size += len(part)
	}
	text := make([]byte, 0, size)
	for _, part := range full {
		text = append(text, part...)
	}
	return text
}
