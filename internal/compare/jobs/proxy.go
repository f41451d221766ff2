package main

import (
	"io"
	"log"
	"net"
	"time"
)

// proxy is a TCP proxy that delivers everything later.
type proxy struct {
	listener net.Listener
	to       string
	delay    time.Duration
}

func newProxy(to string, delay time.Duration) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener, to, delay}
	go p.serve()
	return p, nil
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// close ends accepting. Connections end with their clients.
func (p *proxy) close() { _ = p.listener.Close() }

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // it is closed
		}
		go p.connect(client)
	}
}

// connect opens a connection to the target, delayed as a handshake would be.
func (p *proxy) connect(client net.Conn) {
	time.Sleep(2 * p.delay)
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		log.Print(err)
		_ = client.Close()
		return
	}
	go p.pass(server, client)
	p.pass(client, server)
}

// late is data that arrived, and when to deliver it.
type late struct {
	at   time.Time
	data []byte
}

// pass delivers what from sends, and closes to when from ends.
func (p *proxy) pass(to, from net.Conn) {
	arrived := make(chan late, 4096)
	go func() {
		defer close(arrived)
		for {
			buffer := make([]byte, 64<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				arrived <- late{time.Now().Add(p.delay), buffer[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for next := range arrived {
		time.Sleep(time.Until(next.at))
		if _, err := to.Write(next.data); err != nil {
			break
		}
	}
	_ = to.Close()
	_, _ = io.Copy(io.Discard, from)
	for range arrived { // until the reader has ended
	}
}
