// Command oursconfig is the smallest program that loads the AWS configuration and
// calls this client.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func main() {
	if len(os.Args) == 1 {
		return
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	fmt.Println(err)
	client := ecrpublic.NewFromConfig(cfg)
	fmt.Println(client.DescribeRepositories(context.Background(), nil))
}
