package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

const (
	mediaTypeImage = "application/vnd.oci.image.manifest.v1+json"
	mediaTypeIndex = "application/vnd.oci.image.index.v1+json"
)

// demo is an emulator whose clock can be set back, and a repository in it.
type demo struct {
	*ecrpublictest.Server
	client     *ecrpublic.Client
	repository string
	daysAgo    atomic.Int64
}

// newDemo makes five releases for two platforms, each with a signature, and
// builds that nobody refers to any more.
func newDemo(ctx context.Context, repository string) (*demo, error) {
	d := &demo{repository: repository}
	d.Server = ecrpublictest.NewServer(ecrpublictest.WithClock(func() time.Time {
		return time.Now().AddDate(0, 0, -int(d.daysAgo.Load()))
	}))
	d.client = d.Client()
	if err := d.fill(ctx); err != nil {
		d.Close()
		return nil, err
	}
	d.daysAgo.Store(0)
	return d, nil
}

func (d *demo) fill(ctx context.Context) error {
	if _, err := d.client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &d.repository}); err != nil {
		return err
	}
	layer, err := d.upload(ctx, []byte("{}"))
	if err != nil {
		return err
	}
	for release := range 5 {
		d.daysAgo.Store(int64(150 - 30*release))
		if err := d.release(ctx, fmt.Sprintf("v1.%d", release), layer); err != nil {
			return err
		}
	}
	for build := range 4 {
		d.daysAgo.Store(int64(20 - 5*build))
		if _, err := d.put(ctx, "", image(fmt.Sprintf("build %d", build), layer)); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) release(ctx context.Context, tag string, layer descriptor) error {
	index := manifest{SchemaVersion: 2, MediaType: mediaTypeIndex}
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		child, err := d.put(ctx, "", image(tag+" "+platform, layer))
		if err != nil {
			return err
		}
		index.Manifests = append(index.Manifests, child)
	}
	signed, err := d.put(ctx, tag, index)
	if err != nil {
		return err
	}
	_, err = d.put(ctx, strings.Replace(signed.Digest, ":", "-", 1)+".sig", image("signature of "+tag, layer))
	return err
}

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        *descriptor       `json:"config,omitempty"`
	Layers        []descriptor      `json:"layers,omitempty"`
	Manifests     []descriptor      `json:"manifests,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

func image(title string, layer descriptor) manifest {
	return manifest{
		SchemaVersion: 2, MediaType: mediaTypeImage, Config: &layer, Layers: []descriptor{layer},
		Annotations: map[string]string{"org.opencontainers.image.title": title},
	}
}

func (d *demo) put(ctx context.Context, tag string, m manifest) (descriptor, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return descriptor{}, err
	}
	in := &ecrpublic.PutImageInput{RepositoryName: &d.repository, ImageManifest: aws.String(string(text))}
	if tag != "" {
		in.ImageTag = &tag
	}
	out, err := d.client.PutImage(ctx, in)
	if err != nil {
		return descriptor{}, err
	}
	return descriptor{m.MediaType, *out.Image.ImageId.ImageDigest, len(text)}, nil
}

func (d *demo) upload(ctx context.Context, blob []byte) (descriptor, error) {
	layer := descriptor{"application/vnd.oci.empty.v1+json", fmt.Sprintf("sha256:%x", sha256.Sum256(blob)), len(blob)}
	started, err := d.client.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: &d.repository})
	if err != nil {
		return layer, err
	}
	if _, err = d.client.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
		RepositoryName: &d.repository, UploadId: started.UploadId,
		PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(int64(len(blob)) - 1), LayerPartBlob: blob,
	}); err != nil {
		return layer, err
	}
	_, err = d.client.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &d.repository, UploadId: started.UploadId, LayerDigests: []string{layer.Digest},
	})
	return layer, err
}
