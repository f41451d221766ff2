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
// for the API to refuse. Call release when the request is over.
func (e *recorded) readInput(r *http.Request, input any) (release func()) {
	p, err := wire.ReadPayload(r, e.recorder.newHash())
	if err != nil {
		return func() {}
	}
	e.request.BytesReceived = p.Size
	if codec.Unmarshal(p.Text, input) == nil {
		blobs := dropBlobs(input)
		e.request.Input = input
		e.inputBytes = len(p.Text) - base64.StdEncoding.EncodedLen(blobs)
	}
	return p.Release
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

// countedResponse records the status of a response and counts its bytes.
type countedResponse struct {
	http.ResponseWriter
	of    *recorded
	ended bool // the connection was taken away
}

func (c *countedResponse) WriteHeader(status int) {
	if status >= http.StatusOK {
		c.note(status, 0)
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *countedResponse) Write(p []byte) (int, error) {
	c.note(http.StatusOK, len(p))
	return c.ResponseWriter.Write(p)
}

// ReadFrom lets the system send a file without copying it through this process.
func (c *countedResponse) ReadFrom(source io.Reader) (int64, error) {
	c.note(http.StatusOK, 0)
	n, err := io.Copy(c.ResponseWriter, source)
	c.note(http.StatusOK, int(n))
	return n, err
}

// note records bytes, and the status unless there was one before.
func (c *countedResponse) note(status, bytes int) {
	c.of.update(func(r *Request) {
		if r.Status == 0 {
			r.Status = status
		}
		r.BytesSent += int64(bytes)
	})
}

// finish records the status that a response gets if nothing was written.
func (c *countedResponse) finish() {
	if !c.ended {
		c.note(http.StatusOK, 0)
	}
}

// Hijack records that there will be no response.
func (c *countedResponse) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c.ended = true
	return http.NewResponseController(c.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach the rest of the connection.
func (c *countedResponse) Unwrap() http.ResponseWriter { return c.ResponseWriter }
