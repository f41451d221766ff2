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

// userAgents caches the headers of clients without an AppID, by what goes into them.
// There are few, and building one is a tenth of the cost of a client's first call.
var userAgents sync.Map

// userAgentContent is what a header depends on.
type userAgentContent struct {
	retryer                     reflect.Type
	paginates                   bool
	sources, appID, environment string
}

// userAgentText returns the User-Agent header.
func (e *engine) userAgentText() string {
	content := userAgentContent{
		retryer: reflect.TypeOf(e.options.Retryer), paginates: e.options.paginates,
		appID: e.options.AppID, environment: os.Getenv("AWS_EXECUTION_ENV"),
	}
	if sources := e.credentialSources(); len(sources) > 0 {
		content.sources = fmt.Sprint(sources)
	}
	if text, ok := userAgents.Load(content); ok {
		return text.(string)
	}
	request := &smithyhttp.Request{Request: &http.Request{Header: http.Header{}}}
	end := middleware.BuildHandlerFunc(func(context.Context, middleware.BuildInput) (out middleware.BuildOutput, metadata middleware.Metadata, err error) {
		return out, metadata, nil
	})
	e.userAgent().HandleBuild(context.Background(), middleware.BuildInput{Request: request}, end)
	text := request.Header.Get("User-Agent")
	if e.options.AppID == "" {
		userAgents.Store(content, text)
	}
	return text
}

// userAgent returns the step that writes the header.
func (e *engine) userAgent() *awsmiddleware.RequestUserAgent {
	ua := awsmiddleware.NewRequestUserAgent()
	ua.AddSDKAgentKeyValue(awsmiddleware.APIMetadata, "ecrpublic", version)
	if e.options.AppID != "" {
		ua.AddSDKAgentKey(awsmiddleware.ApplicationIdentifier, e.options.AppID)
	}
	switch e.options.Retryer.(type) {
	case *retry.Standard:
		ua.AddUserAgentFeature(awsmiddleware.UserAgentFeatureRetryModeStandard)
	case *retry.AdaptiveMode:
		ua.AddUserAgentFeature(awsmiddleware.UserAgentFeatureRetryModeAdaptive)
	}
	if e.options.paginates {
		ua.AddUserAgentFeature(awsmiddleware.UserAgentFeaturePaginator)
	}
	for _, s := range e.credentialSources() {
		ua.AddCredentialsSource(s)
	}
	return ua
}

// credentialSources returns where the credentials come from, if their provider says.
func (e *engine) credentialSources() []aws.CredentialSource {
	if source, ok := e.options.Credentials.(aws.CredentialProviderSource); ok {
		return source.ProviderSources()
	}
	return nil
}
