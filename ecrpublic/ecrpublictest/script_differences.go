package ecrpublictest

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// differences lists where two inputs differ, each with its path and both values.
func differences(path string, got, want reflect.Value) []string {
	if !got.IsValid() || !want.IsValid() || got.Type() != want.Type() {
		return []string{difference(path, got, want)}
	}
	switch got.Kind() {
	case reflect.Pointer:
		if got.IsNil() || want.IsNil() {
			break
		}
		return differences(path, got.Elem(), want.Elem())
	case reflect.Interface: // a reader, which is the same or not
		if got.Comparable() && want.Comparable() && got.Equal(want) {
			return nil
		}
		return []string{difference(path, got, want)}
	case reflect.Struct:
		if _, ok := got.Interface().(time.Time); ok {
			break
		}
		var list []string
		for i := range got.NumField() {
			if got.Type().Field(i).IsExported() {
				list = append(list, differences(join(path, got.Type().Field(i).Name), got.Field(i), want.Field(i))...)
			}
		}
		return list
	case reflect.Slice:
		return ofSlices(path, got, want)
	}
	if equal(got, want) {
		return nil
	}
	return []string{difference(path, got, want)}
}

func ofSlices(path string, got, want reflect.Value) []string {
	if got.Type().Elem().Kind() == reflect.Uint8 {
		if bytes.Equal(got.Bytes(), want.Bytes()) && got.IsNil() == want.IsNil() {
			return nil
		}
		return []string{difference(path, got, want)}
	}
	if got.Len() != want.Len() || got.IsNil() != want.IsNil() {
		return []string{difference(path, got, want)}
	}
	var list []string
	for i := range got.Len() {
		list = append(list, differences(path+"["+strconv.Itoa(i)+"]", got.Index(i), want.Index(i))...)
	}
	return list
}

// equal compares what has no parts that a path could name.
func equal(got, want reflect.Value) bool {
	if t, ok := got.Interface().(time.Time); ok {
		return t.Equal(want.Interface().(time.Time))
	}
	return reflect.DeepEqual(got.Interface(), want.Interface())
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func difference(path string, got, want reflect.Value) string {
	return fmt.Sprintf("%s is %s, expected %s", path, show(got), show(want))
}

// show writes a value as short as a message needs it.
func show(v reflect.Value) string {
	switch {
	case !v.IsValid():
		return "nothing"
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return show(v.Elem())
	case (v.Kind() == reflect.Pointer || v.Kind() == reflect.Slice || v.Kind() == reflect.Interface) && v.IsNil():
		return "nil"
	case v.Kind() == reflect.String:
		return strconv.Quote(v.String())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		const most = 32
		if b := v.Bytes(); len(b) > most {
			return fmt.Sprintf("%d bytes, %q...", len(b), b[:most])
		}
		return fmt.Sprintf("%q", v.Bytes())
	case v.Kind() == reflect.Slice:
		var list strings.Builder
		for i := range v.Len() {
			list.WriteString(" " + show(v.Index(i)))
		}
		return "[" + list.String() + " ]"
	case v.Kind() == reflect.Struct && v.NumField() > 0 && v.Type() != reflect.TypeFor[time.Time]():
		var list strings.Builder
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && !v.Field(i).IsZero() {
				list.WriteString(" " + v.Type().Field(i).Name + ":" + show(v.Field(i)))
			}
		}
		return "{" + list.String() + " }"
	}
	if r, ok := v.Interface().(io.Reader); ok {
		return fmt.Sprintf("a %T", r)
	}
	return fmt.Sprint(v.Interface())
}
