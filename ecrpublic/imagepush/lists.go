package imagepush

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

const (
	// usualList bounds a page of tags or referrers, in bytes, unless MaxMetadataBytes
	// of the repository says another size, up to maxTagBytes. It is oras-go's default.
	usualList = limits.MaxManifest

	// maxTagElements lets a page have maxTags. maxReferrerElements is for all other
	// lists, whose elements take more memory than tags once they are parsed.
	maxTagElements      = manifest.MaxElements + 10
	maxReferrerElements = manifest.MaxElements / 2

	// listedPages bounds the pages that oras-go reads of a list, also those without
	// elements, which it does not hand out. Other pages reach maxPages first, whose error
	// says more.
	listedPages = maxPages + 1

	// shortList bounds the pages of which several may be read at a time, in bytes.
	shortList = 16 << 10
)

// errLongList reports a list that is too long to be read.
var errLongList = fmt.Errorf("TagListPageSize and ReferrerListPageSize of the repository ask for smaller pages: %w", errdef.ErrSizeExceedsLimit)

// boundedRepository is a remote repository of which long lists are refused while they
// are read. oras-go itself parses lists whole, and an empty element takes up to a hundred
// times its bytes.
type boundedRepository struct {
	*remote.Repository                    // a copy of the caller's, for all but lists
	short, long        *remote.Repository // more copies, for short lists and for all
}

func newBoundedRepository(repository *remote.Repository) *boundedRepository {
	b := &boundedRepository{copyOf(repository), copyOf(repository), copyOf(repository)}
	client := redirectedClient{auth.DefaultClient}
	if repository.Client != nil {
		client = redirectedClient{repository.Client}
	}
	most := min(cmp.Or(max(0, repository.MaxMetadataBytes), usualList), maxTagBytes)
	b.long.MaxMetadataBytes = most + 1 // so that the client refuses it
	b.Client, b.long.Client, b.short.Client = client, listClient{client, most}, listClient{client, shortList}
	for _, lists := range []*remote.Repository{b.short, b.long} {
		lists.TagListMaxPages = min(cmp.Or(max(0, lists.TagListMaxPages), listedPages), listedPages)
		lists.ReferrerListMaxPages = min(cmp.Or(max(0, lists.ReferrerListMaxPages), listedPages), listedPages)
	}
	return b
}

// Tags lists the tags.
func (b *boundedRepository) Tags(ctx context.Context, last string, fn func([]string) error) error {
	return b.long.Tags(ctx, last, fn)
}

// Referrers lists the referrers of a manifest.
func (b *boundedRepository) Referrers(ctx context.Context, desc ocispec.Descriptor, artifactType string, fn func([]ocispec.Descriptor) error) error {
	return b.long.Referrers(ctx, desc, artifactType, fn)
}

// Predecessors is as Referrers.
func (b *boundedRepository) Predecessors(ctx context.Context, desc ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	return b.long.Predecessors(ctx, desc)
}

// copyOf returns a repository with the same settings, those of a later oras-go
// included.
func copyOf(repository *remote.Repository) *remote.Repository {
	c := new(remote.Repository)
	from, to := reflect.ValueOf(repository).Elem(), reflect.ValueOf(c).Elem()
	for i := range from.NumField() {
		if from.Type().Field(i).IsExported() {
			to.Field(i).Set(from.Field(i))
		}
	}
	copyCapability(from, to)
	return c
}

// copyCapability copies what SetReferrersCapability has set, which can only be read
// here. If a later oras-go keeps it elsewhere, the copy finds out itself whether the
// registry lists referrers.
func copyCapability(from, to reflect.Value) {
	const name = "referrersState"
	source, target := from.FieldByName(name), to.FieldByName(name)
	if source.IsValid() && source.Kind() == reflect.Int32 {
		state := atomic.LoadInt32((*int32)(source.Addr().UnsafePointer()))
		atomic.StoreInt32((*int32)(target.Addr().UnsafePointer()), state)
	}
}

// listClient refuses responses that are too long, while they are read.
type listClient struct {
	remote.Client
	bytes int64
}

func (c listClient) Do(request *http.Request) (*http.Response, error) {
	response, err := c.Client.Do(request)
	if err != nil {
		return response, err
	}
	body := &listBody{ReadCloser: response.Body, mostBytes: c.bytes, mostElements: maxReferrerElements}
	if strings.HasSuffix(request.URL.Path, "/tags/list") {
		body.mostElements = maxTagElements
	}
	response.Body = body
	return response, nil
}

type listBody struct {
	io.ReadCloser
	mostBytes, read int64
	mostElements    int
	elements        manifest.Elements
}

func (b *listBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.read += int64(n); b.read > b.mostBytes || b.elements.Add(p[:n]) > b.mostElements {
		return 0, fmt.Errorf("a page of more than %d bytes, or %d elements: %w", b.mostBytes, b.mostElements, errLongList)
	}
	return n, err
}
