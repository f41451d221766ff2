package housekeeping_test

import (
	"context"
	"net"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

// finding is a client with a fixed result of DescribeImages.
func finding(out *ecrpublic.DescribeImagesOutput, err error) *ecrpublictest.Client {
	return &ecrpublictest.Client{DescribeImagesFunc: answer[ecrpublic.DescribeImagesInput](out, err)}
}

// operationError wraps an error as the client does.
func operationError(err error) error {
	return &smithy.OperationError{ServiceID: "ECR PUBLIC", OperationName: "Some", Err: err}
}

func TestImageExistsSaysNo(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{&types.RepositoryNotFoundException{}, &types.ImageNotFoundException{}} {
		exists, err := housekeeping.ImageExists(t.Context(), finding(nil, operationError(cause)), "app", "v1")
		require.NoError(t, err)
		assert.False(t, exists)
	}
}

// Other errors must not count as "no": a program that pushes missing images would push
// again.
func TestImageExistsKeepsErrors(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{
		&smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"},
		&smithy.GenericAPIError{Code: "AccessDeniedException"},
		&smithy.GenericAPIError{Code: "ValidationException", Message: "ImageNotFoundException: does not exist within the repository"},
		&types.RegistryNotFoundException{},
		&types.InvalidParameterException{},
		&types.ServerException{},
		&net.DNSError{Name: "api.ecr-public.us-east-1.amazonaws.com", IsNotFound: true},
		context.Canceled,
	} {
		exists, err := housekeeping.ImageExists(t.Context(), finding(nil, operationError(cause)), "app", "v1")
		require.ErrorIs(t, err, cause)
		assert.False(t, exists)
	}
}

func TestFindImage(t *testing.T) {
	t.Parallel()
	want := pushed("A", day, "v1")
	for _, test := range []struct {
		given string
		sent  types.ImageIdentifier
	}{
		{"v1", types.ImageIdentifier{ImageTag: new("v1")}},
		{*want.ImageDigest, types.ImageIdentifier{ImageDigest: want.ImageDigest}},
		{"sha256:abc", types.ImageIdentifier{ImageDigest: new("sha256:abc")}}, // no tag has a colon
	} {
		client := finding(&ecrpublic.DescribeImagesOutput{ImageDetails: []types.ImageDetail{want}}, nil)
		image, found, err := housekeeping.FindImage(t.Context(), client, "app", test.given)
		require.NoError(t, err)
		assert.True(t, found)
		assert.Equal(t, want, image)
		require.Len(t, client.Calls(), 1)
		assert.Equal(t, &ecrpublic.DescribeImagesInput{RepositoryName: new("app"), ImageIds: []types.ImageIdentifier{test.sent}}, client.Calls()[0].Input)
	}
}

func TestFindImageBadInput(t *testing.T) {
	t.Parallel()
	for _, args := range [][2]string{{"", "v1"}, {"app", ""}} {
		_, _, err := housekeeping.FindImage(t.Context(), unreachable(), args[0], args[1])
		require.EqualError(t, err, "housekeeping: find image: repository and tag or digest must not be empty")
	}
}

// For a missing image the service returns an error, so an empty success is no result.
func TestFindImageEmptyAnswer(t *testing.T) {
	t.Parallel()
	_, found, err := housekeeping.FindImage(t.Context(), finding(&ecrpublic.DescribeImagesOutput{}, nil), "app", "v1")
	require.EqualError(t, err, "housekeeping: find image v1 in app: the service returned no image")
	assert.False(t, found)
}
