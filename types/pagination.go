package types

// PaginatorConfig bounds and resumes a paginated listing, as the argument of the
// same name does in boto3. Package paginators applies it; the service never sees it.
// The zero value lists everything.
type PaginatorConfig struct {
	// MaxItems stops after so many items, over all pages; nil means no limit.
	// It is cut on the client and never lowers the page size. At least 1.
	MaxItems *int32

	// PageSize is sent as maxResults, 1 to 1000; nil lets the service choose
	// (up to 100).
	PageSize *int32

	// StartingToken continues where an earlier listing stopped: a resume token of
	// this library, of boto3 or of the AWS CLI, or a NextToken of the service. Nil
	// starts at the beginning; an empty one is sent as it is. A resume token belongs
	// to the PageSize that it was made with.
	StartingToken *string
}
