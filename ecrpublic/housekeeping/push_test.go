package housekeeping_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
)

// journal records what happens to digests, in order.
type journal struct {
	mu     sync.Mutex
	events []string
}

func (j *journal) note(what string, digests ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, digest := range digests {
		j.events = append(j.events, what+" "+digest)
	}
}

// last returns the position of the last such event, or -1.
func (j *journal) last(what, digest string) int {
	for i, event := range slices.Backward(j.events) {
		if event == what+" "+digest {
			return i
		}
	}
	return -1
}

// noted is a client that records when it starts to describe images.
type noted struct {
	*ecrpublic.Client
	journal *journal
}

func (c noted) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	for _, id := range in.ImageIds {
		c.journal.note("looked at", *id.ImageDigest)
	}
	return c.Client.DescribeImages(ctx, in, optFns...)
}

// One job pushes images by digest and then tags them, while another prunes untagged
// images of any age in a loop. With grace, no push is lost. Without it, a push is lost
// only if its tag is set between the last description of the image and its deletion.
func TestPushesBesideAPrune(t *testing.T) {
	t.Parallel()
	for _, grace := range []time.Duration{0, -1} {
		t.Run(fmt.Sprint("grace ", grace), func(t *testing.T) {
			t.Parallel()
			const pushes = 300
			r := newEmulator(t).newRepository(t, "app")
			log := new(journal)
			done := make(chan struct{})
			pushed := map[string]string{}
			go func() {
				defer close(done)
				for i := range pushes {
					tag := fmt.Sprint("v", i)
					text := fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"manifests":[],"annotations":{"n":"%d"}}`, mediaTypeIndex, i)
					pushed[tag] = digestOf(text)
					for _, name := range []*string{nil, &tag} {
						_, err := r.client.PutImage(t.Context(), &ecrpublic.PutImageInput{
							RepositoryName: &r.name, ImageTag: name, ImageManifest: aws.String(text), ImageManifestMediaType: aws.String(mediaTypeIndex),
						})
						assert.NoError(t, err)
					}
					log.note("tagged", pushed[tag])
					r.index(t, fmt.Sprint("never tagged ", i), nil, 0)
				}
			}()
			deleted := 0
			for pushing := true; pushing; {
				select {
				case <-done:
					pushing = false
				default:
				}
				plan := r.plan(t, one(housekeeping.Rule{TagStatus: housekeeping.TagStatusUntagged}), func(o *housekeeping.PruneOptions) { o.Grace = grace })
				result, err := plan.Apply(t.Context(), noted{r.client, log})
				require.NoError(t, err)
				deleted += len(result.Deleted)
			}
			lost := 0
			for tag, digest := range pushed {
				found, err := housekeeping.ImageExists(t.Context(), r.client, "app", tag)
				require.NoError(t, err)
				if !found {
					lost++
					assert.Less(t, log.last("looked at", digest), log.last("tagged", digest), "%s had its tag when the image was looked at", tag)
				}
			}
			t.Logf("%d deleted, %d of %d pushes lost in the gap", deleted, lost, pushes)
			if grace == 0 {
				assert.Zero(t, lost)
				assert.Zero(t, deleted)
				return
			}
			assert.Greater(t, deleted, pushes/2, "what has no tag")
		})
	}
}
