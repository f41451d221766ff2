package ecrpublictest

import (
	"crypto/rand"

	smithyrand "github.com/aws/smithy-go/rand"
)

func newUUID() string {
	id, _ := smithyrand.NewUUID(rand.Reader).GetUUID() // crypto/rand does not fail
	return id
}
