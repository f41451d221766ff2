package blobs

import (
	"errors"
	"io"
	"sync"
)

// Memory keeps layers in memory.
type Memory struct {
	mu     sync.Mutex
	layers map[string]map[string]*blocks // by repository id and digest
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{layers: map[string]map[string]*blocks{}} }

// Create implements Store.
func (m *Memory) Create(string) (Draft, error) { return &memoryDraft{memory: m}, nil }

// Open implements Store.
func (m *Memory) Open(repositoryID, digest string) (Reader, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.layers[repositoryID][digest]
	if !ok {
		return nil, errors.New("the layer is gone")
	}
	return memoryReader{io.NewSectionReader(data, 0, data.size)}, nil
}

// Remove implements Store.
func (m *Memory) Remove(repositoryID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.layers, repositoryID)
}

type memoryReader struct{ *io.SectionReader }

func (memoryReader) Close() error { return nil }

type memoryDraft struct {
	memory *Memory
	blocks
}

func (d *memoryDraft) Seal() error {
	d.clip()
	return nil
}

func (d *memoryDraft) Keep(repositoryID, digest string) error {
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	if d.memory.layers[repositoryID] == nil {
		d.memory.layers[repositoryID] = map[string]*blocks{}
	}
	d.memory.layers[repositoryID][digest] = &d.blocks
	return nil
}

// discard leaves the bytes to the layer that they may have become.
func (*memoryDraft) Discard() {}
