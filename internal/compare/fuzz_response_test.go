package compare

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// FuzzResponse gives both clients the same bytes as a response.
func FuzzResponse(f *testing.F) {
	for _, seed := range []struct {
		status int
		code   string
		body   string
	}{
		{200, "", `{"imageDetails":[{"imageDigest":"sha256:0","imageTags":["a"],"imageSizeInBytes":5,"imagePushedAt":1.5}],"nextToken":"x"}`},
		{200, "", `{"layers":[{"layerSize":1}],"failures":null}`},
		{400, "", `{"__type":"com.amazonaws#RepositoryNotFoundException:http://x","message":"gone"}`},
		{400, "InvalidLayerPartException:", `{"lastValidByteReceived":5,"Message":"m"}`},
		{500, "", `<html>`},
	} {
		f.Add(byte(7), seed.status, seed.code, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, operation byte, status int, code string, body []byte) {
		if status < 200 || status > 599 {
			status = http.StatusOK
		}
		compareAnswers(t, operations[int(operation)%len(operations)], status, code, body)
	})
}

// FuzzDocument gives both clients mostly valid responses, made for the operation's
// output or an exception.
func FuzzDocument(f *testing.F) {
	for i := range operations {
		f.Add([]byte{byte(i), 0, 1, 1, 1, 1, 2, 1, 1, 3, 1, 1, 4, 1, 2, 1, 1, 5, 1, 1, 6, 1, 1, 7, 1, 3, 1, 1, 1})
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &source{data}
		operation := pick(s, operations...)
		w := &writer{source: s}
		if s.below(4) > 0 {
			w.value(outputOf(ourTypes, operation))
			compareAnswers(t, operation, http.StatusOK, "", w.text)
			return
		}
		code, status := w.failure()
		compareAnswers(t, operation, status, code, w.text)
	})
}

// answered is the result of a call.
type answered struct {
	out      any
	err      error
	attempts int
}

func compareAnswers(t *testing.T, operation string, status int, code string, body []byte) {
	t.Helper()
	header := http.Header{"X-Amzn-Requestid": {"request"}}
	if code != "" {
		header.Set("X-Amzn-Errortype", code)
	}
	in := inputOf(theirTypes, operation)
	fillRequired(in.Elem())
	ourIn := inputOf(ourTypes, operation)
	copyFields(in.Elem(), ourIn.Elem())

	a, b := &exchange{status: status, header: header, body: body}, &exchange{status: status, header: header, body: body}
	var we, they answered
	we.out, we.err = call(ours(a), operation, ourIn)
	they.out, they.err = call(theirs(b), operation, in)
	we.attempts, they.attempts = a.attempts, b.attempts
	if why := differs(operation, we, they); why != "" && explain(status, header, body, we, they) == "" {
		t.Fatalf("%s: %s\nstatus %d, code %q, body %q\nwe:   %v\nthey: %v", operation, why, status, code, body, we.err, they.err)
	}
}

// fillRequired sets every field, so that no required one is missing.
func fillRequired(v reflect.Value) {
	for _, f := range v.Fields() {
		if f.CanSet() {
			new(source).fill(f)
		}
	}
}

// differs says how two clients disagree.
func differs(operation string, we, they answered) string {
	switch {
	case errors.As(we.err, new(panicked)):
		return "we panic"
	case (we.err == nil) != (they.err == nil):
		return "one of them fails"
	case we.attempts != they.attempts:
		return fmt.Sprintf("%d and %d attempts", we.attempts, they.attempts)
	case we.err == nil:
		back := reflect.New(outputOf(theirTypes, operation))
		copyFields(reflect.ValueOf(we.out).Elem(), back.Elem())
		back.Elem().FieldByName("ResultMetadata").SetZero()
		reflect.ValueOf(they.out).Elem().FieldByName("ResultMetadata").SetZero()
		if got, want := back.Interface(), they.out; !equalOutputs(got, want) {
			return fmt.Sprintf("outputs differ:\n%s\n%s", show(got), show(want))
		}
		return ""
	}
	return differentErrors(we.err, they.err)
}

func differentErrors(we, they error) string {
	var ours, theirs smithy.APIError
	weKnow, theyKnow := errors.As(we, &ours), errors.As(they, &theirs)
	if weKnow != theyKnow {
		return "one of them has an API error"
	}
	if statusOf(we) != statusOf(they) {
		return "statuses differ"
	}
	if !weKnow {
		return ""
	}
	switch {
	case ours.ErrorCode() != theirs.ErrorCode():
		return fmt.Sprintf("codes %q and %q", ours.ErrorCode(), theirs.ErrorCode())
	case ours.ErrorMessage() != theirs.ErrorMessage():
		return fmt.Sprintf("messages %q and %q", ours.ErrorMessage(), theirs.ErrorMessage())
	case ours.ErrorFault() != theirs.ErrorFault():
		return "faults differ"
	case bareType(ours) != bareType(theirs):
		return fmt.Sprintf("types %T and %T", ours, theirs)
	}
	return differentMembers(ours, theirs)
}

func bareType(v any) string { return reflect.TypeOf(v).Elem().Name() }

// differentMembers compares the members of two exceptions.
func differentMembers(ours, theirs smithy.APIError) string {
	got, want := reflect.ValueOf(ours).Elem(), reflect.ValueOf(theirs).Elem()
	back := reflect.New(want.Type()).Elem()
	copyFields(got, back)
	for i := range want.NumField() {
		if f := want.Type().Field(i); f.IsExported() && !reflect.DeepEqual(back.Field(i).Interface(), want.Field(i).Interface()) {
			return fmt.Sprintf("%s differs: %s and %s", f.Name, show(back.Field(i).Interface()), show(want.Field(i).Interface()))
		}
	}
	return ""
}

func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}
