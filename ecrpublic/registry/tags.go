package registry

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// Tags lists the tags of a repository in the host's order, which is not specified.
// It ignores the tag and the digest of ref. Pages of up to 1,000 tags are requested
// as the loop needs them. An error ends the iteration, with an empty tag; for a
// repository that does not exist, [IsNotFound] is true.
func (c *Client) Tags(ctx context.Context, ref imageref.Reference) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := c.eachTag(ctx, ref, func(tag string) bool { return yield(tag, nil) }); err != nil {
			yield("", err)
		}
	}
}

func (c *Client) eachTag(ctx context.Context, ref imageref.Reference, yield func(string) bool) error {
	ref.Tag, ref.Digest = "", ""
	first, err := c.urlOf(ref, "tags", "list")
	if err != nil {
		return err
	}
	first.RawQuery = "n=" + strconv.Itoa(pageSize)
	return c.eachPage(ctx, first, nil, func(_ *http.Response, data []byte) (bool, error) {
		var page struct {
			Tags []string `json:"tags"`
		}
		err := manifest.CheckElements(data)
		if err == nil {
			err = json.Unmarshal(data, &page)
		}
		if err != nil {
			return false, fmt.Errorf("the response is not a list of tags: %w", err)
		}
		for _, tag := range page.Tags {
			ref.Tag = tag
			if err := ref.Validate(); err != nil || tag == "" {
				return false, fmt.Errorf("the response lists the tag %q, which cannot be one", printable(tag))
			}
			if !yield(tag) {
				return false, nil
			}
		}
		return true, nil
	})
}
