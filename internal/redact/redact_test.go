package redact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/internal/redact"
)

func TestSecret(t *testing.T) {
	t.Parallel()
	secret := redact.NewSecret("QVdT/key+1==")
	for _, form := range []string{
		"QVdT/key+1==", `QVdT\/key+1==`, `QVdT\\/key\u002b1\u003D=`, "QVdT%2Fkey%2b1%3D%3D", "QVdT&#47;key&#x2B;1&#61;=",
	} {
		assert.Equal(t, "you sent *, no", secret.Text("you sent "+form+", no", "*"), form)
		assert.Equal(t, "you sent *, no", string(secret.Bytes([]byte("you sent "+form+", no"), "*")), form)
	}
	assert.Equal(t, "QVdT/key-1", secret.Text("QVdT/key-1", "*"), "another text with the same word")
	assert.Equal(t, "nothing", redact.Secret{}.Text("nothing", "*"))
	assert.Equal(t, "==", redact.NewSecret("==").Text("==", "*"))
}
