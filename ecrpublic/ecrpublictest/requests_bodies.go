package ecrpublictest

import (
	"bufio"
	"encoding/base64"
	"io"
	"net"
	"net/http"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// recorded is a request that a recorder keeps; the recorder's lock guards it.
type recorded struct {
	recorder   *recorder
	request    Request
	inputBytes int
}

func (e *recorded) update(change func(*Request)) {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	change(&e.request)
}

// readInput decodes the body of an API request. A body that cannot be decoded is
// for the API to refuse.
func (e *recorded) readInput(r *http.Request, input any) {
	p, err := wire.ReadPayload(r, e.recorder.newHash())
	if err != nil {
		return
	}
	e.request.BytesReceived = p.Size
	if codec.Unmarshal(p.Text, input) != nil {
		return
	}
	blobs := dropBlobs(input)
	e.request.Input = input
	e.inputBytes = len(p.Text) - base64.StdEncoding.EncodedLen(blobs)
}

// dropBlobs drops blobs, which are too large to keep, and returns their size.
func dropBlobs(input any) (size int) {
	switch in := input.(type) {
	case *ecrpublic.UploadLayerPartInput:
		return drop(&in.LayerPartBlob)
	case *ecrpublic.CreateRepositoryInput:
		if in.CatalogData != nil {
			return drop(&in.CatalogData.LogoImageBlob)
		}
	case *ecrpublic.PutRepositoryCatalogDataInput:
		if in.CatalogData != nil {
			return drop(&in.CatalogData.LogoImageBlob)
		}
	}
	return 0
}

func drop(blob *[]byte) (size int) {
	size, *blob = len(*blob), nil
	return size
}

// countedBody counts what is read of a request.
type countedBody struct {
	io.ReadCloser
	of *recorded
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.of.update(func(r *Request) { r.BytesReceived += int64(n) })
	return n, err
}

// countedAnswer records the status of a response and counts its bytes.
type countedAnswer struct {
	http.ResponseWriter
	of    *recorded
	ended bool // the connection was taken away
}

func (a *countedAnswer) WriteHeader(status int) {
	if status >= http.StatusOK {
		a.note(status, 0)
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *countedAnswer) Write(p []byte) (int, error) {
	a.note(http.StatusOK, len(p))
	return a.ResponseWriter.Write(p)
}

// ReadFrom lets the system send a file without copying it through this process.
func (a *countedAnswer) ReadFrom(source io.Reader) (int64, error) {
	a.note(http.StatusOK, 0)
	n, err := io.Copy(a.ResponseWriter, source)
	a.note(http.StatusOK, int(n))
	return n, err
}

// note records bytes, and the status unless there was one before.
func (a *countedAnswer) note(status, bytes int) {
	a.of.update(func(r *Request) {
		if r.Status == 0 {
			r.Status = status
		}
		r.BytesSent += int64(bytes)
	})
}

// finish records the status that a response gets if nothing was written.
func (a *countedAnswer) finish() {
	if !a.ended {
		a.note(http.StatusOK, 0)
	}
}

// Hijack records that there will be no response.
func (a *countedAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.ended = true
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach the rest of the connection.
func (a *countedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
