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
// two word by word: after the first they go on without a login.
var (
	errHelperNotFound = errors.New("credentials not found in native keychain")
	errHelperNoServer = errors.New("no credentials server URL")
	errHelperReadOnly = errors.New("not implemented: logins to ECR Public are made from AWS credentials and cannot be stored or erased")
)

// helperUsername is what "list" tells for each host. The service has issued no
// other, and finding out would cost a call.
const helperUsername = "AWS"

// maxServerURL bounds what "get" reads, in bytes.
const maxServerURL = 4096

// ServeHelper answers one call of a docker credential helper, a program named
// docker-credential-{name} that the docker configuration lists under
// credHelpers. Args are the program's arguments without its name: "get" gives
// credentials for the host on in, "list" the hosts of the provider, without a
// call; "store" and "erase" are refused.
//
// The answer goes to out, and so does the text of an error, where the protocol
// wants it. After an error that is returned the program has to exit with status
// 1, and print nothing more.
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

// helperEntry is the protocol's answer to "get".
type helperEntry struct{ ServerURL, Username, Secret string }

func helperGet(ctx context.Context, p *Provider, in io.Reader) (any, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxServerURL))
	if err != nil {
		return nil, fmt.Errorf("read the server URL: %w", err)
	}
	server := strings.TrimSpace(string(text))
	if server == "" {
		return nil, errHelperNoServer
	}
	if !p.Serves(hostOf(server)) {
		return nil, errHelperNotFound
	}
	c, err := p.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	return helperEntry{ServerURL: server, Username: c.Username, Secret: c.Password}, nil
}

// hostOf is the host of an address that may have a scheme and a path.
func hostOf(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	return host
}
