package registry

import (
	"crypto/rand"

	smithyrand "github.com/aws/smithy-go/rand"
)

func NewUUID() string {
	id, _ := smithyrand.NewUUID(rand.Reader).GetUUID() // crypto/rand does not fail
	return id
}
