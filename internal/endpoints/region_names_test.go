package endpoints_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// A region belongs to another partition only if all of its name has that
// partition's form: a prefix, a word and a number.
func TestOnlyWholeRegionNamesNameAPartition(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"cn-north-1", "us-gov-west-12", "aws-cn-global", "cn-azAZ09_-09"} {
		assert.False(t, endpoints.IsCommercial(region), region)
	}
	for _, region := range []string{"", "-", "cn-north", "cn-north-", "cn--1", "cn-north-x1", "cn-north-1x", "cn-.north-1", "cn-nor.th-1", "us-east-1", "moon-global"} {
		assert.True(t, endpoints.IsCommercial(region), region)
	}
}
