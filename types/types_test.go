package types_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/types"
)

func TestEnumerationsListTheirValues(t *testing.T) {
	t.Parallel()
	assert.Len(t, types.ImageFailureCode("").Values(), 7)
	assert.Equal(t, []types.LayerAvailability{"AVAILABLE", "UNAVAILABLE"}, types.LayerAvailability("").Values())
	assert.Equal(t, []types.LayerFailureCode{"InvalidLayerDigest", "MissingLayerDigest"}, types.LayerFailureCode("").Values())
	assert.Equal(t, []types.RegistryAliasStatus{"ACTIVE", "PENDING", "REJECTED"}, types.RegistryAliasStatus("").Values())
}

func TestExceptions(t *testing.T) {
	t.Parallel()
	var none *types.LimitExceededException
	assert.Equal(t, "LimitExceededException", none.ErrorCode(), "a nil exception has the code of its type")
	e := &types.ServerException{Message: aws.String("later"), ErrorCodeOverride: aws.String("Own")}
	assert.Equal(t, "Own: later", e.Error())
	assert.Equal(t, smithy.FaultServer, e.ErrorFault())
	part := &types.InvalidLayerPartException{LastValidByteReceived: aws.Int64(1)}
	assert.Equal(t, "InvalidLayerPartException: ", part.Error())
	part.ErrorCodeOverride, part.Message = aws.String("Own"), aws.String("m")
	assert.Equal(t, "Own: m", part.Error())
	assert.Equal(t, smithy.FaultClient, part.ErrorFault())
}
