package ecrpublic

import (
	"reflect"
	"testing"

	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryInterceptorNeedsAStack fills the lists of smithy-go's registry one at a time.
// It fails if a new release has a list that hasInterceptors and addInterceptors do not
// handle.
func TestEveryInterceptorNeedsAStack(t *testing.T) {
	t.Parallel()
	assert.False(t, hasInterceptors(smithyhttp.InterceptorRegistry{}))
	assert.False(t, hasInterceptors(new(smithyhttp.InterceptorRegistry).Copy()), "empty lists")
	for field := range reflect.TypeFor[smithyhttp.InterceptorRegistry]().Fields() {
		require.Equal(t, reflect.Slice, field.Type.Kind(), "smithy-go's InterceptorRegistry has a new kind of field, %s: handle it in hasInterceptors and addInterceptors", field.Name)
		var registry smithyhttp.InterceptorRegistry
		list := reflect.ValueOf(&registry).Elem().FieldByIndex(field.Index)
		list.Set(reflect.MakeSlice(field.Type, 1, 1))
		assert.True(t, hasInterceptors(registry), "handle %s of smithy-go's InterceptorRegistry in hasInterceptors and addInterceptors", field.Name)
	}
}
