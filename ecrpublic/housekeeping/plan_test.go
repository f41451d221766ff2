package housekeeping_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestPlanIsPrintable(t *testing.T) {
	t.Parallel()
	plan := planFor(t, oldUntagged(), pushed("A", 8*day), pushed("B", 9*day), pushed("C", 10*day, "v1", "latest"), pushed("D", 1*day))
	assert.Equal(t, "app: delete 2 of 4 images, up to 200 bytes\n"+
		"delete  "+digestOfNamed("B")+"             expired: rule 1\n"+
		"delete  "+digestOfNamed("A")+"             expired: rule 1\n"+
		"keep    "+digestOfNamed("D")+"             retained: rule 1\n"+
		"keep    "+digestOfNamed("C")+"  v1,latest  not selected\n", plan.String())
	plan.GraphError = errors.New("no route")
	assert.Contains(t, plan.String(), "\nsome manifests could not be read: no route\n")
}

// Indexes do not count, because their size is that of one of their children.
func TestPlanBytes(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	r.index(t, "index", []string{r.image(t, "a", day), r.image(t, "b", day)}, day, "v1")
	plan := r.plan(t, one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v1"}}))
	assert.Len(t, plan.Delete, 3)
	assert.EqualValues(t, 2*len(layerText), plan.Bytes())
}

func TestPruneProgress(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	r.index(t, "index", []string{r.image(t, "a", 9*day), r.image(t, "b", 9*day)}, 9*day, "v1")
	r.image(t, "untagged", 9*day)
	var all []housekeeping.Progress
	r.plan(t, oldUntagged(), func(o *housekeeping.PruneOptions) {
		o.Progress = func(p housekeeping.Progress) { all = append(all, p) }
		o.Rate = 100
	})
	assert.Equal(t, []housekeeping.Progress{
		{Step: housekeeping.StepList, Done: 4},
		{Step: housekeeping.StepRead, Done: 1, Total: 4, Left: 30 * time.Millisecond},
		{Step: housekeeping.StepRead, Done: 2, Total: 2},
	}, all, "the children of an index that stays are not read")
}

// For tagged images alone, the registry host is not called.
func TestPruneWithoutRegistry(t *testing.T) {
	t.Parallel()
	client := listing(pushed("A", 3*day, "v1"), pushed("B", 2*day, "v2"))
	plan, err := housekeeping.Prune(t.Context(), client, "app", keepTagged(1), atToday)
	require.NoError(t, err)
	require.NoError(t, plan.GraphError)
	assert.Len(t, plan.Delete, 1)
	assert.Equal(t, []string{"DescribeImages", "DescribeImageTags"}, operations(client))
}

// An image that is on two pages because of a push between them counts once.
func TestPruneCountsOnce(t *testing.T) {
	t.Parallel()
	images := []types.ImageDetail{pushed("A", 3*day, "v1"), pushed("B", 2*day, "v2"), pushed("C", 1*day, "v3")}
	client := listing()
	client.DescribeImagesFunc = func(_ context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		if in.NextToken == nil {
			return &ecrpublic.DescribeImagesOutput{ImageDetails: images[1:], NextToken: new("2")}, nil
		}
		return &ecrpublic.DescribeImagesOutput{ImageDetails: images[:2]}, nil
	}
	plan, err := housekeeping.Prune(t.Context(), client, "app", keepTagged(2), atToday)
	require.NoError(t, err)
	assert.Equal(t, []string{"A"}, named(plan.Delete, "A"))
	assert.Len(t, plan.Keep, 2)
}

func TestPruneErrors(t *testing.T) {
	t.Parallel()
	_, err := housekeeping.Prune(t.Context(), unreachable(), "", keepTagged(1))
	require.ErrorContains(t, err, "repository must not be empty")

	r := newEmulator(t).newRepository(t, "app")
	for _, name := range []string{"a", "b", "c"} {
		r.image(t, name, day, name)
	}
	_, err = housekeeping.Prune(t.Context(), r.client, "other", keepTagged(1), r.registry)
	require.ErrorAs(t, err, new(*types.RepositoryNotFoundException))

	// A plan made from the first page only would be wrong.
	r.Inject(
		ecrpublictest.Fault{Effect: ecrpublictest.ShortPages(1)},
		ecrpublictest.Fault{Operation: "DescribeImages", After: 1, Effect: ecrpublictest.Fail(&types.InvalidParameterException{})},
	)
	_, err = housekeeping.Prune(t.Context(), r.client, "app", keepTagged(1), r.registry)
	require.ErrorAs(t, err, new(*types.InvalidParameterException))
	r.ClearFaults()
	r.Inject(ecrpublictest.Fault{Effect: ecrpublictest.ShortPages(1)}, ecrpublictest.Fault{Effect: ecrpublictest.RepeatToken()})
	_, err = housekeeping.Prune(t.Context(), r.client, "app", keepTagged(1), r.registry)
	require.ErrorIs(t, err, paginators.ErrRepeatedToken)
}

// The manifests of a larger repository are read with one login.
func TestPruneWithLogin(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	r.index(t, "index", []string{r.image(t, "a", 9*day)}, 9*day, "v1")
	r.image(t, "untagged", 9*day)
	provider := login.NewProvider(r.client, func(o *login.ProviderOptions) { o.Hosts = []string{strings.TrimPrefix(r.URL, "http://")} })
	plan := r.plan(t, oldUntagged(), func(o *housekeeping.PruneOptions) { o.Login = provider })
	require.NoError(t, plan.GraphError)
	tokens := 0
	for _, request := range r.Requests() {
		if request.Operation == "GET /token/" {
			tokens++
			assert.NotEmpty(t, request.Header.Get("Authorization"))
		}
	}
	assert.Equal(t, 1, tokens)
}

// Prunes can share a client of the registry host, and with it the token.
func TestPruneWithRegistry(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	shared, err := registry.New(registry.Options{Host: e.URL, Rate: -1})
	require.NoError(t, err)
	for _, name := range []string{"one", "two"} {
		r := e.newRepository(t, name)
		r.image(t, "untagged", 9*day)
		plan := r.plan(t, oldUntagged(), func(o *housekeeping.PruneOptions) {
			*o = housekeeping.PruneOptions{Now: o.Now, Registry: shared}
		})
		require.NoError(t, plan.GraphError)
		assert.Len(t, plan.Delete, 1)
	}
	assert.Equal(t, 1, e.Count("GET /token/"))
	_, err = housekeeping.Prune(t.Context(), unreachable(), "app", oldUntagged(), func(o *housekeeping.PruneOptions) { o.Registry, o.Rate = shared, 1 })
	require.ErrorContains(t, err, "with Registry, the options RegistryURL, HTTPClient, Login and Rate must not be set")
}

// Throttled reads are retried; on the clock of the bubble that takes no time.
func TestPruneIsPatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newInMemory(t).newRepository(t, "app")
		r.index(t, "index", []string{r.image(t, "a", 9*day)}, 9*day, "v1")
		r.image(t, "untagged", 9*day)
		r.Inject(ecrpublictest.Fault{Operation: "GET /v2/", Times: 4, Effect: ecrpublictest.Throttle()})
		plan := r.plan(t, oldUntagged())
		require.NoError(t, plan.GraphError)
		assert.Len(t, plan.Delete, 1)
	})
}

// If manifests cannot be read, nothing is deleted that may belong to such an image, and
// the plan says so.
func TestPruneBlind(t *testing.T) {
	t.Parallel()
	refusing := registryOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	r := newEmulator(t).newRepository(t, "app")
	child := r.image(t, "child", 9*day)
	index := r.index(t, "index", []string{child}, 9*day, "v1")
	dev := r.image(t, "dev", 9*day, "dev-1")
	plain := r.image(t, "plain", 9*day, "stable")
	policy := housekeeping.Policy{Rules: []housekeeping.Rule{
		{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 7 * day},
		{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"dev-*"}},
	}}

	plan := r.plan(t, policy, refusing)
	require.ErrorContains(t, plan.GraphError, "housekeeping: read manifests of app: ")
	require.ErrorContains(t, plan.GraphError, "403")
	assert.Empty(t, plan.Delete)
	assert.Equal(t, map[string]string{
		index: "unknown: manifest not readable",
		child: "unknown: manifest not read",
		dev:   "unknown: may belong to " + index + ": manifest not readable",
		plain: "not selected",
	}, reasons(plan))
	assert.Equal(t, 3, plan.Unknown())
	assert.Contains(t, plan.String(), "\nimages kept because something is not known about them: 3\n")

	plan = r.plan(t, policy)
	require.NoError(t, plan.GraphError)
	assert.Equal(t, []string{dev}, planned(plan), "when all is read")
	assert.Zero(t, plan.Unknown())
}

// An untagged image whose manifest cannot be read stays and is not counted. The others
// still are.
func TestPruneHalfBlind(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	var images []string
	for i := range 5 {
		images = append(images, r.image(t, fmt.Sprint("image ", i), time.Duration(i)*day))
	}
	r.Inject(ecrpublictest.Fault{Operation: "GET /v2/", Effect: ecrpublictest.Middleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			if strings.HasSuffix(request.URL.Path, images[1]) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, request)
		})
	})})
	policy := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, KeepNewest: 3})
	plan := r.plan(t, policy)
	require.ErrorAs(t, plan.GraphError, new(*registry.Error))
	assert.Equal(t, "unknown: manifest not readable", reasons(plan)[images[1]])
	assert.Equal(t, images[4:], planned(plan))
	r.ClearFaults()
	assert.Equal(t, []string{images[4], images[3]}, planned(r.plan(t, policy)))
}

func TestPruneGraphErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(c *ecrpublictest.Client)
		option func(o *housekeeping.PruneOptions)
		want   string
	}{
		{"no permission to describe", func(c *ecrpublictest.Client) { c.DescribeRepositoriesFunc = nil }, atToday, "DescribeRepositories"},
		{"no address", func(c *ecrpublictest.Client) {
			c.DescribeRepositoriesFunc = answer[ecrpublic.DescribeRepositoriesInput](&ecrpublic.DescribeRepositoriesOutput{Repositories: []types.Repository{{}}}, nil)
		}, atToday, "image reference"},
		{"no scheme", nil, func(o *housekeeping.PruneOptions) { o.RegistryURL = "public.ecr.aws" }, `RegistryURL is "public.ecr.aws", must be http:// or https:// and a host`},
		{"another scheme", nil, func(o *housekeeping.PruneOptions) { o.RegistryURL = "ftp://public.ecr.aws" }, `RegistryURL is "ftp://public.ecr.aws"`},
		{"no URL", nil, func(o *housekeeping.PruneOptions) { o.RegistryURL = "http://%" }, `RegistryURL is "http://%"`},
		{"an impossible port", nil, func(o *housekeeping.PruneOptions) { o.RegistryURL = "http://127.0.0.1:99999" }, "invalid port"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := listing(pushed("A", 9*day), pushed("B", 9*day))
			if test.change != nil {
				test.change(client)
			}
			plan, err := housekeeping.Prune(t.Context(), client, "app", oldUntagged(), atToday, test.option)
			require.NoError(t, err)
			require.ErrorContains(t, plan.GraphError, test.want)
			assert.Empty(t, plan.Delete)
			assert.Equal(t, 2, plan.Unknown())
		})
	}
}

// A manifest with the wrong content is an error.
func TestPruneBadManifests(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, body, want string }{
		{"other bytes", `{"subject":{}}`, "digest"},
		{"not JSON", "manifest?", "invalid character"},
		{"HTML", "<html><body>Sign in</body></html>", "invalid character"},
		{"empty", "", "digest"},
		{"too large", strings.Repeat(" ", 4<<20+1), "4194304"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			image := pushed("A", 9*day)
			if test.name != "other bytes" && test.name != "empty" {
				image.ImageDigest = new(digestOf(test.body))
			}
			host := registryOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", mediaTypeImage)
				w.Header().Set("Docker-Content-Digest", *image.ImageDigest)
				w.Header().Set("Content-Length", strconv.Itoa(len(test.body)))
				_, _ = w.Write([]byte(test.body))
			}))
			plan, err := housekeeping.Prune(t.Context(), listing(image), "app", oldUntagged(), atToday, host)
			require.NoError(t, err)
			require.ErrorContains(t, plan.GraphError, test.want)
			assert.Empty(t, plan.Delete)
		})
	}
}

func TestPruneCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var requests atomic.Int32
	host := registryOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		cancel()
		w.WriteHeader(http.StatusForbidden)
	}))
	var images []types.ImageDetail
	for i := range 100 {
		images = append(images, pushed(strconv.Itoa(i), 9*day))
	}
	plan, err := housekeeping.Prune(ctx, listing(images...), "app", oldUntagged(), atToday, host)
	require.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, plan)
	assert.LessOrEqual(t, requests.Load(), int32(8), "bounded, and stopped")
}

// A cancelled Apply reports what it did, and a new one continues.
func TestApplyCancelled(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	for i := range 150 {
		r.image(t, strconv.Itoa(i), 9*day)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result, err := r.plan(t, oldUntagged()).Apply(ctx, r.client, func(o *housekeeping.DeleteOptions) {
		o.Progress = func(housekeeping.Progress) { cancel() }
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, result.Deleted, 100)
	assert.Len(t, result.Unprocessed, 50)
	assert.Len(t, r.digests(t), 50)
	_, err = r.plan(t, oldUntagged()).Apply(t.Context(), r.client)
	require.NoError(t, err)
	assert.Empty(t, r.digests(t))
}
