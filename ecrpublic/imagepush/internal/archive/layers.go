package archive

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime"

	"github.com/opencontainers/go-digest"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
)

// Cache remembers the result of compressing layers. It may forget. Its methods may
// be called concurrently.
type Cache interface {
	// Get returns the digest and the size of a compressed layer. The key is the
	// digest of the uncompressed layer, or that of a place.
	Get(key digest.Digest) (compressed digest.Digest, size int64, ok bool)

	// Put stores them.
	Put(key, compressed digest.Digest, size int64)
}

// layer is a layer of docker save as it is pushed.
type layer struct {
	diffID digest.Digest // of its uncompressed bytes
	digest digest.Digest
	size   int64
	open   func() (io.ReadCloser, error)
}

// claim is what a config says of a layer.
type claim struct {
	diffID digest.Digest
	config string // the config's entry
}

// readLayers reads the layers of images, each once and several at a time.
func (b *builder) readLayers(ctx context.Context, images []savedImage, configs []savedConfig) error {
	claims := map[string]claim{}
	var names []string
	for i, image := range images {
		for j, name := range image.Layers {
			name = path.Clean(name)
			_, foreign := image.source(configs[i].diffIDs[j])
			if _, ok := claims[name]; ok || foreign {
				continue
			}
			claims[name] = claim{configs[i].diffIDs[j], image.Config}
			names = append(names, name)
		}
	}
	b.Layout.spool = new(spool)
	layers, errs := make([]layer, len(names)), make([]error, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			layers[i], errs[i] = b.readLayer(ctx, name, claims[name])
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	b.layers = map[string]layer{}
	for i, name := range names {
		if errs[i] != nil {
			return errs[i]
		}
		b.layers[name] = layers[i]
	}
	return nil
}

// readLayer determines the digest that a layer is pushed with.
func (b *builder) readLayer(ctx context.Context, name string, claimed claim) (layer, error) {
	e, err := b.tar.find(name)
	if err != nil {
		return layer{}, err
	}
	compressed := func() (io.ReadCloser, error) {
		f, err := b.tar.openEntry(e)
		if err != nil {
			return nil, err
		}
		return struct {
			io.Reader
			io.Closer
		}{newCompressor(f), f}, nil
	}
	found := place{b.tar.state, e.offset, claimed.diffID}
	if d, size, ok := b.options.get(found.key()); ok { // it was checked
		return layer{claimed.diffID, d, size, compressed}, nil
	}
	f, err := b.tar.openEntry(e)
	if err != nil {
		return layer{}, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(untilDone(ctx, f), 64<<10)
	start, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return layer{}, err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return layer{}, fmt.Errorf("layer %s: zstd in a docker save archive: %w", name, errdef.ErrUnsupported)
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		l, err := measure(r)
		l.size, l.open = e.size, func() (io.ReadCloser, error) { return b.tar.openEntry(e) }
		return l, verify(name, l, claimed, err)
	}
	l := layer{open: compressed}
	d, size, known := b.options.get(claimed.diffID)
	if known {
		l.digest, l.size = d, size
		l.diffID, err = digest.SHA256.FromReader(r)
	} else if l, err = b.compress(r); l.open == nil { // it is not kept
		l.open = compressed
	}
	if err := verify(name, l, claimed, err); err != nil {
		return layer{}, err
	}
	if !known {
		b.options.put(l.diffID, l)
	}
	b.options.put(found.key(), l)
	return l, nil
}

// verify compares a layer with what the config says of it.
func verify(name string, l layer, claimed claim, err error) error {
	if err != nil {
		return fmt.Errorf("layer %s: %w", name, err)
	}
	if l.diffID != claimed.diffID {
		return fmt.Errorf("layer %s is %s uncompressed, but %s in %s: %w", name, l.diffID, claimed.diffID, claimed.config, content.ErrMismatchedDigest)
	}
	return nil
}

// measure computes both digests of a compressed layer in one pass.
func measure(packed io.Reader) (layer, error) {
	outer, inner := digest.SHA256.Digester(), digest.SHA256.Digester()
	tee := io.TeeReader(packed, outer.Hash())
	plain, err := gzip.NewReader(tee)
	if err == nil {
		_, err = io.Copy(inner.Hash(), plain)
	}
	return layer{diffID: inner.Digest(), digest: outer.Digest()}, err
}

// compress compresses a layer. Its open is nil if the bytes are not kept.
func (b *builder) compress(plain io.Reader) (layer, error) {
	outer, inner := digest.SHA256.Digester(), digest.SHA256.Digester()
	kept := &spooled{spool: b.spool}
	n, err := io.Copy(io.MultiWriter(outer.Hash(), kept), newCompressor(io.TeeReader(plain, inner.Hash())))
	l := layer{diffID: inner.Digest(), digest: outer.Digest(), size: n}
	if !kept.lost {
		l.open = kept.open
	}
	return l, err
}

// untilDone reads until a context ends.
func untilDone(ctx context.Context, r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
