package probes

// Picture is the logo that probes put.
var Picture = picture
