package codec

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/aws/smithy-go"
)

// Validate checks what can be checked without the service: that required members are
// present and that a blob is given once. It reports all missing members in one
// smithy.InvalidParamsError, and like the official client it looks at presence only:
// an empty string or list passes.
func Validate(v any) error {
	s, p := open(v)
	missing := smithy.InvalidParamsError{Context: p.name}
	for i := range p.fields {
		f := &p.fields[i]
		if f.required && f.isNil(s) && (f.reader == nil || f.reader.isNil(s)) {
			missing.Add(smithy.NewErrParamRequired(f.name))
		}
	}
	if missing.Len() > 0 {
		return missing
	}
	return p.checkBlobs(s)
}

// Requires reports whether an input has required members.
func Requires(v any) bool {
	_, p := open(v)
	return slices.ContainsFunc(p.fields, func(f field) bool { return f.required })
}

// checkBlobs refuses a blob that is given as bytes and as a reader.
func (p *plan) checkBlobs(s unsafe.Pointer) error {
	for i := range p.fields {
		f := &p.fields[i]
		if f.kind == kindStruct && !f.isNil(s) {
			if err := f.elem.checkBlobs(*at[unsafe.Pointer](s, f)); err != nil {
				return err
			}
		}
		if f.reader != nil && !f.isNil(s) && !f.reader.isNil(s) {
			return fmt.Errorf("%s: set %s or %s, not both", p.name, f.name, f.reader.name)
		}
	}
	return nil
}
