package probes

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func layers(a *area) {
	a.name = "layers"
	a.add("an upload ID is a UUID", "", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			t.holds(nil, "a UUID", func() bool { return matches(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, id) })
		}
	})
	a.add("the part size is 10 MiB", "layers/part-size", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			out, err := t.initiate(ctx, "app")
			t.holds(err, "partSize 10485760", func() bool { return aws.ToInt64(out.PartSize) == 10<<20 })
		}
	})
	a.add("an upload without parts", "texts/empty-upload", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.complete(ctx, "app", id, unknownDigest)
			t.fails(err, "EmptyUploadException", "cannot be completed because it does not have any parts")
		}
	})
	a.add("a part returns the position of its last byte", "layers/last-byte", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			out, err := t.part(ctx, "app", id, 0, "12345")
			t.holds(err, "lastByteReceived 4", func() bool { return out.LastByteReceived != nil && *out.LastByteReceived == 4 })
		}
	})
	a.add("a part sent twice", "texts/first-byte", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.part(ctx, "app", id, 0, "12345")
			if t.ok(err) {
				_, err = t.part(ctx, "app", id, 0, "12345")
				t.fails(err, "InvalidLayerPartException", "First byte of the layer part is 0 instead of 5")
			}
		}
	})
	a.add("a part sent twice returns the last valid byte", "layers/part-again", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "12345"); ok {
			_, err := t.part(ctx, "app", id, 0, "12345")
			t.fails(err, "InvalidLayerPartException", "")
			var invalid *types.InvalidLayerPartException
			if errors.As(err, &invalid) {
				t.equal(nil, "lastValidByteReceived", int64(4), aws.ToInt64(invalid.LastValidByteReceived))
			}
		}
	})
	a.add("two uploads at the same time", "layers/parallel", func(ctx context.Context, t *T) {
		first, ok := t.uploaded(ctx, "app", "first")
		second, also := t.uploaded(ctx, "app", "second")
		if ok && also {
			done, err := t.complete(ctx, "app", first, digestOf("first"))
			t.holds(err, "the first layer's digest", func() bool { return aws.ToString(done.LayerDigest) == digestOf("first") })
			done, err = t.complete(ctx, "app", second, digestOf("second"))
			t.holds(err, "the second layer's digest", func() bool { return aws.ToString(done.LayerDigest) == digestOf("second") })
		}
	})
	a.add("a part after a gap", "texts/first-byte", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.part(ctx, "app", id, 0, "12345")
			if t.ok(err) {
				_, err = t.part(ctx, "app", id, 6, "12345")
				t.fails(err, "InvalidLayerPartException", "First byte of the layer part is 6 instead of 5")
			}
		}
	})
	a.add("the error of a part says where to continue", "", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.part(ctx, "app", id, 0, "12345")
			if t.ok(err) {
				_, err = t.part(ctx, "app", id, 6, "12345")
				t.fails(err, "InvalidLayerPartException", "")
				var invalid *types.InvalidLayerPartException
				if errors.As(err, &invalid) {
					t.equal(nil, "lastValidByteReceived", int64(4), aws.ToInt64(invalid.LastValidByteReceived))
				}
			}
		}
	})
	a.add("a first part that does not begin at 0", "layers/last-valid-at-first", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.part(ctx, "app", id, 1, "12345")
			t.fails(err, "InvalidLayerPartException", "First byte of the layer part is 1 instead of 0")
		}
	})
	a.add("a part whose length differs from its positions", "layers/part-length", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			_, err := t.API.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
				RepositoryName: aws.String(t.name("app")), UploadId: id, PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(9), LayerPartBlob: []byte("12345"),
			})
			t.fails(err, "InvalidLayerPartException", "")
		}
	})
	a.add("an unknown upload", "", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			_, err := t.part(ctx, "app", aws.String(unknownUpload), 0, "12345")
			t.fails(err, "UploadNotFoundException", "")
		}
	})
	a.add("an upload ID that is not a UUID", "texts/pattern", func(ctx context.Context, t *T) {
		if _, ok := t.repository(ctx, "app"); ok {
			_, err := t.part(ctx, "app", aws.String("upload"), 0, "12345")
			t.fails(err, "InvalidParameterException", "uploadId")
		}
	})
	a.add("an upload of another repository", "", func(ctx context.Context, t *T) {
		if id, ok := t.upload(ctx, "app"); ok {
			if _, ok := t.repository(ctx, "other"); ok {
				_, err := t.part(ctx, "other", id, 0, "12345")
				t.fails(err, "UploadNotFoundException", "")
			}
		}
	})
	completions(a)
	availability(a)
}

// completions ends uploads.
func completions(a *area) {
	a.add("a wrong digest", "texts/invalid-layer", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "mismatch"); ok {
			_, err := t.complete(ctx, "app", id, unknownDigest)
			t.fails(err, "InvalidLayerException", "None of the provided layer digests match the calculated layer digest")
		}
	})
	a.add("a wrong digest ends the upload", "layers/mismatch-ends", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "mismatch, then right"); ok {
			_, err := t.complete(ctx, "app", id, unknownDigest)
			t.fails(err, "InvalidLayerException", "")
			_, err = t.complete(ctx, "app", id, digestOf("mismatch, then right"))
			t.fails(err, "UploadNotFoundException", "")
		}
	})
	a.add("one digest of two matches", "layers/any-digest", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "any"); ok {
			done, err := t.complete(ctx, "app", id, unknownDigest, digestOf("any"))
			t.holds(err, "the computed digest", func() bool { return aws.ToString(done.LayerDigest) == digestOf("any") })
		}
	})
	a.add("a digest of another algorithm", "layers/other-algorithm", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "md5"); ok {
			done, err := t.complete(ctx, "app", id, "md5:0123456789abcdef0123456789abcdef")
			t.holds(err, "the computed sha256 digest", func() bool { return aws.ToString(done.LayerDigest) == digestOf("md5") })
		}
	})
	a.add("a layer that exists", "", func(ctx context.Context, t *T) {
		if !t.layer(ctx, "app", "a layer") {
			return
		}
		if id, ok := t.uploaded(ctx, "app", "a layer"); ok {
			_, err := t.complete(ctx, "app", id, digestOf("a layer"))
			t.fails(err, "LayerAlreadyExistsException", "")
			_, err = t.complete(ctx, "app", id, digestOf("a layer"))
			t.fails(err, "UploadNotFoundException", "")
		}
	})
	a.add("an upload that was completed", "layers/closed", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "complete"); ok {
			_, err := t.complete(ctx, "app", id, digestOf("complete"))
			t.ok(err)
			_, err = t.complete(ctx, "app", id, digestOf("complete"))
			t.fails(err, "UploadNotFoundException", "")
		}
	})
}

// availability asks for layers.
func availability(a *area) {
	check := func(name, fact, digest, what string, holds func(*ecrpublic.BatchCheckLayerAvailabilityOutput) bool) {
		a.add("availability of "+name, fact, func(ctx context.Context, t *T) {
			if t.layer(ctx, "app", "a layer") {
				out, err := t.available(ctx, "app", digest)
				t.holds(err, what, func() bool { return holds(out) })
			}
		})
	}
	check("a layer", "layers/available", digestOf("a layer"), "the layer AVAILABLE with its size", func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Layers) == 1 && out.Layers[0].LayerAvailability == types.LayerAvailabilityAvailable && aws.ToInt64(out.Layers[0].LayerSize) == int64(len("a layer"))
	})
	check("a layer that no image has", "layers/media-type", digestOf("a layer"), "the layer without a media type", func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Layers) == 1 && out.Layers[0].MediaType == nil
	})
	check("a missing layer", "layers/unavailable", unknownDigest, "the layer UNAVAILABLE without a size, and no failure", func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Layers) == 1 && len(out.Failures) == 0 && out.Layers[0].LayerAvailability == types.LayerAvailabilityUnavailable && out.Layers[0].LayerSize == nil
	})
	check("an invalid digest", "layers/invalid-digest", "no digest", "the failure InvalidLayerDigest", func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Failures) == 1 && out.Failures[0].FailureCode == types.LayerFailureCodeInvalidLayerDigest
	})
	check("an empty digest", "layers/missing-digest", "", "the failure MissingLayerDigest", func(out *ecrpublic.BatchCheckLayerAvailabilityOutput) bool {
		return len(out.Failures) == 1 && out.Failures[0].FailureCode == types.LayerFailureCodeMissingLayerDigest
	})
	a.add("a layer is available in its own repository only", "", func(ctx context.Context, t *T) {
		if !t.layer(ctx, "app", "a layer") {
			return
		}
		if _, ok := t.repository(ctx, "other"); ok {
			out, err := t.available(ctx, "other", digestOf("a layer"))
			t.holds(err, "the layer to be UNAVAILABLE in the other repository", func() bool {
				return len(out.Layers) == 1 && out.Layers[0].LayerAvailability == types.LayerAvailabilityUnavailable
			})
		}
	})
	for name, digests := range inOrder(map[string][]string{"0 digests": {}, "101 digests": slices.Repeat([]string{unknownDigest}, 101)}) {
		a.add("availability of "+name, "texts/list-length", func(ctx context.Context, t *T) {
			if _, ok := t.repository(ctx, "app"); ok {
				_, err := t.available(ctx, "app", digests...)
				t.fails(err, "InvalidParameterException", "layerDigests")
			}
		})
	}
	registriesOfLayers(a)
}

// registriesOfLayers names registries by their account and by their alias.
func registriesOfLayers(a *area) {
	check := func(ctx context.Context, t *T, registry string) error {
		_, err := t.API.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{
			RegistryId: &registry, RepositoryName: aws.String(t.name("app")), LayerDigests: []string{unknownDigest},
		})
		return err
	}
	for place, name := range []string{"alias", "account"} {
		a.add("the registry by its "+name, "", func(ctx context.Context, t *T) {
			if r, ok := t.repository(ctx, "app"); ok {
				_, path, _ := strings.Cut(aws.ToString(r.RepositoryUri), "/")
				alias, _, _ := strings.Cut(path, "/")
				t.ok(check(ctx, t, []string{alias, aws.ToString(r.RegistryId)}[place]))
			}
		})
	}
	a.add("an unknown registry", "", func(ctx context.Context, t *T) {
		t.fails(check(ctx, t, "000000000000"), "RegistryNotFoundException", "")
	})
}

// uploaded begins an upload and sends its one part.
func (t *T) uploaded(ctx context.Context, repository, text string) (id *string, ok bool) {
	id, ok = t.upload(ctx, repository)
	if !ok {
		return nil, false
	}
	_, err := t.part(ctx, repository, id, 0, text)
	return id, t.ok(err)
}

func (t *T) available(ctx context.Context, repository string, digests ...string) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	return t.API.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: aws.String(t.name(repository)), LayerDigests: digests})
}

// parts come last: they send 10 MiB.
func parts(a *area) {
	a.name = "parts"
	a.add("a small part before the last", "texts/part-too-small", func(ctx context.Context, t *T) {
		if id, ok := t.uploaded(ctx, "app", "small"); ok {
			_, err := t.part(ctx, "app", id, int64(len("small")), "small")
			if t.ok(err) {
				_, err = t.complete(ctx, "app", id, digestOf("smallsmall"))
				t.fails(err, "LayerPartTooSmallException", "All layer parts except the last part should be at least 5MB")
			}
		}
	})
	a.add("two parts, the first of 5 MiB", "", func(ctx context.Context, t *T) {
		const last = "the end"
		first := strings.Repeat("x", minPart)
		if id, ok := t.uploaded(ctx, "app", first); ok {
			out, err := t.part(ctx, "app", id, minPart, last)
			t.holds(err, "lastByteReceived at the last byte of both parts", func() bool { return aws.ToInt64(out.LastByteReceived) == minPart+int64(len(last))-1 })
			done, err := t.complete(ctx, "app", id, digestOf(first+last))
			t.holds(err, "the digest of both parts", func() bool { return aws.ToString(done.LayerDigest) == digestOf(first+last) })
		}
	})
}
