package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Positions and lengths of the fields of a header, and the values that identify its format.
const (
	blockSize    = 512
	sizeAt       = 124
	typeAt       = 156
	magicAt      = 257
	prefixAt     = 345 // a prefix of the name; headers of GNU tar have two times there
	prefixLength = 155
	starPrefix   = 131 // the length of the prefix in headers of star
	trailerAt    = 508
	numberLength = 12 // of a size or a time
	magicGNU     = "ustar  \x00"
	magicPOSIX   = "ustar\x00"
	trailerStar  = "tar\x00"
	longLinkType = tar.TypeGNULongLink
	longNameType = tar.TypeGNULongName
)

// checkHeader refuses headers that some tools read as a folder, and others not, or
// after which some tools skip bytes that others read as entries.
func checkHeader(header *tar.Header) error {
	switch header.Typeflag {
	case tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeDir, tar.TypeFifo:
		if header.Size != 0 {
			return fmt.Errorf("has %d bytes, but an entry of tar type %q must have none", header.Size, header.Typeflag)
		}
	}
	last := header.Name[strings.LastIndexByte(header.Name, '/')+1:]
	if header.Typeflag != tar.TypeDir && (last == "" || last == ".") {
		return fmt.Errorf("has a directory's name, but tar type %q", header.Typeflag)
	}
	return nil
}

// isSparse reports whether the tar file does not hold an entry's bytes in one
// range.
func isSparse(header *tar.Header) bool {
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return header.Typeflag == tar.TypeGNUSparse
}

// checkHeaders reads the headers of an entry once more: its own, and those before it
// that extend it. It refuses the ones that tools combine in different ways, of which
// package tar shows only its own result. They begin at start and end before end, or
// behind it for a global header.
func checkHeaders(r io.ReaderAt, start, end int64) error {
	var extensions []byte
	for at := start; at < end; {
		var block [blockSize]byte
		if _, err := r.ReadAt(block[:], at); err != nil {
			return err
		}
		at += blockSize
		kind := block[typeAt]
		if kind != tar.TypeXHeader && kind != longNameType && kind != longLinkType {
			return checkExtended(kind, block[:], extensions)
		}
		size, err := headerSize(block[:])
		if err != nil {
			return err
		}
		if kind != tar.TypeXHeader {
			if err := checkLongName(r, at, size, kind); err != nil {
				return err
			}
		}
		extensions = append(extensions, kind)
		if len(extensions) > 2 {
			break
		}
		at += padded(size)
	}
	return combinedError(extensions)
}

// checkLongName checks the content of GNU's headers for long names and links. It may lack
// the final NUL if one follows: GNU tar reads on until there is one.
func checkLongName(r io.ReaderAt, at, size int64, kind byte) error {
	var first, next [1]byte
	if _, err := r.ReadAt(first[:], at); err != nil {
		return err
	}
	if size == 0 || first[0] == 0 {
		return fmt.Errorf("an empty name in a header of tar type %q", kind)
	}
	if size%blockSize == 0 {
		return nil
	}
	if _, err := r.ReadAt(next[:], at+size); err != nil {
		return err
	}
	if next[0] != 0 {
		return fmt.Errorf("a name in a header of tar type %q is longer than its size", kind)
	}
	return nil
}

// combinedError is about extended headers before one entry.
func combinedError(extensions []byte) error {
	return fmt.Errorf("extended by headers of tar types %q, which tools combine in different ways", extensions)
}

// checkExtended checks an entry's own header, and that what extends it is one PAX
// header, or GNU's long name, long link or both.
func checkExtended(kind byte, header, extensions []byte) error {
	slices.Sort(extensions)
	switch string(extensions) {
	case "", "x", "L", "K", "KL":
	default:
		return combinedError(extensions)
	}
	switch kind {
	case tar.TypeXGlobalHeader:
		if len(extensions) > 0 {
			return combinedError(append(extensions, kind))
		}
	case 0, tar.TypeReg, tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeDir, tar.TypeFifo, tar.TypeCont, tar.TypeGNUSparse:
	default:
		return fmt.Errorf("tar type %q, which tools read in different ways", kind)
	}
	if header[sizeAt]&0x80 == 0 { // or it is binary
		if _, err := headerSize(header); err != nil {
			return err
		}
	}
	return checkPrefix(header)
}

// checkPrefix refuses a prefix of the name that some tools ignore, or read only in part.
func checkPrefix(header []byte) error {
	prefix, magic := header[prefixAt:prefixAt+prefixLength], header[magicAt:]
	var differs bool
	switch {
	case bytes.HasPrefix(magic, []byte(magicGNU)):
		differs = !isTime(prefix[:numberLength]) || !isTime(prefix[numberLength:2*numberLength])
	case !bytes.HasPrefix(magic, []byte(magicPOSIX)):
		differs = prefix[0] != 0
	case bytes.HasPrefix(header[trailerAt:], []byte(trailerStar)):
		differs = bytes.IndexByte(prefix[:starPrefix], 0) < 0
	}
	if differs {
		return errors.New("a prefix of the name, which tools read in different ways")
	}
	return nil
}

// isTime reports whether a field is a time, or empty.
func isTime(field []byte) bool {
	return field[0]&0x80 != 0 || len(bytes.Trim(bytes.Trim(field, " \x00"), "01234567")) == 0
}

// headerSize parses the octal size in a header. It refuses NULs before the number: some
// tools skip them, others take them for the end.
func headerSize(header []byte) (int64, error) {
	field := string(header[sizeAt : sizeAt+numberLength])
	text := strings.TrimLeft(strings.TrimRight(field, " \x00"), " ")
	if text == "" {
		return 0, nil
	}
	size, err := strconv.ParseInt(text, 8, 64)
	if err != nil || size < 0 {
		return 0, fmt.Errorf("size %q in a header, which tools read in different ways", field)
	}
	return size, nil
}

// padded is how many bytes of a tar file hold as many of an entry.
func padded(size int64) int64 { return (size + blockSize - 1) / blockSize * blockSize }

// checkRecords refuses PAX records that are read in different ways: GNU tar applies
// the global ones to every entry, and takes an empty name for a name.
func checkRecords(header *tar.Header) error {
	for _, key := range []string{"path", "linkpath", "size"} {
		value, ok := header.PAXRecords[key]
		switch {
		case !ok:
		case header.Typeflag == tar.TypeXGlobalHeader:
			return fmt.Errorf("a global header sets %s for all entries", key)
		case value == "", key == "size" && strings.Trim(value, "0123456789") != "":
			return fmt.Errorf("PAX record %s=%.300q", key, value)
		}
	}
	return nil
}
