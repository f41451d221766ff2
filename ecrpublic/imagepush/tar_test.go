package imagepush_test

import (
	"archive/tar"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// rawEntry is a header and its content as bytes, which package tar would not write. Each
// change is an offset in the header, and what stands there.
func rawEntry(name string, typeflag byte, content string, changes ...any) string {
	header := make([]byte, 512)
	copy(header, name)
	copy(header[100:], "0000644\x00")
	copy(header[124:], fmt.Sprintf("%011o\x00", len(content)))
	header[156] = typeflag
	copy(header[257:], "ustar\x0000")
	for i := 0; i < len(changes); i += 2 {
		copy(header[changes[i].(int):], changes[i+1].(string))
	}
	copy(header[148:], "        ")
	sum := 0
	for _, b := range header {
		sum += int(b)
	}
	copy(header[148:], fmt.Sprintf("%06o\x00 ", sum))
	return string(header) + content + strings.Repeat("\x00", (512-len(content)%512)%512)
}

// pax is a PAX header, or a global one, of records such as "path=x".
func pax(typeflag byte, records ...string) string {
	var data strings.Builder
	for _, record := range records {
		fmt.Fprintf(&data, "%02d %s\n", len(record)+len("00 \n"), record)
	}
	return rawEntry("pax", typeflag, data.String())
}

// GNU tar and Go combine such headers in different ways.
func TestHeadersThatToolsCombineInDifferentWays(t *testing.T) {
	t.Parallel()
	config := configOf("layer")
	list := func(config string) string { return `[{"Config":"` + config + `","Layers":["layer"]}]` }
	base := rawEntry("config", '0', config) + rawEntry("layer", '0', "layer")
	good := rawEntry("manifest.json", '0', list("config"))
	other := rawEntry("other", '0', list("evil"))
	const gnu = "ustar  \x00"
	long := func(typeflag byte, name string) string {
		return rawEntry("././@LongLink", typeflag, name+"\x00", 257, gnu)
	}
	for name, test := range map[string]struct{ entries, want string }{
		"PAX path":                       {good + pax('x', "path=q") + other, ""},
		"PAX size":                       {pax('x', "size=0") + rawEntry("q", '0', "") + good, ""},
		"GNU long name":                  {good + long('L', "q") + other, ""},
		"GNU long name and link":         {good + long('K', "config") + long('L', "q") + rawEntry("x", '2', "", 257, gnu), ""},
		"GNU times":                      {rawEntry("q", '0', "", 257, gnu, 345, "14000000000\x0014000000000\x00") + good, ""},
		"top folder":                     {rawEntry("/", '5', "") + rawEntry("./", '5', "") + good, ""},
		"file named /":                   {rawEntry("/", '0', "") + good, "has a directory's name"},
		"absolute folder":                {rawEntry("/etc/", '5', "") + good, "the name must not be absolute"},
		"global comment":                 {pax('g', "comment=abc") + pax('x', "path=manifest.json") + rawEntry("q", '0', list("config")), ""},
		"two PAX headers":                {good + pax('x', "path=q") + pax('x', "mtime=1") + other, `extended by headers of tar types "xx"`},
		"PAX and long name":              {good + pax('x', "path=manifest.json") + long('L', "q") + other, `extended by headers of tar types "Lx"`},
		"long name and PAX":              {good + long('L', "manifest.json") + pax('x', "path=q") + other, `extended by headers of tar types "Lx"`},
		"two long names":                 {good + long('L', "q") + long('L', "manifest.json") + other, `extended by headers of tar types "LL"`},
		"three":                          {good + long('L', "q") + long('K', "q") + long('L', "q") + other, `extended by headers of tar types`},
		"long name and global":           {good + long('L', "manifest.json") + pax('g', "comment=abc") + other, `extended by headers of tar types "Lg"`},
		"empty long name":                {good + long('L', "") + other, "an empty name in a header of tar type 'L'"},
		"long name that begins with NUL": {good + long('L', "\x00q") + other, "an empty name in a header of tar type 'L'"},
		"long name without NUL":          {good + rawEntry("l", 'L', "q", 257, gnu) + other, ""},
		"long name behind its size":      {good + rawEntry("l", 'L', "manifest.json\x00", 257, gnu, 124, "00000000010\x00") + other, "is longer than its size"},
		"size in base 256":               {good + rawEntry("l", 'L', "q\x00", 257, gnu, 124, "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02") + other, "in a header, which tools read"},
		"global path":                    {good + pax('g', "path=manifest.json") + other, "a global header sets path for all entries"},
		"global size":                    {pax('g', "size=0") + good, "a global header sets size for all entries"},
		"global link":                    {pax('g', "linkpath=layer") + good, "a global header sets linkpath for all entries"},
		"empty PAX path":                 {pax('x', "path=") + good, `PAX record path=""`},
		"PAX size with a sign":           {pax('x', "size=+0") + rawEntry("q", '0', "") + good, `PAX record size="+0"`},
		"PAX header of Solaris":          {good + pax('X', "path=manifest.json") + other, "tar type 'X', which tools read in different ways"},
		"volume":                         {good + rawEntry("q", 'V', ""), "tar type 'V', which tools read in different ways"},
		"prefix in a header of GNU tar":  {good + rawEntry("manifest.json", '0', list("evil"), 257, gnu, 345, "sub"), "a prefix of the name"},
		"prefix of digits":               {good + rawEntry("manifest.json", '0', list("evil"), 257, gnu, 345, "1 7"), "a prefix of the name"},
		"prefix in a header of old tar":  {good + rawEntry("manifest.json", '0', list("evil"), 257, "\x00\x00\x00\x00\x00\x00\x00\x00", 345, "sub"), "a prefix of the name"},
		"prefix and another magic":       {good + rawEntry("manifest.json", '0', list("evil"), 257, "ustar 00", 345, "sub"), "a prefix of the name"},
		"prefix":                         {good + rawEntry("manifest.json", '0', list("evil"), 345, "sub"), ""},
		"header of old tar":              {good + rawEntry("q", '0', "", 257, "\x00\x00\x00\x00\x00\x00\x00\x00"), ""},
		"prefix in a header of star":     {good + rawEntry("manifest.json", '0', list("evil"), 345, "sub", 508, "tar\x00"), ""},
		"prefix that fills star's":       {good + rawEntry("manifest.json", '0', list("evil"), 345, strings.Repeat("./", 65)+".00000000000\x0000000000000\x00", 508, "tar\x00"), "a prefix of the name"},
		"blanks before a size":           {good + rawEntry("q", '0', "evil", 124, "         4\x00\x00"), ""},
		"NULs before a size":             {good + rawEntry("q", '0', other, 124, "\x00\x00000002000\x00"), "in a header, which tools read"},
		"no size":                        {good + rawEntry("q", '0', "", 124, strings.Repeat("\x00", 12)), ""},
		"binary size":                    {good + rawEntry("q", '0', "evil", 124, "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04"), ""},
		"dot at the end":                 {good + rawEntry("manifest.json/.", '0', list("evil")), "has a directory's name"},
		"no name":                        {good + rawEntry("", '0', ""), "has a directory's name"},
	} {
		path := filepath.Join(t.TempDir(), "archive.tar")
		require.NoError(t, os.WriteFile(path, []byte(base+test.entries+strings.Repeat("\x00", 1024)), 0o600))
		source, err := imagepush.Open(t.Context(), path)
		if test.want != "" {
			assert.ErrorContains(t, err, test.want, name)
			continue
		}
		if assert.NoError(t, err, name) {
			assert.Equal(t, digest.FromString(config), manifestFor(t, source, "").Config.Digest, name)
		}
	}
}

// Unpacked where case does not count, such an archive has other files.
func TestNamesThatDifferOnlyInCase(t *testing.T) {
	t.Parallel()
	folder := tar.Header{Name: "D", Typeflag: tar.TypeDir}
	for name, test := range map[string]struct {
		entries []tar.Header
		other   string // what the last entry differs from; empty if it may stay
	}{
		"other names":          {[]tar.Header{file("VERSION", "1"), file("a/JSON", "1"), file("json", "2"), file("version2", "1")}, ""},
		"the same name":        {[]tar.Header{file("VERSION", "1"), file("VERSION", "2")}, ""},
		"other bytes":          {[]tar.Header{file("\xe8.txt", "1"), file("\xe9.txt", "2"), file("\xe9/x", "2")}, ""},
		"beside other bytes":   {[]tar.Header{file("\xe8/a", "1"), file("\xe8/A", "2")}, "\xe8/a"},
		"upper case first":     {[]tar.Header{file("Config", "1"), file("config", "2")}, "Config"},
		"upper case last":      {[]tar.Header{file("config", "1"), file("CONFIG", "2")}, "config"},
		"neither":              {[]tar.Header{file("Config", "1"), file("CONFIG", "2")}, "Config"},
		"a link":               {[]tar.Header{file("config", "1"), link(tar.TypeSymlink, "CONFIG", "layer")}, "config"},
		"folders":              {[]tar.Header{file("d/x", "1"), file("D/y", "1")}, "d"},
		"a folder and a link":  {[]tar.Header{file("d/x", "1"), link(tar.TypeSymlink, "D", "e")}, "d"},
		"a link and a folder":  {[]tar.Header{link(tar.TypeSymlink, "D", "e"), file("d/x", "1")}, "D"},
		"a folder by itself":   {[]tar.Header{folder, file("d/x", "1")}, "D"},
		"letters beyond ASCII": {[]tar.Header{file("manife\u017ft", "1"), file("manifest", "2")}, "manife\u017ft"},
		"Kelvin":               {[]tar.Header{file("disk", "1"), file("dis\u212a", "2")}, "disk"},
	} {
		archive := append([]tar.Header{file("c", configOf("layer")), file("layer", "layer"), file("manifest.json", `[{"Config":"c","Layers":["layer"]}]`)}, test.entries...)
		_, err := imagepush.Open(t.Context(), archiveOf(t, archive...))
		if test.other == "" {
			assert.NoError(t, err, name)
			continue
		}
		assert.ErrorContains(t, err, fmt.Sprintf("the name differs from %q only in case", test.other), name)
	}
}

// Tools that follow a link to a single entry take the first one there, too.
func TestLinkToSavedMetadataThatIsThereTwice(t *testing.T) {
	t.Parallel()
	list := `[{"Config":"config","RepoTags":["app:v1"],"Layers":["layer"]}]`
	image := []tar.Header{file("config", configOf("layer")), file("layer", "layer")}
	ok := append(image[:2:2], link(tar.TypeSymlink, "manifest.json", "list"), file("list", list))
	_, err := imagepush.Open(t.Context(), archiveOf(t, ok...))
	require.NoError(t, err)
	_, err = imagepush.Open(t.Context(), archiveOf(t, append([]tar.Header{file("list", "[]")}, ok...)...))
	require.ErrorContains(t, err, `two entries named "list" differ`)
}

// Go takes the last of two members, and of two that differ in case; others do not.
func TestMembersThatAreThereTwice(t *testing.T) {
	t.Parallel()
	d := &docker28{images: newImages(t)}
	image := d.image("{}", d.layer("layer"))
	d.save(image, "app:v1")
	d.list("{}", "app:v1", layerOf("layer").Digest)
	saved := d.saved[0]
	list := func(change string) error {
		d.saved = []string{change}
		_, err := imagepush.Open(t.Context(), d.archive())
		return err
	}
	for member, want := range map[string]string{
		`"Parent":"{","LayerSources":{"a":{"size":1},"b":{"size":1}}`: "",
		`"Config":"x"`:                           `manifest.json: the member "Config" is there twice`,
		`"config":"x"`:                           `is there twice`,
		`"Layer\u017f":["x"]`:                    `is there twice`,
		`"x":[{"size":1,"size":1}]`:              `the member "size" is there twice`,
		`"x":{"y":["size","size"],"Y":{}},"z":1`: `the member "Y" is there twice`,
	} {
		err := list("{" + member + "," + saved[1:])
		if want == "" {
			assert.NoError(t, err, member)
			continue
		}
		assert.ErrorContains(t, err, want, member)
	}
	require.NoError(t, list(`{"annotations":{"x":"","X":""},`+saved[1:]))
	require.ErrorContains(t, list(`{"annotations":{"x":"","x":""},`+saved[1:]), `"x" is there twice`)

	folder := layout(t, d.images, "image0")
	path := filepath.Join(folder, "index.json")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(`{"Manifests":[],`+string(data[1:])), 0o600))
	_, err = imagepush.Open(t.Context(), folder)
	require.ErrorContains(t, err, `index.json: the member "manifests" is there twice`)
}
