package housekeeping

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// Seeds returns how many random repositories a property test tries: HOUSEKEEPING_SEEDS,
// such as 5000 for the longer mode, or the ordinary number.
func Seeds(t *testing.T, ordinary int) uint64 {
	t.Helper()
	if text := os.Getenv("HOUSEKEEPING_SEEDS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return uint64(n)
	}
	return uint64(ordinary)
}

func now() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }

func digestOf(n int) string { return fmt.Sprintf("sha256:%064x", n) }

// randomWorld returns a random repository of which everything is known. It has images,
// indexes, also nested or with shared or missing children, and referrers by subject and
// by tag, also in cycles.
func randomWorld(random *rand.Rand) []*image {
	n := 4 + random.IntN(20)
	var images []*image
	any := func() string { return digestOf(random.IntN(n + 3)) } // up to three are missing
	for i := range n {
		mediaTypes := []string{ocispec.MediaTypeImageManifest, manifest.MediaTypeDockerManifest}
		image := &image{digest: digestOf(i)}
		switch random.IntN(8) {
		case 0, 1, 2:
			mediaTypes = []string{ocispec.MediaTypeImageIndex, manifest.MediaTypeDockerList}
			for range random.IntN(4) {
				if child := random.IntN(n + 2); child > i { // those pushed before, as a rule
					image.children = append(image.children, digestOf(child))
				}
			}
			if random.IntN(8) == 0 {
				image.subject = any()
			}
		case 3, 4:
			image.subject = any()
		case 5:
			image.detail.ImageTags = append(image.detail.ImageTags, "sha256-"+any()[len("sha256:"):]+".sig")
			if random.IntN(2) == 0 {
				image.subject = any()
			}
		}
		for _, tag := range []string{"v", "dev-", "stable-"} {
			if random.IntN(4) == 0 {
				image.detail.ImageTags = append(image.detail.ImageTags, fmt.Sprint(tag, i))
			}
		}
		if !image.isBare() && isPlain(mediaTypes[0]) {
			image.subject = "" // the manifests of images with other tags are not read
		}
		image.detail.ImageDigest = aws.String(image.digest)
		image.detail.ImageManifestMediaType = &mediaTypes[random.IntN(2)]
		age := time.Duration(random.IntN(40)) * 24 * time.Hour / 2
		if random.IntN(3) == 0 {
			age = time.Duration(random.IntN(120)) * time.Minute
		}
		image.detail.ImagePushedAt = aws.Time(now().Add(-age))
		images = append(images, image)
	}
	slices.SortFunc(images, newestFirst)
	return images
}

func randomTerms(random *rand.Rand) terms {
	t := terms{now: now(), grace: []time.Duration{-1, -1, time.Hour}[random.IntN(3)]}
	for range 1 + random.IntN(3) {
		rule := Rule{KeepNewest: random.IntN(4), OlderThan: time.Duration(random.IntN(3)*random.IntN(8)) * 24 * time.Hour}
		switch random.IntN(3) {
		case 0:
			rule.TagStatus = TagStatusUntagged
		case 1:
			rule.TagStatus = TagStatusAny
		default:
			rule.TagStatus = TagStatusTagged
			if random.IntN(3) > 0 {
				rule.TagPatterns = []string{[]string{"v*", "dev-*", "*-*", "*"}[random.IntN(4)]}
			}
		}
		t.policy.Rules = append(t.policy.Rules, rule)
	}
	if random.IntN(3) == 0 {
		t.policy.KeepTags = []string{"stable-*"}
	}
	return t
}

// deletedBy returns the digests that a plan deletes.
func deletedBy(t terms, images []*image) map[string]bool {
	deleted := map[string]bool{}
	for _, v := range t.decide(images, false) {
		if v.deleted {
			deleted[v.image.digest] = true
		}
	}
	return deleted
}

// facts lists what may be unknown about an image; each function forgets one fact.
var facts = map[string]func(*image){
	"push time":  func(i *image) { i.detail.ImagePushedAt = nil },
	"media type": func(i *image) { i.detail.ImageManifestMediaType = nil; unlink(i) },
	"digest":     func(i *image) { i.digest, i.detail.ImageDigest = "", nil; unlink(i) },
	"manifest": func(i *image) {
		if i.mayBeIndex() || i.isBare() {
			unlink(i)
		}
	},
	"media type, although the manifest was read": func(i *image) { i.detail.ImageManifestMediaType = nil },
	"size": func(i *image) { i.detail.ImageSizeInBytes = nil },
}

func unlink(i *image) { i.children, i.subject, i.unread = nil, "", notReadable }

// forget returns a copy of a repository without some facts.
func forget(world []*image, which func(image int, fact string) bool) []*image {
	var known []*image
	for i, image := range world {
		less := *image
		for _, fact := range slices.Sorted(mapKeys(facts)) {
			if which(i, fact) {
				facts[fact](&less)
			}
		}
		known = append(known, &less)
	}
	slices.SortStableFunc(known, newestFirst)
	return known
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// Knowing less never deletes more: whatever is unknown about any images, the plan
// deletes a subset of what it deletes with full knowledge, and then nothing that belongs
// to an image that stays. HOUSEKEEPING_SEEDS=5000 is the longer mode.
func TestKnowingLessDeletesNoMore(t *testing.T) {
	t.Parallel()
	cases, deletions, spared := 0, 0, 0
	for seed := range Seeds(t, 300) {
		random := rand.New(rand.NewPCG(seed, 7))
		world, terms := randomWorld(random), randomTerms(random)
		full := deletedBy(terms, world)
		deletions += len(full)
		requireOwnersGone(t, seed, world, full)

		check := func(what string, known []*image) {
			cases++
			for digest := range deletedBy(terms, known) {
				require.True(t, full[digest], "seed %d, %s: %s is deleted\n%+v", seed, what, digest, terms.policy)
				spared--
			}
			spared += len(full)
		}
		for i := range world {
			for fact := range facts {
				check(fmt.Sprintf("the %s of image %d", fact, i), forget(world, func(n int, f string) bool { return n == i && f == fact }))
			}
		}
		for fact := range facts {
			for range 3 {
				check("some "+fact+"s", forget(world, func(_ int, f string) bool { return f == fact && random.IntN(4) == 0 }))
			}
		}
		for range 10 {
			p := 2 + random.IntN(40)
			check("anything", forget(world, func(int, string) bool { return random.IntN(p) == 0 }))
		}
	}
	t.Logf("%d cases; %d images deleted with full knowledge", cases, deletions)
	assert.Greater(t, deletions, 100)
	assert.Positive(t, spared)
}

func requireOwnersGone(t *testing.T, seed uint64, world []*image, deleted map[string]bool) {
	t.Helper()
	present := map[string]bool{}
	for _, image := range world {
		present[image.digest] = true
	}
	for _, image := range world {
		for _, child := range image.children {
			require.False(t, deleted[child] && !deleted[image.digest], "seed %d: child %s", seed, child)
		}
		for _, subject := range image.subjects() {
			require.False(t, deleted[image.digest] && subject != image.digest && present[subject] && !deleted[subject], "seed %d: referrer %s", seed, image.digest)
		}
	}
}

// Manifests that are not read because they cannot change the plan do not change it.
func TestSkippedManifestsChangeNothing(t *testing.T) {
	t.Parallel()
	skipped := 0
	for seed := range Seeds(t, 300) {
		random := rand.New(rand.NewPCG(seed, 11))
		world, terms := randomWorld(random), randomTerms(random)
		full := deletedBy(terms, world)
		known := forget(world, func(i int, fact string) bool {
			return fact == "manifest" && !world[i].mayBeIndex() || fact == "push time" && random.IntN(20) == 0
		})
		truth := map[string]*image{}
		for _, image := range world {
			truth[image.digest] = image
		}
		var unread []*image
		for _, image := range known {
			if image.unread != "" {
				unread = append(unread, image)
			}
		}
		r := reading{inventory: &inventory{images: known}, terms: terms}
		needed, rest := r.split(unread)
		markRead(rest)
		skipped += len(rest)
		for _, image := range needed {
			image.subject, image.unread = truth[image.digest].subject, ""
		}
		everything := forget(world, func(i int, fact string) bool {
			return fact == "push time" && known[slices.IndexFunc(known, func(k *image) bool { return k.digest == world[i].digest })].detail.ImagePushedAt == nil
		})
		assert.Equal(t, deletedBy(terms, everything), deletedBy(terms, known), "seed %d", seed)
		for digest := range deletedBy(terms, known) {
			require.True(t, full[digest])
		}
	}
	t.Logf("%d manifests not read", skipped)
	assert.Positive(t, skipped)
}
