// Package content turns a folder of Markdown in the Microsoft Learn flavour
// into pages: front matter, blocks, headings, links and claims, rendered with
// goldmark and coloured with chroma. One file per Learn construct.
//
// Invariant: loading never fails as a whole. A broken page is reported and the
// others stay usable, and the visible text of a block is what a reader sees.
package content

import (
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// Site is everything under content/.
type Site struct {
	Pages []*Page // in site order: TOC order, then path order
	TOC   []*TOCItem
	Media []string // paths of the files to copy, sorted
}

// Page is one Markdown file.
type Page struct {
	Source *diag.Source
	Path   string // under content/, slash-separated: "azure-bastion/virtual-wan.md"
	URL    string // "azure-bastion/virtual-wan/"; "" for the root index.md

	Title       string // front matter title, else the first heading, else the file name
	Description string
	Meta        *document.Node // the front matter, a Map, or nil
	Headings    []Heading
	Blocks      []*Block // innermost blocks in document order
	Links       []Link

	body any // goldmark's tree, private to this package
}

// Heading is a heading with its GitHub-style id.
type Heading struct {
	Level int
	ID    string
	Text  string // visible text
	Span  diag.Span
}

// Block is an innermost block that a claim can quote: a paragraph, a heading, a
// list item's own text, or a table cell.
type Block struct {
	Text    string // visible text: markup removed, white space collapsed
	Heading string // id of the section's heading, or ""
	Item    bool   // a list item's own text
	Span    diag.Span

	node any
}

// Link is a link or image as the author wrote it.
type Link struct {
	Target string
	Image  bool
	Span   diag.Span
}

// TOCItem is a node of TOC.yml.
type TOCItem struct {
	Name  string
	Page  *Page  // nil for a node that is only a heading, or an external link
	Href  string // for a link that is no page of this site, already resolved
	Items []*TOCItem
	Span  diag.Span
}
