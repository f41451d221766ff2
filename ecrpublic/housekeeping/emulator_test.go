package housekeeping_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	awsretry "github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/paginators"
)

// emulator is an emulator with a clock that the test sets.
type emulator struct {
	*ecrpublictest.Handler
	URL    string
	http   *http.Client // for the registry host; nil for one over the network
	client *ecrpublic.Client
	time   atomic.Int64 // nanoseconds
	moving atomic.Bool  // whether the time runs, from start on
	start  time.Time
}

// newEmulator starts an emulator on the network.
func newEmulator(t *testing.T) *emulator {
	t.Helper()
	e := new(emulator)
	e.time.Store(today().UnixNano())
	server := ecrpublictest.NewServer(ecrpublictest.WithClock(e.now))
	t.Cleanup(server.Close)
	e.Handler, e.URL, e.client = server.Handler, server.URL, server.Client(impatient)
	return e
}

// newInMemory creates an emulator for a bubble of package synctest.
func newInMemory(t *testing.T) *emulator {
	t.Helper()
	e := &emulator{URL: "http://emulator.example"}
	e.time.Store(today().UnixNano())
	handler, err := ecrpublictest.NewHandler(ecrpublictest.WithClock(e.now))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, handler.Close()) })
	e.Handler, e.http = handler, &http.Client{Transport: inMemory{handler}}
	e.client = ecrpublic.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: &e.URL, HTTPClient: e.http, Credentials: aws.AnonymousCredentials{},
	}, impatient)
	return e
}

func (e *emulator) now() time.Time {
	now := time.Unix(0, e.time.Load())
	if e.moving.Load() {
		now = now.Add(time.Since(e.start))
	}
	return now
}

// follow makes the emulator's clock run with the local one, as if start were today.
func (e *emulator) follow(start time.Time) {
	e.start = start
	e.moving.Store(true)
}

// impatient retries often and at once.
func impatient(o *ecrpublic.Options) {
	o.Retryer = awsretry.NewStandard(func(o *awsretry.StandardOptions) {
		o.MaxAttempts = 30
		o.MaxBackoff = time.Millisecond
		o.RateLimiter = ratelimit.None
	})
}

// registry makes Prune read manifests from the emulator, without a rate limit or grace.
func (e *emulator) registry(o *housekeeping.PruneOptions) {
	o.Now, o.Grace = today(), -1
	o.RegistryURL, o.HTTPClient, o.Rate = e.URL, e.http, -1
}

// repository is a repository of an emulator. It has one layer, which all images share,
// and records the images that the test puts into it.
type repository struct {
	*emulator
	name     string
	layer    string
	children map[string][]string // by digest of an index
	subject  map[string]string   // by digest of a referrer
	text     map[string]string   // manifests by digest
}

const layerText = `{}`

func (e *emulator) newRepository(t *testing.T, name string) *repository {
	t.Helper()
	_, err := e.client.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
	require.NoError(t, err)
	upload, err := e.client.InitiateLayerUpload(t.Context(), &ecrpublic.InitiateLayerUploadInput{RepositoryName: &name})
	require.NoError(t, err)
	_, err = e.client.UploadLayerPart(t.Context(), &ecrpublic.UploadLayerPartInput{
		RepositoryName: &name, UploadId: upload.UploadId,
		PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(int64(len(layerText) - 1)), LayerPartBlob: []byte(layerText),
	})
	require.NoError(t, err)
	layer := digestOf(layerText)
	_, err = e.client.CompleteLayerUpload(t.Context(), &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &name, UploadId: upload.UploadId, LayerDigests: []string{layer},
	})
	require.NoError(t, err)
	return &repository{emulator: e, name: name, layer: layer, children: map[string][]string{}, subject: map[string]string{}, text: map[string]string{}}
}

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

type testManifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        *descriptor       `json:"config,omitempty"`
	Layers        []descriptor      `json:"layers,omitempty"`
	Manifests     []descriptor      `json:"manifests,omitempty"`
	Subject       *descriptor       `json:"subject,omitempty"`
	Annotations   map[string]string `json:"annotations"`
}

// image puts an image of a given age and returns its digest.
func (r *repository) image(t *testing.T, name string, age time.Duration, tags ...string) string {
	t.Helper()
	return r.put(t, r.plain(name), age, tags)
}

// index puts an index of existing images.
func (r *repository) index(t *testing.T, name string, children []string, age time.Duration, tags ...string) string {
	t.Helper()
	m := testManifest{SchemaVersion: 2, MediaType: mediaTypeIndex, Annotations: map[string]string{"name": name}}
	for _, child := range children {
		m.Manifests = append(m.Manifests, descriptor{mediaTypeImage, child, 100})
	}
	digest := r.put(t, m, age, tags)
	r.children[digest] = children
	return digest
}

// referrer puts an image whose subject is another.
func (r *repository) referrer(t *testing.T, name, subject string, age time.Duration, tags ...string) string {
	t.Helper()
	m := r.plain(name)
	m.Subject = &descriptor{mediaTypeImage, subject, 100}
	digest := r.put(t, m, age, tags)
	r.subject[digest] = subject
	return digest
}

func (r *repository) plain(name string) testManifest {
	layer := descriptor{"application/vnd.oci.image.config.v1+json", r.layer, len(layerText)}
	return testManifest{
		SchemaVersion: 2, MediaType: mediaTypeImage, Config: &layer,
		Layers:      []descriptor{{"application/vnd.oci.image.layer.v1.tar", r.layer, len(layerText)}},
		Annotations: map[string]string{"name": name},
	}
}

func (r *repository) put(t *testing.T, m testManifest, age time.Duration, tags []string) string {
	t.Helper()
	r.time.Store(today().Add(-age).UnixNano())
	defer func() { r.time.Store(today().UnixNano()) }()
	text, err := json.Marshal(m)
	require.NoError(t, err)
	in := &ecrpublic.PutImageInput{RepositoryName: &r.name, ImageManifest: aws.String(string(text)), ImageManifestMediaType: &m.MediaType}
	if len(tags) == 0 {
		tags = []string{""}
	}
	for _, tag := range tags {
		if in.ImageTag = nil; tag != "" {
			in.ImageTag = &tag
		}
		_, err = r.client.PutImage(t.Context(), in)
		require.NoError(t, err)
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(text))
	r.text[digest] = string(text)
	return digest
}

// digests lists the images in the repository, sorted.
func (r *repository) digests(t *testing.T) []string {
	t.Helper()
	var digests []string
	for image, err := range paginators.NewDescribeImagesPaginator(r.client, &paginators.DescribeImagesInput{RepositoryName: &r.name}).Items(context.WithoutCancel(t.Context())) {
		require.NoError(t, err)
		digests = append(digests, *image.ImageDigest)
	}
	slices.Sort(digests)
	return digests
}

func (r *repository) plan(t *testing.T, policy housekeeping.Policy, optFns ...func(*housekeeping.PruneOptions)) *housekeeping.Plan {
	t.Helper()
	plan, err := housekeeping.Prune(t.Context(), r.client, r.name, policy, append([]func(*housekeeping.PruneOptions){r.registry}, optFns...)...)
	require.NoError(t, err)
	return plan
}

// reasons returns the decisions of a plan by digest.
func reasons(plan *housekeeping.Plan) map[string]string {
	all := map[string]string{}
	for _, d := range slices.Concat(plan.Delete, plan.Keep) {
		all[aws.ToString(d.Image.ImageDigest)] = d.Why()
	}
	return all
}

func planned(plan *housekeeping.Plan) (digests []string) {
	for _, d := range plan.Delete {
		digests = append(digests, *d.Image.ImageDigest)
	}
	return digests
}

// signatureTag returns the tag that cosign gives to the signature of an image.
func signatureTag(digest string) string { return strings.Replace(digest, ":", "-", 1) + ".sig" }
