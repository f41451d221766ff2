package wire

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// refusingRegion has an endpoint that refuses everything.
const refusingRegion = "us-west-2"

// checkRegion passes only requests that are signed for the region of ECR Public,
// or unsigned.
func checkRegion(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch region := scopeRegion(r.Header); region {
		case "", endpoints.HomeRegion:
			next.ServeHTTP(w, r)
		case refusingRegion:
			WriteError(w, asAPIError(registry.UnsupportedCommand(OperationOf(r))))
		default:
			WriteError(w, refuseSignature("%s", noRegion(region)))
		}
	})
}

// scopeRegion returns the region of the credential scope of a signature, or ""
// when there is none.
func scopeRegion(header http.Header) string {
	scope := strings.Split(parameters(header.Get("Authorization"))["Credential"], "/")
	if len(scope) != 5 {
		return ""
	}
	return scope[2]
}

// noRegion says what the service would do, which does not respond at all.
func noRegion(region string) string {
	return fmt.Sprintf("Credential should be scoped to a valid region, not '%s'. "+
		"ECR Public has no endpoint there: the host api.%s.%s.amazonaws.com does not exist, and clients of the real service get a network error. Use %s.",
		region, endpoints.Service, region, endpoints.HomeRegion)
}
