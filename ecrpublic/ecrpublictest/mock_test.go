package ecrpublictest_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// operations are the names of all operations.
func operations() []string {
	api := reflect.TypeFor[ecrpublic.API]()
	names := make([]string, api.NumMethod())
	for i := range names {
		names[i] = api.Method(i).Name
	}
	return names
}

func TestClientUnsetFuncsAreNamed(t *testing.T) {
	t.Parallel()
	for _, operation := range operations() {
		var mock ecrpublictest.Client
		method := reflect.ValueOf(&mock).MethodByName(operation)
		input := reflect.New(method.Type().In(1).Elem())
		out := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), input})
		assert.True(t, out[0].IsNil())
		require.ErrorContains(t, out[1].Interface().(error), operation+"Func")
		assert.Equal(t, []ecrpublictest.Call{{Operation: operation, Input: input.Interface()}}, mock.Calls())
	}
}

// Every method has to run the func of its own name.
func TestClientFuncsAnswer(t *testing.T) {
	t.Parallel()
	for _, operation := range operations() {
		want := errors.New(operation)
		var mock ecrpublictest.Client
		field := reflect.ValueOf(&mock).Elem().FieldByName(operation + "Func")
		field.Set(reflect.MakeFunc(field.Type(), func([]reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.Zero(field.Type().Out(0)), reflect.ValueOf(&want).Elem()}
		}))
		method := reflect.ValueOf(&mock).MethodByName(operation)
		out := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), reflect.Zero(method.Type().In(1))})
		assert.ErrorIs(t, out[1].Interface().(error), want)
	}
}

func TestClientPassesArgumentsOn(t *testing.T) {
	t.Parallel()
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "ctx")
	in := &ecrpublic.PutImageInput{ImageTag: aws.String("v1")}
	want := &ecrpublic.PutImageOutput{}
	mock := ecrpublictest.Client{
		PutImageFunc: func(ctx context.Context, got *ecrpublic.PutImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutImageOutput, error) {
			assert.Equal(t, "ctx", ctx.Value(key{}))
			assert.Same(t, in, got)
			assert.Len(t, optFns, 1)
			return want, nil
		},
	}
	out, err := mock.PutImage(ctx, in, func(*ecrpublic.Options) {})
	require.NoError(t, err)
	assert.Same(t, want, out)
}

func TestClientRecordsInParallel(t *testing.T) {
	t.Parallel()
	var mock ecrpublictest.Client
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := mock.DescribeRegistries(t.Context(), nil)
			assert.Error(t, err)
			mock.Calls()
		})
	}
	wg.Wait()
	assert.Len(t, mock.Calls(), 16)

	mock.Calls()[0] = ecrpublictest.Call{}
	assert.Equal(t, "DescribeRegistries", mock.Calls()[0].Operation, "the slice is the caller's own")
}
