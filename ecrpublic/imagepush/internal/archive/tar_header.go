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

// Where a header has what, and the magic that GNU tar writes.
const (
	blockSize    = 512
	sizeAt       = 124
	typeAt       = 156
	magicAt      = 257
	gnuTimesAt   = 345
	timeLength   = 12
	magicGNU     = "ustar  \x00"
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
		size, err := headerSize(block[sizeAt : sizeAt+timeLength])
		if err != nil {
			return err
		}
		if kind != tar.TypeXHeader {
			if _, err := r.ReadAt(block[:1], at); err != nil {
				return err
			}
			if size == 0 || block[0] == 0 {
				return fmt.Errorf("an empty name in a header of tar type %q", kind)
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
	if !bytes.HasPrefix(header[magicAt:], []byte(magicGNU)) {
		return nil
	}
	for _, at := range []int{gnuTimesAt, gnuTimesAt + timeLength} {
		text := string(bytes.Trim(header[at:at+timeLength], " \x00"))
		if header[at]&0x80 == 0 && strings.Trim(text, "01234567") != "" {
			return errors.New("a prefix of the name, which headers of GNU tar do not have")
		}
	}
	return nil
}

// headerSize parses the size of an extended header.
func headerSize(field []byte) (int64, error) {
	text := strings.Trim(string(field), " \x00")
	size, err := strconv.ParseInt(text, 8, 64)
	if err != nil || size < 0 {
		return 0, fmt.Errorf("size %q of an extended header", text)
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
