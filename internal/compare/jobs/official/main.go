// Command official does two of the jobs with the official client: it pushes an image,
// as "official push SOURCE REPOSITORY TAG", and lists all images, as "official
// inventory". It is what a program needs at least, and does what it can at the same
// time.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
	"golang.org/x/sync/errgroup"
)

const (
	dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	dockerConfig   = "application/vnd.docker.container.image.v1+json"
	dockerLayer    = "application/vnd.docker.image.rootfs.diff.tar.gzip"

	parallel = 32
)

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	transport := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = parallel })
	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(transport))
	if err != nil {
		log.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg)
	if os.Args[1] == "push" {
		err = push(ctx, client, os.Args[2], os.Args[3], os.Args[4])
	} else {
		err = inventory(ctx, client)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func push(ctx context.Context, client *ecrpublic.Client, source, repository, tag string) error {
	read := readSaved
	if info, err := os.Stat(source); err == nil && info.IsDir() {
		read = readLayout
	}
	mediaType, content, blobs, err := read(source)
	if err != nil {
		return err
	}
	var digests []string
	for digest := range blobs {
		digests = append(digests, digest)
	}
	there, err := client.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: &repository, LayerDigests: digests})
	if err != nil {
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, layer := range there.Layers {
		if layer.LayerAvailability != types.LayerAvailabilityAvailable {
			group.Go(func() error {
				return upload(groupCtx, client, repository, *layer.LayerDigest, blobs[*layer.LayerDigest])
			})
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	_, err = client.PutImage(ctx, &ecrpublic.PutImageInput{RepositoryName: &repository, ImageManifest: &content, ImageManifestMediaType: &mediaType, ImageTag: &tag})
	if _, ok := errors.AsType[*types.ImageAlreadyExistsException](err); ok {
		return nil
	}
	return err
}

func upload(ctx context.Context, client *ecrpublic.Client, repository, digest string, blob []byte) error {
	begun, err := client.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: &repository})
	if err != nil {
		return err
	}
	for first := 0; first < len(blob); first += int(*begun.PartSize) {
		end := min(first+int(*begun.PartSize), len(blob))
		if _, err := client.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
			RepositoryName: &repository, UploadId: begun.UploadId,
			PartFirstByte: aws.Int64(int64(first)), PartLastByte: aws.Int64(int64(end - 1)), LayerPartBlob: blob[first:end],
		}); err != nil {
			return err
		}
	}
	_, err = client.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{RepositoryName: &repository, UploadId: begun.UploadId, LayerDigests: []string{digest}})
	return err
}

// readLayout reads the only image of an OCI layout.
func readLayout(dir string) (mediaType, content string, blobs map[string][]byte, err error) {
	blob := func(digest string) ([]byte, error) {
		return os.ReadFile(filepath.Join(dir, "blobs", strings.ReplaceAll(digest, ":", "/")))
	}
	data, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		return "", "", nil, err
	}
	var index struct{ Manifests []descriptor }
	if err := json.Unmarshal(data, &index); err != nil {
		return "", "", nil, err
	}
	if data, err = blob(index.Manifests[0].Digest); err != nil {
		return "", "", nil, err
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return "", "", nil, err
	}
	blobs = map[string][]byte{}
	for _, desc := range append(m.Layers, m.Config) {
		if blobs[desc.Digest], err = blob(desc.Digest); err != nil {
			return "", "", nil, err
		}
	}
	return index.Manifests[0].MediaType, string(data), blobs, nil
}

// readSaved reads the only image of an archive of docker save, and compresses its
// layers.
func readSaved(path string) (mediaType, content string, blobs map[string][]byte, err error) {
	files, err := readTar(path)
	if err != nil {
		return "", "", nil, err
	}
	var images []struct {
		Config string
		Layers []string
	}
	if err := json.Unmarshal(files["manifest.json"], &images); err != nil {
		return "", "", nil, err
	}
	layers := make([][]byte, len(images[0].Layers))
	var group errgroup.Group
	for i, name := range images[0].Layers {
		group.Go(func() error {
			var compressed bytes.Buffer
			w, err := gzip.NewWriterLevel(&compressed, gzip.BestSpeed)
			if err != nil {
				return err
			}
			if _, err := w.Write(files[name]); err != nil {
				return err
			}
			err = w.Close()
			layers[i] = compressed.Bytes()
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return "", "", nil, err
	}
	blobs = map[string][]byte{}
	add := func(mediaType string, blob []byte) descriptor {
		desc := descriptor{mediaType, fmt.Sprintf("sha256:%x", sha256.Sum256(blob)), len(blob)}
		blobs[desc.Digest] = blob
		return desc
	}
	m := manifest{SchemaVersion: 2, MediaType: dockerManifest, Config: add(dockerConfig, files[images[0].Config])}
	for _, layer := range layers {
		m.Layers = append(m.Layers, add(dockerLayer, layer))
	}
	data, err := json.Marshal(m)
	return dockerManifest, string(data), blobs, err
}

func readTar(path string) (map[string][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	files := map[string][]byte{}
	for r := tar.NewReader(f); ; {
		header, err := r.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		files[header.Name] = make([]byte, header.Size)
		if _, err := io.ReadFull(r, files[header.Name]); err != nil {
			return nil, err
		}
	}
}

func inventory(ctx context.Context, client *ecrpublic.Client) error {
	var repositories []types.Repository
	pages := ecrpublic.NewDescribeRepositoriesPaginator(client, &ecrpublic.DescribeRepositoriesInput{MaxResults: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		repositories = append(repositories, page.Repositories...)
	}
	all := make([][]types.ImageDetail, len(repositories))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, repository := range repositories {
		group.Go(func() error {
			pages := ecrpublic.NewDescribeImagesPaginator(client, &ecrpublic.DescribeImagesInput{RepositoryName: repository.RepositoryName, MaxResults: aws.Int32(1000)})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					return err
				}
				all[i] = append(all[i], page.ImageDetails...)
			}
			return nil
		})
	}
	err := group.Wait()
	if encodeErr := json.NewEncoder(os.Stdout).Encode(all); err == nil {
		err = encodeErr
	}
	return err
}
