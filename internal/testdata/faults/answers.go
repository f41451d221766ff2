package faults

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// requestID is the request ID of every response.
const requestID = "request-of-the-matrix"

// head returns a status line and a header, for a body of a given length.
func head[N int | int64](status int, length N, header string, ahead time.Duration) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amzn-Requestid: %s\r\nDate: %s\r\n%sContent-Length: %d\r\n\r\n",
		status, http.StatusText(status), requestID, time.Now().Add(ahead).UTC().Format(http.TimeFormat), header, length)
}

// afterRequest reads the request before it does anything.
func afterRequest(do func(x *Exchange) bool) Answer {
	return Answer{Do: func(x *Exchange) bool { return x.read() && do(x) }}
}

// reply sends a well-formed response.
func reply(status int, body string) Answer {
	return afterRequest(func(x *Exchange) bool { return x.write(head(status, len(body), "", 0) + body) })
}

// coded sends an error whose code is in the header.
func coded(status int, code, body string) Answer {
	return afterRequest(func(x *Exchange) bool {
		return x.write(head(status, len(body), "X-Amzn-Errortype: "+code+"\r\n", 0) + body)
	})
}

// refusal sends an error in the service's form.
func refusal(status int, code, message string) Answer {
	return reply(status, fmt.Sprintf(`{"__type":%q,"message":%q}`, code, message))
}

// good sends a response that is a success for every call of the matrix.
func good() Answer { return reply(http.StatusOK, `{"imageDetails":[],"nextToken":"ok"}`) }

// clockedReply sends a response whose Date is ahead of the local clock.
func clockedReply(status int, body string, ahead time.Duration) Answer {
	return afterRequest(func(x *Exchange) bool { return x.write(head(status, len(body), "", ahead) + body) })
}

func redirect(status int) Answer {
	return afterRequest(func(x *Exchange) bool {
		return x.write(head(status, 0, "Location: "+x.Other.URL+"/elsewhere\r\n", 0))
	})
}

// resetBefore resets the connection as soon as it is established.
func resetBefore() Answer { return Answer{Before: true, Do: (*Exchange).reset} }

// resetDuring resets the connection in the middle of a large request.
func resetDuring() Answer {
	return Answer{Do: func(x *Exchange) bool {
		io.CopyN(io.Discard, x.reader, 64<<10)
		return x.reset()
	}}
}

// resetAfter reads the request and resets the connection.
func resetAfter() Answer { return afterRequest((*Exchange).reset) }

// hangUp reads the request and closes the connection.
func hangUp() Answer { return afterRequest(func(*Exchange) bool { return false }) }

// half sends half of a response and then does something else.
func half(then func(x *Exchange) bool) Answer {
	const body = `{"imageDetails":[],"nextToken":"not all of it"}`
	return afterRequest(func(x *Exchange) bool {
		return x.write(head(http.StatusOK, len(body), "", 0)+body[:len(body)/2]) && then(x)
	})
}

func cutOff() Answer    { return half(func(*Exchange) bool { return false }) }
func resetHalf() Answer { return half((*Exchange).reset) }

// stall sends half of a response and leaves the client waiting.
func stall() Answer { return half((*Exchange).wait) }

// stallInHeader sends half of a header and leaves the client waiting.
func stallInHeader() Answer {
	return afterRequest(func(x *Exchange) bool { return x.write("HTTP/1.1 200 OK\r\nContent-Len") && x.wait() })
}

// deaf reads nothing of a request beyond its header and leaves the client waiting.
func deaf() Answer {
	return Answer{Do: func(x *Exchange) bool {
		<-x.stop
		return false
	}}
}

// silence leaves the client waiting from the start.
func silence() Answer { return afterRequest((*Exchange).wait) }

// wait ends when the client or the server does.
func (x *Exchange) wait() bool {
	x.settle()
	gone := make(chan struct{})
	x.running.Go(func() {
		defer close(gone)
		x.reader.Peek(1)
	})
	select {
	case <-gone:
	case <-x.stop:
	}
	return false
}

// cutChunks ends a chunked response without the last, empty chunk.
func cutChunks() Answer {
	return afterRequest(func(x *Exchange) bool {
		x.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n24\r\n" + `{"imageDetails":[],"nextToken":"ok"}` + "\r\n")
		return false
	})
}

// noHTTP responds in another protocol.
func noHTTP() Answer {
	return afterRequest(func(x *Exchange) bool {
		x.write("SSH-2.0-OpenSSH_9.6\r\n")
		return false
	})
}

// endless sends a chunked body that has no end. After size bytes it gives up, so
// that a client without a limit ends too.
func endless(status, size int) Answer {
	return afterRequest(func(x *Exchange) bool {
		x.write(fmt.Sprintf("HTTP/1.1 %d %s\r\nX-Amzn-Requestid: %s\r\nTransfer-Encoding: chunked\r\n\r\n", status, http.StatusText(status), requestID))
		chunk := "10000\r\n" + strings.Repeat(" ", 1<<16) + "\r\n"
		for range size >> 16 {
			if !x.write(chunk) {
				return false
			}
		}
		return false
	})
}

// bomb sends a small compressed body that decompresses to size bytes.
func bomb(size int) Answer {
	return afterRequest(func(x *Exchange) bool {
		x.write("HTTP/1.1 200 OK\r\nX-Amzn-Requestid: " + requestID + "\r\nContent-Encoding: gzip\r\n\r\n")
		w, err := gzip.NewWriterLevel(x.conn, gzip.BestSpeed)
		if err != nil {
			return false
		}
		spaces := []byte(strings.Repeat(" ", 1<<16))
		for range size >> 16 {
			if _, err := w.Write(spaces); err != nil {
				return false
			}
		}
		w.Close()
		return false
	})
}

// oversized announces a body of a terabyte.
func oversized(status int) Answer {
	return afterRequest(func(x *Exchange) bool { return x.write(head(status, int64(1)<<40, "", 0)+"{") && x.wait() })
}

// endlessHeader sends a header of size bytes and no body.
func endlessHeader(size int) Answer {
	return afterRequest(func(x *Exchange) bool {
		x.write("HTTP/1.1 200 OK\r\n")
		field := "X-Field: " + strings.Repeat("x", 4<<10) + "\r\n"
		for range size >> 12 {
			if !x.write(field) {
				return false
			}
		}
		return false
	})
}

// nested sends an object with an unknown member that is three million levels deep.
func nested(status int, opening, closing string) Answer {
	const levels = 3_000_000
	return afterRequest(func(x *Exchange) bool {
		body := `{"unknown":` + strings.Repeat(opening, levels) + "1" + strings.Repeat(closing, levels) + "}"
		return x.write(head(status, len(body), "", 0) + body)
	})
}
