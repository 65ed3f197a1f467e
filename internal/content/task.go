package content

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Task lists: a list item that starts with [ ] or [x] has a box that shows
// whether it is done. The box is no text, so a claim does not quote it.

var taskMark = regexp.MustCompile(`^\[[ \txX]\][ \t]`)

// taskParser is goldmark's, which also takes the start of [x](link) for a box.
type taskParser struct{ parser.InlineParser }

func newTaskParser() parser.InlineParser { return taskParser{extension.NewTaskCheckBoxParser()} }

func (p taskParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	if line, _ := block.PeekLine(); !taskMark.Match(line) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

func (w *writer) task(out util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	switch {
	case !entering:
	case n.(*east.TaskCheckBox).IsChecked:
		_, _ = out.WriteString(`<input type="checkbox" checked disabled aria-label="Done"> `)
	default:
		_, _ = out.WriteString(`<input type="checkbox" disabled aria-label="To do"> `)
	}
	return ast.WalkContinue, nil
}
