package codec

import (
	"fmt"
	"io"
	"reflect"

	"github.com/aws/smithy-go"
)

// Validate checks what can be checked without the service: that required members
// are there and that a blob is given once. It reports all missing members in one
// smithy.InvalidParamsError, and like the official client it looks at presence
// only: an empty string or list passes.
func Validate(v any) error {
	rv, p := open(v)
	missing := smithy.InvalidParamsError{Context: p.name}
	for i := range p.fields {
		f := &p.fields[i]
		if f.required && !f.present(rv) {
			missing.Add(smithy.NewErrParamRequired(f.name))
		}
	}
	if missing.Len() > 0 {
		return missing
	}
	return p.checkBlobs(rv)
}

func (f *field) present(v reflect.Value) bool {
	return !v.Field(f.index).IsNil() || f.reader >= 0 && !v.Field(f.reader).IsNil()
}

// checkBlobs refuses a blob that is given as bytes and as a reader.
func (p *plan) checkBlobs(v reflect.Value) error {
	for i := range p.fields {
		f := &p.fields[i]
		if f.kind == kindStruct && !v.Field(f.index).IsNil() {
			if err := f.elem.checkBlobs(v.Field(f.index).Elem()); err != nil {
				return err
			}
		}
		if f.reader >= 0 && !v.Field(f.index).IsNil() && *at[io.Reader](v.Field(f.reader)) != nil {
			return fmt.Errorf("%s: set %s or %s, not both", p.name, f.name, v.Type().Field(f.reader).Name)
		}
	}
	return nil
}
