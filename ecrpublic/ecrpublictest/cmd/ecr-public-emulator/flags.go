package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

const defaultAddr = "127.0.0.1:4510"

// settings holds the values of the flags.
type settings struct {
	addr, tlsCert, tlsKey     string
	accessKey, secretKey      string
	dataDir, account, alias   string
	registry, blobHost, hosts string
	anyRegion, rates, control bool
	log, version              bool
}

func parse(args []string) (settings, error) {
	var s settings
	flags := s.flags()
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q: there are only flags", flags.Arg(0))
	}
	return s, s.check()
}

// check reports the first wrong value. Its errors are as those of package flag.
func (s *settings) check() error {
	if err := checkAddr(s.addr); err != nil {
		return invalid("addr", s.addr, err)
	}
	if (s.tlsCert == "") != (s.tlsKey == "") {
		return errors.New("-tls-cert and -tls-key: want both or neither")
	}
	if (s.accessKey == "") != (s.secretKey == "") {
		return errors.New("-access-key and -secret-key: want both or neither")
	}
	for _, flag := range []struct {
		name, value string
		option      ecrpublictest.Option
	}{
		{"account", s.account, ecrpublictest.WithAccount(s.account)},
		{"alias", s.alias, ecrpublictest.WithAlias(s.alias)},
		{"registry", s.registry, ecrpublictest.WithRegistryMode(ecrpublictest.RegistryMode(s.registry))},
	} {
		if flag.value == "" {
			continue
		}
		if _, err := ecrpublictest.NewHandler(flag.option); err != nil {
			return invalid(flag.name, flag.value, err)
		}
	}
	if s.blobHost != "" && !isHost(s.blobHost) {
		return invalid("blob-host", s.blobHost, errHost)
	}
	for name := range strings.SplitSeq(s.hosts, ",") {
		if name = strings.TrimSpace(name); name != "" && !isHost(name) {
			return invalid("allow-host", s.hosts, errHost)
		}
	}
	return nil
}

var errHost = errors.New("want the name of a host, such as registry.example.com")

// invalid is the error for a flag's value. The value stands in it once.
func invalid(name, value string, err error) error {
	reason := err.Error()
	if _, after, ok := strings.Cut(reason, strconv.Quote(value)+": "); ok {
		reason = after
	}
	return fmt.Errorf("invalid value %q for flag -%s: %s", value, name, reason)
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("want host:port, such as %s", defaultAddr)
	}
	return nil
}

// isHost reports whether a text is a host, perhaps with a port.
func isHost(text string) bool {
	u, err := url.Parse("//" + text)
	return err == nil && u.Host == text && u.Hostname() != ""
}

func (s *settings) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("ecr-public-emulator", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run reports errors
	flags.StringVar(&s.addr, "addr", defaultAddr, "listen on `host:port`; port 0 picks a free one")
	flags.StringVar(&s.tlsCert, "tls-cert", "", "serve HTTPS with the certificate in `file`, in PEM; needs -tls-key")
	flags.StringVar(&s.tlsKey, "tls-key", "", "`file` with the key of -tls-cert, in PEM")
	flags.StringVar(&s.accessKey, "access-key", "", "access `key` that requests must be signed with; needs -secret-key. Without both, any credentials are accepted")
	flags.StringVar(&s.secretKey, "secret-key", "", "secret `key` of -access-key")
	flags.StringVar(&s.dataDir, "data", "", "keep the state in `directory`, so that it survives a restart; default: in memory")
	flags.StringVar(&s.account, "account", "", "twelve-digit `id` of the account that owns the registry; default: an example account")
	flags.StringVar(&s.alias, "alias", "", "alias `name` of the registry; default: derived from the account")
	flags.StringVar(&s.registry, "registry", string(ecrpublictest.RegistryECR), "`mode` of the registry host: ecr behaves like ECR Public, oci follows the OCI specification")
	flags.StringVar(&s.blobHost, "blob-host", "", "redirect clients that use a real host name or HTTPS to this `host` for blobs; it must lead to the emulator. Default: no redirect")
	flags.StringVar(&s.hosts, "allow-host", "", "also accept requests for these comma-separated host `names`; addresses, names without a dot and ECR Public's names are always accepted")
	flags.BoolVar(&s.anyRegion, "any-region", false, "accept requests signed for any region, not only for us-east-1")
	flags.BoolVar(&s.rates, "rates", false, "limit requests to the documented rates, per second: ten calls of InitiateLayerUpload, CompleteLayerUpload and PutImage each, ten pulls, one anonymous pull")
	flags.BoolVar(&s.control, "control", true, "serve "+ecrpublictest.ControlPath+" for faults, the clock, quotas, recorded requests and reset")
	flags.BoolVar(&s.log, "log", false, "write a line to standard error for each request")
	flags.BoolVar(&s.version, "version", false, "print the version and exit")
	return flags
}

// options are those of an emulator, without the directory of its state.
func (s *settings) options() []ecrpublictest.Option {
	options := []ecrpublictest.Option{
		ecrpublictest.WithCredentials(s.accessKey, s.secretKey),
		ecrpublictest.WithAlias(s.alias),
		ecrpublictest.WithRegistryMode(ecrpublictest.RegistryMode(s.registry)),
		ecrpublictest.WithBlobHost(s.blobHost),
		ecrpublictest.WithHostCheck(s.allowedHosts()...),
	}
	if s.account != "" {
		options = append(options, ecrpublictest.WithAccount(s.account))
	}
	if s.anyRegion {
		options = append(options, ecrpublictest.WithAnyRegion())
	}
	if s.rates {
		options = append(options, ecrpublictest.WithRates(ecrpublictest.DocumentedRates()))
	}
	if s.control {
		options = append(options, ecrpublictest.WithControl())
	}
	return options
}

// allowedHosts returns the names of -allow-host and the one that the emulator
// listens on.
func (s *settings) allowedHosts() []string {
	host, _, _ := net.SplitHostPort(s.addr) // check has parsed it
	hosts := []string{host}
	for name := range strings.SplitSeq(s.hosts, ",") {
		hosts = append(hosts, strings.TrimSpace(name))
	}
	return hosts
}
