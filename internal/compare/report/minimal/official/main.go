// Command official is the smallest program with the official client. Its size and the time of
// its package initialization are measured.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
)

func main() {
	if len(os.Args) == 1 {
		return
	}
	client := ecrpublic.NewFromConfig(aws.Config{BaseEndpoint: aws.String(os.Args[1])})
	fmt.Println(client.DescribeRepositories(context.Background(), nil))
}
