package housekeeping

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	pathlib "path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// Limits of a logo, in pixels.
const (
	minLogoSide = 60
	maxLogoSide = 2048
)

// CatalogFiles are the paths of the files that hold a repository's catalog data.
// An empty path leaves the member out.
type CatalogFiles struct {
	// AboutText is Markdown, such as the project's README.md.
	AboutText string

	// UsageText is Markdown.
	UsageText string

	// Description is plain text; white space around it is dropped.
	Description string

	// Logo is a PNG image.
	Logo string

	// Architectures has one entry per line, such as "x86-64" or "ARM 64"; blank
	// lines are skipped.
	Architectures string

	// OperatingSystems has one entry per line, such as "Linux"; blank lines are
	// skipped.
	OperatingSystems string
}

// CatalogDataFromFiles reads catalog data for [EnsureRepository],
// [EnsureCatalogData] or the client's own operations from files, for example of
// os.DirFS("."). Paths are those of package io/fs, such as "docs/about.md" and not
// "./docs/about.md". An empty file clears its member; a byte order mark is
// dropped. Everything is checked against the service's limits, and the logo must
// be a complete PNG image. The error names each file that cannot be read and each
// member over a limit, with its size and the limit.
func CatalogDataFromFiles(fsys fs.FS, files CatalogFiles) (*types.RepositoryCatalogDataInput, error) {
	var errs []error
	read := func(member, path string, limit int) []byte {
		data, err := readFile(fsys, member, path, limit)
		errs = append(errs, err)
		return data
	}
	data := &types.RepositoryCatalogDataInput{
		AboutText:        text(read("AboutText", files.AboutText, maxTextBytes)),
		Architectures:    lines(read("Architectures", files.Architectures, maxTextBytes)),
		Description:      text(read("Description", files.Description, maxTextBytes)),
		LogoImageBlob:    read("Logo", files.Logo, limits.MaxLogo),
		OperatingSystems: lines(read("OperatingSystems", files.OperatingSystems, maxTextBytes)),
		UsageText:        text(read("UsageText", files.UsageText, maxTextBytes)),
	}
	if data.Description != nil {
		*data.Description = strings.TrimSpace(*data.Description)
	}
	if err := errors.Join(errs...); err != nil {
		_, checkErr := checkCatalogData(data)
		return nil, fmt.Errorf("housekeeping: catalog data from files: %w", errors.Join(err, checkErr))
	}
	checked, err := checkCatalogData(data)
	if err != nil {
		return nil, fmt.Errorf("housekeeping: catalog data from files: %w", err)
	}
	return checked, nil
}

// maxTextBytes bounds how much of a file is read. A text within the limits is
// shorter, even with the white space of lists.
const maxTextBytes = 1 << 20

// readFile reads a file, no further than one byte beyond the limit. It returns
// nil for an empty path.
func readFile(fsys fs.FS, member, path string, limit int) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	if !fs.ValidPath(path) {
		return nil, fmt.Errorf("%s: path %q must be relative to the file system and have no \".\" or \"..\" elements and no backslashes, such as %q",
			member, path, pathlib.Base(strings.ReplaceAll(path, `\`, "/")))
	}
	file, err := fsys.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", member, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", member, err)
	}
	if len(data) > limit {
		return nil, fmt.Errorf("%s: %s has more than %d bytes", member, path, limit)
	}
	return data, nil
}

// byteOrderMark is what some editors put at the start of UTF-8 files.
const byteOrderMark = "\ufeff"

func text(data []byte) *string {
	if data == nil {
		return nil
	}
	return aws.String(strings.TrimPrefix(string(data), byteOrderMark))
}

func lines(data []byte) []string {
	if data == nil {
		return nil
	}
	entries := []string{}
	for line := range strings.Lines(*text(data)) {
		if line = strings.TrimSpace(line); line != "" {
			entries = append(entries, line)
		}
	}
	return entries
}

// checkCatalogData checks the service's limits and returns a copy with the
// logo in memory; nil for nil.
func checkCatalogData(data *types.RepositoryCatalogDataInput) (*types.RepositoryCatalogDataInput, error) {
	if data == nil {
		return nil, nil
	}
	checked := *data
	if data.LogoImageReader != nil {
		if data.LogoImageBlob != nil {
			return nil, errors.New("LogoImageBlob and LogoImageReader must not both be set")
		}
		logo, err := io.ReadAll(io.LimitReader(data.LogoImageReader, limits.MaxLogo+1))
		if err != nil {
			return nil, fmt.Errorf("read LogoImageReader: %w", err)
		}
		checked.LogoImageBlob, checked.LogoImageReader = logo, nil
	}
	return &checked, errors.Join(
		checkText("Description", data.Description, limits.MaxDescription),
		checkText("AboutText", data.AboutText, limits.MaxText),
		checkText("UsageText", data.UsageText, limits.MaxText),
		checkList("Architectures", data.Architectures),
		checkList("OperatingSystems", data.OperatingSystems),
		checkLogo(checked.LogoImageBlob),
	)
}

func checkText(member string, text *string, limit int) error {
	if text == nil {
		return nil
	}
	if !utf8.ValidString(*text) {
		return fmt.Errorf("%s is not UTF-8 text", member)
	}
	if n := utf8.RuneCountInString(*text); n > limit {
		return fmt.Errorf("%s has %d characters, the limit is %d", member, n, limit)
	}
	return nil
}

func checkList(member string, list []string) error {
	if len(list) > limits.MaxEntries {
		return fmt.Errorf("%s has %d entries, the limit is %d", member, len(list), limits.MaxEntries)
	}
	if i := slices.Index(list, ""); i >= 0 {
		return fmt.Errorf("%s[%d] is empty, must have 1 to %d characters", member, i, limits.MaxEntry)
	}
	var errs []error
	for i, entry := range list {
		errs = append(errs, checkText(fmt.Sprintf("%s[%d]", member, i), &entry, limits.MaxEntry))
	}
	return errors.Join(errs...)
}

func checkLogo(logo []byte) error {
	if len(logo) == 0 {
		return nil
	}
	if len(logo) > limits.MaxLogo {
		return fmt.Errorf("LogoImageBlob has more than %d bytes, the limit", limits.MaxLogo)
	}
	config, err := png.DecodeConfig(bytes.NewReader(logo))
	if err != nil {
		return fmt.Errorf("LogoImageBlob is not a PNG image: %w", err)
	}
	if min(config.Width, config.Height) < minLogoSide || max(config.Width, config.Height) > maxLogoSide {
		return fmt.Errorf("LogoImageBlob is %d by %d pixels, each side must have %d to %d",
			config.Width, config.Height, minLogoSide, maxLogoSide)
	}
	if _, err := png.Decode(bytes.NewReader(logo)); err != nil {
		return fmt.Errorf("LogoImageBlob is a damaged PNG image: %w", err)
	}
	return nil
}
