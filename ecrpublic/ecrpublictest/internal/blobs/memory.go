package blobs

import (
	"fmt"
	"io"
	"slices"
	"sync"
)

// Memory keeps layers in memory.
type Memory struct {
	mu     sync.Mutex
	layers map[string]*blocks // by digest
}

// NewMemory returns an empty storage.
func NewMemory() *Memory { return &Memory{layers: map[string]*blocks{}} }

// Create implements Storage.
func (m *Memory) Create(string) (Draft, error) { return &memoryDraft{memory: m}, nil }

// Open implements Storage.
func (m *Memory) Open(digest string) (Reader, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.layers[digest]
	if !ok {
		return nil, fmt.Errorf("layer %s is gone", digest)
	}
	return memoryReader{io.NewSectionReader(data, 0, data.size)}, nil
}

// Remove implements Storage.
func (m *Memory) Remove(digest string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.layers, digest)
}

type memoryReader struct{ *io.SectionReader }

func (memoryReader) Close() error { return nil }

type memoryDraft struct {
	memory *Memory
	blocks
}

func (d *memoryDraft) After(position int64) io.Reader {
	now := blocks{slices.Clone(d.list), d.size}
	return io.NewSectionReader(&now, position, now.size-position)
}

func (*memoryDraft) Flush() error { return nil }

func (d *memoryDraft) Truncate(size int64) error {
	d.truncate(size)
	return nil
}

func (d *memoryDraft) Seal() error {
	d.clip()
	return nil
}

func (d *memoryDraft) Keep(digest string) error {
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	kept := d.blocks
	d.memory.layers[digest] = &kept
	d.blocks = blocks{}
	return nil
}

func (d *memoryDraft) Discard() { d.blocks = blocks{} }
