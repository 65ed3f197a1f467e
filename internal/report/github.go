package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// GitHub is workflow commands, which GitHub Actions shows as annotations of the files:
// what gives exit code 1 as an error, other fails by their severity, unknown verdicts as
// notices. What passes, does not apply or is waived shows in the debug log alone.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func GitHub() Format { return github{} }

type github struct{}

func (github) Begin([]Rule) []byte { return nil }
func (github) End(bool) []byte     { return nil }

func (github) Part(p Part) []byte {
	var b bytes.Buffer
	for _, e := range p.Entries {
		command := map[string]string{"error": "error", "warning": "warning", "info": "notice"}[e.Severity]
		switch {
		case e.Verdict == Pass || e.Verdict == NotApplicable || e.Waived != "":
			fmt.Fprintf(&b, "::debug::%s\n", data(fmt.Sprintf("%s: %s: %s: %s", e.Place, debugged(e), e.Rule, e.text())))
			continue
		case e.Counts:
			command = "error"
		case e.Verdict == Unknown:
			command = "notice"
		}
		b.WriteString("::" + command + " ")
		if e.Place.File != "" {
			b.WriteString("file=" + property(e.Place.File) + ",")
		}
		if e.Place.File != "" && e.Place.Line > 0 {
			fmt.Fprintf(&b, "line=%d,col=%d,", e.Place.Line, e.Place.Column)
		}
		b.WriteString("title=" + property(e.Rule) + "::" + data(e.text()) + "\n")
	}
	return b.Bytes()
}

func debugged(e Entry) string {
	if e.Waived != "" {
		return "waived (" + e.Waived + ")"
	}
	return strings.ReplaceAll(string(e.Verdict), "-", " ")
}

// data is text as a command has it; a line break would end the command. Other control
// characters would steer the terminal that shows the log.
func data(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\r' && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// property is text as a property of a command has it.
func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(text))
}
