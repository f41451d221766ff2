package imageref_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/types"
)

// registries returns one page after the other from DescribeRegistries. A nil page is an
// error.
type registries struct {
	pages  []*ecrpublic.DescribeRegistriesOutput
	tokens []string
}

var errPage = errors.New("connection reset")

func (r *registries) DescribeRegistries(_ context.Context, in *ecrpublic.DescribeRegistriesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRegistriesOutput, error) {
	page := r.pages[min(len(r.tokens), len(r.pages)-1)]
	r.tokens = append(r.tokens, aws.ToString(in.NextToken))
	if page == nil {
		return nil, errPage
	}
	return page, nil
}

func page(next *string, aliases ...types.RegistryAlias) *ecrpublic.DescribeRegistriesOutput {
	return &ecrpublic.DescribeRegistriesOutput{NextToken: next, Registries: []types.Registry{{Aliases: aliases}}}
}

func alias(name string, primary bool) types.RegistryAlias {
	return types.RegistryAlias{Name: aws.String(name), PrimaryRegistryAlias: primary, Status: types.RegistryAliasStatusActive}
}

// Scripts take registries[0].aliases[0], which can be any of the aliases.
func TestAliasIsThePrimaryNotTheFirst(t *testing.T) {
	t.Parallel()
	client := &registries{pages: []*ecrpublic.DescribeRegistriesOutput{page(nil, alias("a1b2c3d4", false), alias("acme", true))}}
	got, err := imageref.Alias(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, "acme", got)
}

func TestAliasReadsEveryPage(t *testing.T) {
	t.Parallel()
	client := &registries{pages: []*ecrpublic.DescribeRegistriesOutput{
		{NextToken: aws.String("2")},
		page(aws.String("3"), alias("a1b2c3d4", false)),
		page(nil, alias("acme", true)),
	}}
	got, err := imageref.Alias(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, "acme", got)
	assert.Equal(t, []string{"", "2", "3"}, client.tokens)
}

// Hand-written loops drop the error of the second page.
func TestAliasReturnsTheErrorOfTheSecondPage(t *testing.T) {
	t.Parallel()
	client := &registries{pages: []*ecrpublic.DescribeRegistriesOutput{page(aws.String("2"), alias("a1b2c3d4", false)), nil}}
	_, err := imageref.Alias(t.Context(), client)
	require.ErrorIs(t, err, errPage)
	require.NotErrorIs(t, err, imageref.ErrNoAlias)
}

func TestAliasBeforeTheFirstRepository(t *testing.T) {
	t.Parallel()
	for _, pages := range [][]*ecrpublic.DescribeRegistriesOutput{
		{{}},
		{page(nil)},
		{page(nil, alias("a1b2c3d4", false))},
		{page(aws.String("again"), alias("a1b2c3d4", false))},
	} {
		client := &registries{pages: pages}
		_, err := imageref.Alias(t.Context(), client)
		require.ErrorIs(t, err, imageref.ErrNoAlias)
		assert.LessOrEqual(t, len(client.tokens), 2, "a token that repeats ends the listing")
	}
}
