package main

import (
	"net/http"

	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// newRecorder returns the transport of an http.Client that replays responses from a
// file, name.yaml, or with recorder.ModeRecordOnly sends requests to real and writes the
// file when it is stopped. Nothing in the file identifies the account: copy these few
// lines.
func newRecorder(name string, mode recorder.Mode, real http.RoundTripper) (*recorder.Recorder, error) {
	scrubber := new(ecrpublictest.Scrubber)
	return recorder.New(name,
		recorder.WithMode(mode),
		recorder.WithRealTransport(real),
		recorder.WithSkipRequestLatency(true),
		recorder.WithMatcher(func(r *http.Request, recorded cassette.Request) bool {
			return scrubber.Matches(r, recorded.Method, recorded.URL, recorded.Headers, recorded.Body)
		}),
		recorder.WithHook(func(i *cassette.Interaction) error {
			in, out := &i.Request, &i.Response
			in.Body, in.Headers = scrubber.Body(in.Body), scrubber.Header(in.Headers)
			in.URL, in.Host, in.RemoteAddr, in.RequestURI = scrubber.Text(in.URL), scrubber.Text(in.Host), "", ""
			out.Body, out.Headers = scrubber.Body(out.Body), scrubber.Header(out.Headers)
			out.Headers.Del("Content-Length") // that of the body before
			in.ContentLength, out.ContentLength = int64(len(in.Body)), int64(len(out.Body))
			return nil
		}, recorder.BeforeSaveHook),
	)
}
