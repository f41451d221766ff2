package imagepush_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// archiveOf makes a tar of what file and link return, in order.
func archiveOf(t *testing.T, headers ...tar.Header) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "archive.tar")
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for _, header := range headers {
		content := header.PAXRecords["test.content"]
		if header.Typeflag != tar.TypeXGlobalHeader {
			header.PAXRecords, header.Mode, header.Size = nil, 0o644, int64(len(content))
		}
		require.NoError(t, w.WriteHeader(&header))
		_, err := io.WriteString(w, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(file, data.Bytes(), 0o600))
	return file
}

func file(name, content string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, PAXRecords: map[string]string{"test.content": content}}
}

func link(typeflag byte, name, target string) tar.Header {
	return tar.Header{Typeflag: typeflag, Name: name, Linkname: target}
}

func TestLinksToLinks(t *testing.T) {
	t.Parallel()
	for links, want := range map[int]string{1: "", 40: "", 41: "more than 40 links", 20_000: "more than 40 links"} {
		headers := []tar.Header{
			file("0", "layer"),
			file("config", configOf("layer")),
			file("manifest.json", fmt.Sprintf(`[{"Config":"config","Layers":["%d"]}]`, links)),
		}
		for i := range links {
			headers = append(headers, link(tar.TypeSymlink, strconv.Itoa(i+1), strconv.Itoa(i)))
		}
		_, err := imagepush.Open(t.Context(), archiveOf(t, headers...))
		if want == "" {
			assert.NoError(t, err, links)
			continue
		}
		assert.ErrorContains(t, err, want, links)
	}
}

func TestOpenRefusesSparseFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header  tar.Header
		content string
	}{
		"GNU": {tar.Header{Typeflag: tar.TypeGNUSparse, Format: tar.FormatGNU}, ""},
		"PAX 0.1": {tar.Header{PAXRecords: map[string]string{
			"any.sparse.map": "0,5", "any.sparse.numblocks": "1", "any.sparse.size": "5",
		}}, "layer"},
		"PAX 1.0": {tar.Header{PAXRecords: map[string]string{
			"any.sparse.major": "1", "any.sparse.minor": "0", "any.sparse.name": "111/layer.tar", "any.sparse.realsize": "5",
		}}, "1\n0\n5\n" + strings.Repeat("\x00", 506) + "layer"},
	} {
		test.header.Name, test.header.Size = "111/layer.tar", int64(len(test.content))
		var data bytes.Buffer
		w := tar.NewWriter(&data)
		require.NoError(t, w.WriteHeader(&test.header), name)
		_, err := io.WriteString(w, test.content)
		require.NoError(t, err, name)
		require.NoError(t, w.Close(), name)
		sparse := bytes.ReplaceAll(data.Bytes(), []byte("any.sparse."), []byte("GNU.sparse.")) // tar.Writer does not write these
		path := filepath.Join(t.TempDir(), "sparse.tar")
		require.NoError(t, os.WriteFile(path, sparse, 0o600))

		_, err = imagepush.Open(t.Context(), path)
		require.ErrorIs(t, err, errdef.ErrUnsupported, name)
		assert.ErrorContains(t, err, `entry "111/layer.tar": sparse file`, name)
	}
}

func TestOpenATruncatedTar(t *testing.T) {
	t.Parallel()
	path := archiveOf(t, file("config", configOf()), file("layer", alphabet(2000)))
	require.NoError(t, os.Truncate(path, 3000))
	_, err := imagepush.Open(t.Context(), path)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.ErrorContains(t, err, "the tar file is truncated")
}
