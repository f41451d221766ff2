package housekeeping_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	mediaTypeDockerImage = "application/vnd.docker.distribution.manifest.v2+json"
	mediaTypeDockerList  = "application/vnd.docker.distribution.manifest.list.v2+json"
)

// world is a repository as a service that withholds nothing would show it.
type world struct {
	images    []types.ImageDetail
	manifests map[string]string // by digest
}

// randomWorld returns a repository with images, indexes, also nested or with shared or
// missing children, and referrers by subject, by tag and by both.
func randomWorld(t *testing.T, random *rand.Rand) *world {
	t.Helper()
	w := &world{manifests: map[string]string{}}
	some := func() string {
		if len(w.images) == 0 || random.IntN(6) == 0 {
			return digestOf(fmt.Sprint("missing ", random.IntN(5)))
		}
		return *w.images[random.IntN(len(w.images))].ImageDigest
	}
	for i := range 3 + random.IntN(16) {
		mediaType := []string{mediaTypeImage, mediaTypeDockerImage}[random.IntN(2)]
		m := testManifest{SchemaVersion: 2, Annotations: map[string]string{"name": fmt.Sprint(random.Uint64())}}
		tags := randomTags(random, i)
		switch random.IntN(6) {
		case 0, 1:
			mediaType = []string{mediaTypeIndex, mediaTypeDockerList}[random.IntN(2)]
			for range random.IntN(5) {
				m.Manifests = append(m.Manifests, descriptor{mediaTypeImage, some(), 100})
			}
		case 2:
			m.Subject = &descriptor{mediaTypeImage, some(), 100}
			tags = nil
		case 3:
			tags = append(tags[:min(len(tags), random.IntN(2))], fmt.Sprint(signatureTag(some()), i))
			if random.IntN(2) == 0 {
				m.Subject = &descriptor{mediaTypeImage, some(), 100}
			}
		}
		if random.IntN(3) > 0 {
			m.MediaType = mediaType
		}
		text, err := json.Marshal(m)
		require.NoError(t, err)
		digest := digestOf(string(text))
		w.manifests[digest] = string(text)
		age := time.Duration(random.IntN(60)) * day / 2
		if random.IntN(4) == 0 {
			age = time.Duration(random.IntN(120)) * time.Minute
		}
		w.images = append(w.images, types.ImageDetail{
			RegistryId: aws.String("123456789012"), RepositoryName: aws.String("app"), ImageDigest: &digest, ImageTags: tags,
			ImageSizeInBytes: aws.Int64(100), ImagePushedAt: aws.Time(today().Add(-age)), ImageManifestMediaType: &mediaType, ArtifactMediaType: aws.String("application/x"),
		})
	}
	return w
}

// optionalMembers lists the members that a response may omit from an image; each
// function omits one. The list of tags has the tags too.
var optionalMembers = []func(*types.ImageDetail){
	func(d *types.ImageDetail) { d.RegistryId = nil },
	func(d *types.ImageDetail) { d.RepositoryName = nil },
	func(d *types.ImageDetail) { d.ImageDigest = nil },
	func(d *types.ImageDetail) { d.ImageTags = nil },
	func(d *types.ImageDetail) { d.ImageSizeInBytes = nil },
	func(d *types.ImageDetail) { d.ImagePushedAt = nil },
	func(d *types.ImageDetail) { d.ImageManifestMediaType = nil },
	func(d *types.ImageDetail) { d.ArtifactMediaType = nil },
}

// answers are responses of a registry host instead of a manifest.
var answers = []func(w http.ResponseWriter, r *http.Request, body string){
	status(http.StatusNotFound, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not found"}]}`),
	status(http.StatusNotFound, `{"errors":[{"code":"NAME_UNKNOWN","message":"The repository with name 'app' does not exist in the registry"}]}`),
	status(http.StatusBadRequest, `{"errors":[{"code":"DENIED","message":"Your Authorization Token is invalid."}]}`),
	status(http.StatusUnauthorized, `{"errors":[{"code":"DENIED","message":"Not Authorized"}]}`),
	status(http.StatusForbidden, ""), status(http.StatusGone, ""), status(http.StatusTooManyRequests, "toomanyrequests: Rate exceeded"),
	status(http.StatusInternalServerError, ""), status(http.StatusBadGateway, "<html>"), status(http.StatusServiceUnavailable, ""),
	status(http.StatusNoContent, ""), status(http.StatusMovedPermanently, ""), status(http.StatusOK, ""),
	status(http.StatusOK, `{"schemaVersion":2}`),
	func(w http.ResponseWriter, _ *http.Request, _ string) { // a portal
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body>Sign in</body></html>")
	},
	func(w http.ResponseWriter, _ *http.Request, body string) {
		_, _ = io.WriteString(w, body[:len(body)/2])
	},
	func(_ http.ResponseWriter, r *http.Request, _ string) { <-r.Context().Done() }, // slow until the deadline
}

func status(code int, body string) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		if code != http.StatusNoContent {
			_, _ = io.WriteString(w, body)
		}
	}
}

// withheld says what a service withholds or gets wrong.
type withheld struct {
	members map[int][]func(*types.ImageDetail)                          // by the index of the image
	answers map[string]func(http.ResponseWriter, *http.Request, string) // by digest
	pages   *rand.Rand                                                  // repeats, splits and reorders pages; nil for one page
	passed  map[string]bool                                             // digests that the listing passes over
	tags    error                                                       // of DescribeImageTags
	name    error                                                       // of DescribeRepositories
}

// client returns a client of a service that withholds something.
func (w *world) client(less withheld) *ecrpublictest.Client {
	shown := slices.Clone(w.images)
	for i, forget := range less.members {
		for _, f := range forget {
			f(&shown[i])
		}
	}
	passedOver := func(d types.ImageDetail) bool { return less.passed[aws.ToString(d.ImageDigest)] }
	shown = slices.DeleteFunc(shown, passedOver)
	var pages [][]types.ImageDetail
	for len(shown) > 0 {
		n := len(shown)
		if less.pages != nil {
			n = 1 + less.pages.IntN(n)
		}
		pages, shown = append(pages, shown[:n]), shown[n:]
	}
	if len(pages) == 0 {
		pages = append(pages, nil)
	}
	if random := less.pages; random != nil {
		pages = append(pages, pages[random.IntN(len(pages))])
		pages = append(pages, []types.ImageDetail{w.moved(random)})
		random.Shuffle(len(pages), func(a, b int) { pages[a], pages[b] = pages[b], pages[a] })
	}
	client := listing()
	client.DescribeImagesFunc = func(_ context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		if in.ImageIds != nil {
			return w.describe(in.ImageIds)
		}
		page, _ := strconv.Atoi(aws.ToString(in.NextToken))
		out := &ecrpublic.DescribeImagesOutput{ImageDetails: pages[page]}
		if page+1 < len(pages) {
			out.NextToken = aws.String(strconv.Itoa(page + 1))
		}
		return out, nil
	}
	client.DescribeImageTagsFunc = func(context.Context, *ecrpublic.DescribeImageTagsInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
		out := new(ecrpublic.DescribeImageTagsOutput)
		for i, image := range w.images {
			if passedOver(image) {
				continue
			}
			for _, tag := range image.ImageTags {
				out.ImageTagDetails = append(out.ImageTagDetails, types.ImageTagDetail{ImageTag: &tag, ImageDetail: &types.ReferencedImageDetail{
					ImageDigest: image.ImageDigest, ImagePushedAt: aws.Time(image.ImagePushedAt.Add(time.Duration(i) * day)), // of the tag
				}})
			}
		}
		return out, less.tags
	}
	client.BatchDeleteImageFunc = func(_ context.Context, in *ecrpublic.BatchDeleteImageInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error) {
		return &ecrpublic.BatchDeleteImageOutput{ImageIds: in.ImageIds}, nil
	}
	if less.name != nil {
		client.DescribeRepositoriesFunc = answer[ecrpublic.DescribeRepositoriesInput, ecrpublic.DescribeRepositoriesOutput](nil, less.name)
	}
	return client
}

// describe responds to a request for some images.
func (w *world) describe(ids []types.ImageIdentifier) (*ecrpublic.DescribeImagesOutput, error) {
	out := new(ecrpublic.DescribeImagesOutput)
	for _, id := range ids {
		i := slices.IndexFunc(w.images, func(d types.ImageDetail) bool { return *d.ImageDigest == *id.ImageDigest })
		if i < 0 {
			return nil, operationError(&types.ImageNotFoundException{})
		}
		out.ImageDetails = append(out.ImageDetails, w.images[i])
	}
	return out, nil
}

// moved returns an image as a listing that changes may show it once more: without its
// tags, with a tag of another image, or with another push time.
func (w *world) moved(random *rand.Rand) types.ImageDetail {
	moved := w.images[random.IntN(len(w.images))]
	switch random.IntN(3) {
	case 0:
		moved.ImageTags = nil
	case 1:
		moved.ImageTags = slices.Concat(moved.ImageTags, w.images[random.IntN(len(w.images))].ImageTags)
	case 2:
		moved.ImagePushedAt = aws.Time(today().Add(-time.Duration(random.IntN(60)) * day / 2))
	}
	return moved
}

// host returns the registry host of a service that withholds something.
func (w *world) host(less withheld) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		digest := path.Base(r.URL.Path)
		body, ok := w.manifests[digest]
		if !ok {
			return
		}
		for _, image := range w.images {
			if *image.ImageDigest == digest {
				rw.Header().Set("Content-Type", *image.ImageManifestMediaType)
			}
		}
		if f := less.answers[digest]; f != nil {
			f(rw, r, body)
			return
		}
		_, _ = io.WriteString(rw, body)
	})
}

// prune returns the digests of what a plan deletes, and of what is deleted when it
// is applied.
func (w *world) prune(t *testing.T, policy housekeeping.Policy, grace time.Duration, less withheld) (inPlan, deleted map[string]bool) {
	t.Helper()
	client := w.client(less)
	plan, err := housekeeping.Prune(t.Context(), client, "app", policy, func(o *housekeeping.PruneOptions) {
		o.Now, o.Grace, o.RegistryURL = today(), grace, "http://registry.example"
		o.HTTPClient = &http.Client{Transport: inMemory{w.host(less)}, Timeout: time.Minute}
	})
	require.NoError(t, err)
	inPlan, deleted = map[string]bool{}, map[string]bool{}
	for _, digest := range planned(plan) {
		inPlan[digest] = true
	}
	for _, d := range plan.Keep {
		require.Equal(t, d.Reason == housekeeping.ReasonUnknown, d.Unknown != "", d.Why())
	}
	result, err := plan.Apply(t.Context(), client)
	require.NoError(t, err)
	for _, id := range result.Deleted {
		deleted[*id.ImageDigest] = true
	}
	return inPlan, deleted
}

// randomlyWithheld withholds one thing in p.
func randomlyWithheld(random *rand.Rand, w *world, p int) withheld {
	less := withheld{members: map[int][]func(*types.ImageDetail){}, answers: map[string]func(http.ResponseWriter, *http.Request, string){}}
	for i, image := range w.images {
		for _, member := range optionalMembers {
			if random.IntN(p*len(optionalMembers)) == 0 {
				less.members[i] = append(less.members[i], member)
			}
		}
		if random.IntN(p) == 0 {
			less.answers[*image.ImageDigest] = answers[random.IntN(len(answers))]
		}
	}
	if random.IntN(2) == 0 {
		less.pages = random
	}
	if random.IntN(2) == 0 {
		less.passed = w.somePlain(random, 2*p)
	}
	if random.IntN(4*p) == 0 {
		less.name = operationError(&smithy.GenericAPIError{Code: "AccessDeniedException"})
	}
	return less
}

// notFound returns false 404 responses for some images.
func notFound(random *rand.Rand, w *world, some func(types.ImageDetail) bool) map[string]func(http.ResponseWriter, *http.Request, string) {
	false404 := map[string]func(http.ResponseWriter, *http.Request, string){}
	for _, image := range w.images {
		if some(image) {
			false404[*image.ImageDigest] = answers[random.IntN(2)]
		}
	}
	return false404
}

// somePlain returns the digests of one in p images that are not indexes. If a listing
// passes over an index, its children may be in the plan, but the service refuses to
// delete them.
func (w *world) somePlain(random *rand.Rand, p int) map[string]bool {
	digests := map[string]bool{}
	for _, image := range w.images {
		if *image.ImageManifestMediaType != mediaTypeIndex && *image.ImageManifestMediaType != mediaTypeDockerList && random.IntN(p) == 0 {
			digests[*image.ImageDigest] = true
		}
	}
	return digests
}

// Whatever the service and the registry host withhold or falsify, no image is deleted
// that would be kept with all responses. Such an image is in the plan only if both lists
// pass over it, and a page shows it as it was before it changed: no response says how it
// is now. Apply describes it again, and keeps it. HOUSEKEEPING_SEEDS=5000 is the longer
// mode.
func TestWithheldResponsesDeleteNoMore(t *testing.T) {
	t.Parallel()
	cases, deletions, left := 0, 0, 0
	synctest.Test(t, func(t *testing.T) {
		for seed := range housekeeping.Seeds(t, 200) {
			random := rand.New(rand.NewPCG(seed, 3))
			w, policy := randomWorld(t, random), randomPolicy(random)
			grace := []time.Duration{-1, -1, 0}[random.IntN(3)]
			full, deleted := w.prune(t, policy, grace, withheld{})
			require.Equal(t, full, deleted, "seed %d", seed)
			deletions += len(full)
			check := func(what string, less withheld) {
				cases++
				inPlan, deleted := w.prune(t, policy, grace, less)
				for digest := range inPlan {
					require.True(t, full[digest] || less.passed[digest], "seed %d, %s: %s is in the plan\n%+v", seed, what, digest, policy)
				}
				for digest := range deleted {
					left++
					require.True(t, full[digest], "seed %d, %s: %s is deleted\n%+v", seed, what, digest, policy)
				}
			}
			// Each member of an image, and each false answer about one, in turn.
			i := random.IntN(len(w.images))
			for n, member := range optionalMembers {
				check(fmt.Sprintf("member %d of image %d", n, i), withheld{members: map[int][]func(*types.ImageDetail){i: {member}}})
			}
			n := random.IntN(len(answers))
			check(fmt.Sprintf("answer %d", n), withheld{answers: map[string]func(http.ResponseWriter, *http.Request, string){*w.images[i].ImageDigest: answers[n]}})
			check("a quarter of the manifests is not found", withheld{answers: notFound(random, w, func(types.ImageDetail) bool { return random.IntN(4) == 0 })})
			nth := random.IntN(6)
			check("one index is not found", withheld{answers: notFound(random, w, func(d types.ImageDetail) bool {
				if *d.ImageManifestMediaType == mediaTypeIndex || *d.ImageManifestMediaType == mediaTypeDockerList {
					nth--
					return nth == -1
				}
				return false
			})})
			check("pages", withheld{pages: random})
			check("an image is passed over", withheld{passed: w.somePlain(random, len(w.images))})
			check("images are passed over", withheld{passed: w.somePlain(random, 3)})
			check("tags", withheld{tags: io.ErrUnexpectedEOF})
			check("few", randomlyWithheld(random, w, 30))
			check("some", randomlyWithheld(random, w, 8))
			check("many", randomlyWithheld(random, w, 2))
		}
	})
	t.Logf("%d cases; %d images deleted with all responses; %d deletions with less", cases, deletions, left)
	assert.Greater(t, deletions, 100)
	assert.Greater(t, left, 100, "something must be deleted also when something is withheld")
}
