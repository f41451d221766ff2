// Command emulator runs a program against a new emulator that holds a few images, and
// exits with the program's status:
//
//	emulator PROGRAM [ARGUMENT...]
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

const key, secret = "AKIDMIGRATION", "the secret of the migration test"

// faults are injected while a program runs.
var faults = map[string]ecrpublictest.Fault{
	"errors": {Operation: "DescribeRepositories", Effect: ecrpublictest.Fail(&smithy.GenericAPIError{
		Code: "NobodyKnowsException", Message: "what?", Fault: smithy.FaultClient,
	})},
	"waiter": {Operation: "CreateRepository", Effect: ecrpublictest.HideNew(3)},
}

func main() {
	var ended *exec.ExitError
	switch err := run(os.Args[1], os.Args[2:]); {
	case errors.As(err, &ended):
		os.Exit(ended.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}

func run(program string, args []string) error {
	server := ecrpublictest.NewServer(ecrpublictest.WithCredentials(key, secret))
	defer server.Close()
	for _, image := range [][]string{{"app", "v1"}, {"app", "v2"}, {"app", "v3"}, {"app", "v4", "latest"}, {"base/alpine", "3"}, {"tools/cli"}} {
		if _, err := server.AddImage(image[0], image[1:]...); err != nil {
			return err
		}
	}
	server.Inject(faults[filepath.Base(program)])
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(),
		"AWS_ENDPOINT_URL_ECR_PUBLIC="+server.URL,
		"AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID="+key,
		"AWS_SECRET_ACCESS_KEY="+secret,
		"AWS_CONFIG_FILE="+program+".no-config",
		"AWS_SHARED_CREDENTIALS_FILE="+program+".no-credentials",
	)
	return cmd.Run()
}
