package housekeeping_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black})))
	return b.Bytes()
}

func TestCatalogDataFromFiles(t *testing.T) {
	t.Parallel()
	logo := pngOf(t, 60, 60)
	files := fstest.MapFS{
		"README.md":         {Data: []byte("# App\n\nÜber.\n")},
		"docs/usage.md":     {Data: []byte("Run it.\n")},
		"description.txt":   {Data: []byte("  An app.\n")},
		"logo.png":          {Data: logo},
		"architectures.txt": {Data: []byte("x86-64\r\n\n  ARM 64\n")},
		"systems.txt":       {Data: []byte("Linux")},
		"empty.txt":         {Data: []byte{}},
		"blank.txt":         {Data: []byte(" \n")},
	}
	data, err := housekeeping.CatalogDataFromFiles(files, housekeeping.CatalogFiles{
		AboutText: "README.md", UsageText: "docs/usage.md", Description: "description.txt",
		Logo: "logo.png", Architectures: "architectures.txt", OperatingSystems: "systems.txt",
	})
	require.NoError(t, err)
	assert.Equal(t, &types.RepositoryCatalogDataInput{
		AboutText: new("# App\n\nÜber.\n"), UsageText: new("Run it.\n"), Description: new("An app."),
		LogoImageBlob: logo, Architectures: []string{"x86-64", "ARM 64"}, OperatingSystems: []string{"Linux"},
	}, data)

	data, err = housekeeping.CatalogDataFromFiles(files, housekeeping.CatalogFiles{})
	require.NoError(t, err)
	assert.Equal(t, &types.RepositoryCatalogDataInput{}, data)

	data, err = housekeeping.CatalogDataFromFiles(files, housekeeping.CatalogFiles{AboutText: "empty.txt", Architectures: "empty.txt", Description: "blank.txt"})
	require.NoError(t, err)
	assert.Equal(t, &types.RepositoryCatalogDataInput{AboutText: new(""), Architectures: []string{}, Description: new("")}, data, "an empty file clears the member")
}

// damaged returns an image with a changed byte near its end.
func damaged(image []byte) []byte {
	image[len(image)-20]++
	return image
}

// Editors on Windows start a file with a byte order mark and end lines with CRLF.
func TestCatalogDataByteOrderMark(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for name, text := range map[string]string{"about": "# App\n", "systems": "Linux\r\nWindows\r\n", "description": " An app.\r\n", "only": ""} {
		files[name] = &fstest.MapFile{Data: []byte("\xef\xbb\xbf" + text)}
	}
	data, err := housekeeping.CatalogDataFromFiles(files, housekeeping.CatalogFiles{
		AboutText: "about", OperatingSystems: "systems", Description: "description", UsageText: "only", Architectures: "only",
	})
	require.NoError(t, err)
	assert.Equal(t, &types.RepositoryCatalogDataInput{
		AboutText: new("# App\n"), OperatingSystems: []string{"Linux", "Windows"}, Description: new("An app."), UsageText: new(""), Architectures: []string{},
	}, data)
}

// The error for a path that os.Open accepts and io/fs does not explains it.
func TestCatalogDataPaths(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"README.md": {Data: []byte("# App\n")}}
	for _, path := range []string{"./README.md", "/README.md", "../README.md", "docs/../README.md", "docs//README.md", "README.md/"} {
		_, err := housekeeping.CatalogDataFromFiles(files, housekeeping.CatalogFiles{AboutText: path})
		require.ErrorContains(t, err, `AboutText: path "`+path+`" must be relative to the file system`)
		require.ErrorContains(t, err, `such as "README.md"`)
	}
}

// A file that is too large is not read completely.
func TestCatalogDataReadsNoFurther(t *testing.T) {
	t.Parallel()
	for _, files := range []housekeeping.CatalogFiles{{Logo: "endless"}, {AboutText: "endless"}, {Architectures: "endless"}} {
		_, err := housekeeping.CatalogDataFromFiles(endless{}, files)
		require.ErrorContains(t, err, "endless has more than ")
	}
}

// endless is a file system whose only file never ends.
type endless struct{}

func (endless) Open(string) (fs.File, error)     { return endless{}, nil }
func (endless) Stat() (fs.FileInfo, error)       { return nil, errors.ErrUnsupported }
func (endless) Close() error                     { return nil }
func (endless) Read(p []byte) (n int, err error) { clear(p); return len(p), nil }

func TestCatalogDataFromFilesErrors(t *testing.T) {
	t.Parallel()
	data, err := housekeeping.CatalogDataFromFiles(fstest.MapFS{
		"README.md": {Data: []byte(strings.Repeat("x", 25601))},
	}, housekeeping.CatalogFiles{AboutText: "README.md", UsageText: "usage.md", Logo: "logo.png"})
	assert.Nil(t, data)
	require.ErrorContains(t, err, "open usage.md: file does not exist")
	require.ErrorContains(t, err, "open logo.png: file does not exist")
	require.ErrorContains(t, err, "AboutText has 25601 characters, the limit is 25600")
}

// Each limit, at its last good value and one beyond.
func TestCatalogDataLimits(t *testing.T) {
	t.Parallel()
	text := func(n int) *string { return new(strings.Repeat("ü", n)) } // two bytes, one character
	list := func(n int) []string { return strings.Fields(strings.Repeat("x ", n)) }
	big := func(size int) []byte { return append(pngOf(t, 60, 60), make([]byte, size-len(pngOf(t, 60, 60)))...) }
	type data = types.RepositoryCatalogDataInput
	for _, test := range []struct {
		name string
		data data
		want string // "" for none
	}{
		{"description", data{Description: text(1024)}, ""},
		{"description", data{Description: text(1025)}, "Description has 1025 characters, the limit is 1024"},
		{"about", data{AboutText: text(25600)}, ""},
		{"about", data{AboutText: text(25601)}, "AboutText has 25601 characters, the limit is 25600"},
		{"usage", data{UsageText: text(25600)}, ""},
		{"usage", data{UsageText: text(25601)}, "UsageText has 25601 characters, the limit is 25600"},
		{"not text", data{UsageText: new("\xff")}, "UsageText is not UTF-8 text"},
		{"architectures", data{Architectures: list(50)}, ""},
		{"architectures", data{Architectures: list(51)}, "Architectures has 51 entries, the limit is 50"},
		{"systems", data{OperatingSystems: list(51)}, "OperatingSystems has 51 entries, the limit is 50"},
		{"an entry", data{OperatingSystems: []string{"Linux", *text(50)}}, ""},
		{"an entry", data{OperatingSystems: []string{"Linux", *text(51)}}, "OperatingSystems[1] has 51 characters, the limit is 50"},
		{"an entry", data{OperatingSystems: []string{"Linux", ""}}, "OperatingSystems[1] is empty, must have 1 to 50 characters"},
		{"logo", data{LogoImageBlob: big(512000)}, ""},
		{"logo", data{LogoImageBlob: big(512001)}, "LogoImageBlob has more than 512000 bytes, the limit"},
		{"logo", data{LogoImageReader: bytes.NewReader(big(512001))}, "LogoImageBlob has more than 512000 bytes, the limit"},
		{"logo", data{LogoImageBlob: []byte("\xff\xd8\xff\xe0 JPEG")}, "LogoImageBlob is not a PNG image: png: invalid format"},
		{"logo", data{LogoImageReader: io.MultiReader(bytes.NewReader(big(512001)), iotest.ErrReader(errors.New("read on")))}, "LogoImageBlob has more than 512000 bytes, the limit"},
		{"logo", data{LogoImageBlob: pngOf(t, 100, 100)[:70]}, "LogoImageBlob is a damaged PNG image: png: invalid format: unexpected EOF"},
		{"logo", data{LogoImageBlob: damaged(pngOf(t, 100, 100))}, "LogoImageBlob is a damaged PNG image: png: invalid format"},
		{"logo", data{LogoImageBlob: pngOf(t, 2048, 60)}, ""},
		{"logo", data{LogoImageBlob: pngOf(t, 59, 60)}, "LogoImageBlob is 59 by 60 pixels, each side must have 60 to 2048"},
		{"logo", data{LogoImageBlob: pngOf(t, 60, 2049)}, "LogoImageBlob is 60 by 2049 pixels, each side must have 60 to 2048"},
		{"no logo", data{LogoImageBlob: []byte{}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := app()
			want.CatalogData = &test.data
			client := appearing(1)
			_, err := housekeeping.EnsureRepository(t.Context(), client, want)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, client.Calls(), "it is checked before any call")
		})
	}
}
