package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// perFile bounds how many diagnostics of one file are printed.
const perFile = 100

// WriteText prints the diagnostics for a person, one or two lines each.
func WriteText(w io.Writer, l List, color bool) { WriteRecords(w, l.Records(), color) }

// WriteRecords is WriteText for diagnostics in their JSON form, in the order given.
func WriteRecords(w io.Writer, records []Record, color bool) {
	shown := map[string]int{}
	hidden := map[string]int{}
	var order []string
	for _, d := range records {
		if shown[d.File] >= perFile {
			if hidden[d.File] == 0 {
				order = append(order, d.File)
			}
			hidden[d.File]++
			continue
		}
		shown[d.File]++
		place := d.File
		if d.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column)
		}
		if place != "" {
			place += ": "
		}
		rule := ""
		if d.Rule != "" {
			rule = "rule " + d.Rule + ": "
		}
		fmt.Fprintf(w, "%s%s: %s%s [%s]\n", place, paint(d.Severity, color), rule, d.Message, d.Code)
		if d.Hint != "" {
			fmt.Fprintf(w, "\thint: %s\n", d.Hint)
		}
	}
	for _, file := range order {
		fmt.Fprintf(w, "%s: %d more\n", file, hidden[file])
	}
}

func paint(s Severity, color bool) string {
	if !color {
		return string(s)
	}
	code := map[Severity]string{Error: "31", Warning: "33", Info: "36"}[s]
	return "\x1b[1;" + code + "m" + string(s) + "\x1b[0m"
}

// Record is the JSON form of a diagnostic. Members without a value are left out.
type Record struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule,omitempty"`
	File     string   `json:"file,omitempty"`
	Line     int      `json:"line,omitempty"`
	Column   int      `json:"column,omitempty"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
}

// Records returns the JSON form of the sorted list, never nil.
func (l List) Records() []Record {
	out := []Record{}
	for _, d := range l.Sorted() {
		file, line, column := d.Place()
		out = append(out, Record{d.Code, d.Severity, d.Rule, file, line, column, d.Message, d.Hint})
	}
	return out
}

// WriteJSON prints records as one JSON array on one line.
func WriteJSON(w io.Writer, records []Record) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(records); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
