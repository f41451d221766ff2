package registry

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"oras.land/oras-go/v2/errdef"
)

// Error is a refusal by the registry host or its token endpoint. Find it with
// errors.As, or ask [IsNotFound], [IsDenied] and [IsRateLimited].
type Error struct {
	// Method is that of the request, such as "GET".
	Method string

	// URL is the address of the request, or of its last redirect, without a
	// query.
	URL string

	// StatusCode is the HTTP status.
	StatusCode int

	// Code is the first code of the response, such as "MANIFEST_UNKNOWN"; empty
	// when it has none, as for HEAD requests.
	Code string

	// Message is the text that comes with the code, or the beginning of a
	// response that is not in the registry's form. Tokens are cut out of it.
	Message string

	// RetryAfter is how long the host asks to wait; zero when it does not say.
	RetryAfter time.Duration
}

// Error returns the text.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s: %d %s", e.Method, e.URL, e.StatusCode, http.StatusText(e.StatusCode))
	for _, part := range []string{e.Code, e.Message} {
		if part != "" {
			text.WriteString(": " + part)
		}
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&text, " (wait %s)", e.RetryAfter)
	}
	return text.String()
}

// Is reports whether the target is errdef.ErrNotFound of oras-go and the error a
// 404, so that code for oras-go understands it.
func (e *Error) Is(target error) bool {
	return target == errdef.ErrNotFound && e.StatusCode == http.StatusNotFound
}

// IsNotFound reports whether the host answered that a repository, tag, manifest
// or blob does not exist.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.StatusCode == http.StatusNotFound
}

// IsDenied reports whether the host refused a token or a login, or refused the
// request for lack of rights. Tokens have then been renewed without success.
func IsDenied(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden ||
		e.StatusCode == http.StatusBadRequest && e.Code == codeDenied)
}

// IsRateLimited reports whether the host still answered 429 after the client's
// own retries, or asked for a longer wait than the client or the caller's
// deadline allows. The error's RetryAfter is that wait. With the message "Data
// limit exceeded" waiting does not help; a login may.
func IsRateLimited(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.StatusCode == http.StatusTooManyRequests
}

const (
	codeDenied = "DENIED"

	// maxErrorBody is how much of a refusal is read.
	maxErrorBody = 64 << 10

	// maxMessage is how much of it goes into an error.
	maxMessage = 500
)

// newError reads a response that is not what was asked for, and closes it.
func newError(resp *http.Response, redact func(string) string) *Error {
	defer resp.Body.Close()
	e := &Error{
		Method:     resp.Request.Method,
		URL:        shown(resp.Request.URL),
		StatusCode: resp.StatusCode,
		RetryAfter: retryAfter(resp.Header),
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what has arrived says what it can
	e.Code, e.Message = parseRefusal(body)
	if e.Code == "" {
		e.Message = string(body)
	}
	if location := resp.Header.Get("Location"); e.Message == "" && location != "" {
		e.Message = "redirect refused"
	}
	e.Code, e.Message = printable(redact(e.Code)), printable(redact(e.Message))
	return e
}

// parseRefusal returns the first code and message of a body in the registry's
// form, empty ones for any other.
func parseRefusal(body []byte) (code, message string) {
	var refusal struct {
		Errors []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &refusal) != nil || len(refusal.Errors) == 0 {
		return "", ""
	}
	return refusal.Errors[0].Code, refusal.Errors[0].Message
}

// printable is one line of bounded length.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}

// shown is a URL without its query, which may be a signature.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// retryAfter reads seconds or a date, which is told by the host's own clock.
// Zero means that there is none.
func retryAfter(header http.Header) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if strings.Trim(text, "0123456789") == "" {
		seconds, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return forever
		}
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(until.Sub(now), 0)
}

// forever is longer than anybody waits.
const forever = 100 * 365 * 24 * time.Hour
