package topology

import (
	"regexp"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// foreign is a language that people take for one that is read.
type foreign struct {
	begins     *regexp.Regexp // one of the first lines
	what, hint string
}

// noText is what begins with characters that no text has.
const noText = "UTF-16, or no text at all"

// foreignLines is how many lines are looked at.
const foreignLines = 100

func foreigners() []foreign {
	line := func(pattern string) *regexp.Regexp { return regexp.MustCompile(`(^|\n)` + pattern) }
	return []foreign{
		{regexp.MustCompile(`^\x{feff}?[ \t\r\n]*<`), "a web page or XML", "it may be a page to sign in, or one that shows a file: run the command that wrote it again, or copy the file itself"},
		{regexp.MustCompile(`^[^\n]{0,3}\x00`), noText, "save it as UTF-8"},
		{line(`using[ \t]+('[^'\n]*'|none)[ \t]*\r?(\n|$)`), "a Bicep parameter file", "compile it: bicep build-params FILE, and give the result with --parameters"},
		{line(`(targetScope[ \t]*=[ \t]*'|(resource|module)[ \t]+[A-Za-z_][A-Za-z0-9_]*[ \t]+'|param[ \t]+[A-Za-z_][A-Za-z0-9_]*[ \t]+[A-Za-z_])`), "Bicep", "compile it: bicep build FILE, and check the template that it writes"},
	}
}

// foreignText reports a text in another language than those that are read. Its
// problems would be those of a text that is not JSON or YAML, and mislead.
func foreignText(src *diag.Source, problems *diag.List) bool {
	lines := 0
	head := src.Text
	for i := 0; i < len(head); i++ {
		if head[i] == '\n' {
			if lines++; lines == foreignLines {
				head = head[:i]
			}
		}
	}
	json := document.LooksLikeJSON(head)
	for _, f := range foreigners() {
		if (!json || f.what == noText) && f.begins.MatchString(head) {
			at := len(head) - len(strings.TrimLeft(head, "\ufeff \t\r\n"))
			problems.Add(diag.Diagnostic{Code: "input/unrecognised", Severity: diag.Error, Span: diag.Span{Source: src, Start: at, End: at},
				Message: "this is " + f.what + ", not a topology", Hint: f.hint})
			return true
		}
	}
	return false
}
