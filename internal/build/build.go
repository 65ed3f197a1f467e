// Package build makes a site: the whole pipeline in one function, and the
// write that replaces a folder at once.
//
// It takes a site's folder, its configuration and the theme, and gives every
// file of the output, or every problem.
//
// Invariant: nothing reaches the output folder after an error, and the same
// input gives the same bytes.
package build
