package ecrpublictest

import (
	"errors"
	"io"
	"sync"
)

// content is where the bytes of layers are, in memory or in a directory. A layer
// appears in it whole or not at all.
type content interface {
	// create begins the bytes of an upload.
	create(uploadID string) (draft, error)

	// open reads a layer of a repository, named by its id.
	open(repositoryID, digest string) (layerReader, error)

	// remove forgets the layers of a repository.
	remove(repositoryID string)
}

// draft takes the bytes of an upload.
type draft interface {
	// Write appends p or, when it fails, nothing.
	io.Writer

	// seal makes the bytes safe for keep.
	seal() error

	// keep turns the bytes into a layer.
	keep(repositoryID, digest string) error

	// discard gives the bytes up. It may follow keep, and then does nothing.
	discard()
}

// layerReader is an open layer.
type layerReader interface {
	io.ReadSeeker
	io.Closer
}

type memory struct {
	mu     sync.Mutex
	layers map[string]map[string]*blocks // by repository id and digest
}

func newMemory() *memory { return &memory{layers: map[string]map[string]*blocks{}} }

func (m *memory) create(string) (draft, error) { return &memoryDraft{memory: m}, nil }

func (m *memory) open(repositoryID, digest string) (layerReader, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.layers[repositoryID][digest]
	if !ok {
		return nil, errors.New("the layer is gone")
	}
	return memoryReader{io.NewSectionReader(data, 0, data.size)}, nil
}

func (m *memory) remove(repositoryID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.layers, repositoryID)
}

type memoryReader struct{ *io.SectionReader }

func (memoryReader) Close() error { return nil }

type memoryDraft struct {
	memory *memory
	blocks
}

func (d *memoryDraft) seal() error {
	d.clip()
	return nil
}

func (d *memoryDraft) keep(repositoryID, digest string) error {
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	if d.memory.layers[repositoryID] == nil {
		d.memory.layers[repositoryID] = map[string]*blocks{}
	}
	d.memory.layers[repositoryID][digest] = &d.blocks
	return nil
}

// discard leaves the bytes to the layer that they may have become.
func (*memoryDraft) discard() {}
