package main

import (
	"flag"
	"fmt"
	"io"
	"net"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

const defaultAddr = "127.0.0.1:4510"

// settings are what the flags say.
type settings struct {
	addr, accessKey, secretKey, dataDir, account, alias string

	log bool
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
	if _, _, err := net.SplitHostPort(s.addr); err != nil {
		return s, fmt.Errorf("-addr: %w; want host:port, such as %s", err, defaultAddr)
	}
	return s, nil
}

func (s *settings) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("ecr-public-emulator", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run reports errors
	flags.StringVar(&s.addr, "addr", defaultAddr, "listen on `host:port`; port 0 picks a free one")
	flags.StringVar(&s.accessKey, "access-key", "", "access `key` that requests must be signed with; needs -secret-key. Without both, any credentials pass")
	flags.StringVar(&s.secretKey, "secret-key", "", "secret `key` of -access-key")
	flags.StringVar(&s.dataDir, "data", "", "keep the state in `directory`, so that it survives a restart; without it the state lives in memory")
	flags.StringVar(&s.account, "account", "", "twelve-digit `id` of the account that owns the registry; without it an example account does")
	flags.StringVar(&s.alias, "alias", "", "alias `name` of the registry; without it one is computed from the account")
	flags.BoolVar(&s.log, "log", false, "write a line to standard error for each request")
	return flags
}

func (s *settings) options() []ecrpublictest.Option {
	options := []ecrpublictest.Option{
		ecrpublictest.WithCredentials(s.accessKey, s.secretKey),
		ecrpublictest.WithDataDir(s.dataDir),
		ecrpublictest.WithAlias(s.alias),
	}
	if s.account != "" {
		options = append(options, ecrpublictest.WithAccount(s.account))
	}
	return options
}

func usage(w io.Writer) {
	fmt.Fprint(w, `ecr-public-emulator runs Amazon ECR Public on this machine: the API and the
registry behind it. It prints its URL when it is ready and stops on SIGINT and
SIGTERM.

Flags:
`)
	flags := new(settings).flags()
	flags.SetOutput(w)
	flags.PrintDefaults()
	fmt.Fprint(w, `
Clients need a region, us-east-1, and credentials: any, or those of -access-key
and -secret-key. Point them at the emulator like this.

  AWS CLI:
    export AWS_ENDPOINT_URL_ECR_PUBLIC=http://`+defaultAddr+` AWS_REGION=us-east-1
    export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
    aws ecr-public create-repository --repository-name app
  An older AWS CLI does not know the first variable: use --endpoint-url.

  boto3:
    boto3.client("ecr-public", region_name="us-east-1", endpoint_url="http://`+defaultAddr+`")

  crane, once ALIAS is set to the alias that this shows:
    aws ecr-public describe-registries --query 'registries[0].aliases[0].name'
    aws ecr-public get-login-password | crane auth login `+defaultAddr+` -u AWS --password-stdin
    crane push app.tar `+defaultAddr+`/$ALIAS/app:latest

  docker, which takes plain HTTP from 127.0.0.1:
    aws ecr-public get-login-password | docker login -u AWS --password-stdin `+defaultAddr+`
    docker push `+defaultAddr+`/$ALIAS/app:latest

Images are pulled without a login. A repository has to be created before the
first push, as in the real service.
`)
}
