package compare

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/types"
)

// writer writes JSON documents for Go types, as the service would, with occasional
// oddities.
type writer struct {
	*source
	text []byte
}

func (w *writer) raw(text string) { w.text = append(w.text, text...) }

// quote writes a string. Invalid UTF-8 is written unchanged.
func (w *writer) quote(s string) {
	if strings.ToValidUTF8(s, "") != s {
		w.raw(`"` + strings.NewReplacer(`"`, "", `\`, "").Replace(s) + `"`)
		return
	}
	quoted, _ := json.Marshal(s) // cannot fail
	w.raw(string(quoted))
}

func (w *writer) value(t reflect.Type) {
	switch w.below(16) {
	case 13:
		w.raw(" null\n")
		return
	case 14:
		w.odd()
		return
	case 15:
		w.raw("\t ")
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		w.raw(pick(w.source, "1700000000", "1700000000.123", "0", "-1.5", "1.7E9", "1e-3", "4102444800.25", "1e18", "1e400", `"NaN"`, "0.0004"))
	case t.Kind() == reflect.Pointer:
		w.value(t.Elem())
	case t.Kind() == reflect.String:
		w.quote(w.source.text())
	case t.Kind() == reflect.Bool:
		w.raw(pick(w.source, "true", "false"))
	case t.Kind() == reflect.Int32, t.Kind() == reflect.Int64:
		w.raw(pick(w.source, strconv.FormatInt(w.integer(), 10), "-0", "1.0", "1e3", "9223372036854775808"))
	case t.Kind() == reflect.Slice:
		w.list(t.Elem())
	default:
		w.object(t)
	}
}

// odd writes a value that no type expects.
func (w *writer) odd() {
	w.raw(pick(w.source, `"text"`, "5", "{}", "[]", "true", `[{"a":[null,1.5e3]}]`, `{"nextToken":{}}`, "tru", `"\ud800"`, `"\u0041"`, "", "}"))
}

func (w *writer) list(element reflect.Type) {
	w.raw("[")
	for i := range w.below(4) {
		if i > 0 {
			w.raw(",")
		}
		w.value(element)
	}
	w.raw("]")
}

func (w *writer) object(t reflect.Type) {
	w.raw("{")
	first := true
	name := func(n string) {
		if !first {
			w.raw(",")
		}
		first = false
		w.raw(n + ":")
	}
	for f := range t.Fields() {
		tag := f.Tag.Get("ecr")
		if tag == "-" || w.below(8) == 7 {
			continue
		}
		for range 1 + w.below(8)/7 { // sometimes twice
			name(w.name(f.Name, tag))
			w.value(f.Type)
		}
		if w.below(8) == 7 {
			name(`"unknown"`)
			w.odd()
		}
	}
	w.raw("}")
	if w.below(32) == 31 {
		w.raw(pick(w.source, " ", "{}", "x", "\x00"))
	}
}

// name returns a member's name on the wire, sometimes in another spelling.
func (w *writer) name(field, tag string) string {
	wire := strings.ToLower(field[:1]) + field[1:]
	if tag != "" && tag != "required" {
		wire = tag
	}
	switch w.below(16) {
	case 14:
		wire = strings.ToUpper(wire)
	case 15:
		return `"\u00` + strconv.FormatInt(int64(wire[0]), 16) + wire[1:] + `"`
	}
	return `"` + wire + `"`
}

// failure writes an error. It returns the code for the header, or "", and the status.
func (w *writer) failure() (code string, status int) {
	exception := pick(w.source,
		reflect.TypeFor[types.RepositoryNotFoundException](), reflect.TypeFor[types.InvalidLayerPartException](),
		reflect.TypeFor[types.LayerPartTooSmallException](), reflect.TypeFor[types.LimitExceededException](),
		reflect.TypeFor[types.ServerException](), reflect.TypeFor[types.UploadNotFoundException]())
	name := pick(w.source, exception.Name(), "com.amazonaws.ecrpublic#"+exception.Name(), exception.Name()+":http://x/", "ThrottlingException", "Nobody", "")
	if w.below(2) == 1 {
		code = name
	}
	w.raw("{" + pick(w.source, `"__type":`, `"code":`, `"Code":`, `"__TYPE":`, `"x":`))
	w.quote(name)
	for f := range exception.Fields() {
		if !f.IsExported() || f.Name == "ErrorCodeOverride" || w.below(4) == 3 {
			continue
		}
		w.raw("," + pick(w.source, w.name(f.Name, ""), `"`+f.Name+`"`) + ":")
		w.value(f.Type)
	}
	w.raw("}")
	return code, pick(w.source, 400, 403, 404, 429, 500, 503, 200, 307)
}
