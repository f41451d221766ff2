package types

// PaginatorConfig limits and resumes a paginated listing, like boto3's
// PaginationConfig. Package paginators applies it; the service never sees it. The
// zero value lists everything.
type PaginatorConfig struct {
	// MaxItems ends the listing after this many items over all pages, at least
	// 1; nil means no limit. The client applies it; it does not lower the page
	// size.
	MaxItems *int32

	// PageSize is sent as maxResults, 1 to 1000; nil lets the service choose
	// (up to 100).
	PageSize *int32

	// StartingToken continues where an earlier listing stopped: a resume token of
	// this library, of boto3 or of the AWS CLI, or a NextToken of the service. Nil
	// starts at the beginning; an empty string is sent as it is. A resume token is
	// valid only with the PageSize it was created with.
	StartingToken *string
}
