package codec

import (
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Unmarshal fills the struct that v points at from one JSON object. Members
// that the struct does not have are skipped, null is absent, of repeated members
// the last one counts, and keys are case-sensitive. A wrong type, a number that
// does not fit, or anything after the object is an error that names the member;
// the struct is then partly filled and must not be used.
func Unmarshal(data []byte, v any) error {
	d := decoders.Get().(*decoder)
	defer d.release()
	d.reader = reader{data: data}
	rv, p := open(v)
	return d.document(p, rv)
}

// decoder holds what one Unmarshal needs and the next can use again.
type decoder struct {
	reader
	texts texts
	ints  slab[int64]
	times slab[time.Time]
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// release forgets everything that belongs to the caller.
func (d *decoder) release() {
	d.reader = reader{}
	d.texts.reset()
	d.ints, d.times = nil, nil
	decoders.Put(d)
}

var errTrailing = errors.New("data after the object")

func (d *decoder) document(p *plan, v reflect.Value) error {
	if c := d.peek(); c == 'n' {
		return mismatch("an object", c)
	}
	if err := d.object(p, v); err != nil {
		return err
	}
	if d.peek(); d.pos < len(d.data) {
		return errTrailing
	}
	return nil
}

// memberError says where in the document an error is.
type memberError struct {
	path string
	err  error
}

func (e *memberError) Error() string { return strings.TrimPrefix(e.path, ".") + ": " + e.err.Error() }
func (e *memberError) Unwrap() error { return e.err }

// within puts a place in front of the place that an error names already.
func within(place string, err error) error {
	if inner, ok := err.(*memberError); ok {
		inner.path = place + inner.path
		return inner
	}
	return &memberError{place, err}
}

// enter reads the opening of an object or a list; a null in its place is read
// whole.
func (d *decoder) enter(opening byte, want string) (null bool, err error) {
	switch c := d.peek(); c {
	case 'n':
		return true, d.literal("null")
	case opening:
		d.pos++
		return false, nil
	default:
		return false, d.wrong(want, c)
	}
}

// wrong is the error for a value of another kind, or for what is no value.
func (d *decoder) wrong(want string, c byte) error {
	start := *d
	if err := d.skip(0); err != nil {
		return err
	}
	d.pos = start.pos
	return mismatch(want, c)
}

func mismatch(want string, c byte) error {
	kinds := map[byte]string{'{': "an object", '[': "a list", '"': "a string", 't': "a boolean", 'f': "a boolean", 'n': "null"}
	got, ok := kinds[c]
	if !ok {
		got = "a number"
	}
	return fmt.Errorf("expected %s, got %s", want, got)
}

// object decodes a struct; null leaves it as it is. Its strings share one piece
// of memory, so that keeping one of them pins a list's element and not the page.
func (d *decoder) object(p *plan, v reflect.Value) error {
	if null, err := d.enter('{', "an object"); null || err != nil {
		return err
	}
	mark := d.texts.begin()
	if err := d.members(p, v); err != nil {
		return err
	}
	d.texts.end(mark, v)
	return nil
}

func (d *decoder) members(p *plan, v reflect.Value) error {
	guess := 0
	for first := true; ; first = false {
		more, err := d.next('}', first)
		if !more || err != nil {
			return err
		}
		name, plain, err := d.text()
		if err != nil {
			return err
		}
		if err := d.take(':'); err != nil {
			return err
		}
		i, known := p.find(name, plain, guess)
		if !known {
			if err := d.skip(0); err != nil {
				return within("."+string(appendText(nil, name, plain)), err)
			}
			continue
		}
		guess = i + 1
		if err := d.member(&p.fields[i], v.Field(p.fields[i].index)); err != nil {
			return within("."+strings.Trim(p.fields[i].wire, `"`), err)
		}
	}
}

func (d *decoder) member(f *field, v reflect.Value) error {
	if d.peek() == 'n' {
		v.SetZero()
		return d.literal("null")
	}
	switch f.kind {
	case kindString:
		quoted, plain, err := d.string()
		if err == nil {
			d.texts.add(f.index, quoted, plain)
		}
		return err
	case kindEnum:
		quoted, plain, err := d.string()
		if err == nil {
			v.SetString(string(appendText(nil, quoted, plain)))
		}
		return err
	case kindBlob:
		return d.blob(v)
	case kindStrings:
		return d.strings(f.index)
	case kindStruct:
		fresh := reflect.New(v.Type().Elem())
		v.Set(fresh)
		return d.object(f.elem, fresh.Elem())
	case kindStructs:
		return d.structs(f.elem, v)
	case kindBool, kindBoolPtr:
		return d.bool(v)
	default:
		return d.numeric(f.kind, v)
	}
}

func (d *decoder) string() (quoted []byte, plain bool, err error) {
	if c := d.peek(); c != '"' {
		return nil, false, d.wrong("a string", c)
	}
	return d.text()
}

func (d *decoder) blob(v reflect.Value) error {
	quoted, plain, err := d.string()
	if err != nil {
		return err
	}
	text := quoted[1 : len(quoted)-1]
	if !plain {
		text = appendText(nil, quoted, plain)
	}
	blob, err := base64.StdEncoding.AppendDecode([]byte{}, text)
	v.SetBytes(blob)
	return err
}

func (d *decoder) bool(v reflect.Value) error {
	c := d.peek()
	word := map[byte]string{'t': "true", 'f': "false"}[c]
	if word == "" {
		return d.wrong("a boolean", c)
	}
	if v.Kind() == reflect.Pointer {
		*at[*bool](v) = new(c == 't')
	} else {
		v.SetBool(c == 't')
	}
	return d.literal(word)
}

func (d *decoder) numeric(k kind, v reflect.Value) error {
	if c := d.peek(); c != '-' && (c < '0' || c > '9') {
		return d.wrong("a number", c)
	}
	number, err := d.number()
	if err != nil {
		return err
	}
	switch k {
	case kindTime:
		t, err := parseTime(number)
		*at[*time.Time](v) = d.times.put(t)
		return err
	case kindInt32:
		n, err := strconv.ParseInt(string(number), 10, 32)
		*at[*int32](v) = new(int32(n))
		return integerError(number, err)
	default:
		n, err := strconv.ParseInt(string(number), 10, 64)
		*at[*int64](v) = d.ints.put(n)
		return integerError(number, err)
	}
}

func integerError(number []byte, err error) error {
	if err != nil {
		return fmt.Errorf("expected an integer that fits, got %.40s", number)
	}
	return nil
}

// maxPage is the most elements that a page of the service has. It bounds how far
// a list's memory runs ahead of what was read.
const maxPage = 1000

// structs decodes a list of structs. A null element becomes an empty struct, so
// that positions stay. When the list is full it grows by as many elements as the
// rest of the text has room for, if they are like those before.
func (d *decoder) structs(p *plan, list reflect.Value) error {
	if _, err := d.enter('[', "a list"); err != nil {
		return err
	}
	list.Set(reflect.MakeSlice(list.Type(), 0, 1))
	start := d.pos
	for n := 0; ; n++ {
		more, err := d.next(']', n == 0)
		if !more || err != nil {
			return err
		}
		if n == list.Cap() {
			list.Grow(min(max(n, (len(d.data)-start)/(d.pos-start)), maxPage))
		}
		list.SetLen(n + 1)
		if err := d.object(p, list.Index(n)); err != nil {
			return within("["+strconv.Itoa(n)+"]", err)
		}
	}
}

// strings decodes a list of strings; a null element becomes an empty one.
func (d *decoder) strings(field int) error {
	if _, err := d.enter('[', "a list"); err != nil {
		return err
	}
	list := d.texts.list(field)
	for n := 0; ; n++ {
		more, err := d.next(']', n == 0)
		if !more || err != nil {
			return err
		}
		quoted, plain := []byte(`""`), true
		if d.peek() == 'n' {
			err = d.literal("null")
		} else {
			quoted, plain, err = d.string()
		}
		if err != nil {
			return within("["+strconv.Itoa(n)+"]", err)
		}
		d.texts.item(list, quoted, plain)
	}
}
