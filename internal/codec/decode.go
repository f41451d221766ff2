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
	"unsafe"
)

// Unmarshal fills the struct that v points at from one JSON object. Unknown
// members are skipped, null counts as absent, the last of repeated members
// counts, and keys are case-sensitive. A wrong type, a number that does not fit,
// or data after the object is an error, which names the member; the struct is
// then partly filled and must not be used.
func Unmarshal(data []byte, v any) error {
	d := decoders.Get().(*decoder)
	defer d.release()
	d.reader = reader{data: data}
	s, p := open(v)
	return d.document(p, s)
}

// decoder is the state of an Unmarshal, which the next one reuses.
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

func (d *decoder) document(p *plan, s unsafe.Pointer) error {
	if c := d.peek(); c == 'n' {
		return mismatch("an object", c)
	}
	if err := d.object(p, s, newRow()); err != nil {
		return err
	}
	if d.peek(); d.pos < len(d.data) {
		return errTrailing
	}
	return nil
}

// memberError is an error with its location in the document.
type memberError struct {
	path string
	err  error
}

func (e *memberError) Error() string { return strings.TrimPrefix(e.path, ".") + ": " + e.err.Error() }
func (e *memberError) Unwrap() error { return e.err }

// within prepends a part to the location that an error names.
func within(place string, err error) error {
	if inner, ok := err.(*memberError); ok { //nolint:errorlint // only what within itself has made
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

// wrong returns a type mismatch, or a syntax error if no valid value follows.
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

// row remembers the previous element of a list, to predict the order of the next one's
// members and to share repeated strings.
type row struct {
	before unsafe.Pointer // the previous element, or nil

	// follows is the order of members, as indexes of the struct's fields: the first
	// member is field follows[0], and behind field i comes field follows[i+1]. It
	// starts as the order of the struct, and learns that of the text. When the
	// elements of
	//
	//	type pair struct{ A, B, C *string }
	//
	// come as {"c":…,"a":…}, the first one turns 0 1 2 3 into 2 1 2 0: C is first, A
	// is behind C. The second one is then read by comparing names only.
	follows [maxFields + 1]uint8
}

func newRow() *row {
	r := new(row)
	for i := range r.follows {
		r.follows[i] = uint8(i)
	}
	return r
}

// object decodes a struct; null leaves it as it is. Its strings share one piece
// of memory, so that keeping one of them pins a list's element and not the page.
func (d *decoder) object(p *plan, s unsafe.Pointer, r *row) error {
	if null, err := d.enter('{', "an object"); null || err != nil {
		return err
	}
	from := d.texts.begin()
	if err := d.members(p, s, r); err != nil {
		return err
	}
	d.texts.end(from, s, r.before)
	return nil
}

func (d *decoder) members(p *plan, s unsafe.Pointer, r *row) error {
	behind := 0 // the index in follows: 0, or one more than the last field's
	for first := true; ; first = false {
		more, err := d.next('}', first)
		if !more || err != nil {
			return err
		}
		i, known, err := d.name(p, int(r.follows[behind]))
		if err != nil {
			return err
		}
		if !known {
			continue
		}
		r.follows[behind] = uint8(i)
		behind = i + 1
		if err := d.member(&p.fields[i], s, r.before); err != nil {
			return within(p.fields[i].member(), err)
		}
	}
}

// name reads a member's name and finds the field. It tries the guess first, since that
// name need only be compared. The value of an unknown member is skipped.
func (d *decoder) name(p *plan, guess int) (i int, known bool, err error) {
	d.peek()
	if guess < len(p.fields) {
		wire, rest := p.fields[guess].wire, d.data[d.pos:]
		if len(rest) >= len(wire) && string(rest[:len(wire)]) == wire {
			d.pos += len(wire)
			return guess, true, nil
		}
	}
	quoted, plain, err := d.reader.name()
	if err != nil {
		return 0, false, err
	}
	text := content(quoted, plain)
	if i, known = p.byWire[string(text)]; known {
		return i, true, nil
	}
	if err := d.skip(0); err != nil {
		return 0, false, within("."+string(text), err)
	}
	return 0, false, nil
}

func (d *decoder) member(f *field, s, before unsafe.Pointer) error {
	if d.peek() == 'n' {
		return d.literal("null")
	}
	switch f.kind {
	case kindString, kindEnum:
		quoted, plain, err := d.string()
		switch {
		case err != nil:
			return err
		case f.kind == kindEnum:
			*at[string](s, f) = string(content(quoted, plain))
		case len(quoted) > inlineText:
			d.texts.addLong(f, unescape(quoted, plain))
		default:
			d.texts.add(f, content(quoted, plain), before)
		}
		return nil
	case kindBlob:
		return d.blob(at[[]byte](s, f))
	case kindStrings:
		return d.strings(f)
	case kindStruct:
		fresh := reflect.New(f.typ.Elem())
		f.value(s).Set(fresh)
		return d.object(f.elem, fresh.UnsafePointer(), newRow())
	case kindStructs:
		return d.structs(f.elem, f.value(s))
	case kindBool:
		return d.bool(at[bool](s, f))
	case kindBoolPtr:
		*at[*bool](s, f) = new(bool)
		return d.bool(*at[*bool](s, f))
	default:
		return d.numeric(f, s)
	}
}

func (d *decoder) string() (quoted []byte, plain bool, err error) {
	if c := d.peek(); c != '"' {
		return nil, false, d.wrong("a string", c)
	}
	return d.text()
}

func (d *decoder) blob(v *[]byte) error {
	quoted, plain, err := d.string()
	if err != nil {
		return err
	}
	*v, err = base64.StdEncoding.AppendDecode([]byte{}, content(quoted, plain))
	return err
}

func (d *decoder) bool(v *bool) error {
	c := d.peek()
	word := map[byte]string{'t': "true", 'f': "false"}[c]
	if word == "" {
		return d.wrong("a boolean", c)
	}
	*v = c == 't'
	return d.literal(word)
}

func (d *decoder) numeric(f *field, s unsafe.Pointer) error {
	if c := d.peek(); c != '-' && (c < '0' || c > '9') {
		return d.wrong("a number", c)
	}
	number, err := d.number()
	if err != nil {
		return err
	}
	if f.kind == kindTime {
		t, err := parseTime(number)
		*at[*time.Time](s, f) = d.times.put(t)
		return err
	}
	n, err := strconv.ParseInt(string(number), 10, 64)
	switch {
	case err != nil || f.kind == kindInt32 && n != int64(int32(n)):
		return fmt.Errorf("expected an integer that fits, got %.40s", number)
	case f.kind == kindInt32:
		*at[*int32](s, f) = new(int32(n))
	default:
		*at[*int64](s, f) = d.ints.put(n)
	}
	return nil
}

// maxAhead caps how far a list grows at once on an estimate from the elements read so
// far.
const maxAhead = 1000

// structs decodes a list of structs. A null element becomes an empty struct, so
// that positions stay. When the list is full it grows by as many elements as the
// rest of the text has room for, if they are like those before.
func (d *decoder) structs(p *plan, list reflect.Value) error {
	if _, err := d.enter('[', "a list"); err != nil {
		return err
	}
	list.Set(reflect.MakeSlice(list.Type(), 0, 1))
	start, r := d.pos, newRow()
	return d.each(']', func() error {
		n := list.Len()
		if n == list.Cap() {
			list.Grow(min(max(n, (len(d.data)-start)/(d.pos-start)), maxAhead))
		}
		list.SetLen(n + 1)
		if n > 0 {
			r.before = list.Index(n - 1).Addr().UnsafePointer()
		}
		if err := d.object(p, list.Index(n).Addr().UnsafePointer(), r); err != nil {
			return within("["+strconv.Itoa(n)+"]", err)
		}
		return nil
	})
}

// strings decodes a list of strings; a null element becomes an empty one.
func (d *decoder) strings(f *field) error {
	if _, err := d.enter('[', "a list"); err != nil {
		return err
	}
	list := d.texts.list(f)
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
		d.texts.item(list, content(quoted, plain))
	}
}
