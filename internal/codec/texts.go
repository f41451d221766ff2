package codec

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// texts collects the strings of an element and hands them out at its end, all
// cut from one string and pointed at in one slice: two allocations an element,
// however many strings it has.
type texts struct {
	bytes   []byte
	entries []text
}

// text is a string that waits to be handed out: to a pointer, or as the next
// item of the list that was announced before it.
type text struct {
	end     int // in bytes; it begins where the entry before it ends
	pointer **string
	list    *[]string
	items   int
}

type mark struct{ bytes, entries int }

func (t *texts) begin() mark { return mark{len(t.bytes), len(t.entries)} }

func (t *texts) pointer(p **string, raw jsontext.Value) {
	t.add(raw)
	t.entries = append(t.entries, text{end: len(t.bytes), pointer: p})
}

// list announces a list and returns the entry that its items count up.
func (t *texts) list(list *[]string) int {
	t.entries = append(t.entries, text{end: len(t.bytes), list: list})
	return len(t.entries) - 1
}

func (t *texts) item(list int, raw jsontext.Value) {
	t.add(raw)
	t.entries = append(t.entries, text{end: len(t.bytes)})
	t.entries[list].items++
}

func (t *texts) add(raw jsontext.Value) {
	if text := raw[1 : len(raw)-1]; isPlain(text) {
		t.bytes = append(t.bytes, text...)
		return
	}
	t.bytes, _ = jsontext.AppendUnquote(t.bytes, raw) // a string that was read is well-formed
}

// end hands out what was collected since the mark.
func (t *texts) end(m mark) {
	entries := t.entries[m.entries:]
	if len(entries) == 0 {
		return
	}
	all := string(t.bytes[m.bytes:])
	slots := make([]string, len(entries))
	start := 0
	for i, e := range entries {
		end := e.end - m.bytes
		slots[i] = all[start:end]
		start = end
		if e.pointer != nil {
			*e.pointer = &slots[i]
		}
		if e.list != nil {
			items := slots[i+1 : i+1+e.items]
			*e.list = items[:len(items):len(items)]
		}
	}
	t.bytes, t.entries = t.bytes[:m.bytes], t.entries[:m.entries]
}

// reset makes the collection ready for another document. It lets go of memory
// that an unusually large one needed.
func (t *texts) reset() {
	const keep = 64 << 10
	clear(t.entries[:cap(t.entries)])
	t.bytes, t.entries = t.bytes[:0], t.entries[:0]
	if cap(t.bytes) > keep {
		*t = texts{}
	}
}

// isPlain tells whether the inside of a JSON string is its text: ASCII without
// escapes, eight bytes at a time.
func isPlain(s []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for len(s) >= 8 {
		word := binary.LittleEndian.Uint64(s)
		slashes := word ^ '\\'*ones // a zero byte for each backslash
		if (word|(slashes-ones)&^slashes)&highs != 0 {
			return false
		}
		s = s[8:]
	}
	for _, c := range s {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// slab hands out pointers to values that are allocated in small groups, so that
// a page of numbers costs a few allocations and keeping one number pins little.
type slab[T any] []T

func (s *slab[T]) put(v T) *T {
	const group = 32
	if len(*s) == cap(*s) {
		*s = make(slab[T], 0, min(max(1, 2*cap(*s)), group))
	}
	*s = append(*s, v)
	return &(*s)[len(*s)-1]
}
