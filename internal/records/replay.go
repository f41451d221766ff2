package records

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/internal/probes"
)

// Replay runs the probes of a record again and answers them from it. Each result is what
// the client makes of the recorded responses; probes that were not run, or are not known
// any more, are left out.
func (f *File) Replay(ctx context.Context, options ...func(*ecrpublic.Options)) []probes.Result {
	r := &replaying{scrubber: new(ecrpublictest.Scrubber), file: f, next: map[string]int{}}
	client := noRedirects(r)
	session := &probes.Session{
		API:  ecrpublic.New(ecrpublic.Options{HTTPClient: client, Retryer: aws.NopRetryer{}, Credentials: aws.CredentialsProviderFunc(credentials)}, options...),
		HTTP: client, Host: "https://public.ecr.aws", Prefix: Prefix, Now: func() time.Time { return f.Header.Taken },
		Setup: func(name string) func(bool) {
			probe := r.name
			r.name = "setup/" + name
			return func(bool) { r.name = probe }
		},
	}
	var results []probes.Result
	for _, p := range f.Chosen() {
		r.name = p.Name
		probes.Run(ctx, session, []probes.Probe{p}, func(result probes.Result) { results = append(results, result) })
	}
	return results
}

// Chosen are the probes of a record that were run.
func (f *File) Chosen() []probes.Probe {
	all := map[string]probes.Probe{}
	for _, p := range probes.All() {
		all[p.Name] = p
	}
	var list []probes.Probe
	for _, was := range f.Header.Probes {
		if p, ok := all[was.Name]; ok && was.Outcome != probes.NotRun {
			list = append(list, p)
		}
	}
	return list
}

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIAEXAMPLEEXAMPLE00", SecretAccessKey: "no-secret-of-anybody-0123456789-ABCDEFGH"}, nil
}

// replaying answers from a file, request by request.
type replaying struct {
	scrubber *ecrpublictest.Scrubber
	file     *File
	name     string         // of the probe under way, or of what it shares with others
	next     map[string]int // by name
}

func (r *replaying) RoundTrip(request *http.Request) (*http.Response, error) {
	list, at := r.file.of(r.name), r.next[r.name]
	for at < len(list) && triedAgain(list[at]) {
		at++
	}
	r.next[r.name] = at + 1
	if at >= len(list) {
		return nil, fmt.Errorf("%s: request %d was not recorded: %w", r.name, at+1, io.ErrUnexpectedEOF)
	}
	v := list[at]
	header := http.Header{}
	for name, value := range v.Request.Headers {
		header.Set(name, value)
	}
	body, err := v.Request.Text()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.ID, err)
	}
	if !r.scrubber.Matches(request, v.Request.Method, "https://public.ecr.aws"+v.Request.Path, header, body) {
		return nil, &mismatch{v}
	}
	response, err := v.Response()
	if response != nil {
		response.Request = request
	}
	return response, err
}

// mismatch is a request that is not the recorded one.
type mismatch struct{ expected Vector }

func (m *mismatch) Error() string {
	text, err := json.Marshal(m.expected.Request)
	return fmt.Sprintf("%s: another request than %s%v", m.expected.ID, text, err)
}

// Emulate runs probes on an emulator, without retries, and records them.
func Emulate(ctx context.Context, s *ecrpublictest.Server, transport http.RoundTripper, list []probes.Probe) *File {
	const prefix = "parity-0123456789"
	r := NewRecorder(transport, prefix, s.URL)
	client := r.Client()
	return r.Record(ctx, &probes.Session{
		API:  s.Client(func(o *ecrpublic.Options) { o.HTTPClient, o.Retryer = client, aws.NopRetryer{} }),
		HTTP: client, Host: s.URL, Prefix: prefix,
	}, "emulator", list, func(int) {})
}
