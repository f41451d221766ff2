package ecrpublictest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// Client is a mock of [ecrpublic.Client] for tests that specify the result of each
// call; it makes no requests. [NewScript] creates one from a list of expected calls.
// For results by operation, in any order, set the func of each operation that must
// work: a method whose func is nil returns an error that names it. The zero value is
// ready to use, and safe for concurrent use while the funcs do not change. Do not copy
// a Client after its first call.
type Client struct {
	// BatchCheckLayerAvailabilityFunc implements BatchCheckLayerAvailability.
	BatchCheckLayerAvailabilityFunc Func[ecrpublic.BatchCheckLayerAvailabilityInput, ecrpublic.BatchCheckLayerAvailabilityOutput]
	// BatchDeleteImageFunc implements BatchDeleteImage.
	BatchDeleteImageFunc Func[ecrpublic.BatchDeleteImageInput, ecrpublic.BatchDeleteImageOutput]
	// CompleteLayerUploadFunc implements CompleteLayerUpload.
	CompleteLayerUploadFunc Func[ecrpublic.CompleteLayerUploadInput, ecrpublic.CompleteLayerUploadOutput]
	// CreateRepositoryFunc implements CreateRepository.
	CreateRepositoryFunc Func[ecrpublic.CreateRepositoryInput, ecrpublic.CreateRepositoryOutput]
	// DeleteRepositoryFunc implements DeleteRepository.
	DeleteRepositoryFunc Func[ecrpublic.DeleteRepositoryInput, ecrpublic.DeleteRepositoryOutput]
	// DeleteRepositoryPolicyFunc implements DeleteRepositoryPolicy.
	DeleteRepositoryPolicyFunc Func[ecrpublic.DeleteRepositoryPolicyInput, ecrpublic.DeleteRepositoryPolicyOutput]
	// DescribeImageTagsFunc implements DescribeImageTags.
	DescribeImageTagsFunc Func[ecrpublic.DescribeImageTagsInput, ecrpublic.DescribeImageTagsOutput]
	// DescribeImagesFunc implements DescribeImages.
	DescribeImagesFunc Func[ecrpublic.DescribeImagesInput, ecrpublic.DescribeImagesOutput]
	// DescribeRegistriesFunc implements DescribeRegistries.
	DescribeRegistriesFunc Func[ecrpublic.DescribeRegistriesInput, ecrpublic.DescribeRegistriesOutput]
	// DescribeRepositoriesFunc implements DescribeRepositories.
	DescribeRepositoriesFunc Func[ecrpublic.DescribeRepositoriesInput, ecrpublic.DescribeRepositoriesOutput]
	// GetAuthorizationTokenFunc implements GetAuthorizationToken.
	GetAuthorizationTokenFunc Func[ecrpublic.GetAuthorizationTokenInput, ecrpublic.GetAuthorizationTokenOutput]
	// GetRegistryCatalogDataFunc implements GetRegistryCatalogData.
	GetRegistryCatalogDataFunc Func[ecrpublic.GetRegistryCatalogDataInput, ecrpublic.GetRegistryCatalogDataOutput]
	// GetRepositoryCatalogDataFunc implements GetRepositoryCatalogData.
	GetRepositoryCatalogDataFunc Func[ecrpublic.GetRepositoryCatalogDataInput, ecrpublic.GetRepositoryCatalogDataOutput]
	// GetRepositoryPolicyFunc implements GetRepositoryPolicy.
	GetRepositoryPolicyFunc Func[ecrpublic.GetRepositoryPolicyInput, ecrpublic.GetRepositoryPolicyOutput]
	// InitiateLayerUploadFunc implements InitiateLayerUpload.
	InitiateLayerUploadFunc Func[ecrpublic.InitiateLayerUploadInput, ecrpublic.InitiateLayerUploadOutput]
	// ListTagsForResourceFunc implements ListTagsForResource.
	ListTagsForResourceFunc Func[ecrpublic.ListTagsForResourceInput, ecrpublic.ListTagsForResourceOutput]
	// PutImageFunc implements PutImage.
	PutImageFunc Func[ecrpublic.PutImageInput, ecrpublic.PutImageOutput]
	// PutRegistryCatalogDataFunc implements PutRegistryCatalogData.
	PutRegistryCatalogDataFunc Func[ecrpublic.PutRegistryCatalogDataInput, ecrpublic.PutRegistryCatalogDataOutput]
	// PutRepositoryCatalogDataFunc implements PutRepositoryCatalogData.
	PutRepositoryCatalogDataFunc Func[ecrpublic.PutRepositoryCatalogDataInput, ecrpublic.PutRepositoryCatalogDataOutput]
	// SetRepositoryPolicyFunc implements SetRepositoryPolicy.
	SetRepositoryPolicyFunc Func[ecrpublic.SetRepositoryPolicyInput, ecrpublic.SetRepositoryPolicyOutput]
	// TagResourceFunc implements TagResource.
	TagResourceFunc Func[ecrpublic.TagResourceInput, ecrpublic.TagResourceOutput]
	// UntagResourceFunc implements UntagResource.
	UntagResourceFunc Func[ecrpublic.UntagResourceInput, ecrpublic.UntagResourceOutput]
	// UploadLayerPartFunc implements UploadLayerPart.
	UploadLayerPartFunc Func[ecrpublic.UploadLayerPartInput, ecrpublic.UploadLayerPartOutput]

	script *script // for methods without a func; nil without NewScript

	mu    sync.Mutex
	calls []Call
}

var _ ecrpublic.API = (*Client)(nil)

// Func is the signature of an operation's method, so a method of another client
// can be a mock's func too. The mock passes context, input and options on
// unchanged.
type Func[In, Out any] func(context.Context, *In, ...func(*ecrpublic.Options)) (*Out, error)

// Call is one call of a mock's method.
type Call struct {
	// Operation is the method's name, such as "PutImage".
	Operation string

	// Input is the caller's own input, a pointer such as
	// *ecrpublic.PutImageInput; a nil pointer when the caller gave nil.
	Input any
}

// Calls returns the calls so far in the order in which they started,
// including those that failed because their func is nil. The slice belongs to
// the caller.
func (c *Client) Calls() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.calls)
}

// call records a call of the operation that In belongs to and hands it to f.
func (f Func[In, Out]) call(ctx context.Context, c *Client, in *In, optFns []func(*ecrpublic.Options)) (*Out, error) {
	operation := operationFor[In]()
	c.mu.Lock()
	c.calls = append(c.calls, Call{operation, in})
	c.mu.Unlock()
	if f == nil && c.script != nil {
		out, err := c.script.next(operation, in)
		output, _ := out.(*Out) // an error's nil is untyped
		return output, err
	}
	if f == nil {
		return nil, fmt.Errorf("ecrpublictest: %sFunc of the mock is not set", operation)
	}
	return f(ctx, in, optFns...)
}

// operationFor returns the operation that an input belongs to.
func operationFor[In any]() string { return strings.TrimSuffix(reflect.TypeFor[In]().Name(), "Input") }

// BatchCheckLayerAvailability runs BatchCheckLayerAvailabilityFunc.
func (c *Client) BatchCheckLayerAvailability(ctx context.Context, in *ecrpublic.BatchCheckLayerAvailabilityInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	return c.BatchCheckLayerAvailabilityFunc.call(ctx, c, in, optFns)
}

// BatchDeleteImage runs BatchDeleteImageFunc.
func (c *Client) BatchDeleteImage(ctx context.Context, in *ecrpublic.BatchDeleteImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error) {
	return c.BatchDeleteImageFunc.call(ctx, c, in, optFns)
}

// CompleteLayerUpload runs CompleteLayerUploadFunc.
func (c *Client) CompleteLayerUpload(ctx context.Context, in *ecrpublic.CompleteLayerUploadInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.CompleteLayerUploadOutput, error) {
	return c.CompleteLayerUploadFunc.call(ctx, c, in, optFns)
}

// CreateRepository runs CreateRepositoryFunc.
func (c *Client) CreateRepository(ctx context.Context, in *ecrpublic.CreateRepositoryInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.CreateRepositoryOutput, error) {
	return c.CreateRepositoryFunc.call(ctx, c, in, optFns)
}

// DeleteRepository runs DeleteRepositoryFunc.
func (c *Client) DeleteRepository(ctx context.Context, in *ecrpublic.DeleteRepositoryInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DeleteRepositoryOutput, error) {
	return c.DeleteRepositoryFunc.call(ctx, c, in, optFns)
}

// DeleteRepositoryPolicy runs DeleteRepositoryPolicyFunc.
func (c *Client) DeleteRepositoryPolicy(ctx context.Context, in *ecrpublic.DeleteRepositoryPolicyInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DeleteRepositoryPolicyOutput, error) {
	return c.DeleteRepositoryPolicyFunc.call(ctx, c, in, optFns)
}

// DescribeImageTags runs DescribeImageTagsFunc.
func (c *Client) DescribeImageTags(ctx context.Context, in *ecrpublic.DescribeImageTagsInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
	return c.DescribeImageTagsFunc.call(ctx, c, in, optFns)
}

// DescribeImages runs DescribeImagesFunc.
func (c *Client) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return c.DescribeImagesFunc.call(ctx, c, in, optFns)
}

// DescribeRegistries runs DescribeRegistriesFunc.
func (c *Client) DescribeRegistries(ctx context.Context, in *ecrpublic.DescribeRegistriesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRegistriesOutput, error) {
	return c.DescribeRegistriesFunc.call(ctx, c, in, optFns)
}

// DescribeRepositories runs DescribeRepositoriesFunc.
func (c *Client) DescribeRepositories(ctx context.Context, in *ecrpublic.DescribeRepositoriesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error) {
	return c.DescribeRepositoriesFunc.call(ctx, c, in, optFns)
}

// GetAuthorizationToken runs GetAuthorizationTokenFunc.
func (c *Client) GetAuthorizationToken(ctx context.Context, in *ecrpublic.GetAuthorizationTokenInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.GetAuthorizationTokenOutput, error) {
	return c.GetAuthorizationTokenFunc.call(ctx, c, in, optFns)
}

// GetRegistryCatalogData runs GetRegistryCatalogDataFunc.
func (c *Client) GetRegistryCatalogData(ctx context.Context, in *ecrpublic.GetRegistryCatalogDataInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.GetRegistryCatalogDataOutput, error) {
	return c.GetRegistryCatalogDataFunc.call(ctx, c, in, optFns)
}

// GetRepositoryCatalogData runs GetRepositoryCatalogDataFunc.
func (c *Client) GetRepositoryCatalogData(ctx context.Context, in *ecrpublic.GetRepositoryCatalogDataInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.GetRepositoryCatalogDataOutput, error) {
	return c.GetRepositoryCatalogDataFunc.call(ctx, c, in, optFns)
}

// GetRepositoryPolicy runs GetRepositoryPolicyFunc.
func (c *Client) GetRepositoryPolicy(ctx context.Context, in *ecrpublic.GetRepositoryPolicyInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.GetRepositoryPolicyOutput, error) {
	return c.GetRepositoryPolicyFunc.call(ctx, c, in, optFns)
}

// InitiateLayerUpload runs InitiateLayerUploadFunc.
func (c *Client) InitiateLayerUpload(ctx context.Context, in *ecrpublic.InitiateLayerUploadInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.InitiateLayerUploadOutput, error) {
	return c.InitiateLayerUploadFunc.call(ctx, c, in, optFns)
}

// ListTagsForResource runs ListTagsForResourceFunc.
func (c *Client) ListTagsForResource(ctx context.Context, in *ecrpublic.ListTagsForResourceInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.ListTagsForResourceOutput, error) {
	return c.ListTagsForResourceFunc.call(ctx, c, in, optFns)
}

// PutImage runs PutImageFunc.
func (c *Client) PutImage(ctx context.Context, in *ecrpublic.PutImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutImageOutput, error) {
	return c.PutImageFunc.call(ctx, c, in, optFns)
}

// PutRegistryCatalogData runs PutRegistryCatalogDataFunc.
func (c *Client) PutRegistryCatalogData(ctx context.Context, in *ecrpublic.PutRegistryCatalogDataInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutRegistryCatalogDataOutput, error) {
	return c.PutRegistryCatalogDataFunc.call(ctx, c, in, optFns)
}

// PutRepositoryCatalogData runs PutRepositoryCatalogDataFunc.
func (c *Client) PutRepositoryCatalogData(ctx context.Context, in *ecrpublic.PutRepositoryCatalogDataInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutRepositoryCatalogDataOutput, error) {
	return c.PutRepositoryCatalogDataFunc.call(ctx, c, in, optFns)
}

// SetRepositoryPolicy runs SetRepositoryPolicyFunc.
func (c *Client) SetRepositoryPolicy(ctx context.Context, in *ecrpublic.SetRepositoryPolicyInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.SetRepositoryPolicyOutput, error) {
	return c.SetRepositoryPolicyFunc.call(ctx, c, in, optFns)
}

// TagResource runs TagResourceFunc.
func (c *Client) TagResource(ctx context.Context, in *ecrpublic.TagResourceInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.TagResourceOutput, error) {
	return c.TagResourceFunc.call(ctx, c, in, optFns)
}

// UntagResource runs UntagResourceFunc.
func (c *Client) UntagResource(ctx context.Context, in *ecrpublic.UntagResourceInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.UntagResourceOutput, error) {
	return c.UntagResourceFunc.call(ctx, c, in, optFns)
}

// UploadLayerPart runs UploadLayerPartFunc.
func (c *Client) UploadLayerPart(ctx context.Context, in *ecrpublic.UploadLayerPartInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.UploadLayerPartOutput, error) {
	return c.UploadLayerPartFunc.call(ctx, c, in, optFns)
}
