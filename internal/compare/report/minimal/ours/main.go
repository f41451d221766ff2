// Command ours is the smallest program with this client. Its size and the time of
// its package initialization are measured.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func main() {
	if len(os.Args) == 1 {
		return
	}
	client := ecrpublic.NewFromConfig(aws.Config{BaseEndpoint: aws.String(os.Args[1])})
	fmt.Println(client.DescribeRepositories(context.Background(), nil))
}
