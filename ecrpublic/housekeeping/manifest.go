package housekeeping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

const (
	// concurrency is how many manifests are read at a time.
	concurrency = 8

	// The host allows anonymous readers one request a second, which readers at a
	// time share by waiting.
	maxRetries   = 12
	minRetryWait = 250 * time.Millisecond
	maxRetryWait = 10 * time.Second
)

// manifestReader reads manifests from the registry host.
type manifestReader struct {
	repository *remote.Repository
	progress   func(Progress)
}

// newManifestReader finds out where the repository is pulled from.
func newManifestReader(ctx context.Context, client ecrpublic.DescribeRepositoriesAPIClient, name string, options PruneOptions) (*manifestReader, error) {
	described, err := describeRepository(ctx, client, name)
	if err != nil {
		return nil, err
	}
	ref, err := imageref.Parse(aws.ToString(described.RepositoryUri))
	if err != nil {
		return nil, err
	}
	registry := cmp.Or(options.RegistryURL, "https://"+ref.RegistryHost())
	base, err := url.Parse(registry)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("RegistryURL is %q, it must be http:// or https:// and a host", registry)
	}
	repository, err := remote.NewRepository(base.Host + "/" + ref.Alias + "/" + ref.RepositoryName)
	if err != nil {
		return nil, err
	}
	repository.PlainHTTP = base.Scheme == "http"
	repository.Client = &auth.Client{
		Client:     cmp.Or(options.HTTPClient, patientClient()),
		Cache:      auth.NewCache(),
		Credential: options.Credential,
	}
	return &manifestReader{repository: repository, progress: options.Progress}, nil
}

func patientClient() *http.Client {
	policy := &retry.GenericPolicy{
		Retryable: retry.DefaultPredicate,
		Backoff:   retry.DefaultBackoff,
		MinWait:   minRetryWait,
		MaxWait:   maxRetryWait,
		MaxRetry:  maxRetries,
	}
	return &http.Client{Transport: &retry.Transport{Policy: func() retry.Policy { return policy }}}
}

// readAll hands each manifest to use, one at a time. A manifest that is missing
// was deleted in the meantime and is passed over.
func (r *manifestReader) readAll(ctx context.Context, digests []string, use func(digest string, m manifest.Manifest)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	var mu sync.Mutex
	done := 0
	for _, digest := range digests {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			m, err := r.read(ctx, digest)
			if err != nil && !errors.Is(err, errdef.ErrNotFound) {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			use(digest, m)
			done++
			report(r.progress, Progress{Step: StepRead, Done: done, Total: len(digests)})
			return nil
		})
	}
	return group.Wait()
}

func (r *manifestReader) read(ctx context.Context, digest string) (m manifest.Manifest, err error) {
	descriptor, body, err := r.repository.Manifests().FetchReference(ctx, digest)
	if err != nil {
		return m, err
	}
	defer body.Close()
	if descriptor.Size > limits.MaxManifest {
		return m, fmt.Errorf("manifest %s has %d bytes, the limit is %d", digest, descriptor.Size, limits.MaxManifest)
	}
	data, err := content.ReadAll(body, descriptor)
	if err != nil {
		return m, fmt.Errorf("manifest %s: %w", digest, err)
	}
	m, err = manifest.Parse(data)
	if err != nil {
		return m, fmt.Errorf("manifest %s: %w", digest, err)
	}
	return m, nil
}
