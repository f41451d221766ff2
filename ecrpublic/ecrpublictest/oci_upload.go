package ecrpublictest

import (
	"context"
	"errors"
	"io"

	"cuelabs.dev/go/oci/ociregistry"
	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/types"
)

func (b backend) PushBlob(ctx context.Context, repo string, desc ociregistry.Descriptor, r io.Reader) (ociregistry.Descriptor, error) {
	w, err := b.PushBlobChunked(ctx, repo, 0)
	if err != nil {
		return ociregistry.Descriptor{}, err
	}
	if _, err := io.Copy(w, r); err != nil {
		return ociregistry.Descriptor{}, errors.Join(err, w.Cancel())
	}
	return w.Commit(desc.Digest)
}

func (b backend) PushBlobChunked(_ context.Context, repo string, _ int) (ociregistry.BlobWriter, error) {
	b.store.dropUploads(b.store.expired)
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	r, err := b.repository(repo)
	if err != nil {
		return nil, err
	}
	u, err := b.store.openUpload(r)
	if err != nil {
		return nil, err
	}
	return &blobWriter{store: b.store, repo: repo, upload: u}, nil
}

// PushBlobChunkedResume goes on with an upload. Where a request does not say
// where its bytes belong, they belong after those that are there.
func (b backend) PushBlobChunkedResume(ctx context.Context, repo, id string, offset int64, _ int) (ociregistry.BlobWriter, error) {
	if err := b.exists(repo); err != nil {
		return nil, err
	}
	alias, name := split(repo)
	u, err := b.store.lockUpload("UploadLayerPart", &alias, &name, id)
	if err != nil {
		return nil, err
	}
	defer u.mu.Unlock()
	if stated, _ := ctx.Value(hasRangeKey{}).(bool); stated && offset >= 0 && offset != u.size {
		return nil, outOfPlace(offset, u.size)
	}
	return &blobWriter{store: b.store, repo: repo, upload: u, at: u.size}, nil
}

// outOfPlace is the answer to bytes that do not follow those that are there.
func outOfPlace(got, expected int64) error {
	return ociregistry.NewError(*wrongFirstByte(got, expected), ociregistry.ErrBlobUploadInvalid.Code(), nil)
}

// blobWriter appends one request's bytes to an upload. It holds no lock between
// writes, but notices when another request writes as well. Errors of Write are
// told by Close and Commit, because the server that calls it makes an internal
// error of them otherwise.
type blobWriter struct {
	store  *store
	repo   string
	upload *upload
	at     int64
	err    error
}

func (w *blobWriter) Write(p []byte) (int, error) {
	if w.err == nil {
		w.err = w.write(p)
	}
	return len(p), nil
}

func (w *blobWriter) write(p []byte) error {
	w.upload.mu.Lock()
	defer w.upload.mu.Unlock()
	if err := w.check(); err != nil {
		return err
	}
	if err := w.upload.write(p, w.store.config.quotas.LayerBytes); err != nil {
		return err
	}
	w.at = w.upload.size
	return nil
}

// check tells whether the upload is as this request left it. The caller holds
// the upload's lock.
func (w *blobWriter) check() error {
	if w.upload.closed {
		return uploadNotFound(w.upload.id, w.upload.repositoryName, w.store.config.account)
	}
	if w.at != w.upload.size {
		return outOfPlace(w.at, w.upload.size)
	}
	return nil
}

func (w *blobWriter) Close() error   { return w.err }
func (w *blobWriter) Size() int64    { return w.at }
func (w *blobWriter) ChunkSize() int { return 0 } // no minimum
func (w *blobWriter) ID() string     { return w.upload.id }

// Commit makes a layer of the upload. One that is there already is as good.
func (w *blobWriter) Commit(announced ociregistry.Digest) (ociregistry.Descriptor, error) {
	if announced.Algorithm() != digest.SHA256 {
		return ociregistry.Descriptor{}, ociregistry.ErrDigestInvalid
	}
	if w.err != nil {
		return ociregistry.Descriptor{}, w.err
	}
	w.upload.mu.Lock()
	defer w.upload.mu.Unlock()
	if err := w.check(); err != nil {
		return ociregistry.Descriptor{}, err
	}
	_, err := w.store.finishUpload(w.upload, []string{string(announced)})
	if _, there := errors.AsType[*types.LayerAlreadyExistsException](err); err != nil && !there {
		return ociregistry.Descriptor{}, err
	}
	return ociregistry.Descriptor{MediaType: octets, Digest: announced, Size: w.at}, nil
}

func (w *blobWriter) Cancel() error {
	w.store.dropUploads(func(u *upload) bool { return u == w.upload })
	return nil
}
