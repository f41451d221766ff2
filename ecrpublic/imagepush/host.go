package imagepush

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/pace"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// errLoginRefused says that an upload is repeated with a new token.
var errLoginRefused = errors.New("the host refused the token")

// host sends content through the registry host. It still asks the API what
// exists, because that checks a hundred layers at a time.
type host struct {
	repository *remote.Repository
	first      sync.Once
	loggedIn   sync.WaitGroup
}

// newHost checks that a repository of the host is the target's.
func newHost(repository *remote.Repository, name string) (*host, error) {
	if repository == nil {
		return nil, nil
	}
	if _, below, _ := strings.Cut(repository.Reference.Repository, "/"); below != name {
		return nil, fmt.Errorf("Registry is the repository %s: want %s below the registry's alias", repository.Reference, name)
	}
	repository = copyOf(repository)             // the caller's stays as it is
	_ = repository.SetReferrersCapability(true) // fails where that is known already
	return &host{repository: repository}, nil
}

// logIn gets a token, once, while the API checks what is missing. Its errors are
// ignored, because they recur when something is sent. Call wait before a copy
// returns.
func (h *host) logIn(ctx context.Context) {
	if h == nil {
		return
	}
	h.first.Do(func() {
		h.loggedIn.Go(func() {
			if registry, err := remote.NewRegistry(h.repository.Reference.Registry); err == nil {
				registry.Client, registry.PlainHTTP = h.repository.Client, h.repository.PlainHTTP
				_ = registry.Ping(ctx)
			}
		})
	})
}

// wait waits until logIn is over.
func (h *host) wait() {
	if h != nil {
		h.loggedIn.Wait()
	}
}

// sendToHost sends a layer in one request, and repeats it as long as that can help.
// The host checks the digest; if it rejects the bytes, the source is read once more
// to find out whether it is at fault.
func (t *Target) sendToHost(ctx context.Context, desc ocispec.Descriptor, source layerSource) error {
	room, err := t.memory.enter(ctx, smallest)
	if err != nil {
		return err
	}
	defer room.leave()
	lost, refused := 0, 0
	return t.tryHost(ctx, "upload", t.limiter.initiate, source.again, func() (final bool, err error) {
		open, err := source.open(ctx)
		if err != nil {
			return true, sourceError(err)
		}
		defer func() { err = errors.Join(err, open.close()) }()
		t.report.progress(desc, 0)
		body := &hostBody{desc: desc, report: t.report, source: open.stream()}
		request, err := body.request(open.file)
		if err != nil {
			return true, sourceError(err)
		}
		err = t.host.repository.Blobs().Push(ctx, desc, request)
		if readErr := body.stop(); readErr != nil { // which the transport reports in its own words, or not at all
			lost++
			return !errtype.Is[interruption](readErr) || lost == maxUploads, sourceError(readErr)
		}
		if isLoginRefused(err) {
			if refused++; refused == 1 {
				err = fmt.Errorf("%w: %w", errLoginRefused, err)
			}
			return false, err
		}
		if !isUploadRefused(err) {
			return false, err
		}
		if wrong := verifySource(ctx, desc, source); wrong != nil {
			return true, errors.Join(sourceError(wrong), err)
		}
		if lost++; lost < maxUploads {
			err = fmt.Errorf("%w: %w", errUploadLost, err)
		}
		return false, err
	})
}

// verifySource reads a layer to its end. It returns nil for a source that can be
// read only once.
func verifySource(ctx context.Context, desc ocispec.Descriptor, source layerSource) error {
	if ok, err := source.again(); !ok {
		return err
	}
	open, err := source.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(verify(ctx, open.stream(), desc), open.close())
}

// verify reads to the end, or until the context ends.
func verify(ctx context.Context, r io.Reader, desc ocispec.Descriptor) error {
	verified := content.NewVerifyReader(r, desc)
	for {
		_, err := io.CopyN(io.Discard, verified, limits.UsualPart)
		switch {
		case errors.Is(err, io.EOF):
			return verified.Verify()
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
	}
}

// putOnHost puts a manifest.
func (t *Target) putOnHost(ctx context.Context, desc ocispec.Descriptor, manifest []byte, tag string) error {
	again := func() (bool, error) { return true, nil }
	return t.tryHost(ctx, "put manifest", t.limiter.put, again, func() (bool, error) {
		if tag == "" {
			return false, t.host.repository.Manifests().Push(ctx, desc, bytes.NewReader(manifest))
		}
		return false, t.host.repository.Manifests().PushReference(ctx, desc, bytes.NewReader(manifest), tag)
	})
}

// tryHost runs a request and retries it within the same bounds as calls of
// the API.
func (t *Target) tryHost(ctx context.Context, operation string, turns *pace.Pacer, again func() (bool, error), run func() (final bool, err error)) error {
	start := time.Now()
	b := &budget{pacer: turns, max: maxAttempts, timed: true, health: &t.health}
	t.calls.made.Add(1)
	var last error
	failed := func(stopped StopReason, err error) error {
		return &CallError{operation, b.attempts, time.Since(start), stopped, err}
	}
	for {
		if err := turns.Wait(ctx); err != nil {
			if last == nil {
				return err
			}
			return failed(StoppedByContext, fmt.Errorf("%w: %w", err, last))
		}
		b.attempts++
		b.started = time.Now()
		t.calls.attempts.Add(1)
		final, err := run()
		if err == nil {
			t.health.succeed()
			return nil
		}
		switch {
		case ctx.Err() != nil:
			return failed(StoppedByContext, err)
		case final || !canHelp(err):
			return failed(StoppedByRefusal, err)
		case b.attempts >= b.max:
			return failed(StoppedByAttempts, err)
		}
		if _, stop := b.GetRetryToken(ctx, err); stop != nil {
			return failed(StoppedByDeadline, err)
		}
		if ok, seekErr := again(); !ok {
			return failed(StoppedByRefusal, errors.Join(err, seekErr))
		}
		delay, _ := b.RetryDelay(b.attempts, err)
		if ended := sleep(ctx, delay); ended != nil {
			return failed(StoppedByContext, fmt.Errorf("%w: %w", ended, err))
		}
		last = err
	}
}

// canHelp reports whether a retried request may succeed: there was no response, the
// upload was lost, its token was refused, its source broke off, or the host had a
// transient failure.
func canHelp(err error) bool {
	if errors.Is(err, errUploadLost) || errors.Is(err, errLoginRefused) || errtype.Is[interruption](err) {
		return true
	}
	if status := hostStatus(err); status != 0 {
		return status >= http.StatusInternalServerError || status == http.StatusRequestTimeout || status == http.StatusTooManyRequests
	}
	unknown, ok := errors.AsType[*net.DNSError](err)
	isUnknown := ok && unknown.IsNotFound // for which the SDK does not retry calls either
	return errtype.Is[*url.Error](err) && !isWrongServer(err) && !isUnknown
}

// hostStatus returns the status with which the host refused a request, or 0.
func hostStatus(err error) int {
	if response, ok := errors.AsType[*errcode.ErrorResponse](err); ok {
		return response.StatusCode
	}
	if refused, ok := errors.AsType[*registry.Error](err); ok { // a token, for example
		return refused.StatusCode
	}
	return 0
}

// hasHostCode reports whether the host refused a request with one of some codes.
func hasHostCode(err error, codes ...string) bool {
	response, ok := errors.AsType[*errcode.ErrorResponse](err)
	return ok && slices.ContainsFunc(response.Errors, func(e errcode.Error) bool { return slices.Contains(codes, e.Code) })
}

// isLoginRefused reports whether the host refused the token of a layer, which the client
// could not send again with a new one. It refuses expired tokens with status 400.
func isLoginRefused(err error) bool {
	response, ok := errors.AsType[*errcode.ErrorResponse](err)
	return ok && response.Method == http.MethodPut && (isNotAllowed(response.StatusCode) || hasHostCode(err, errcode.ErrorCodeDenied))
}

// isUploadRefused reports whether the host lost an upload or bytes of it, because
// all bytes were correct when they were sent.
func isUploadRefused(err error) bool {
	return hasHostCode(err, errcode.ErrorCodeBlobUploadInvalid, errcode.ErrorCodeBlobUploadUnknown, errcode.ErrorCodeDigestInvalid, errcode.ErrorCodeSizeInvalid)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
