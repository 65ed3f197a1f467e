package lang

// Node is one node of an analysed expression: expr's tree with names resolved,
// types inferred and places kept. Evaluation, translation and explanation all
// walk Nodes; nothing after analysis looks at expr's own tree again.
type Node struct {
	Op   Op
	Name string // variable, field, collection, operator, builtin or function
	Lit  any    // value of a literal: nil, bool, int, float64 or string
	Args []*Node
	// Optional marks a Get or At written with `?.`; it ends its Chain on nil. Of a
	// Chain it says that `??` follows, which takes an empty list that is nil as it is.
	Optional bool
	// From and To bound the whole sub-expression, in runes of the text.
	From, To int
	Type     *Type

	prog *program // this operator over known operands, compiled on first use
}

// Op says what a Node does.
type Op string

const (
	OpLit   Op = "lit"   // Lit
	OpVar   Op = "var"   // Name: a parameter, a let, the subject, or self
	OpColl  Op = "coll"  // Name: a collection of the model
	OpDecl  Op = "decl"  // Name: a declared fact
	OpPtr   Op = "ptr"   // "#": the element of the innermost closure
	OpIndex Op = "index" // "#index"
	OpAcc   Op = "acc"   // "#acc"
	OpGet   Op = "get"   // Args[0].Name
	OpAt    Op = "at"    // Args[0][Args[1]]
	OpSlice Op = "slice" // Args[0][Args[1]:Args[2]]; a missing bound is nil
	OpChain Op = "chain" // bounds the reach of `?.` inside Args[0]
	OpNot   Op = "not"
	OpNeg   Op = "neg"
	OpPos   Op = "pos"
	OpAnd   Op = "and"
	OpOr    Op = "or"
	OpElse  Op = "else" // Args[0] ?? Args[1]
	OpCond  Op = "cond" // Args[0] ? Args[1] : Args[2]
	OpLet   Op = "let"  // let Name = Args[0]; Args[1]
	OpBin   Op = "bin"  // Args[0] Name Args[1]
	OpLoop  Op = "loop" // builtin Name over Args[0] with the closure Args[1], and Args[2] where it takes more
	OpCall  Op = "call" // builtin or pure function Name
	OpFunc  Op = "func" // function Name of the model
	OpOpen  Op = "open" // unknown(Args[0])
	OpSeq   Op = "seq"  // Args[0]; Args[1]; … gives the last
	OpList  Op = "list"
	OpMap   Op = "map" // Args: key, value, key, value …
)

// walk calls f on n and everything below it, parents first.
func (n *Node) walk(f func(*Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, a := range n.Args {
		a.walk(f)
	}
}
