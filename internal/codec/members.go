package codec

// Members returns the members of the JSON object at the start of a text, each
// with the text of its value; the last of repeated members counts, and data after
// the object is ignored. A null is an object without members.
func Members(data []byte) (map[string][]byte, error) {
	r := reader{data: data}
	if r.peek() == 'n' {
		return nil, r.literal("null")
	}
	if err := r.take('{'); err != nil {
		return nil, err
	}
	members := map[string][]byte{}
	err := r.each('}', func() error {
		quoted, plain, err := r.name()
		if err != nil {
			return err
		}
		r.peek()
		start := r.pos
		if err := r.skip(0); err != nil {
			return err
		}
		members[string(content(quoted, plain))] = data[start:r.pos]
		return nil
	})
	if err != nil {
		return nil, err
	}
	return members, nil
}

// Text returns the text of a string among [Members], or nil if there is no value or
// another kind of value.
func Text(value []byte) *string {
	if len(value) == 0 || value[0] != '"' {
		return nil
	}
	return new(string(content(value, false)))
}
