package ecrpublic

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// userAgents are the headers of clients without an AppID, by what they tell. There
// are few, and writing one is a tenth of a client's first call.
var userAgents sync.Map

// userAgentText returns the User-Agent header.
func (p *pipeline) userAgentText(paginates bool) string {
	tells := [2]any{reflect.TypeOf(p.options.Retryer), fmt.Sprintf("%t %v %q %s", paginates, p.credentialSources(), os.Getenv("AWS_EXECUTION_ENV"), p.options.AppID)}
	if text, ok := userAgents.Load(tells); ok {
		return text.(string)
	}
	request := &smithyhttp.Request{Request: &http.Request{Header: http.Header{}}}
	end := middleware.BuildHandlerFunc(func(context.Context, middleware.BuildInput) (out middleware.BuildOutput, metadata middleware.Metadata, err error) {
		return out, metadata, nil
	})
	p.userAgent(paginates).HandleBuild(context.Background(), middleware.BuildInput{Request: request}, end)
	text := request.Header.Get("User-Agent")
	if p.options.AppID == "" {
		userAgents.Store(tells, text)
	}
	return text
}

// userAgent returns the step that writes the header.
func (p *pipeline) userAgent(paginates bool) *awsmiddleware.RequestUserAgent {
	ua := awsmiddleware.NewRequestUserAgent()
	ua.AddSDKAgentKeyValue(awsmiddleware.APIMetadata, "ecrpublic", version)
	if p.options.AppID != "" {
		ua.AddSDKAgentKey(awsmiddleware.ApplicationIdentifier, p.options.AppID)
	}
	switch p.options.Retryer.(type) {
	case *retry.Standard:
		ua.AddUserAgentFeature(awsmiddleware.UserAgentFeatureRetryModeStandard)
	case *retry.AdaptiveMode:
		ua.AddUserAgentFeature(awsmiddleware.UserAgentFeatureRetryModeAdaptive)
	}
	if paginates {
		ua.AddUserAgentFeature(awsmiddleware.UserAgentFeaturePaginator)
	}
	for _, s := range p.credentialSources() {
		ua.AddCredentialsSource(s)
	}
	return ua
}

// credentialSources tells where the credentials come from, if their provider
// knows.
func (p *pipeline) credentialSources() []aws.CredentialSource {
	if source, ok := p.options.Credentials.(aws.CredentialProviderSource); ok {
		return source.ProviderSources()
	}
	return nil
}
