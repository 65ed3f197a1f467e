// Package rule loads the rules that pages carry, type-checks them against the
// model, quotes their claims, and runs them over topologies.
//
// It takes pages and a compiled model and gives a *Set; (*Set).Check gives the
// findings of one topology, byte for byte what the browser module gives.
//
// Invariant: a verdict is pass or fail only where the known parts of the
// topology decide it; a rule that fails to run gives a diagnostic, no finding.
package rule

import (
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// Set is all rules of a site in site order.
type Set struct {
	Rules   []*Rule
	Manual  []*Manual
	Env     *lang.Env
	Samples map[string]*Sample // by name, "virtual-wan"
}

// Rule is one rule of a page's front matter. A rule judges (Assert) or reports
// a value (Fact); exactly one of the two is set.
type Rule struct {
	ID         string
	Title      string
	Severity   string // error, warning or info; "" for a fact
	Claim      string // the quote, as written
	Page       *content.Page
	Block      *content.Block // the block that Claim quotes
	Var        string         // the subject's name in expressions; "" for a rule about the whole topology
	Kind       *model.Kind    // the subjects; nil for the whole topology
	Where      *lang.Expr     // nil: always
	Assert     *lang.Expr
	Fact       *lang.Expr
	Message    *lang.Template // nil: Title
	MessageSrc string
	Fix        string // Markdown
	References []string
	Tags       []string
	Since      string
	Deprecated *Deprecated
	Notes      string // Markdown
	Examples   []*Example
	Span       diag.Span // of the id
}

// Deprecated says when and why a rule was retired.
type Deprecated struct {
	Since      string `json:"since"`
	ReplacedBy string `json:"replacedBy"`
	Reason     string `json:"reason"`
}

// Manual is a claim that no topology can decide.
type Manual struct {
	Claim  string
	Reason string
	Tags   []string
	Page   *content.Page
	Block  *content.Block
	Span   diag.Span
}

// Example is documentation, test and a link into the checker at once.
type Example struct {
	Name     string
	Sample   string         // name of a sample, or ""
	Topology *document.Node // inline, or nil
	Source   *diag.Source   // of Topology
	Subject  string         // name or id; "" is the worst of all subjects
	Expect   string         // pass, fail, unknown, not-applicable; "" with Value
	Value    *string        // of a fact
	Set      *document.Node // Map: path → value
	Unset    *document.Node // List of paths
	Unknown  *document.Node // List of paths
	Declared *document.Node // Map
	Span     diag.Span
}

// Sample is a native topology of rules/samples.
type Sample struct {
	Name   string
	Source *diag.Source
	Root   *document.Node
}

// Anchor is the page and fragment where the quoted sentence stands, relative to
// the site: "azure-bastion/virtual-wan/#bastion-vwan-sku".
func (r *Rule) Anchor() string { return r.Page.URL + "#" + r.ID }

// Verdicts of a rule on a subject, worst first.
const (
	Fail          = "fail"
	Unknown       = "unknown"
	Pass          = "pass"
	NotApplicable = "not-applicable"
)
