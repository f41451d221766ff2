package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// checkKeys refuses JSON in which a member of an object stands twice, or again in
// another case, which only Go takes for the same: readers disagree on which one
// counts. Annotations are told apart by case everywhere.
func checkKeys(data []byte) error {
	type value struct {
		keys  map[string]bool // nil for a list
		exact bool
	}
	var open []value
	var key string   // the last one
	isValue := false // whether the value of key is next
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text, isText := token.(string)
		switch {
		case token == json.Delim('{'):
			open = append(open, value{map[string]bool{}, isValue && lowerCase(key) == "annotations"})
		case token == json.Delim('['):
			open = append(open, value{})
		case token == json.Delim('}'), token == json.Delim(']'):
			open = open[:len(open)-1]
		case isText && !isValue && len(open) > 0 && open[len(open)-1].keys != nil:
			in := open[len(open)-1]
			key = text
			if !in.exact {
				text = lowerCase(text)
			}
			if in.keys[text] {
				return fmt.Errorf("the member %.300q is there twice", key)
			}
			in.keys[text], isValue = true, true
			continue
		}
		isValue = false
	}
}
