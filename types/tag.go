package types

// Tag is a label on a repository. A repository holds at most 50 of them, keys
// are unique and case-sensitive, and keys or values that begin with "aws:" are
// reserved.
type Tag struct {
	// Key has 1 to 128 characters.
	Key *string `ecr:"Key"`

	// Value has 0 to 256 characters.
	Value *string `ecr:"Value"`
}
