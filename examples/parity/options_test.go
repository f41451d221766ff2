package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
	"github.com/ecr-public/ecr-public-go/types"
)

// behaviour is how an emulator differs from another, by an option or a fault.
type behaviour struct {
	name   string
	option ecrpublictest.Option
	fault  ecrpublictest.Fault

	senders string   // all that send this operation differ
	shared  string   // all that probes share differ, if their names begin with this
	but     []string // of those, what does not differ
	differ  []string // what else differs

	notRun  string   // all that send this operation are not run
	silence []string // what else is not run
}

func option(name string, o ecrpublictest.Option, differ ...string) behaviour {
	return behaviour{name: name, option: o, differ: differ}
}

func quota(name string, q ecrpublictest.Quotas, differ ...string) behaviour {
	return option(name, ecrpublictest.WithQuotas(q), differ...)
}

// fault changes what senders of an operation get.
func fault(name, operation string, e ecrpublictest.Effect) behaviour {
	return behaviour{name: name, fault: ecrpublictest.Fault{Operation: operation, Effect: e}, senders: operation}
}

// effect changes what listings return, or what the registry host does.
func effect(name, operation string, e ecrpublictest.Effect, differ ...string) behaviour {
	return behaviour{name: name, fault: ecrpublictest.Fault{Operation: operation, Effect: e}, differ: differ}
}

// silent keeps the service from saying anything.
func silent(name, operation string, e ecrpublictest.Effect) behaviour {
	return behaviour{name: name, fault: ecrpublictest.Fault{Operation: operation, Effect: e}, notRun: operation}
}

func body(text string) ecrpublictest.Effect { return ecrpublictest.Body([]byte(text)) }

func generic(code, text string) smithy.APIError {
	return &smithy.GenericAPIError{Code: code, Message: text, Fault: smithy.FaultClient}
}

// behaviours are in groups that one emulator has at once. Within a group, each behaviour
// has differences that no other has.
func behaviours() map[string][]behaviour {
	return map[string][]behaviour{
		"options": {
			option("the registry host of the OCI's specification", ecrpublictest.WithRegistryMode(ecrpublictest.RegistryOCI),
				"layers/an upload without parts", "host/a page of 1,001 tags", "host/a manifest", "host/a blob", "host/HEAD of a blob without a login", "host/a chunk returns 201",
				"host/a chunk sent twice", "host/a wrong digest", "host/an empty blob", "host/a manifest with a missing layer", "host/an image without layers",
				"parts/a small part before the last", "host/Range has the length of the last chunk", "host/a manifest that is not JSON"),
			option("logins of three days", ecrpublictest.WithLoginLife(72*time.Hour), "tokens/a login is valid for twelve hours"),
			quota("49 tags a repository", ecrpublictest.Quotas{TagsPerRepository: 49},
				"names/51 tags prevent creation", "names/a repository is created with 50 tags", "tags/too many tags set none of them", "tags/a repository has at most 50 tags"),
			effect("pages of one item", "", ecrpublictest.ShortPages(1),
				"pagination/each tag is on exactly one page", "pagination/a page is as long as maxResults allows", "pagination/a full last page has no token",
				"pagination/a token of another operation", "pagination/maxResults 1001"),
		},
		"more options": {
			option("bearers that have expired", ecrpublictest.WithBearerLife(time.Nanosecond),
				"host/tags are listed with the alias", "host/a page of 1,001 tags", "host/a manifest", "host/HEAD of a manifest has its digest", "host/an unknown manifest",
				"host/a blob", "host/HEAD of a blob without a login", "host/HEAD of a blob with a login", "host/referrers of an image without any", "host/an unknown repository",
				"host/an upload's address is below its repository", "host/a chunk returns 201", "host/a chunk sent twice", "host/a wrong digest", "host/an empty blob",
				"host/a manifest with a missing layer", "host/an index with a missing image", "host/an image without layers", "host/a push does not create a repository",
				"host/a mount starts a new upload", "host/Range has the length of the last chunk", "host/a manifest that is not JSON"),
			option("a clock that is two hours ahead", ecrpublictest.WithClock(func() time.Time { return time.Now().Add(2 * time.Hour) }),
				"identifiers/createdAt is the time of creation", "tokens/a login is valid for twelve hours"),
			quota("no smallest part", ecrpublictest.Quotas{MinPartBytes: 1}, "parts/a small part before the last"),
			effect("a page's token again", "", ecrpublictest.RepeatToken(), "pagination/each tag is on exactly one page"),
		},
		"one tag an image": {
			quota("one tag an image", ecrpublictest.Quotas{TagsPerImage: 1},
				"setup/image 2ac33830:latest of moved", "setup/image 2ac33830:v1 of pages", "setup/image 2ac33830:v2 of delete-both", "setup/image 2ac33830:v2 of delete-digest",
				"setup/image 2ac33830:v2 of delete-tag", "images/a second tag, and a tag that moves", "images/a second tag does not change imagePushedAt"),
		},
		"one image a repository": {
			quota("one image a repository", ecrpublictest.Quotas{ImagesPerRepository: 1},
				"setup/image 17967c00: of images", "setup/image 190dad5f:p1 of images", "setup/image 1b9e80e7: of delete", "setup/image 1b9e80e7: of delete-index",
				"setup/image 1b9e80e7: of delete-only-index", "setup/image 1b9e80e7:v1 of moved", "setup/image 1b9e80e7:v2 of moves", "setup/image 2ac33830:v1 of images",
				"setup/image 5b6f74f7: of images"),
		},
		"one repository": {{
			name: "one repository", option: ecrpublictest.WithQuotas(ecrpublictest.Quotas{Repositories: 1}), shared: "setup/repository ", but: []string{"setup/repository app"},
			differ: []string{"names/a name of 205 characters", "names/the catalog data of a new repository", "names/a repository is created with 50 tags"},
		}},
		"another part size": {{
			name: "another part size", option: ecrpublictest.WithQuotas(ecrpublictest.Quotas{PartBytes: 6 << 20}), senders: "InitiateLayerUpload", but: []string{"missing/InitiateLayerUpload"},
		}},
		"another region": {{
			name: "another region", option: ecrpublictest.WithRegion("us-west-2"), shared: "setup/repository ", but: []string{"setup/repository other"}, // is asked for after an upload
			differ: []string{
				"setup/a login", "names/a name that ends with a slash", "names/a name with a part that begins with a separator", "names/a name with a space", "names/a name with an umlaut",
				"names/a name with two separators", "names/a name with two slashes", "names/an upper-case name", "names/a name of 206 characters", "names/a name of 205 characters",
				"names/a registry ID of five digits", "names/the catalog data of a new repository", "names/51 tags prevent creation", "names/a reserved tag prevents creation",
				"names/a duplicate tag key prevents creation", "names/a repository is created with 50 tags", "names/an unknown registry", "layers/an unknown registry",
				"registry/the display name is set, read and restored",
			},
		}},
		"layers of 9 bytes": {
			quota("layers of 9 bytes", ecrpublictest.Quotas{LayerBytes: 9},
				"setup/layer 32c97de2 of images", "layers/a wrong digest ends the upload", "parts/a small part before the last"),
		},
		"codes and statuses": {
			fault("catalog data is not found", "GetRepositoryCatalogData", ecrpublictest.Fail(&types.RepositoryCatalogDataNotFoundException{Message: new("none")})),
			fault("a missing policy is 404", "GetRepositoryPolicy", ecrpublictest.FailWithStatus(http.StatusNotFound, &types.RepositoryPolicyNotFoundException{Message: new("none")})),
			fault("absent keys are refused", "UntagResource", ecrpublictest.Fail(&types.InvalidTagParameterException{Message: new("no such key")})),
			fault("tags are refused", "TagResource", ecrpublictest.Fail(generic("ValidationException", "no"))),
			fault("policies are refused", "SetRepositoryPolicy", ecrpublictest.Fail(&types.InvalidParameterException{Message: new("Invalid parameter at 'PolicyText'")})),
			fault("no registry is found", "BatchCheckLayerAvailability", ecrpublictest.Fail(&types.RegistryNotFoundException{Message: new("none")})),
			fault("names cannot be set", "PutRegistryCatalogData", ecrpublictest.Fail(&types.InvalidParameterException{Message: new("no")})),
			fault("a missing image is 404", "DescribeImages", ecrpublictest.FailWithStatus(http.StatusNotFound, &types.ImageNotFoundException{Message: new("none")})),
		},
		"bodies": {
			fault("a deleted policy is not returned", "DeleteRepositoryPolicy", body("{}")),
			fault("images are not described", "DescribeImages", body("{}")),
			fault("deleted images are not listed", "BatchDeleteImage", body(`{"imageIds":[],"failures":[]}`)),
			{
				name: "an account has no registry", fault: ecrpublictest.Fault{Operation: "DescribeRegistries", Effect: body(`{"registries":[]}`)}, senders: "DescribeRegistries",
				differ: []string{"identifiers/an account has one registry", "identifiers/one alias is primary and appears in the URI", "identifiers/one alias is the default", "identifiers/the default alias is a letter and a digit, four times"},
			},
			fault("a deleted repository is not returned", "DeleteRepository", body("{}")),
			fault("tags are not listed", "DescribeImageTags", body(`{"imageTagDetails":[]}`)),
			fault("lists of tags are cut off", "ListTagsForResource", ecrpublictest.Truncate()),
			fault("catalog data is not returned", "PutRepositoryCatalogData", body(`{"catalogData":{"marketplaceCertified":true}}`)),
			effect("HEAD is not served", "HEAD /v2/", ecrpublictest.Status(http.StatusNotFound),
				"host/HEAD of a manifest has its digest", "host/HEAD of a blob without a login", "host/HEAD of a blob with a login"),
			effect("chunks are answered with 202", "PATCH /v2/", ecrpublictest.Status(http.StatusAccepted),
				"host/Range has the length of the last chunk", "host/a chunk returns 201", "host/a chunk sent twice"),
		},
		"the registry host": {
			effect("uploads are answered with 200", "POST /v2/", ecrpublictest.Status(http.StatusOK),
				"host/Range has the length of the last chunk", "host/an upload's address is below its repository", "host/a chunk returns 201", "host/a chunk sent twice", "host/a wrong digest",
				"host/an empty blob", "host/a push does not create a repository", "host/a mount starts a new upload"),
			effect("pushes are not supported", "PUT /v2/", ecrpublictest.FailWithStatus(http.StatusBadRequest, generic("UNSUPPORTED", "no")),
				"host/a manifest that is not JSON", "host/a wrong digest", "host/an empty blob", "host/a manifest with a missing layer", "host/an index with a missing image", "host/an image without layers"),
		},
		"nothing": {
			option("another account", ecrpublictest.WithAccount("111122223333")),
			option("another alias", ecrpublictest.WithAlias("acme")),
			effect("repositories are seen late", "", ecrpublictest.HideNew(1)),
			effect("another date", "", ecrpublictest.ClockOffset(time.Hour)),
			effect("slower", "", ecrpublictest.Delay(time.Microsecond)),
		},
		"not run": {
			silent("lost responses", "UntagResource", ecrpublictest.ResetAfter()),
			silent("lost requests", "SetRepositoryPolicy", ecrpublictest.ResetBefore()),
			silent("half responses", "DeleteRepositoryPolicy", ecrpublictest.ResetMidway()),
			silent("expired credentials", "GetRepositoryCatalogData", ecrpublictest.ExpiredToken()),
			silent("throttles", "DescribeImageTags", ecrpublictest.Throttle()),
			silent("a failing service", "PutRegistryCatalogData", ecrpublictest.Status(http.StatusBadGateway)),
			{
				name: "a rate of pulls", option: ecrpublictest.WithRates(ecrpublictest.Rates{AnonymousPulls: 0.001}),
				silence: []string{"host/an unknown manifest", "host/an unknown repository"}, // after "host/a manifest"
			},
		},
	}
}

// differing are what differs from a reference that was made without the behaviour.
func (b behaviour) differing(reference *records.File) []string {
	names := append(senders(reference, b.senders), b.differ...)
	for _, v := range reference.Vectors {
		if name := v.ID[:strings.LastIndexByte(v.ID, '#')]; b.shared != "" && strings.HasPrefix(name, b.shared) {
			names = append(names, name)
		}
	}
	return unique(slices.DeleteFunc(names, func(name string) bool { return slices.Contains(b.but, name) }))
}

// unique sorts names and leaves out those that come again.
func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// An emulator that behaves differently is found out in each of over 30 ways, by exactly
// the probes that meet them. What keeps the service from saying anything, and what differs
// between any two accounts, is no difference.
func TestOptionsAndFaultsAreFound(t *testing.T) {
	t.Parallel()
	reference := probedWith(t, nil)
	found := 0
	for group, list := range behaviours() {
		var differing, notRun []string
		for _, b := range list {
			own := b.differing(reference)
			others := differing
			for _, other := range list {
				if other.name != b.name {
					others = append(others, other.differing(reference)...)
				}
			}
			if len(own) > 0 {
				found++
				assert.NotSubset(t, others, own, "%s: nothing shows that it is found", b.name)
			}
			differing = append(differing, own...)
			notRun = append(append(notRun, senders(reference, b.notRun)...), b.silence...)
		}
		var differs, silent []string
		for _, row := range newReport(probedWith(t, list), reference).rows {
			switch row.Outcome() {
			case probes.Differs:
				differs = append(differs, row.Name)
			case probes.NotRun:
				silent = append(silent, row.Name)
				assert.NotEmpty(t, row.Details, row.Name)
			}
		}
		assert.Equal(t, unique(differing), unique(differs), group)
		if notRun != nil {
			assert.Equal(t, unique(notRun), unique(silent), group)
		}
	}
	assert.Greater(t, found, 30)
}

// probedWith probes an emulator with some behaviours.
func probedWith(t *testing.T, list []behaviour) *records.File {
	t.Helper()
	var options []ecrpublictest.Option
	var faults []ecrpublictest.Fault
	for _, b := range list {
		if b.option != nil {
			options = append(options, b.option)
		}
		faults = append(faults, b.fault)
	}
	emulator := newEmulator(t, options...)
	emulator.Inject(faults...)
	return probed(t, emulator, small())
}

// probed probes an emulator that ends with the test, so that nothing has to be deleted.
func probed(t *testing.T, emulator *ecrpublictest.Server, list []probes.Probe) *records.File {
	t.Helper()
	target, err := connect(t.Context(), demo.Where{Endpoint: emulator.URL}, "")
	require.NoError(t, err)
	target.transport = inProcess{emulator}
	out, err := probeAll(t.Context(), target, "", true, list, noShow)
	require.NoError(t, err)
	return out
}

// senders are the probes of a record that send an operation, and what probes share.
func senders(f *records.File, operation string) (names []string) {
	for _, v := range f.Vectors {
		if v.Operation == operation && operation != "" {
			names = append(names, v.ID[:strings.LastIndexByte(v.ID, '#')])
		}
	}
	return unique(names)
}
