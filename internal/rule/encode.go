package rule

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/lang"
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
	elements(&e, r.Findings, e.finding)
	e.text(`],"facts":[`)
	elements(&e, r.Facts, e.fact)
	e.text(`],"diagnostics":[`)
	elements(&e, r.Diagnostics, func(d *diag.Record) { e.value(d) })
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

// finding and fact are value for what there is most of.
func (e *encoder) finding(f *Finding) {
	e.member(`{"rule":`, f.Rule)
	e.member(`,"severity":`, f.Severity)
	e.member(`,"verdict":`, f.Verdict)
	e.subject(f.Subject)
	e.member(`,"message":`, f.Message)
	e.member(`,"fix":`, f.Fix)
	e.member(`,"page":`, f.Page)
	e.member(`,"source":{"file":`, f.Source.File)
	e.member(`,"pointer":`, f.Source.Pointer)
	e.text(`,"line":`)
	e.int(f.Source.Line)
	e.text(`,"column":`)
	e.int(f.Source.Column)
	e.text("}")
	if len(f.Missing) > 0 {
		e.missing(f.Missing)
	}
	e.explanation(f.Explanation)
	if f.Waived != nil {
		e.text(`,"waived":`)
		e.value(f.Waived)
	}
	e.text("}")
}

func (e *encoder) fact(f *Fact) {
	e.member(`{"rule":`, f.Rule)
	e.subject(f.Subject)
	if f.Value == nil {
		e.text(`,"value":null`)
	} else {
		e.member(`,"value":`, *f.Value)
	}
	e.missing(f.Missing)
	e.explanation(f.Explanation)
	e.text("}")
}

func (e *encoder) subject(s Subject) {
	e.member(`,"subject":{"kind":`, s.Kind)
	e.member(`,"id":`, s.ID)
	e.member(`,"name":`, s.Name)
	e.text("}")
}

func (e *encoder) missing(list []lang.Missing) {
	e.text(`,"missing":[`)
	for i, m := range list {
		if i > 0 {
			e.text(",")
		}
		e.member(`{"path":`, m.Path)
		e.member(`,"reason":`, m.Reason)
		e.text("}")
	}
	e.text("]")
}

func (e *encoder) explanation(x *Explanation) {
	if x != nil {
		e.text(`,"explanation":`)
		e.value(x)
	}
}

func (e *encoder) int(n int) { e.b.Write(strconv.AppendInt(e.b.AvailableBuffer(), int64(n), 10)) }

// member adds what stands before a text, and the text.
func (e *encoder) member(before, s string) {
	e.b.WriteString(before)
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			e.value(s)
			return
		}
	}
	e.b.WriteByte('"')
	e.b.WriteString(s)
	e.b.WriteByte('"')
}

func elements[T any](e *encoder, items []T, write func(*T)) {
	for i := range items {
		if i > 0 {
			e.text(",")
		}
		write(&items[i])
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
