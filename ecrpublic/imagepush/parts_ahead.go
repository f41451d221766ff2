package imagepush

import "io"

// aheadChunk is how many bytes one read requests from the source.
const aheadChunk = 1 << 20

// readAhead reads a source while earlier bytes are being sent. Its memory
// bounds how far it reads ahead.
type readAhead struct {
	free, full chan []byte
	held       []byte // the chunk that is being read from
	rest       []byte // of held
	err        error  // why full was closed
}

// newReadAhead starts to read. Call stop before using the source otherwise.
func newReadAhead(source io.Reader, memory [][]byte) (r *readAhead, stop func()) {
	r = &readAhead{free: make(chan []byte, len(memory)), full: make(chan []byte, len(memory))}
	for _, chunk := range memory {
		r.free <- chunk
	}
	go r.run(source)
	return r, r.stop
}

func (r *readAhead) run(source io.Reader) {
	defer close(r.full)
	for chunk := range r.free {
		n, err := io.ReadFull(source, chunk)
		r.full <- chunk[:n]
		if err != nil {
			r.err = err
			return
		}
	}
}

func (r *readAhead) stop() {
	close(r.free)
	for range r.full { // until run has ended
	}
}

// Read returns what there is, or waits for more. The error of a source that ends
// is io.EOF or io.ErrUnexpectedEOF.
func (r *readAhead) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.held != nil {
			r.free <- r.held[:cap(r.held)]
		}
		chunk, ok := <-r.full
		if !ok {
			r.held = nil
			return 0, r.err
		}
		r.held, r.rest = chunk, chunk
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
