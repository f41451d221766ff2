package housekeeping_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"

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
		{"an entry", data{OperatingSystems: []string{"Linux", ""}}, "OperatingSystems[1] is empty, an entry has 1 to 50 characters"},
		{"logo", data{LogoImageBlob: big(512000)}, ""},
		{"logo", data{LogoImageBlob: big(512001)}, "LogoImageBlob has 512001 bytes, the limit is 512000"},
		{"logo", data{LogoImageReader: bytes.NewReader(big(512001))}, "LogoImageBlob has 512001 bytes, the limit is 512000"},
		{"logo", data{LogoImageBlob: []byte("\xff\xd8\xff\xe0 JPEG")}, "LogoImageBlob is not a PNG image: png: invalid format"},
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
