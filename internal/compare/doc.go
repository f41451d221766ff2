// Package compare holds this client beside the official one: the same exported
// API, the same endpoints for the same configuration, and the cost of the same
// calls. It is a module of its own so that the official client is no dependency
// of the library.
package compare
