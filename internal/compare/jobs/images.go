package main

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// descriptor is a descriptor of the OCI specification.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    map[string]string `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

const (
	ociIndex    = "application/vnd.oci.image.index.v1+json"
	ociManifest = "application/vnd.oci.image.manifest.v1+json"
	ociConfig   = "application/vnd.oci.image.config.v1+json"
	ociLayer    = "application/vnd.oci.image.layer.v1.tar"
)

// writeImages writes what is pushed: a layout of an image of 65 MB, an archive of
// docker save of it, a layout of an index with five images of four layers each, and a
// layout of many small images.
func writeImages(dir string) error {
	layers := [][]byte{plainLayer(60_000_000), plainLayer(5_000_000), plainLayer(20_000), plainLayer(3_000), plainLayer(1_000)}
	l := layout{dir: filepath.Join(dir, "layout")}
	l.name(l.image("amd64", layers), "v1")

	index := layout{dir: filepath.Join(dir, "index")}
	var children []descriptor
	for _, arch := range []string{"amd64", "arm64", "arm", "ppc64le", "s390x"} {
		child := index.image(arch, [][]byte{plainLayer(20_000), plainLayer(20_000), plainLayer(20_000), plainLayer(20_000)})
		child.Platform = map[string]string{"os": "linux", "architecture": arch}
		children = append(children, child)
	}
	index.name(index.json(ociIndex, map[string]any{"schemaVersion": 2, "mediaType": ociIndex, "manifests": children}), "v1")

	many := layout{dir: filepath.Join(dir, "tags")}
	base := plainLayer(20_000)
	for i := range mirrored {
		many.name(many.image("amd64", [][]byte{base, plainLayer(3_000)}), fmt.Sprintf("v%02d", i))
	}
	for _, l := range []*layout{&l, &index, &many} {
		if err := l.finish(); err != nil {
			return err
		}
	}
	return writeSaved(filepath.Join(dir, "saved.tar"), layers)
}

// plainLayer is a tar file of which half can be compressed.
func plainLayer(size int) []byte {
	content := make([]byte, size)
	rand.Read(content[:size/2])
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	writeEntry(w, "file", content)
	_ = w.Close() // memory does not fail
	return layer.Bytes()
}

func writeEntry(w *tar.Writer, name string, content []byte) {
	_ = w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644})
	_, _ = w.Write(content) // whose error Flush and Close return, too
}

// layout writes an OCI layout. It keeps its first error.
type layout struct {
	dir   string
	named []descriptor
	err   error
}

func (l *layout) write(name string, content []byte) {
	path := filepath.Join(l.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if l.err == nil {
		l.err = err
	}
}

func (l *layout) blob(mediaType string, content []byte) descriptor {
	sum := sha256.Sum256(content)
	l.write(fmt.Sprintf("blobs/sha256/%x", sum), content)
	return descriptor{MediaType: mediaType, Digest: fmt.Sprintf("sha256:%x", sum), Size: len(content)}
}

func (l *layout) json(mediaType string, value any) descriptor {
	return l.blob(mediaType, encoded(value))
}

func (l *layout) image(arch string, layers [][]byte) descriptor {
	var descs []descriptor
	for _, layer := range layers {
		descs = append(descs, l.blob(ociLayer, layer))
	}
	return l.json(ociManifest, map[string]any{
		"schemaVersion": 2, "mediaType": ociManifest, "config": l.blob(ociConfig, imageConfig(arch, layers)), "layers": descs,
	})
}

func (l *layout) name(image descriptor, tag string) {
	image.Annotations = map[string]string{"org.opencontainers.image.ref.name": tag}
	l.named = append(l.named, image)
}

func (l *layout) finish() error {
	l.write("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	l.write("index.json", encoded(map[string]any{"schemaVersion": 2, "manifests": l.named}))
	return l.err
}

func imageConfig(arch string, layers [][]byte) []byte {
	var ids []string
	for _, layer := range layers {
		ids = append(ids, fmt.Sprintf("sha256:%x", sha256.Sum256(layer)))
	}
	return encoded(map[string]any{"architecture": arch, "os": "linux", "config": map[string]any{}, "rootfs": map[string]any{"type": "layers", "diff_ids": ids}})
}

func encoded(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // the values are all of this file
	}
	return text
}

// writeSaved writes an archive as docker save did before it wrote layouts.
func writeSaved(path string, layers [][]byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := tar.NewWriter(f)
	var names []string
	for i, layer := range layers {
		names = append(names, fmt.Sprintf("%d/layer.tar", i))
		writeEntry(w, names[i], layer)
	}
	writeEntry(w, "config.json", imageConfig("amd64", layers))
	writeEntry(w, "manifest.json", encoded([]any{map[string]any{"Config": "config.json", "RepoTags": []string{"example.com/app:v1"}, "Layers": names}}))
	if err := w.Close(); err != nil {
		return err
	}
	return f.Close()
}
