package main

import (
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// terminal writes text for a person: coloured and wrapped where a terminal
// shows it, plain and unwrapped in a file or pipe.
type terminal struct {
	w     io.Writer
	color bool
	width int // columns; 0: do not wrap
}

// terminalOf says how to write to w.
func (p *program) terminalOf(w io.Writer) terminal {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return terminal{w: w}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		width = 80
	}
	color := !p.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return terminal{w, color, width}
}

// SGR codes of the few styles in use.
const (
	bold    = "1"
	dim     = "2"
	red     = "1;31"
	green   = "1;32"
	yellow  = "1;33"
	magenta = "1;35"
	cyan    = "1;36"
)

// paint gives text a style on a terminal with colours.
func (t terminal) paint(style, text string) string {
	if !t.color || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// wrap breaks text into lines that fit behind an indent of so many columns.
// Line breaks of the text stay.
func (t terminal) wrap(text string, indent int) []string {
	var lines []string
	room := t.width - indent
	for line := range strings.Lines(text) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if t.width == 0 || room < 20 {
			lines = append(lines, line)
			continue
		}
		for utf8.RuneCountInString(line) > room {
			cut := strings.LastIndexByte(string([]rune(line)[:room+1]), ' ')
			if cut <= 0 {
				break // one long word, an address say, stays whole
			}
			lines = append(lines, line[:cut])
			line = strings.TrimLeft(line[cut:], " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// printable takes out of a text what would steer the terminal: names and values
// come from files that somebody else may have written.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
}
