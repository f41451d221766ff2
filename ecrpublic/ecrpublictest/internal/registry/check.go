package registry

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// How messages name bounded values.
var (
	textLength = quantity{"must", "length"}
	listLength = quantity{"Member must", "length"}
	intValue   = quantity{"Member must", "value"}
)

// Check checks an input against the model: required members first, then every
// constraint, in the order of the members. It reports the first violation.
func Check(input any) error {
	v := reflect.ValueOf(input).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("ecr") == "required" && v.Field(i).IsNil() {
			return invalidParameter(memberName(f), mustBePresent)
		}
	}
	return checkStruct(v.Type().Name(), "", v)
}

func checkStruct(input, path string, v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		s, own := shapes()[input+"."+f.Name]
		if !own {
			s = shapes()[f.Name]
		}
		if err := s.check(input, path+memberName(f), v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

// memberName is the name of a field in messages.
func memberName(f reflect.StructField) string {
	return strings.ToLower(f.Name[:1]) + f.Name[1:]
}

// check checks one member, whose path names it in messages. A nil member and
// one without constraints pass.
func (s shape) check(input, path string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return s.check(input, path, v.Elem())
	case reflect.Struct:
		return checkStruct(input, path+".", v)
	case reflect.String:
		if err := s.bound(path, textLength, int64(utf8.RuneCountInString(v.String()))); err != nil {
			return err
		}
		return s.match(path, v.String())
	case reflect.Int32, reflect.Int64:
		return s.bound(path, intValue, v.Int())
	case reflect.Slice:
		return s.checkList(input, path, v)
	}
	return nil
}

func (s shape) checkList(input, path string, v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	if err := s.bound(path, listLength, int64(v.Len())); err != nil {
		return err
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return nil
	}
	var item shape
	if s.item != nil {
		item = *s.item
	}
	for i := range v.Len() {
		if err := item.check(input, path, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (s shape) bound(path string, q quantity, n int64) error {
	if n < s.min {
		return invalidParameter(path, mustMeasure(q, "greater", s.min))
	}
	if s.max > 0 && n > s.max {
		return invalidParameter(path, mustMeasure(q, "less", s.max))
	}
	return nil
}

func (s shape) match(path, text string) error {
	if s.pattern == nil || s.pattern.matches(text) {
		return nil
	}
	name := s.constraint
	if name == nil {
		name = mustMatch
	}
	return invalidParameter(path, name(s.pattern.text))
}
