package types

import "github.com/aws/smithy-go"

// exception is what the exceptions have in common: each converts to it.
type exception struct {
	Message           *string
	ErrorCodeOverride *string
}

func (e *exception) code(name string) string {
	if e == nil || e.ErrorCodeOverride == nil {
		return name
	}
	return *e.ErrorCodeOverride
}

func (e *exception) text() string {
	if e.Message == nil {
		return ""
	}
	return *e.Message
}

func describe(e smithy.APIError) string { return e.ErrorCode() + ": " + e.ErrorMessage() }
