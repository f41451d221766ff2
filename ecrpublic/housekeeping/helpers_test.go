package housekeeping_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	day            = 24 * time.Hour
	mediaTypeImage = "application/vnd.oci.image.manifest.v1+json"
	mediaTypeIndex = "application/vnd.oci.image.index.v1+json"
)

// today is the current time in all tests of policies.
func today() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }

// atToday sets the time, without a rate limit or grace.
func atToday(o *housekeeping.PruneOptions) { o.Now, o.Grace, o.Rate = today(), -1, -1 }

func digestOf(text string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))) }

// pushed returns an image that the test knows by name, with age and tags.
func pushed(name string, age time.Duration, tags ...string) types.ImageDetail {
	return types.ImageDetail{
		RepositoryName:         aws.String("app"),
		ImageDigest:            aws.String(digestOfNamed(name)),
		ImageTags:              tags,
		ImageSizeInBytes:       aws.Int64(100),
		ImagePushedAt:          aws.Time(today().Add(-age)),
		ImageManifestMediaType: aws.String(mediaTypeImage),
	}
}

// answer returns an operation with a fixed result.
func answer[In, Out any](out *Out, err error) ecrpublictest.Func[In, Out] {
	return func(context.Context, *In, ...func(*ecrpublic.Options)) (*Out, error) { return out, err }
}

// listing returns a client that lists images and describes their repository.
func listing(images ...types.ImageDetail) *ecrpublictest.Client {
	return &ecrpublictest.Client{
		DescribeImagesFunc: answer[ecrpublic.DescribeImagesInput](&ecrpublic.DescribeImagesOutput{ImageDetails: images}, nil),
		DescribeRepositoriesFunc: answer[ecrpublic.DescribeRepositoriesInput](&ecrpublic.DescribeRepositoriesOutput{
			Repositories: []types.Repository{{RepositoryUri: aws.String("public.ecr.aws/a1b2c3d4/app")}},
		}, nil),
	}
}

func registryOf(t *testing.T, handler http.Handler) func(*housekeeping.PruneOptions) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return func(o *housekeeping.PruneOptions) { o.RegistryURL = server.URL; o.HTTPClient = server.Client() }
}

// planFor applies a policy to images that do not refer to each other.
func planFor(t *testing.T, policy housekeeping.Policy, images ...types.ImageDetail) *housekeeping.Plan {
	t.Helper()
	names := map[string]string{}
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "subject"} {
		names[digestOf(manifestNamed(name))] = manifestNamed(name)
	}
	host := registryOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaTypeImage)
		_, _ = io.WriteString(w, names[path.Base(r.URL.Path)])
	}))
	plan, err := housekeeping.Prune(t.Context(), listing(images...), "app", policy, atToday, host)
	require.NoError(t, err)
	require.NoError(t, plan.GraphError)
	require.Len(t, append(plan.Delete, plan.Keep...), len(images))
	return plan
}

// manifestNamed returns a manifest that refers to nothing.
func manifestNamed(name string) string { return fmt.Sprintf(`{"schemaVersion":2,"name":%q}`, name) }

// digestOfNamed returns the digest of an image that pushed returns.
func digestOfNamed(name string) string { return digestOf(manifestNamed(name)) }

// named returns the names of the images that decisions are about.
func named(decisions []housekeeping.Decision, names ...string) []string {
	known := map[string]string{}
	for _, name := range names {
		known[digestOfNamed(name)] = name
	}
	var found []string
	for _, d := range decisions {
		found = append(found, known[*d.Image.ImageDigest])
	}
	return found
}

// unreachable returns a client that must not be called.
func unreachable() *ecrpublictest.Client { return &ecrpublictest.Client{} }
