package topology

import (
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// NDJSON is a text whose lines are JSON values. Lines that are whole documents are
// one topology each; lines that are single resources or rows are one together.

// IsLines reports whether a text is NDJSON, by its first two lines that are not
// blank: no other document that is read has a whole value in its first line and
// begins another in the next.
func IsLines(text string) bool {
	first, rest := nextLine(strings.TrimPrefix(text, "\ufeff"))
	second, _ := nextLine(rest)
	return opens(first) && opens(second) && !strings.HasPrefix(first, terraformLog) && (strings.HasSuffix(first, "}") || strings.HasSuffix(first, "]"))
}

// nextLine returns the first line of a text that is not blank, trimmed, and the
// text behind it.
func nextLine(text string) (line, rest string) {
	for line == "" && text != "" {
		line, text, _ = strings.Cut(text, "\n")
		line = strings.Trim(line, " \t\r")
	}
	return line, text
}

func opens(line string) bool { return strings.HasPrefix(line, "{") || strings.HasPrefix(line, "[") }

// IsResourceLine reports whether a line is a single resource or row: a map whose
// own "id" is one of Azure.
func IsResourceLine(line string) bool {
	line = strings.TrimLeft(line, " \t\r\ufeff")
	if !strings.HasPrefix(line, "{") {
		return false
	}
	depth, key := 0, ""
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			start := i + 1
			for i++; i < len(line) && line[i] != '"'; i++ {
				if line[i] == '\\' {
					i++
				}
			}
			if depth != 1 || i >= len(line) {
				continue
			}
			text := line[start:i]
			if after := strings.TrimLeft(line[i+1:min(len(line), i+20)], " \t"); strings.HasPrefix(after, ":") {
				key = foldLower(text)
			} else if (key == "id" || key == "resourceid") && isAzureID(strings.ReplaceAll(text, `\/`, "/")) {
				return true
			}
		}
	}
	return false
}

// lines decodes the lines of a file, each whole document with its line as the
// name of a file of its own.
func (d *Documents) lines(f File) {
	src := diag.NewSource(f.Name, f.Text)
	resources := &document.Node{Kind: document.List, Span: diag.Span{Source: src, End: len(src.Text)}}
	at, number := 0, 0
	for at < len(src.Text) {
		number++
		end := len(src.Text)
		if i := strings.IndexByte(src.Text[at:], '\n'); i >= 0 {
			end = at + i
		}
		line := src.Text[at:end]
		switch {
		case strings.Trim(line, " \t\r\ufeff") == "":
		case IsResourceLine(line):
			root, problems := document.ParseRow(src, at, end)
			if root != nil && !problems.HasErrors() {
				resources.Items = append(resources.Items, root)
			}
			if len(problems) > 0 {
				d.list = append(d.list, decoded{problems: problems})
			}
		default:
			d.text(LineFile(f.Name, number, line))
		}
		at = end + 1
	}
	if len(resources.Items) > 0 {
		d.list = append(d.list, decoded{src: src, root: resources})
	}
}

// LineFile is the file of a line that is a whole document.
func LineFile(name string, number int, line string) File {
	return File{Name: name + ":" + strconv.Itoa(number), Text: strings.TrimSuffix(line, "\r")}
}
