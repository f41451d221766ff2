package types

import "github.com/aws/smithy-go"

// describe is the Error method of every exception.
func describe(e smithy.APIError) string { return e.ErrorCode() + ": " + e.ErrorMessage() }

// text is the ErrorMessage method of every exception.
func text(message *string) string {
	if message == nil {
		return ""
	}
	return *message
}
