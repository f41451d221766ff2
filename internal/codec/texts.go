package codec

import "unsafe"

// texts collects the strings of a struct and assigns them at its end, all cut from
// one string and pointed at in one slice: two allocations, however many strings
// there are. A string that equals the previous struct's is not stored again.
type texts struct {
	bytes   []byte
	entries []text
	long    []string // texts that are too long to be copied into bytes
}

// text is a string that waits to be assigned: to a field of type *string, or as the
// next item of the list that was announced before it.
type text struct {
	end      int    // in bytes; it begins where the entry before it ends
	field    *field // nil for a list's item
	items    int    // of the list that the field is, or the place of a long text, from 1 on
	repeated bool   // it is the text of the struct before
}

type checkpoint struct{ bytes, entries int }

func (t *texts) begin() checkpoint { return checkpoint{len(t.bytes), len(t.entries)} }

// add collects a string for a field; before is the struct before, or nil.
func (t *texts) add(f *field, s []byte, before unsafe.Pointer) {
	e := text{field: f}
	if before != nil {
		last := *at[*string](before, f)
		e.repeated = last != nil && *last == string(s)
	}
	if !e.repeated {
		t.bytes = append(t.bytes, s...)
	}
	e.end = len(t.bytes)
	t.entries = append(t.entries, e)
}

// addLong collects a string for a field, which stays as it is.
func (t *texts) addLong(f *field, s string) {
	t.long = append(t.long, s)
	t.entries = append(t.entries, text{end: len(t.bytes), field: f, items: len(t.long)})
}

// list announces a list and returns the entry that its items count up.
func (t *texts) list(f *field) int {
	t.entries = append(t.entries, text{end: len(t.bytes), field: f})
	return len(t.entries) - 1
}

func (t *texts) item(list int, s []byte) {
	t.bytes = append(t.bytes, s...)
	t.entries = append(t.entries, text{end: len(t.bytes)})
	t.entries[list].items++
}

// end assigns to a struct what was collected since the checkpoint.
func (t *texts) end(from checkpoint, s, before unsafe.Pointer) {
	entries := t.entries[from.entries:]
	if len(entries) == 0 {
		return
	}
	all := string(t.bytes[from.bytes:])
	slots := make([]string, len(entries))
	start := 0
	for i, e := range entries {
		end := e.end - from.bytes
		slots[i] = all[start:end]
		start = end
		switch {
		case e.field == nil:
		case e.field.kind == kindStrings:
			*at[[]string](s, e.field) = slots[i+1 : i+1+e.items : i+1+e.items]
		case e.items > 0:
			*at[*string](s, e.field) = &t.long[e.items-1]
		case e.repeated:
			slots[i] = **at[*string](before, e.field)
			fallthrough
		default:
			*at[*string](s, e.field) = &slots[i]
		}
	}
	t.bytes, t.entries = t.bytes[:from.bytes], t.entries[:from.entries]
}

// reset prepares the collection for another document. It releases memory that
// an unusually large document needed.
func (t *texts) reset() {
	const keepBytes, keepEntries = 64 << 10, 2 << 10
	clear(t.entries) // there are some after an error
	t.bytes, t.entries, t.long = t.bytes[:0], t.entries[:0], nil
	if cap(t.bytes) > keepBytes {
		t.bytes = nil
	}
	if cap(t.entries) > keepEntries {
		t.entries = nil
	}
}

// slab returns pointers to values that are allocated in small groups, so that a page
// of numbers costs a few allocations and keeping one number pins little.
type slab[T any] []T

func (s *slab[T]) put(v T) *T {
	const group = 32
	if len(*s) == cap(*s) {
		*s = make(slab[T], 0, min(max(1, 2*cap(*s)), group))
	}
	*s = append(*s, v)
	return &(*s)[len(*s)-1]
}
