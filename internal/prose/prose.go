// Package prose says in English what the expressions of a rule say.
//
// It takes analysed expressions and the words that the model has for its names,
// and gives Passages: sentences, in which what is joined by "and" or "or" is a list.
//
// Invariant: a reading says neither more nor less than its expression, so that two
// rules that differ read differently. What has no words stands as code.
package prose

import (
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// Passage is a paragraph, or an entry of a list, and the list that it ends in.
type Passage struct {
	Text  []Piece
	Items []Passage
}

// Piece is a run of words or of code.
type Piece struct {
	Text string
	Code bool
}

// Rule is what a reading is made of; Var and Kind are empty for a rule about the
// whole topology, and of Assert and Fact one is nil, as Where may be.
type Rule struct {
	Model               *model.Model
	Var                 string
	Kind                *model.Kind
	Where, Assert, Fact *lang.Expr
}

// Read returns the reading of a rule.
func Read(r Rule) []Passage {
	rd := &reader{model: r.Model, vars: map[string]np{}}
	intro := phrase{{Text: "For the whole topology"}}
	if r.Kind != nil {
		one, _ := nouns(r.Kind)
		rd.subject = r.Var
		rd.vars[r.Var] = np{text: say("the " + one), kind: r.Kind}
		intro = say("For every " + one)
	}
	var out []Passage
	if r.Where != nil {
		c := rd.condition(r.Where.Root, false)
		if short, ok := rd.relative(c, r.Kind != nil); ok {
			intro = intro.and(" ").with(short)
		} else {
			p := passage(c)
			p.Text = intro.and(" for which ").with(p.Text)
			out, intro = append(out, p), nil
		}
	}
	var then Passage
	if r.Fact != nil {
		then = rd.report(r.Fact.Root)
	} else {
		c := rd.condition(r.Assert.Root, false)
		if short, ok := rd.pair(c); ok {
			c = clause{text: short}
		}
		then = passage(c)
		if len(then.Items) == 0 {
			then.Text = c.phrase().and(".")
		}
	}
	if intro == nil {
		intro = say("Then ")
	} else if r.Fact != nil {
		intro = intro.and(", ")
	} else {
		intro = intro.and(": ")
	}
	then.Text = intro.with(then.Text)
	return append(out, then)
}

// report is the reading of a fact: what is shown, and when.
func (r *reader) report(n *lang.Node) Passage {
	if n.Op == lang.OpCond {
		yes, no := r.shown(n.Args[1]), r.shown(n.Args[2])
		test := r.condition(n.Args[0], false)
		given, ok := r.short(test, n.Args[0].Op)
		if !ok {
			given = r.inline(test)
		}
		return Passage{say("this is reported:"), []Passage{
			{say("if ").with(given).and(": ").with(yes).and(";"), nil},
			{say("otherwise: ").with(no).and("."), nil},
		}}
	}
	return Passage{say("this is reported: ").with(r.shown(n)).and("."), nil}
}

// shown is the value of a fact, of which nil means that nothing is reported.
func (r *reader) shown(n *lang.Node) phrase {
	if n.Op == lang.OpLit && n.Lit == nil {
		return say("nothing")
	}
	return r.value(n).whole()
}

// passage is a clause as a paragraph, its list as entries that end like a sentence.
func passage(c clause) Passage {
	out := Passage{Text: c.phrase()}
	for i, item := range c.items {
		p := passage(item)
		if item.atomic() {
			end := ";"
			if i == len(c.items)-1 {
				end = "."
			}
			p.Text = item.phrase().and(end)
		}
		out.Items = append(out.Items, p)
	}
	return out
}

// Markdown writes a reading as paragraphs and lists of Markdown.
func Markdown(reading []Passage) string {
	var b strings.Builder
	for i, p := range reading {
		if i > 0 {
			b.WriteByte('\n')
		}
		writeMarkdown(&b, p, "", "")
	}
	return b.String()
}

func writeMarkdown(b *strings.Builder, p Passage, first, rest string) {
	b.WriteString(first)
	for _, piece := range p.Text {
		if piece.Code {
			b.WriteString(codeSpan(piece.Text))
		} else {
			b.WriteString(plainText.Replace(piece.Text))
		}
	}
	b.WriteByte('\n')
	if len(p.Items) > 0 && rest == "" {
		b.WriteByte('\n')
	}
	for _, item := range p.Items {
		writeMarkdown(b, item, rest+"- ", rest+"  ")
	}
}

// plainText escapes what Markdown would take for markup.
var plainText = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "<", `\<`, "&", `\&`)

// codeSpan puts text between more backticks than it holds.
func codeSpan(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}
