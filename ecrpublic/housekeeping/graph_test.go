package housekeeping_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// oldUntagged is the usual policy of cleanup scripts.
func oldUntagged() housekeeping.Policy {
	return one(housekeeping.Rule{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 7 * day})
}

// keepTagged keeps the newest tagged images and says nothing about others.
func keepTagged(n int) housekeeping.Policy {
	return one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, KeepNewest: n})
}

func TestChildrenOfKeptIndex(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	amd, arm := r.image(t, "amd64", 90*day), r.image(t, "arm64", 90*day)
	index := r.index(t, "latest", []string{amd, arm}, 90*day, "latest")
	orphan := r.image(t, "orphan", 90*day)

	plan := r.plan(t, oldUntagged())
	require.NoError(t, plan.GraphError)
	assert.Equal(t, map[string]string{
		index:  "not selected",
		amd:    "owner kept: " + index,
		arm:    "owner kept: " + index,
		orphan: "expired: rule 1",
	}, reasons(plan))
	assert.Zero(t, r.Count("BatchDeleteImage"), "a plan deletes nothing")

	result, err := plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	assert.Len(t, result.Deleted, 1)
	assert.NotContains(t, r.digests(t), orphan)
	assert.Empty(t, r.plan(t, oldUntagged()).Delete)
}

// Children are deleted after their index, and not counted as images.
func TestChildrenOfDeletedIndex(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	oldChild := r.image(t, "old child", 30*day)
	shared := r.image(t, "shared", 30*day)
	newChild := r.image(t, "new child", 1*day)
	oldIndex := r.index(t, "old", []string{oldChild, shared}, 30*day, "v1")
	newIndex := r.index(t, "new", []string{newChild, shared}, 1*day, "v2")

	policy := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusAny, KeepNewest: 1})
	plan := r.plan(t, policy)
	assert.Equal(t, []string{oldIndex, oldChild}, planned(plan), "the index first")
	assert.Equal(t, map[string]string{
		oldIndex: "expired: rule 1",
		oldChild: "owner deleted: " + oldIndex,
		newIndex: "retained: rule 1",
		newChild: "owner kept: " + newIndex,
		shared:   "owner kept: " + newIndex,
	}, reasons(plan))
	result, err := plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	assert.Len(t, result.Deleted, 2)
	assert.Empty(t, result.Referenced)
	assert.Empty(t, r.plan(t, policy).Delete)
}

// Rules apply to a tagged child, but it stays as long as one of its indexes does.
func TestTaggedChildren(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	protected, free := r.image(t, "protected", 30*day, "v2-amd64"), r.image(t, "free", 40*day, "v1-amd64")
	kept := r.index(t, "kept", []string{protected}, 1*day, "v2")
	gone := r.index(t, "gone", []string{free}, 20*day, "v1")

	plan := r.plan(t, keepTagged(1))
	assert.Equal(t, map[string]string{
		kept:      "retained: rule 1",
		protected: "owner kept: " + kept,
		gone:      "expired: rule 1",
		free:      "expired: rule 1",
	}, reasons(plan))
	assert.Equal(t, []string{gone, free}, planned(plan), "the index first, although it is younger")
	_, err := plan.Apply(t.Context(), r.client)
	require.NoError(t, err)
	assert.Len(t, r.digests(t), 2)
}

func TestNestedIndexes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		policy housekeeping.Policy
		left   int
	}{
		{"kept", keepTagged(2), 4},
		{"deleted", one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"outer"}}), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newEmulator(t).newRepository(t, "app")
			leaf := r.image(t, "leaf", 9*day)
			inner := r.index(t, "inner", []string{leaf}, 9*day)
			r.index(t, "outer", []string{inner}, 8*day, "outer")
			r.image(t, "other", 7*day, "other")
			plan := r.plan(t, test.policy)
			assert.Len(t, plan.Keep, test.left)
			result, err := plan.Apply(t.Context(), r.client)
			require.NoError(t, err)
			assert.Empty(t, result.Referenced)
			assert.Len(t, r.digests(t), test.left)
		})
	}
}

// Signatures and other referrers follow their subjects.
func TestReferrers(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	kept, gone := r.image(t, "kept", 30*day, "v2"), r.image(t, "gone", 40*day, "v1")
	sbom := r.referrer(t, "sbom of kept", kept, 30*day)
	goneSBOM := r.referrer(t, "sbom of gone", gone, 1*day)
	signature := r.image(t, "signature of kept", 30*day, signatureTag(kept))
	goneSignature := r.image(t, "signature of gone", 1*day, signatureTag(gone))
	attestation := r.referrer(t, "about the sbom of kept", sbom, 30*day)
	dangling := r.referrer(t, "sbom of nothing", digestOf("nothing"), 30*day)
	danglingSignature := r.image(t, "signature of nothing", 1*day, signatureTag(digestOf("nothing")))
	named := r.referrer(t, "sbom with a name", gone, 2*day, "sbom")

	policy := housekeeping.Policy{Rules: []housekeeping.Rule{
		{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 7 * day},
		{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v*"}, KeepNewest: 1},
	}}
	plan := r.plan(t, policy)
	require.NoError(t, plan.GraphError)
	assert.Equal(t, map[string]string{
		kept:              "retained: rule 2",
		sbom:              "owner kept: " + kept,
		signature:         "owner kept: " + kept,
		attestation:       "owner kept: " + sbom,
		gone:              "expired: rule 2",
		goneSBOM:          "owner deleted: " + gone,
		goneSignature:     "owner deleted: " + gone,
		dangling:          "expired: rule 1",
		danglingSignature: "not selected",
		named:             "not selected",
	}, reasons(plan))
}

// A referrer by its tag stays as long as the subject that its manifest names, and if its
// manifest is unknown. Manifests of referrers that stay anyway are not read.
func TestSignatureOfTwo(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	gone, kept := r.image(t, "gone", 40*day, "v1"), r.image(t, "kept", 30*day, "v2")
	ofGone := r.image(t, "signature of gone", 40*day, signatureTag(gone))
	ofKept := r.image(t, "signature of kept", 40*day, signatureTag(kept))
	ofNothing := r.image(t, "signature of nothing", 40*day, signatureTag(digestOf("nothing")))
	ofBoth := r.referrer(t, "attestation of both", kept, 40*day, strings.TrimSuffix(signatureTag(gone), "sig")+"att")
	want := map[string]string{
		kept:      "retained: rule 1",
		gone:      "expired: rule 1",
		ofGone:    "owner deleted: " + gone,
		ofKept:    "owner kept: " + kept,
		ofNothing: "not selected",
		ofBoth:    "owner kept: " + kept,
	}
	policy := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"v*"}, KeepNewest: 1})
	r.ResetRequests()
	assert.Equal(t, want, reasons(r.plan(t, policy)))
	assert.Equal(t, 1+2, r.Count("GET /v2/"), "the host's challenge, and the manifests of what belongs to the deleted image")

	refusing := registryOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	plan := r.plan(t, policy, refusing)
	require.Error(t, plan.GraphError)
	want[ofGone], want[ofBoth] = "unknown: manifest not readable", "unknown: manifest not readable"
	assert.Equal(t, want, reasons(plan))
}

// An image that would not go is not read, unless a manifest that is read lists it, even
// one whose media type is not that of an index: then its own subject may keep it.
func TestSignatureInAnImage(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{mediaTypeImage, mediaTypeIndex} { // described as an image in both cases
		kept := pushed("A", 30*day, "kept")
		text := fmt.Sprintf(`{"schemaVersion":2,"subject":{"digest":%q,"size":10}}`, *kept.ImageDigest)
		signature := pushed("signature", 30*day, signatureTag(digestOf("nothing")))
		signature.ImageDigest = new(digestOf(text))
		listText := fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"manifests":[{"digest":%q,"size":10}]}`, mediaType, digestOf(text))
		list := pushed("list", 30*day)
		list.ImageDigest = new(digestOf(listText))
		client := listing(kept, signature, list)
		all := client.DescribeImagesFunc
		client.DescribeImagesFunc = func(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
			if len(in.ImageIds) > 0 {
				return nil, &types.ImageNotFoundException{}
			}
			return all(ctx, in, optFns...)
		}
		plan, err := housekeeping.Prune(t.Context(), client, "app", oldUntagged(), atToday, serving(t, text, listText))
		require.NoError(t, err)
		require.NoError(t, plan.GraphError)
		assert.Equal(t, []string{digestOf(listText)}, planned(plan))
		assert.Equal(t, "owner kept: "+*kept.ImageDigest, reasons(plan)[digestOf(text)])
	}
}

// KeepTags also keeps children and referrers.
func TestKeepTagsOfPart(t *testing.T) {
	t.Parallel()
	r := newEmulator(t).newRepository(t, "app")
	gone := r.image(t, "gone", 40*day, "v1")
	signature := r.image(t, "signature", 40*day, signatureTag(gone))
	policy := one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, OlderThan: day})
	policy.KeepTags = []string{"sha256-*.sig"}
	plan := r.plan(t, policy)
	assert.Equal(t, []string{gone}, planned(plan))
	assert.Equal(t, "keep tag", reasons(plan)[signature])
}

// Two images that are tagged as each other's signature stay.
func TestCircularSignatures(t *testing.T) {
	t.Parallel()
	a, b := digestOfNamed("A"), digestOfNamed("B")
	plan := planFor(t, one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, OlderThan: day}),
		pushed("A", 9*day, signatureTag(b)), pushed("B", 9*day, signatureTag(a)))
	assert.Equal(t, map[string]string{a: "owner kept: " + b, b: "owner kept: " + a}, reasons(plan))
}

// Tags that only look like those of signatures are ordinary tags.
func TestNotSignatures(t *testing.T) {
	t.Parallel()
	subject := digestOfNamed("subject")
	plan := planFor(t, one(housekeeping.Rule{TagStatus: housekeeping.TagStatusTagged, TagPatterns: []string{"*sha256*"}}),
		pushed("subject", 9*day, "v1"),
		pushed("A", 4*day, "sha256-cafe.sig"),
		pushed("B", 3*day, signatureTag(subject)[:7+64]+"00"),
		pushed("C", 2*day, signatureTag(subject), "sha256"),
		pushed("D", 1*day, signatureTag(subject)[:7+64]))
	assert.Equal(t, []string{"A", "B"}, named(plan.Delete, "A", "B"))
	assert.Equal(t, "owner kept: "+subject, reasons(plan)[digestOfNamed("C")], "judged by the rule, but its subject stays")
	assert.Equal(t, "owner kept: "+subject, reasons(plan)[digestOfNamed("D")])
}
