package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
)

// FuzzRequest gives both clients the same input. Both must send the same request, or
// refuse it for the same reason.
func FuzzRequest(f *testing.F) {
	for i := range operations {
		f.Add([]byte{byte(i), 1, 1, 0, 1, 1, 1, 1, 2, 1, 1, 3, 1, 1, 4, 1, 2, 1, 1, 5, 1, 1, 6, 1, 1, 7})
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &source{data}
		operation := pick(s, operations...)
		theirIn := inputOf(theirTypes, operation)
		s.fill(theirIn.Elem())
		ourIn := inputOf(ourTypes, operation)
		copyFields(theirIn.Elem(), ourIn.Elem())

		a, b := &exchange{status: http.StatusOK}, &exchange{status: http.StatusOK}
		_, ourErr := call(ours(a), operation, ourIn)
		_, theirErr := call(theirs(b), operation, theirIn)
		if (ourErr == nil) != (theirErr == nil) || !slices.Equal(missing(ourErr), missing(theirErr)) {
			t.Fatalf("%s: we say %v, they %v", operation, ourErr, theirErr)
		}
		if ourErr != nil {
			if a.sent != nil {
				t.Fatalf("%s: sent in spite of %v", operation, ourErr)
			}
			return
		}
		for _, name := range []string{"Content-Type", "X-Amz-Target", "Amz-Sdk-Request", "X-Amz-Security-Token"} {
			if ours, theirs := a.sent.Header.Get(name), b.sent.Header.Get(name); ours != theirs {
				t.Errorf("%s: %s is %q, theirs %q", operation, name, ours, theirs)
			}
		}
		if ours, theirs := credentialScope(a.sent), credentialScope(b.sent); ours != theirs {
			t.Errorf("%s: signed for %q, theirs %q", operation, ours, theirs)
		}
		if a.sent.Method != b.sent.Method || a.sent.URL.String() != b.sent.URL.String() {
			t.Errorf("%s: %s %s, theirs %s %s", operation, a.sent.Method, a.sent.URL, b.sent.Method, b.sent.URL)
		}
		if a.sent.ContentLength != int64(len(a.sentBody)) {
			t.Errorf("%s: length %d of %d bytes", operation, a.sent.ContentLength, len(a.sentBody))
		}
		if !slices.Equal(tokens(t, a.sentBody), tokens(t, b.sentBody)) {
			t.Errorf("%s: sent %q, theirs %q", operation, a.sentBody, b.sentBody)
		}
	})
}

// missing returns the names of the required members that an error says are missing.
func missing(err error) []string {
	var invalid smithy.InvalidParamsError
	if !errors.As(err, &invalid) {
		return nil
	}
	var names []string
	for _, e := range invalid.Errs() {
		names = append(names, e.Error())
	}
	slices.Sort(names)
	return names
}

// credentialScope returns the credential scope of a request, without the date.
func credentialScope(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=AKIDEXAMPLE/")
	scope, _, _ = strings.Cut(scope, ",")
	_, scope, _ = strings.Cut(scope, "/")
	return scope
}

// tokens parses JSON with exact numbers, and keeps the order of members. Invalid UTF-8
// becomes U+FFFD.
func tokens(t *testing.T, body []byte) (all []json.Token) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		all = append(all, token)
	}
}
