package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Texts of the credential helper protocol. Callers of a helper compare the first
// two literally; after the first they continue without a login.
var (
	errHelperNotFound = errors.New("credentials not found in native keychain")
	errHelperNoServer = errors.New("no credentials server URL")
	errHelperReadOnly = errors.New("not implemented: logins to ECR Public are made from AWS credentials and cannot be stored or erased")
)

// helperUsername is the user name that "list" reports for each host. The
// service has issued no other, and asking it would cost a call.
const helperUsername = "AWS"

// maxServerURL bounds what "get" reads, in bytes: far more than a registry
// address needs, and less than the line that other helpers read.
const maxServerURL = 4096

// ServeHelper serves one call of a docker credential helper, a program named
// docker-credential-{name} that the docker configuration lists under
// credHelpers. Args are the program's arguments without its name: "get"
// returns credentials for the host read from in, "list" returns the
// provider's hosts without a call to the service; "store" and "erase" are
// refused.
//
// The host may be followed by port 443 and a path, and preceded by https://.
// For any other scheme or host, there are no credentials.
//
// Both responses and error messages are written to out, as the protocol requires.
// If ServeHelper returns an error, exit with status 1 and print nothing else. If
// ctx ends while in is silent, the reading goroutine stays until in is closed or
// the program exits.
func ServeHelper(ctx context.Context, p *Provider, args []string, in io.Reader, out io.Writer) error {
	answer, err := helperAnswer(ctx, p, strings.Join(args, " "), in)
	if err != nil {
		_, _ = fmt.Fprintln(out, err)
		return err
	}
	return json.NewEncoder(out).Encode(answer)
}

func helperAnswer(ctx context.Context, p *Provider, action string, in io.Reader) (any, error) {
	switch action {
	case "get":
		return helperGet(ctx, p, in)
	case "list":
		hosts := make(map[string]string)
		for _, host := range p.options.Hosts {
			hosts[host] = helperUsername
		}
		return hosts, nil
	case "store", "erase":
		return nil, errHelperReadOnly
	default:
		return nil, fmt.Errorf("unknown credential action %q: want one of get, list, store, erase", action)
	}
}

// helperEntry is the protocol's response to "get".
type helperEntry struct{ ServerURL, Username, Secret string }

func helperGet(ctx context.Context, p *Provider, in io.Reader) (any, error) {
	server, err := readServerURL(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("read the server URL: %w", err)
	}
	if server == "" {
		return nil, errHelperNoServer
	}
	scheme, host, _ := splitAddress(server)
	if scheme != "" && scheme != "https://" || !p.Serves(host) {
		return nil, errHelperNotFound
	}
	c, err := p.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	return helperEntry{ServerURL: server, Username: c.Username, Secret: c.Password}, nil
}

// readServerURL reads in to its end, or until ctx ends.
func readServerURL(ctx context.Context, in io.Reader) (string, error) {
	var text []byte
	done := make(chan error, 1) // buffered, so that the goroutine ends even if no one waits
	go func() {
		read, err := io.ReadAll(io.LimitReader(in, maxServerURL+1))
		text = read
		done <- err
	}()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case err := <-done:
		if err != nil {
			return "", err
		}
	}
	if len(text) > maxServerURL {
		return "", fmt.Errorf("it is longer than %d bytes", maxServerURL)
	}
	return strings.TrimSpace(string(text)), nil
}
