// Command latency is a TCP proxy that delays data in both directions and counts
// HTTP requests: latency TARGET DELAY FILE.
//
// It prints its address, and writes the number of requests that have passed to FILE
// whenever it gets SIGUSR1.
package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: latency TARGET DELAY FILE")
	}
	delay, err := time.ParseDuration(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	var requests atomic.Int64
	go report(os.Args[3], &requests)
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go connect(client, os.Args[1], delay, &requests)
	}
}

// report writes the count until the program ends.
func report(file string, requests *atomic.Int64) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	for range signals {
		if err := os.WriteFile(file, fmt.Append(nil, requests.Load(), "\n"), 0o600); err != nil {
			log.Print(err)
		}
	}
}

// connect opens a connection to the target, delayed as a handshake would be.
func connect(client net.Conn, target string, delay time.Duration, requests *atomic.Int64) {
	time.Sleep(2 * delay)
	server, err := net.Dial("tcp", target)
	if err != nil {
		log.Print(err)
		_ = client.Close()
		return
	}
	go pass(server, client, delay, requests)
	pass(client, server, delay, new(atomic.Int64))
}

// late is data that arrived, and when to deliver it.
type late struct {
	at   time.Time
	data []byte
}

// pass delivers what from sends, and closes to when from ends.
func pass(to, from net.Conn, delay time.Duration, requests *atomic.Int64) {
	arrived := make(chan late, 4096)
	go func() {
		defer close(arrived)
		for {
			buffer := make([]byte, 64<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				requests.Add(int64(bytes.Count(buffer[:n], []byte(" HTTP/1.1\r\n"))))
				arrived <- late{time.Now().Add(delay), buffer[:n]}
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
