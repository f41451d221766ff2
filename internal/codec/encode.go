package codec

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/segmentio/asm/base64"
)

// Append appends the struct that v points at as a JSON object. Nil members and
// false are left out; an empty list or blob that is not nil is written. Invalid
// UTF-8 becomes U+FFFD.
func Append(dst []byte, v any) ([]byte, error) {
	s, p := open(v)
	e := encoder{buf: dst}
	err := e.object(p, s)
	return e.buf, err
}

// NewBody encodes the struct that v points at as a request body. Large blobs are
// not copied: the body reads them again for every pass over it.
func NewBody(v any) (*Body, error) {
	const usual = 128 // bytes; most requests are smaller
	s, p := open(v)
	e := encoder{buf: make([]byte, 0, usual), streams: true}
	if err := e.object(p, s); err != nil {
		return nil, err
	}
	if e.blob == nil {
		e.blobAt = len(e.buf)
	}
	body := &Body{text: e.buf, blob: e.blob, blobAt: e.blobAt}
	if e.prepared != nil {
		return e.prepared.reuse(body), nil
	}
	return body, nil
}

// inlineBlob is the size in bytes up to which a blob is encoded into the body
// rather than streamed.
const inlineBlob = 4 << 10

type encoder struct {
	buf     []byte
	streams bool // large blobs stay outside buf
	blob    *blob
	blobAt  int // where in buf the blob belongs

	prepared *PreparedReader // the blob's reader, if it is one
}

func (e *encoder) object(p *plan, s unsafe.Pointer) error {
	e.buf = append(e.buf, '{')
	start := len(e.buf)
	for _, i := range p.sorted {
		f := &p.fields[i]
		before := len(e.buf)
		if before > start {
			e.buf = append(e.buf, ',')
		}
		e.buf = append(e.buf, f.wire...)
		present, err := e.member(f, s)
		if err != nil {
			return err
		}
		if !present {
			e.buf = e.buf[:before]
		}
	}
	e.buf = append(e.buf, '}')
	return nil
}

// member writes a member's value and reports whether there was one.
func (e *encoder) member(f *field, s unsafe.Pointer) (present bool, err error) {
	switch f.kind {
	case kindString:
		return writeIf(*at[*string](s, f), e.text), nil
	case kindEnum:
		word := *at[string](s, f)
		e.text(word)
		return word != "", nil
	case kindInt32:
		return writeIf(*at[*int32](s, f), func(n int32) { e.buf = strconv.AppendInt(e.buf, int64(n), 10) }), nil
	case kindInt64:
		return writeIf(*at[*int64](s, f), func(n int64) { e.buf = strconv.AppendInt(e.buf, n, 10) }), nil
	case kindBool:
		e.bool(true)
		return *at[bool](s, f), nil
	case kindBoolPtr:
		return writeIf(*at[*bool](s, f), e.bool), nil
	case kindTime:
		return writeIf(*at[*time.Time](s, f), func(t time.Time) { e.buf = appendTime(e.buf, t) }), nil
	case kindBlob:
		return e.blobMember(f, s)
	case kindStrings:
		return e.list(f, s, func(v reflect.Value) error { e.text(v.String()); return nil })
	case kindStruct:
		if f.isNil(s) {
			return false, nil
		}
		return true, e.object(f.elem, *at[unsafe.Pointer](s, f))
	default: // kindStructs
		return e.list(f, s, func(v reflect.Value) error { return e.object(f.elem, v.Addr().UnsafePointer()) })
	}
}

func writeIf[T any](p *T, write func(T)) bool {
	if p == nil {
		return false
	}
	write(*p)
	return true
}

// text writes a string. AppendQuote's error reports bad UTF-8, which it replaced.
func (e *encoder) text(s string) {
	if e.streams && e.blob == nil && len(s) > inlineText {
		e.blob, e.blobAt = &blob{text: newLongText(s)}, len(e.buf)+1
		e.buf = append(e.buf, `""`...)
		return
	}
	e.buf = slices.Grow(e.buf, len(s)+len(s)/8+2) // append alone would copy it many times
	e.buf, _ = jsontext.AppendQuote(e.buf, s)
}

func (e *encoder) bool(b bool) { e.buf = strconv.AppendBool(e.buf, b) }

// list writes a list that is not nil, element by element.
func (e *encoder) list(f *field, s unsafe.Pointer, element func(reflect.Value) error) (present bool, err error) {
	if f.isNil(s) {
		return false, nil
	}
	e.buf = append(e.buf, '[')
	list := f.value(s)
	for i := range list.Len() {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		if err := element(list.Index(i)); err != nil {
			return false, err
		}
	}
	e.buf = append(e.buf, ']')
	return true, nil
}

var errTwoBlobs = errors.New("a request holds at most one large blob")

func (e *encoder) blobMember(f *field, s unsafe.Pointer) (bool, error) {
	b := &blob{bytes: *at[[]byte](s, f)}
	if f.reader != nil && b.bytes == nil {
		if r := *at[io.Reader](s, f.reader); r != nil {
			var err error
			if prepared, ok := r.(*PreparedReader); ok {
				e.prepared, b = prepared, prepared.body.blob
			} else if b, err = readerBlob(r); err != nil {
				return false, err
			}
		}
	}
	if b.bytes == nil && b.source == nil {
		return false, nil
	}
	e.buf = append(e.buf, '"')
	switch {
	case b.source == nil && (!e.streams || len(b.bytes) <= inlineBlob):
		e.inline(b.bytes)
	case e.blob != nil && e.blob.text == nil:
		return false, errTwoBlobs
	default:
		e.inlineLongText()
		e.blob, e.blobAt = b, len(e.buf)
	}
	e.buf = append(e.buf, '"')
	return true, nil
}

// inlineLongText makes way for a blob.
func (e *encoder) inlineLongText() {
	if e.blob == nil {
		return
	}
	quoted, _ := jsontext.AppendQuote(nil, e.blob.text.text)
	e.buf = slices.Insert(e.buf, e.blobAt, quoted[1:len(quoted)-1]...)
}

func (e *encoder) inline(b []byte) {
	n := base64.StdEncoding.EncodedLen(len(b))
	e.buf = append(e.buf, make([]byte, n)...)
	base64.StdEncoding.Encode(e.buf[len(e.buf)-n:], b)
}
