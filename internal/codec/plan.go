// Package codec converts the SDK's structs to JSON and back. Everything it
// needs to know about a field is stated on the field: its wire name is the Go
// name with a lower-case first letter, and the struct tag "ecr" states the
// rest:
//
//	ecr:"required"   a call without it fails before any I/O
//	ecr:"Key"        another wire name
//	ecr:"-"          never sent
//
// A type's plan is compiled on first use and serves encoding, decoding and
// validation, both in the client and in the emulator.
package codec

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unsafe"
)

// kind is the closed set of field types that the API has.
type kind int

const (
	kindString  kind = iota // *string
	kindEnum                // a string type
	kindInt32               // *int32
	kindInt64               // *int64
	kindBool                // bool; false is absent
	kindBoolPtr             // *bool
	kindTime                // *time.Time, epoch seconds
	kindBlob                // []byte, base64
	kindStrings             // []string
	kindStruct              // *struct
	kindStructs             // []struct
)

type field struct {
	name     string // in Go
	wire     string // in JSON, with quotes and colon
	kind     kind
	typ      reflect.Type
	offset   uintptr
	reader   *field // the io.Reader that may stand in for a blob, or nil
	required bool
	elem     *plan // of a struct or a list of them
}

type plan struct {
	name   string
	fields []field
	byWire map[string]int // by name in JSON
	sorted []int          // the fields by name in JSON: the order in which the official client sends them
}

// maxFields bounds the fields of a struct.
const maxFields = 15

var plans sync.Map // reflect.Type to *plan

// planOf returns the plan of a struct type. It panics on a field of an unsupported
// type, which only a change of this module can cause.
func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p, _ := plans.LoadOrStore(t, compile(t))
	return p.(*plan)
}

func compile(t reflect.Type) *plan {
	p := &plan{name: t.Name(), byWire: make(map[string]int)}
	for f := range t.Fields() {
		if f.Tag.Get("ecr") == "-" {
			continue
		}
		wire := wireName(f)
		if f.Type == reflect.TypeFor[io.Reader]() {
			p.fields[p.byWire[wire]].reader = &field{name: f.Name, offset: f.Offset} // stands behind its blob
			continue
		}
		k, elem := classify(f)
		p.byWire[wire] = len(p.fields)
		p.fields = append(p.fields, field{name: f.Name, wire: `"` + wire + `":`, kind: k, typ: f.Type, offset: f.Offset, required: f.Tag.Get("ecr") == "required", elem: elem})
	}
	if len(p.fields) > maxFields {
		panic("codec: " + p.name + " has too many fields")
	}
	p.sorted = slices.Collect(maps.Values(p.byWire))
	slices.SortFunc(p.sorted, func(a, b int) int { return cmp.Compare(p.fields[a].wire, p.fields[b].wire) })
	return p
}

// wireName returns the name of a field in JSON, as the comment of this package says.
func wireName(f reflect.StructField) string {
	if tag := f.Tag.Get("ecr"); tag != "" && tag != "required" {
		return tag
	}
	return strings.ToLower(f.Name[:1]) + f.Name[1:]
}

// kinds names the type of each kind that is a single Go type. It is an array, because a
// map would cost start-up time.
var kinds = [...]string{
	kindString:  "*string",
	kindInt32:   "*int32",
	kindInt64:   "*int64",
	kindBool:    "bool",
	kindBoolPtr: "*bool",
	kindTime:    "*time.Time",
	kindBlob:    "[]uint8",
	kindStrings: "[]string",
}

func classify(f reflect.StructField) (kind, *plan) {
	t := f.Type
	k := slices.Index(kinds[:], t.String())
	switch {
	case k >= 0:
		return kind(k), nil
	case t.Kind() == reflect.String:
		return kindEnum, nil
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		return kindStruct, planOf(t.Elem())
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return kindStructs, planOf(t.Elem())
	}
	panic(fmt.Sprintf("codec: field %s has the unsupported type %s", f.Name, t))
}

// member is how an error names the field.
func (f *field) member() string { return "." + strings.Trim(f.wire, `":`) }

// open returns the struct behind a pointer and its plan.
func open(v any) (unsafe.Pointer, *plan) {
	rv := reflect.ValueOf(v)
	return rv.UnsafePointer(), planOf(rv.Type().Elem())
}

// at returns a pointer to a field of a struct. The plan has checked the type.
// Offsets rather than reflect.Value save a tenth of the time of a page.
func at[T any](s unsafe.Pointer, f *field) *T { return (*T)(unsafe.Add(s, f.offset)) }

// isNil reports whether a pointer, a list, a blob or a reader is nil, as the first word
// of each says.
func (f *field) isNil(s unsafe.Pointer) bool { return *at[unsafe.Pointer](s, f) == nil }

// value returns a field as reflection sees it.
func (f *field) value(s unsafe.Pointer) reflect.Value {
	return reflect.NewAt(f.typ, unsafe.Add(s, f.offset)).Elem()
}
