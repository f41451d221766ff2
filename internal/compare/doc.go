// Package compare compares this client with the official one: the exported API,
// the endpoints for the same configuration, and the cost of the same calls. It
// is a separate module so that the library does not depend on the official
// client.
package compare
