package login

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// object is a JSON object whose members keep their order and spelling.
type object []member

type member struct {
	name   string
	quoted jsontext.Value // the name as it is spelled in the text
	value  jsontext.Value
}

// parseObject parses an object. As in docker, empty input and null are empty
// objects; a duplicate name is an error.
func parseObject(text []byte) (object, error) {
	if text := string(bytes.TrimSpace(text)); text == "" || text == "null" {
		return nil, nil
	}
	decoder := jsontext.NewDecoder(bytes.NewReader(text))
	if kind := decoder.PeekKind(); kind != 0 && kind != '{' {
		return nil, fmt.Errorf("must be a JSON object, found %s", kind)
	}
	if _, err := decoder.ReadToken(); err != nil {
		return nil, err
	}
	var o object
	for decoder.PeekKind() != '}' {
		m, err := parseMember(decoder)
		if err != nil {
			return nil, err
		}
		o = append(o, m)
	}
	if _, err := decoder.ReadToken(); err != nil {
		return nil, err
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("unexpected data after the JSON object")
	}
	return o, nil
}

func parseMember(decoder *jsontext.Decoder) (member, error) {
	name, err := decoder.ReadValue()
	if err != nil {
		return member{}, err
	}
	m := member{name: unquote(name), quoted: name.Clone()}
	value, err := decoder.ReadValue()
	m.value = value.Clone()
	return m, err
}

// value returns a member's value, nil if there is no such member.
func (o object) value(name string) jsontext.Value {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// object returns the value of the member at i as an object.
func (o object) object(i int) (object, error) {
	inner, err := parseObject(o[i].value)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", o[i].name, err)
	}
	return inner, nil
}

// fields returns the indexes of the members that encoding/json reads into a field
// of this name.
func (o object) fields(name string) []int {
	var found []int
	for i, m := range o {
		if strings.EqualFold(m.name, name) {
			found = append(found, i)
		}
	}
	return found
}

// add appends a member. There must be none of this name.
func (o *object) add(name string, value jsontext.Value) {
	*o = append(*o, member{name: name, quoted: quote(name), value: value})
}

// removeFields removes the members that fields finds.
func (o *object) removeFields(name string) {
	*o = slices.DeleteFunc(*o, func(m member) bool { return strings.EqualFold(m.name, name) })
}

func (o object) encode() jsontext.Value {
	text := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, m.quoted...)
		text = append(text, ':')
		text = append(text, m.value...)
	}
	return append(text, '}')
}

// indented returns the text in docker's layout.
func (o object) indented() ([]byte, error) {
	text := o.encode()
	err := text.Indent(jsontext.WithIndent("\t"))
	return text, err
}

// quote replaces invalid UTF-8.
func quote(s string) jsontext.Value {
	text, _ := jsontext.AppendQuote(nil, s)
	return text
}

// unquote returns "" for anything but a JSON string.
func unquote(v jsontext.Value) string {
	text, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return ""
	}
	return string(text)
}
