package archive

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
)

// compressor reads a source compressed with gzip, the same bytes every time.
type compressor struct {
	source io.Reader
	writer *gzip.Writer
	ready  bytes.Buffer
	ended  bool
}

func newCompressor(source io.Reader) *compressor {
	c := &compressor{source: source}
	c.writer, _ = gzip.NewWriterLevel(&c.ready, gzip.BestSpeed) // fails for other levels
	return c
}

func (c *compressor) Read(p []byte) (int, error) {
	const step = 64 << 10
	for c.ready.Len() == 0 && !c.ended {
		_, err := io.CopyN(c.writer, c.source, step)
		if errors.Is(err, io.EOF) {
			c.ended = true
			err = c.writer.Close()
		}
		if err != nil {
			return 0, err
		}
	}
	return c.ready.Read(p)
}
