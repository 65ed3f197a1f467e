package main

import (
	"bytes"
	"io"
)

// output keeps what is written until its turn to be printed. What does not fit is
// printed as it is made, once it is its turn: the results of a large topology are
// hundreds of megabytes.
type output struct {
	kept bytes.Buffer
	// print waits for the turn and prints what is kept.
	print func() error
	err   error // of print
}

// mostKept is how much an output keeps.
const mostKept = 1 << 20

// Write never fails: who prints the rest is told.
func (o *output) Write(b []byte) (int, error) {
	if o.kept.Len()+len(b) > mostKept && o.err == nil {
		o.err = o.print()
	}
	if o.err == nil {
		o.kept.Write(b)
	}
	return len(b), nil
}

// WriteTo prints what is kept.
func (o *output) WriteTo(w io.Writer) (int64, error) {
	if o.err != nil {
		return 0, o.err
	}
	return o.kept.WriteTo(w)
}
