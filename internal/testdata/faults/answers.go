package faults

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// requestID is the one that every answer carries.
const requestID = "request-of-the-matrix"

// head is the beginning of an answer with a body of some length.
func head[N int | int64](status int, length N, header string, ahead time.Duration) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amzn-Requestid: %s\r\nDate: %s\r\n%sContent-Length: %d\r\n\r\n",
		status, http.StatusText(status), requestID, time.Now().Add(ahead).UTC().Format(http.TimeFormat), header, length)
}

// afterRequest answers once the request was read.
func afterRequest(do func(x *Exchange) bool) Answer {
	return Answer{Do: func(x *Exchange) bool { return x.read() && do(x) }}
}

// reply answers as a server should.
func reply(status int, body string) Answer {
	return afterRequest(func(x *Exchange) bool { return x.write(head(status, len(body), "", 0) + body) })
}

// coded is an error that has its code in the header.
func coded(status int, code, body string) Answer {
	return afterRequest(func(x *Exchange) bool {
		return x.write(head(status, len(body), "X-Amzn-Errortype: "+code+"\r\n", 0) + body)
	})
}

// refusal is an error in the service's form.
func refusal(status int, code, message string) Answer {
	return reply(status, fmt.Sprintf(`{"__type":%q,"message":%q}`, code, message))
}

// good is an answer that the calls of the matrix take for a success.
func good() Answer { return reply(http.StatusOK, `{"imageDetails":[],"nextToken":"ok"}`) }

// clockedReply comes from a server whose clock is ahead of ours.
func clockedReply(status int, body string, ahead time.Duration) Answer {
	return afterRequest(func(x *Exchange) bool { return x.write(head(status, len(body), "", ahead) + body) })
}

func redirect(status int) Answer {
	return afterRequest(func(x *Exchange) bool {
		return x.write(head(status, 0, "Location: "+x.Other.URL+"/elsewhere\r\n", 0))
	})
}

// resetBefore resets the connection as soon as it is there.
func resetBefore() Answer { return Answer{Before: true, Do: (*Exchange).reset} }

// resetDuring resets the connection in the middle of a large request.
func resetDuring() Answer {
	return Answer{Do: func(x *Exchange) bool {
		io.CopyN(io.Discard, x.reader, 64<<10)
		return x.reset()
	}}
}

// resetAfter resets the connection when the request is there, without an answer.
func resetAfter() Answer { return afterRequest((*Exchange).reset) }

// hangUp closes the connection in good order, without an answer.
func hangUp() Answer { return afterRequest(func(*Exchange) bool { return false }) }

// half sends half of an answer and then does something else.
func half(then func(x *Exchange) bool) Answer {
	const body = `{"imageDetails":[],"nextToken":"not all of it"}`
	return afterRequest(func(x *Exchange) bool {
		return x.write(head(http.StatusOK, len(body), "", 0)+body[:len(body)/2]) && then(x)
	})
}

func cutOff() Answer    { return half(func(*Exchange) bool { return false }) }
func resetHalf() Answer { return half((*Exchange).reset) }

// stall sends half of an answer and leaves the client waiting.
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

// cutChunks ends a chunked answer without the chunk that says so.
func cutChunks() Answer {
	return afterRequest(func(x *Exchange) bool {
		x.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n24\r\n" + `{"imageDetails":[],"nextToken":"ok"}` + "\r\n")
		return false
	})
}

// noHTTP answers in another protocol.
func noHTTP() Answer {
	return afterRequest(func(x *Exchange) bool {
		x.write("SSH-2.0-OpenSSH_9.6\r\n")
		return false
	})
}

// endless sends a body without end in chunks. So that a client without a limit
// ends too, it gives up after many bytes.
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

// bomb sends a small body that unpacks to a very large one, if the client takes
// packed bodies.
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

// oversized says that its body is a terabyte long.
func oversized(status int) Answer {
	return afterRequest(func(x *Exchange) bool { return x.write(head(status, int64(1)<<40, "", 0)+"{") && x.wait() })
}

// endlessHeader is long in coming to a body.
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

// nested is an object with a member that nobody knows, three million levels
// deep.
func nested(status int, opening, closing string) Answer {
	const levels = 3_000_000
	return afterRequest(func(x *Exchange) bool {
		body := `{"unknown":` + strings.Repeat(opening, levels) + "1" + strings.Repeat(closing, levels) + "}"
		return x.write(head(status, len(body), "", 0) + body)
	})
}
