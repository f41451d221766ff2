package codec

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Unmarshal fills the struct that v points at from one JSON object. Members
// that the struct does not have are skipped, null is absent, of repeated members
// the last one counts, and keys are case-sensitive. A wrong type, a number that
// does not fit, or anything after the object is an error that names the member;
// the struct is then partly filled and must not be used.
func Unmarshal(data []byte, v any) error {
	d := decoders.Get().(*decoder)
	defer d.release()
	d.source.Reset(data)
	d.json.Reset(&d.source, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

	rv, p := open(v)
	if err := d.document(p, rv); err != nil {
		return d.locate(err)
	}
	return nil
}

// decoder holds what one Unmarshal needs and the next can use again.
type decoder struct {
	json   jsontext.Decoder
	source bytes.Reader
	texts  texts
	ints   slab[int64]
	times  slab[time.Time]
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// release forgets everything that belongs to the caller.
func (d *decoder) release() {
	d.source.Reset(nil)
	d.texts.reset()
	d.ints, d.times = nil, nil
	decoders.Put(d)
}

// locate adds the place of an error in the document, which syntax errors name
// themselves.
func (d *decoder) locate(err error) error {
	if errors.As(err, new(*jsontext.SyntacticError)) {
		return err
	}
	if place := d.json.StackPointer(); place != "" {
		return fmt.Errorf("member %s: %w", place, err)
	}
	return err
}

func (d *decoder) document(p *plan, v reflect.Value) error {
	if kind := d.json.PeekKind(); kind == 'n' {
		return mismatch("an object", kind)
	}
	switch err := d.element(p, v); {
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	}
	switch _, err := d.json.ReadToken(); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	}
	return errors.New("data after the object")
}

// element decodes a struct whose strings share one piece of memory, so that
// keeping one of them pins the element and not the page.
func (d *decoder) element(p *plan, v reflect.Value) error {
	mark := d.texts.begin()
	err := d.object(p, v)
	d.texts.end(mark)
	return err
}

// object decodes a struct; null leaves it as it is.
func (d *decoder) object(p *plan, v reflect.Value) error {
	if null, err := d.enter('{', "an object"); null || err != nil {
		return err
	}
	next := 0
	for d.json.PeekKind() == '"' {
		name, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		i, known := p.find(name, next)
		if known {
			next = i + 1
			err = d.member(&p.fields[i], v)
		} else {
			err = d.json.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken() // the closing brace, or what is wrong in its place
	return err
}

// enter reads the opening of an object or a list; a null in its place is read
// whole.
func (d *decoder) enter(open jsontext.Kind, want string) (null bool, err error) {
	switch kind := d.json.PeekKind(); kind {
	case 'n', open, jsontext.KindInvalid:
		_, err := d.json.ReadToken()
		return kind == 'n', err
	default:
		return false, mismatch(want, kind)
	}
}

func mismatch(want string, got jsontext.Kind) error {
	return fmt.Errorf("expected %s, got %s", want, got)
}

func (d *decoder) member(f *field, v reflect.Value) error {
	switch f.kind {
	case kindStruct:
		return d.pointer(f, v)
	case kindStructs:
		return d.structs(f, v)
	case kindStrings:
		return d.strings(at[[]string](v, f.index))
	}
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	if raw.Kind() == 'n' {
		v.Field(f.index).SetZero()
		return nil
	}
	return d.scalar(f, v, raw)
}

func (d *decoder) pointer(f *field, v reflect.Value) error {
	if d.json.PeekKind() == 'n' {
		v.Field(f.index).SetZero()
		return d.json.SkipValue()
	}
	fresh := reflect.New(v.Field(f.index).Type().Elem())
	v.Field(f.index).Set(fresh)
	return d.object(f.elem, fresh.Elem())
}

// structs decodes a list of structs. A null element becomes an empty struct, so
// that positions stay.
func (d *decoder) structs(f *field, v reflect.Value) error {
	list := v.Field(f.index)
	list.SetZero()
	if null, err := d.enter('[', "a list"); null || err != nil {
		return err
	}
	list.Set(reflect.MakeSlice(list.Type(), 0, 1))
	for n := 0; d.more(); n++ {
		if n == list.Cap() {
			list.Grow(n)
		}
		list.SetLen(n + 1)
		if err := d.element(f.elem, list.Index(n)); err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken()
	return err
}

// more tells whether another element of the list follows.
func (d *decoder) more() bool {
	kind := d.json.PeekKind()
	return kind != ']' && kind != jsontext.KindInvalid
}

func (d *decoder) strings(list *[]string) error {
	*list = nil
	if null, err := d.enter('[', "a list"); null || err != nil {
		return err
	}
	entry := d.texts.list(list)
	for d.more() {
		raw, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		if raw.Kind() == 'n' {
			raw = jsontext.Value(`""`)
		}
		if raw.Kind() != '"' {
			return mismatch("a string", raw.Kind())
		}
		d.texts.item(entry, raw)
	}
	_, err := d.json.ReadToken()
	return err
}

func (d *decoder) scalar(f *field, v reflect.Value, raw jsontext.Value) error {
	want, name := scalarKind(f.kind)
	if kind := raw.Kind(); kind != want && !(want == 't' && kind == 'f') {
		return mismatch(name, kind)
	}
	switch f.kind {
	case kindString:
		d.texts.pointer(at[*string](v, f.index), raw)
	case kindEnum:
		v.Field(f.index).SetString(string(d.unquote(raw)))
	case kindInt32:
		n, err := strconv.ParseInt(string(raw), 10, 32)
		*at[*int32](v, f.index) = new(int32(n))
		return integerError(raw, err)
	case kindInt64:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		*at[*int64](v, f.index) = d.ints.put(n)
		return integerError(raw, err)
	case kindBool:
		*at[bool](v, f.index) = raw.Kind() == 't'
	case kindBoolPtr:
		*at[*bool](v, f.index) = new(raw.Kind() == 't')
	case kindTime:
		t, err := parseTime(raw)
		*at[*time.Time](v, f.index) = d.times.put(t)
		return err
	case kindBlob:
		blob, err := base64.StdEncoding.AppendDecode([]byte{}, d.unquote(raw))
		*at[[]byte](v, f.index) = blob
		return err
	}
	return nil
}

func scalarKind(k kind) (jsontext.Kind, string) {
	switch k {
	case kindInt32, kindInt64, kindTime:
		return '0', "a number"
	case kindBool, kindBoolPtr:
		return 't', "a boolean"
	default:
		return '"', "a string"
	}
}

func integerError(raw jsontext.Value, err error) error {
	if err != nil {
		return fmt.Errorf("expected an integer that fits, got %.40s", raw)
	}
	return nil
}

// unquote returns the text of a JSON string; the bytes are good until the next
// read.
func (d *decoder) unquote(raw jsontext.Value) []byte {
	if text := raw[1 : len(raw)-1]; isPlain(text) {
		return text
	}
	text, _ := jsontext.AppendUnquote([]byte(nil), raw) // a string that was read is well-formed
	return text
}
