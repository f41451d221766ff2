package ecrpublictest

import (
	"bytes"
	"errors"
	"io"
	"slices"
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
	layers map[string]map[string][]byte // by repository id and digest
}

func newMemory() *memory { return &memory{layers: map[string]map[string][]byte{}} }

func (m *memory) create(string) (draft, error) { return &memoryDraft{memory: m}, nil }

func (m *memory) open(repositoryID, digest string) (layerReader, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.layers[repositoryID][digest]
	if !ok {
		return nil, errors.New("the layer is gone")
	}
	return memoryReader{bytes.NewReader(data)}, nil
}

func (m *memory) remove(repositoryID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.layers, repositoryID)
}

type memoryReader struct{ *bytes.Reader }

func (memoryReader) Close() error { return nil }

type memoryDraft struct {
	memory *memory
	data   []byte
}

func (d *memoryDraft) Write(p []byte) (int, error) {
	d.data = append(d.data, p...)
	return len(p), nil
}

func (d *memoryDraft) seal() error {
	d.data = slices.Clip(d.data)
	return nil
}

func (d *memoryDraft) keep(repositoryID, digest string) error {
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	if d.memory.layers[repositoryID] == nil {
		d.memory.layers[repositoryID] = map[string][]byte{}
	}
	d.memory.layers[repositoryID][digest] = d.data
	return nil
}

func (d *memoryDraft) discard() { d.data = nil }
