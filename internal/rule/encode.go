package rule

import (
	"bytes"
	"encoding/json"
	"io"
)

// JSON is the result on one line, as the browser module's JSON.stringify writes it.
func (r Result) JSON() []byte {
	var b bytes.Buffer
	_ = r.WriteJSON(&b) // a buffer takes everything
	return b.Bytes()
}

// WriteJSON writes JSON piece by piece: of a large topology it is hundreds of
// megabytes. Errors are those of w, which is asked no more after the first.
func (r Result) WriteJSON(w io.Writer) error {
	e := encoder{w: w}
	e.text(`{"version":`)
	e.value(r.Version)
	e.text(`,"input":`)
	e.value(r.Input)
	e.text(`,"summary":`)
	e.value(r.Summary)
	e.text(`,"findings":[`)
	elements(&e, r.Findings)
	e.text(`],"facts":[`)
	elements(&e, r.Facts)
	e.text(`],"diagnostics":[`)
	elements(&e, r.Diagnostics)
	e.text("]}\n")
	return e.flush()
}

// encoder collects values until they are worth writing.
type encoder struct {
	w   io.Writer
	b   bytes.Buffer
	err error
}

const worthWriting = 1 << 16

func (e *encoder) text(s string) { e.b.WriteString(s) }

// value adds a value as JavaScript writes it.
func (e *encoder) value(v any) {
	enc := json.NewEncoder(&e.b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // results are plain data
	}
	e.b.Truncate(e.b.Len() - 1) // the line break
}

func elements[T any](e *encoder, items []T) {
	for i := range items {
		if i > 0 {
			e.text(",")
		}
		e.value(&items[i])
		if e.b.Len() >= worthWriting {
			_ = e.flush()
		}
	}
}

func (e *encoder) flush() error {
	if e.err == nil {
		_, e.err = e.w.Write(lineSeparators(e.b.Bytes()))
	}
	e.b.Reset()
	return e.err
}
