package content

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// Code: fenced blocks are coloured by chroma with classes. The suffix
// -interactive, a button on Learn, is taken off.

// lexerName maps a language as Learn writes it to chroma's name. known says
// whether the language is one; the name is "" for text that has no colours.
func lexerName(language string) (name string, known bool) {
	language = strings.TrimSuffix(strings.ToLower(language), "-interactive")
	switch language {
	case "azurecli", "dotnetcli", "shell", "bash", "sh":
		return "bash", true
	case "azurepowershell":
		return "powershell", true
	case "jsonc", "json5":
		return "json", true
	case "xaml":
		return "xml", true
	case "terraform", "hcl", "tf":
		return "terraform", true
	case "expr":
		// The rule language reads like JavaScript but for its word operators.
		return "javascript", true
	case "output", "console", "text", "plaintext", "plain", "txt", "none", "syntax", "kusto", "kql", "mermaid", "cmd-output":
		return "", true
	}
	if l := lexers.Get(language); l != nil {
		return l.Config().Name, true
	}
	return "", false
}

func (p *Page) collectFences() {
	p.each(func(p *Page, node ast.Node) {
		n, ok := node.(*ast.FencedCodeBlock)
		if !ok || n.Info == nil {
			return
		}
		language := string(n.Language(p.source))
		if language == "" {
			return
		}
		_, known := lexerName(language)
		start := n.Info.Segment.Start
		p.into.Fences = append(p.into.Fences, Fence{Language: language, Known: known, Span: p.span(start, start+len(language))})
	})
}

func (w *writer) fencedCode(out util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.FencedCodeBlock)
	language := strings.TrimSuffix(strings.ToLower(string(n.Language(source))), "-interactive")
	name, _ := lexerName(language)
	w.code(out, string(n.Lines().Value(source)), language, name)
	return ast.WalkSkipChildren, nil
}

func (w *writer) codeBlock(out util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.code(out, string(node.Lines().Value(source)), "", "")
	}
	return ast.WalkSkipChildren, nil
}

// code writes a block that can be scrolled with the keyboard.
func (w *writer) code(out util.BufWriter, text, language, lexer string) {
	_, _ = out.WriteString(`<pre class="code" tabindex="0"`)
	if language != "" {
		fmt.Fprintf(out, ` data-language="%s"`, escape(language))
	}
	_, _ = out.WriteString("><code>")
	if !colour(out, text, lexer) {
		_, _ = out.WriteString(escape(text))
	}
	_, _ = out.WriteString("</code></pre>\n")
}

// colour writes text as spans with chroma's short class names. It reports
// whether it could; then nothing has been written.
func colour(out util.BufWriter, text, lexer string) bool {
	l := lexers.Get(lexer)
	if lexer == "" || l == nil {
		return false
	}
	tokens, ok := tokenise(chroma.Coalesce(l), text)
	if !ok {
		return false
	}
	var all strings.Builder
	for _, t := range tokens {
		all.WriteString(t.Value)
	}
	// A lexer may add the line break that ends the last line; it must add or
	// lose nothing else.
	if strings.TrimRight(all.String(), "\n") != strings.TrimRight(text, "\n") {
		return false
	}
	for _, t := range tokens {
		class := chroma.StandardTypes[t.Type]
		if class == "" || strings.TrimSpace(t.Value) == "" {
			_, _ = out.WriteString(escape(t.Value))
			continue
		}
		fmt.Fprintf(out, `<span class="%s">%s</span>`, class, escape(t.Value))
	}
	return true
}

// tokenise gives the same tokens however slow the machine is. chroma gives up a
// match after 250 ms of wall-clock time and goes on as if it had failed. A run
// that took less cannot have done so; a longer one counts once it is repeated.
func tokenise(l chroma.Lexer, text string) ([]chroma.Token, bool) {
	var last []chroma.Token
	for range 5 {
		start := time.Now()
		tokens, err := chroma.Tokenise(l, nil, text)
		if err != nil {
			return nil, false
		}
		if time.Since(start) < 250*time.Millisecond || slices.Equal(tokens, last) {
			return tokens, true
		}
		last = tokens
	}
	return nil, false
}
