package faults

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
)

// Server is a TCP server on loopback that responds byte by byte, in HTTP or not. It
// gives its answers in order, one for each attempt, and repeats the last.
type Server struct {
	// URL is the server's address, http://127.0.0.1:PORT.
	URL string

	// Other is a second server, which only redirects lead to.
	Other *Server

	listener net.Listener
	answers  []Answer
	stop     chan struct{}
	settled  chan struct{} // is closed when an attempt leaves the client waiting, or has ended
	settle   func()        // closes settled
	running  sync.WaitGroup

	mu       sync.Mutex
	attempts int
	requests []*http.Request
	open     map[net.Conn]bool
}

// Answer is what the server does about one attempt.
type Answer struct {
	// Before reports whether to act as soon as the connection is established,
	// without waiting for a request.
	Before bool

	// Do acts on the connection, and reports whether to keep it.
	Do func(x *Exchange) (keep bool)
}

// Exchange is one attempt as the server sees it.
type Exchange struct {
	*Server
	conn   net.Conn
	reader *bufio.Reader
}

// start listens until close is called.
func start(answers ...Answer) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + listener.Addr().String(), listener: listener, answers: answers, stop: make(chan struct{}), settled: make(chan struct{}), open: map[net.Conn]bool{}}
	s.settle = sync.OnceFunc(func() { close(s.settled) })
	s.running.Go(s.accept)
	return s, nil
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[conn] = true
		s.mu.Unlock()
		s.running.Go(func() { s.serve(conn) })
	}
}

// close ends every connection and waits until nothing of the server runs.
func (s *Server) close() {
	close(s.stop)
	s.listener.Close()
	s.mu.Lock()
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Server) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		s.mu.Lock()
		delete(s.open, conn)
		s.mu.Unlock()
	}()
	x := &Exchange{Server: s, conn: conn, reader: bufio.NewReader(conn)}
	for {
		if !s.next(false).Before {
			if _, err := x.reader.Peek(1); err != nil {
				return
			}
		}
		if !s.next(true).Do(x) {
			return
		}
	}
}

// next returns the answer to the next attempt, and counts the attempt if it is taken.
func (s *Server) next(take bool) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.answers[min(s.attempts, len(s.answers)-1)]
	if take {
		s.attempts++
	}
	return a
}

// Attempts returns how many attempts there were, complete or not.
func (s *Server) Attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts
}

// Requests returns the requests that were read completely.
func (s *Server) Requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// read reads the request to its end.
func (x *Exchange) read() bool {
	r, err := http.ReadRequest(x.reader)
	if err != nil {
		return false
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.requests = append(x.requests, r)
	return true
}

func (x *Exchange) write(text string) bool {
	_, err := io.WriteString(x.conn, text)
	return err == nil
}

// reset ends the connection in a way that the client sees as "connection reset by
// peer", not as the end of the stream.
func (x *Exchange) reset() bool {
	x.conn.(*net.TCPConn).SetLinger(0)
	x.conn.Close()
	return false
}
