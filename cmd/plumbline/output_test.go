package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// What an output keeps is bounded, and nothing of it is lost or out of order.
func TestOutputPrintsWhatItCannotKeep(t *testing.T) {
	var printed, want strings.Builder
	o := &output{}
	o.print = func() error {
		_, err := o.WriteTo(&printed)
		return err
	}
	for i := range 5000 {
		line := strings.Repeat(string(rune('a'+i%26)), 1+i%997) + "\n"
		want.WriteString(line)
		if n, err := o.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatalf("%d of %d bytes written: %v", n, len(line), err)
		}
		if o.kept.Len() > mostKept {
			t.Fatalf("%d bytes kept", o.kept.Len())
		}
	}
	if printed.Len() == 0 {
		t.Error("nothing was printed before the end")
	}
	if _, err := o.WriteTo(&printed); err != nil || printed.String() != want.String() {
		t.Errorf("%d bytes printed of %d: %v", printed.Len(), want.Len(), err)
	}
}

// After a failure to print nothing more is printed, and the failure is told.
func TestOutputTellsWhyItCouldNotPrint(t *testing.T) {
	full := errors.New("the disk is full")
	calls := 0
	o := &output{print: func() error { calls++; return full }}
	for range 3 {
		if _, err := o.Write(make([]byte, mostKept)); err != nil {
			t.Fatal(err)
		}
		o.Write([]byte("more"))
	}
	var rest bytes.Buffer
	if _, err := o.WriteTo(&rest); err != full || calls != 1 || rest.Len() > 0 {
		t.Errorf("got %v after %d calls, and %d bytes", err, calls, rest.Len())
	}
}
