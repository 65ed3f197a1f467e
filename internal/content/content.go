// Package content turns a folder of Markdown in the Microsoft Learn flavour
// into pages: front matter, blocks, headings, links and claims, rendered with
// goldmark and coloured with chroma. One file per Learn construct.
//
// Invariant: loading never fails as a whole. A broken page is reported and the
// others stay usable, the visible text of a block is what a reader sees, and
// rendered HTML holds no script, no inline style and no unbalanced tag.
package content

import (
	"github.com/yuin/goldmark/ast"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// Options say where a site stands.
type Options struct {
	SiteHost string // what links such as /azure/… point to; "" means https://learn.microsoft.com
	Prefix   string // put before file names in diagnostics: "content/"
}

// Site is everything under content/.
type Site struct {
	Pages     []*Page // in site order: TOC order, then path order
	TOC       []*TOCItem
	TOCFiles  []string // the TOC files that were read, the root's first; empty: TOC is the folder order
	Media     []string // paths of the files to copy, sorted
	YAMLPages []string // paths of Learn's YAML pages (### YamlMime:Landing …), which are not rendered; sorted
	Prefix    string   // as in Options
}

// Page is one Markdown file.
type Page struct {
	Source *diag.Source
	Path   string // under content/, slash-separated: "azure-bastion/virtual-wan.md"
	URL    string // folder of the page's index.html: "azure-bastion/virtual-wan/"; "" for the root index.md; not escaped

	Title       string // front matter title, else the first heading, else the file name
	Description string
	Meta        *document.Node // the front matter, a Map, or nil
	Headings    []Heading
	Blocks      []*Block  // innermost blocks in document order
	Links       []*Link   // links and images in document order
	Fences      []Fence   // fenced code blocks with a language
	Figures     []*Figure // drawings of samples, in document order
	RuleLinks   []*Link   // links in the fixes and notes of the page's rules

	anchors    map[string]bool // ids of headings and of <a id>
	anchorList []string        // the same in document order
	suffixes   map[string]int  // last number put behind an id
	ruleIDs    map[string]bool // anchors too, once the rules are shown
	index      *index
	root       ast.Node
	source     []byte // Source.Text with the front matter blanked, so that goldmark's offsets are the file's
	body       int    // offset of the first byte after the front matter
	refs       []reference
	links      map[ast.Node]*Link
	headingIDs map[ast.Node]string
	figures    map[ast.Node]*Figure
	problems   diag.List
	into       *Page // the page that this file is included in; itself for a page
	parts      int   // how many files are included
	number     int   // which of them this file is, from 1; 0 for a page
	inline     bool  // a part inside a line, which has no blocks
}

// Heading is a heading with its GitHub-style id.
type Heading struct {
	Level int
	ID    string
	Text  string // visible text
	Tab   bool   // the title of a tab, not of a section
	Span  diag.Span
}

// Block is an innermost block that a claim can quote: a paragraph, a heading, a
// list item's own text, or a table cell.
type Block struct {
	Text    string   // visible text: markup removed, white space collapsed; never ""
	Heading string   // id of the section's heading, or ""
	Section []string // ids of the headings the block stands under, outermost first; Heading is the last
	Item    bool     // a list item's own text
	Span    diag.Span

	node ast.Node
}

// LinkKind says what a link points to.
type LinkKind int

const (
	LinkExternal    LinkKind = iota // URL holds the absolute address
	LinkPage                        // Page of this site
	LinkMedia                       // File to copy
	LinkMissing                     // a local file that is not there; File holds its path
	LinkOutside                     // a local file outside the content folder
	LinkYAML                        // a YAML page, which is not rendered; File holds its path
	LinkUnsafe                      // a scheme that can run code
	LinkUnsupported                 // xref:, which needs a cross-reference map
	LinkSample                      // a sample topology: an image of it, or the checker with it; File holds its name
)

// Link is a link or image as the author wrote it, and where it leads.
type Link struct {
	Target   string // as written, entities and escapes decoded
	Image    bool
	Icon     bool   // a :::image of type icon, which is decoration
	Lightbox bool   // the large version of an image; the image itself is a link of its own
	Alt      string // alternative text of an image, or ""
	Span     diag.Span

	Kind     LinkKind
	Page     *Page  // of LinkPage
	File     string // path under content/
	URL      string // of LinkExternal
	Query    string // without "?"
	Fragment string // decoded, without "#"

	Respelled bool // found only by ignoring case
	Backslash bool // written with backslashes
}

// Figure is an image of a sample topology, which the site draws itself.
type Figure struct {
	Sample  string
	Alt     string // what it shows, for who cannot see it
	Caption string // Markdown text as a reader sees it; the title of the image, or else Alt
	Number  int    // in site order, from 1
	Span    diag.Span
}

// Fence is a fenced code block with a language.
type Fence struct {
	Language string // as written
	Known    bool   // chroma or this package knows it
	Span     diag.Span
}

// TOCItem is a node of TOC.yml.
type TOCItem struct {
	Name     string
	Page     *Page    // nil for a node that is only a heading, or an external link
	Href     string   // absolute address of a link to another site, or ""
	File     string   // path of a media file of this site, or ""
	Synonyms []string // displayName: words the navigation filter finds the node by
	Expanded bool
	Items    []*TOCItem
	Span     diag.Span

	Missing string   // href that leads to nothing, as written
	Kind    LinkKind // what the href is
}

// Mark is a rule that quotes a block.
type Mark struct {
	ID   string // rule id; becomes an anchor on the block
	HTML []byte // trusted, put after the block's own text
}
