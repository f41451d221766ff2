package housekeeping_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

const appARN = "arn:aws:ecr-public::123456789012:repository/app"

// appearing is a client whose first reads do not find the repository.
func appearing(missing int) *ecrpublictest.Client {
	c := &ecrpublictest.Client{
		CreateRepositoryFunc: answer[ecrpublic.CreateRepositoryInput](&ecrpublic.CreateRepositoryOutput{}, nil),
	}
	c.DescribeRepositoriesFunc = func(context.Context, *ecrpublic.DescribeRepositoriesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error) {
		if missing--; missing >= 0 {
			return nil, operationError(&types.RepositoryNotFoundException{})
		}
		return &ecrpublic.DescribeRepositoriesOutput{Repositories: []types.Repository{{RepositoryArn: new(appARN)}}}, nil
	}
	return c
}

func operations(c *ecrpublictest.Client) (names []string) {
	for _, call := range c.Calls() {
		names = append(names, call.Operation)
	}
	return names
}

func app() *ecrpublic.CreateRepositoryInput {
	return &ecrpublic.CreateRepositoryInput{RepositoryName: new("app")}
}

func TestEnsureRepositoryThatExists(t *testing.T) {
	t.Parallel()
	client := appearing(0)
	result, err := housekeeping.EnsureRepository(t.Context(), client, app())
	require.NoError(t, err)
	assert.Equal(t, housekeeping.Ensured{Repository: types.Repository{RepositoryArn: new(appARN)}}, result)
	assert.Equal(t, []string{"DescribeRepositories"}, operations(client))
	assert.Equal(t, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"app"}}, client.Calls()[0].Input, "does not list them all")
}

func TestEnsureRepositoryCreates(t *testing.T) {
	t.Parallel()
	want := app()
	want.CatalogData = &types.RepositoryCatalogDataInput{Description: new("An app.")}
	want.Tags = []types.Tag{{Key: new("team"), Value: new("blue")}}
	client := appearing(1)
	result, err := housekeeping.EnsureRepository(t.Context(), client, want)
	require.NoError(t, err)
	assert.Equal(t, housekeeping.Ensured{Created: true, Repository: types.Repository{RepositoryArn: new(appARN)}}, result)
	assert.Equal(t, []string{"DescribeRepositories", "CreateRepository", "DescribeRepositories"}, operations(client))
	assert.Equal(t, want, client.Calls()[1].Input)
}

// Reads after a create fail for up to a minute.
func TestEnsureRepositoryWaitsUntilVisible(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := appearing(8)
		result, err := housekeeping.EnsureRepository(t.Context(), client, app())
		require.NoError(t, err)
		assert.True(t, result.Created)
		assert.Equal(t, appARN, *result.Repository.RepositoryArn)
	})
}

// The same against a service that is eventually consistent.
func TestEnsureRepositoryOnEmulator(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	e.Inject(ecrpublictest.Fault{Operation: "CreateRepository", Effect: ecrpublictest.HideNew(2)})
	result, err := housekeeping.EnsureRepository(t.Context(), e.client, app())
	require.NoError(t, err)
	assert.True(t, result.Created)
	assert.Equal(t, "app", *result.Repository.RepositoryName)
	assert.Equal(t, 4, e.Count("DescribeRepositories"), "missing, hidden twice, and there")
	result, err = housekeeping.EnsureRepository(t.Context(), e.client, app())
	require.NoError(t, err)
	assert.False(t, result.Created)
}

func TestEnsureRepositoryNeverVisible(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		result, err := housekeeping.EnsureRepository(t.Context(), appearing(1000), app())
		require.ErrorAs(t, err, new(*types.RepositoryNotFoundException))
		assert.True(t, result.Created)
		assert.InDelta(t, time.Minute, time.Since(start), float64(10*time.Second))
	})
}

func TestEnsureRepositoryStopsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		result, err := housekeeping.EnsureRepository(ctx, appearing(1000), app())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.True(t, result.Created)
	})
}

// Another client creates the repository between the read and the create, and it is not
// visible at once.
func TestEnsureRepositoryRace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := appearing(3)
		client.CreateRepositoryFunc = answer[ecrpublic.CreateRepositoryInput, ecrpublic.CreateRepositoryOutput](nil, operationError(&types.RepositoryAlreadyExistsException{}))
		client.ListTagsForResourceFunc = answer[ecrpublic.ListTagsForResourceInput](&ecrpublic.ListTagsForResourceOutput{}, nil)
		client.TagResourceFunc = answer[ecrpublic.TagResourceInput](&ecrpublic.TagResourceOutput{}, nil)
		want := app()
		want.Tags = []types.Tag{{Key: new("team"), Value: new("blue")}}
		result, err := housekeeping.EnsureRepository(t.Context(), client, want)
		require.NoError(t, err)
		assert.False(t, result.Created)
		assert.Equal(t, []string{"team"}, result.Tags)
		assert.Equal(t, appARN, *result.Repository.RepositoryArn)
	})
}

// Only "already exists" counts as existing: a lost connection does not.
func TestEnsureRepositoryKeepsErrors(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{
		&net.OpError{Op: "dial", Err: errors.New("connection refused")},
		&types.LimitExceededException{},
		&types.ServerException{Message: new("RepositoryAlreadyExistsException")},
	} {
		client := appearing(1)
		client.CreateRepositoryFunc = answer[ecrpublic.CreateRepositoryInput, ecrpublic.CreateRepositoryOutput](nil, operationError(cause))
		result, err := housekeeping.EnsureRepository(t.Context(), client, app())
		require.ErrorIs(t, err, cause)
		assert.Zero(t, result)

		client = appearing(0)
		client.DescribeRepositoriesFunc = answer[ecrpublic.DescribeRepositoriesInput, ecrpublic.DescribeRepositoriesOutput](nil, operationError(cause))
		_, err = housekeeping.EnsureRepository(t.Context(), client, app())
		require.ErrorIs(t, err, cause)
		assert.Equal(t, []string{"DescribeRepositories"}, operations(client), "does not create on a failed read")
	}
}

func TestEnsureRepositoryEmptyAnswer(t *testing.T) {
	t.Parallel()
	client := &ecrpublictest.Client{DescribeRepositoriesFunc: answer[ecrpublic.DescribeRepositoriesInput](&ecrpublic.DescribeRepositoriesOutput{}, nil)}
	_, err := housekeeping.EnsureRepository(t.Context(), client, app())
	require.EqualError(t, err, "housekeeping: describe repository app: the service returned none")
}

func TestEnsureRepositoryBadInput(t *testing.T) {
	t.Parallel()
	tag := types.Tag{Key: new("team"), Value: new("")}
	for _, test := range []struct {
		want    *ecrpublic.CreateRepositoryInput
		problem string
	}{
		{nil, "RepositoryName must not be empty"},
		{&ecrpublic.CreateRepositoryInput{}, "RepositoryName must not be empty"},
		{&ecrpublic.CreateRepositoryInput{RepositoryName: new("app"), Tags: []types.Tag{{Value: new("blue")}}}, "tag 0 must have a unique key"},
		{&ecrpublic.CreateRepositoryInput{RepositoryName: new("app"), Tags: []types.Tag{tag, {Key: new("x")}}}, "tag 1 must have a unique key, and a value"},
		{&ecrpublic.CreateRepositoryInput{RepositoryName: new("app"), Tags: []types.Tag{tag, tag}}, "tag 1 must have a unique key"},
		{
			&ecrpublic.CreateRepositoryInput{RepositoryName: new("app"), CatalogData: &types.RepositoryCatalogDataInput{LogoImageBlob: []byte("GIF89a")}},
			"LogoImageBlob is not a PNG image",
		},
	} {
		_, err := housekeeping.EnsureRepository(t.Context(), unreachable(), test.want)
		require.ErrorContains(t, err, test.problem)
	}
}

// If the catalog data fails, the tags are not set, and the result says so.
func TestEnsureRepositoryTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	client := appearing(0)
	client.GetRepositoryCatalogDataFunc = answer[ecrpublic.GetRepositoryCatalogDataInput](&ecrpublic.GetRepositoryCatalogDataOutput{}, nil)
	client.PutRepositoryCatalogDataFunc = answer[ecrpublic.PutRepositoryCatalogDataInput](&ecrpublic.PutRepositoryCatalogDataOutput{}, nil)
	client.ListTagsForResourceFunc = answer[ecrpublic.ListTagsForResourceInput, ecrpublic.ListTagsForResourceOutput](nil, operationError(&types.ServerException{}))
	want := app()
	want.CatalogData = &types.RepositoryCatalogDataInput{Description: new("An app.")}
	want.Tags = []types.Tag{{Key: new("team"), Value: new("blue")}}
	result, err := housekeeping.EnsureRepository(t.Context(), client, want)
	require.ErrorAs(t, err, new(*types.ServerException))
	assert.Equal(t, []string{"Description"}, result.CatalogData)
	assert.Nil(t, result.Tags)
}

// A logo that can be read only once is sent with the create and, if another client
// created the repository first, with the put.
func TestEnsureRepositoryReadsLogoOnce(t *testing.T) {
	t.Parallel()
	logo := pngOf(t, 60, 60)
	client := appearing(1)
	client.CreateRepositoryFunc = answer[ecrpublic.CreateRepositoryInput, ecrpublic.CreateRepositoryOutput](nil, operationError(&types.RepositoryAlreadyExistsException{}))
	client.GetRepositoryCatalogDataFunc = answer[ecrpublic.GetRepositoryCatalogDataInput](&ecrpublic.GetRepositoryCatalogDataOutput{}, nil)
	client.PutRepositoryCatalogDataFunc = answer[ecrpublic.PutRepositoryCatalogDataInput](&ecrpublic.PutRepositoryCatalogDataOutput{}, nil)
	want := app()
	want.CatalogData = &types.RepositoryCatalogDataInput{LogoImageReader: iotest.OneByteReader(bytes.NewReader(logo))}
	result, err := housekeeping.EnsureRepository(t.Context(), client, want)
	require.NoError(t, err)
	assert.Equal(t, []string{"LogoImageBlob"}, result.CatalogData)
	assert.NotNil(t, want.CatalogData.LogoImageReader, "the caller's own is left alone")
	calls := client.Calls()
	created := calls[1].Input.(*ecrpublic.CreateRepositoryInput)
	put := calls[len(calls)-1].Input.(*ecrpublic.PutRepositoryCatalogDataInput)
	assert.Equal(t, logo, created.CatalogData.LogoImageBlob)
	assert.Equal(t, logo, put.CatalogData.LogoImageBlob)
	assert.Nil(t, put.CatalogData.LogoImageReader)
}

func TestEnsureCatalogData(t *testing.T) {
	t.Parallel()
	have := &types.RepositoryCatalogData{
		AboutText:     new("# App"),
		Description:   new("An app."),
		Architectures: []string{"x86-64", "ARM 64"},
		LogoUrl:       new("https://example.cloudfront.net/logo.png"),
	}
	for _, test := range []struct {
		name    string
		want    *types.RepositoryCatalogDataInput
		changed []string
		put     *types.RepositoryCatalogDataInput
	}{
		{"nil", nil, nil, nil},
		{"nothing", &types.RepositoryCatalogDataInput{}, nil, nil},
		{"the same", &types.RepositoryCatalogDataInput{AboutText: new("# App"), Description: new("An app.")}, nil, nil},
		{"the same in another order", &types.RepositoryCatalogDataInput{Architectures: []string{"ARM 64", "x86-64"}}, nil, nil},
		{"empty is never set", &types.RepositoryCatalogDataInput{UsageText: new(""), OperatingSystems: []string{}}, nil, nil},
		{
			"some change, and the others are sent along",
			&types.RepositoryCatalogDataInput{AboutText: new("# App 2"), UsageText: new("Run it."), OperatingSystems: []string{"Linux"}},
			[]string{"AboutText", "OperatingSystems", "UsageText"},
			&types.RepositoryCatalogDataInput{
				AboutText: new("# App 2"), UsageText: new("Run it."), OperatingSystems: []string{"Linux"},
				Description: have.Description, Architectures: have.Architectures,
			},
		},
		{
			"cleared",
			&types.RepositoryCatalogDataInput{Description: new(""), Architectures: []string{}},
			[]string{"Architectures", "Description"},
			&types.RepositoryCatalogDataInput{AboutText: have.AboutText, Description: new(""), Architectures: []string{}},
		},
		{
			"a logo goes along with another member",
			&types.RepositoryCatalogDataInput{LogoImageBlob: pngOf(t, 60, 2048), UsageText: new("Run it.")},
			[]string{"UsageText"},
			&types.RepositoryCatalogDataInput{
				AboutText: have.AboutText, Description: have.Description, Architectures: have.Architectures, LogoImageBlob: pngOf(t, 60, 2048), UsageText: new("Run it."),
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := &ecrpublictest.Client{
				GetRepositoryCatalogDataFunc: answer[ecrpublic.GetRepositoryCatalogDataInput](&ecrpublic.GetRepositoryCatalogDataOutput{CatalogData: have}, nil),
				PutRepositoryCatalogDataFunc: answer[ecrpublic.PutRepositoryCatalogDataInput](&ecrpublic.PutRepositoryCatalogDataOutput{}, nil),
			}
			changed, err := housekeeping.EnsureCatalogData(t.Context(), client, "app", test.want)
			require.NoError(t, err)
			assert.Equal(t, test.changed, changed)
			if test.put == nil {
				assert.NotContains(t, operations(client), "PutRepositoryCatalogData")
				return
			}
			calls := client.Calls()
			assert.Equal(t, &ecrpublic.PutRepositoryCatalogDataInput{RepositoryName: new("app"), CatalogData: test.put}, calls[len(calls)-1].Input)
		})
	}
}

func TestEnsureCatalogDataErrors(t *testing.T) {
	t.Parallel()
	want := &types.RepositoryCatalogDataInput{Description: new("An app.")}
	client := &ecrpublictest.Client{
		GetRepositoryCatalogDataFunc: answer[ecrpublic.GetRepositoryCatalogDataInput, ecrpublic.GetRepositoryCatalogDataOutput](nil, operationError(&types.RepositoryCatalogDataNotFoundException{})),
		PutRepositoryCatalogDataFunc: answer[ecrpublic.PutRepositoryCatalogDataInput](&ecrpublic.PutRepositoryCatalogDataOutput{}, nil),
	}
	changed, err := housekeeping.EnsureCatalogData(t.Context(), client, "app", want)
	require.NoError(t, err, "no catalog data is as good as empty catalog data")
	assert.Equal(t, []string{"Description"}, changed)

	client.PutRepositoryCatalogDataFunc = answer[ecrpublic.PutRepositoryCatalogDataInput, ecrpublic.PutRepositoryCatalogDataOutput](nil, operationError(&types.InvalidParameterException{}))
	changed, err = housekeeping.EnsureCatalogData(t.Context(), client, "app", want)
	require.ErrorAs(t, err, new(*types.InvalidParameterException))
	assert.Nil(t, changed)

	client.GetRepositoryCatalogDataFunc = answer[ecrpublic.GetRepositoryCatalogDataInput, ecrpublic.GetRepositoryCatalogDataOutput](nil, operationError(&types.RepositoryNotFoundException{}))
	_, err = housekeeping.EnsureCatalogData(t.Context(), client, "app", want)
	require.ErrorAs(t, err, new(*types.RepositoryNotFoundException))

	_, err = housekeeping.EnsureCatalogData(t.Context(), unreachable(), "app", &types.RepositoryCatalogDataInput{
		LogoImageBlob: []byte{}, LogoImageReader: bytes.NewReader(nil),
	})
	require.EqualError(t, err, "housekeeping: ensure catalog data of app: LogoImageBlob and LogoImageReader must not both be set")

	_, err = housekeeping.EnsureCatalogData(t.Context(), unreachable(), "app", &types.RepositoryCatalogDataInput{
		LogoImageReader: iotest.ErrReader(io.ErrUnexpectedEOF),
	})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestEnsureTags(t *testing.T) {
	t.Parallel()
	tag := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
	client := &ecrpublictest.Client{
		ListTagsForResourceFunc: answer[ecrpublic.ListTagsForResourceInput](&ecrpublic.ListTagsForResourceOutput{
			Tags: []types.Tag{tag("team", "blue"), tag("env", "prod"), tag("aws:made-by", "us"), tag("empty", "")},
		}, nil),
		TagResourceFunc: answer[ecrpublic.TagResourceInput](&ecrpublic.TagResourceOutput{}, nil),
	}
	keys, err := housekeeping.EnsureTags(t.Context(), client, appARN, []types.Tag{tag("env", "prod"), tag("empty", "")})
	require.NoError(t, err)
	assert.Nil(t, keys)
	assert.Equal(t, []string{"ListTagsForResource"}, operations(client))

	keys, err = housekeeping.EnsureTags(t.Context(), client, appARN, []types.Tag{tag("env", "prod"), tag("team", "red"), tag("Team", "blue")})
	require.NoError(t, err)
	assert.Equal(t, []string{"team", "Team"}, keys)
	calls := client.Calls()
	assert.Equal(t, &ecrpublic.TagResourceInput{ResourceArn: new(appARN), Tags: []types.Tag{tag("team", "red"), tag("Team", "blue")}}, calls[len(calls)-1].Input)

	client.TagResourceFunc = answer[ecrpublic.TagResourceInput, ecrpublic.TagResourceOutput](nil, operationError(&types.TooManyTagsException{}))
	keys, err = housekeeping.EnsureTags(t.Context(), client, appARN, []types.Tag{tag("new", "")})
	require.ErrorAs(t, err, new(*types.TooManyTagsException))
	assert.Nil(t, keys)

	_, err = housekeeping.EnsureTags(t.Context(), unreachable(), appARN, []types.Tag{{}})
	require.ErrorContains(t, err, "tag 0 must have a unique key")
}

// A second EnsureRepository sends nothing. A logo cannot be compared, and is sent again
// only with ReplaceLogo.
func TestEnsureRepositorySettles(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	want := app()
	want.CatalogData = &types.RepositoryCatalogDataInput{
		LogoImageBlob: pngOf(t, 60, 60), AboutText: new("# App\n"), Architectures: []string{"ARM 64", "x86-64", "ARM 64"}, OperatingSystems: []string{},
	}
	writes := func() int {
		return e.Count("CreateRepository") + e.Count("PutRepositoryCatalogData") + e.Count("TagResource")
	}
	_, err := housekeeping.EnsureRepository(t.Context(), e.client, want)
	require.NoError(t, err)
	before := writes()
	result, err := housekeeping.EnsureRepository(t.Context(), e.client, want)
	require.NoError(t, err)
	assert.Equal(t, before, writes())
	assert.Empty(t, result.CatalogData)

	result, err = housekeeping.EnsureRepository(t.Context(), e.client, want, func(o *housekeeping.EnsureOptions) { o.ReplaceLogo = true })
	require.NoError(t, err)
	assert.Equal(t, before+1, writes())
	assert.Equal(t, []string{"LogoImageBlob"}, result.CatalogData)
}
