package lang

import "math"

// builtin is one row of the language profile: a builtin of expr that both
// engines run with the same result, or the reason why it is refused.
type builtin struct {
	loop bool // takes a closure as its second argument
	// unordered gives its elements in a random order: allowed only where its
	// parent does not look at the order.
	unordered bool
	min, max  int // number of arguments, the closure included
	result    func(args []*Type) *Type
	refused   string // why, or "" where allowed
	instead   string // what to write instead
}

const many = math.MaxInt

func fixed(t *Type) func([]*Type) *Type { return func([]*Type) *Type { return t } }

func elemOfFirst(a []*Type) *Type { return a[0].elem() }

func sameList(a []*Type) *Type {
	if a[0].is("list") {
		return a[0]
	}
	return tList
}

func concatLists(a []*Type) *Type {
	t := a[0]
	for _, b := range a[1:] {
		t = join(t, b)
	}
	return sameList([]*Type{t})
}

func flattened(a []*Type) *Type {
	if e := a[0].elem(); e.is("list") {
		return listOf(e.elem())
	}
	return sameList(a)
}

func numberOf(a []*Type) *Type {
	if a[0].numeric() {
		return a[0]
	}
	return tAny
}

func aggregate(a []*Type) *Type {
	t := a[0]
	if t.is("list") {
		t = t.elem()
	}
	for _, b := range a[1:] {
		t = join(t, b)
	}
	if t.numeric() {
		return t
	}
	return tAny
}

// builtins is the profile's table of functions. Order and time dependent
// functions, functions over a program's own bytes, and two with a bug in the VM
// are refused; the reasons were measured on expr 1.17.8.
var builtins = map[string]builtin{
	"all":       {loop: true, min: 2, max: 2, result: fixed(tBool)},
	"none":      {loop: true, min: 2, max: 2, result: fixed(tBool)},
	"any":       {loop: true, min: 2, max: 2, result: fixed(tBool)},
	"one":       {loop: true, min: 2, max: 2, result: fixed(tBool)},
	"filter":    {loop: true, min: 2, max: 2, result: sameList},
	"map":       {loop: true, min: 2, max: 2, result: func(a []*Type) *Type { return listOf(a[1]) }},
	"count":     {loop: true, min: 1, max: 2, result: fixed(tInt)},
	"sum":       {loop: true, min: 1, max: 2, result: func(a []*Type) *Type { return aggregate(a[len(a)-1:]) }},
	"find":      {loop: true, min: 2, max: 2, result: elemOfFirst},
	"findIndex": {loop: true, min: 2, max: 2, result: fixed(tInt)},
	"groupBy":   {loop: true, min: 2, max: 2, result: fixed(tRecord)},
	"sortBy":    {loop: true, min: 2, max: 3, result: sameList},
	"reduce":    {loop: true, min: 2, max: 3, result: fixed(tAny)},

	"len":         {min: 1, max: 1, result: fixed(tInt)},
	"type":        {min: 1, max: 1, result: fixed(tString)},
	"abs":         {min: 1, max: 1, result: numberOf},
	"ceil":        {min: 1, max: 1, result: fixed(tFloat)},
	"floor":       {min: 1, max: 1, result: fixed(tFloat)},
	"round":       {min: 1, max: 1, result: fixed(tFloat)},
	"int":         {min: 1, max: 1, result: fixed(tInt)},
	"float":       {min: 1, max: 1, result: fixed(tFloat)},
	"string":      {min: 1, max: 1, result: fixed(tString)},
	"trim":        {min: 1, max: 2, result: fixed(tString)},
	"trimPrefix":  {min: 1, max: 2, result: fixed(tString)},
	"trimSuffix":  {min: 1, max: 2, result: fixed(tString)},
	"upper":       {min: 1, max: 1, result: fixed(tString)},
	"lower":       {min: 1, max: 1, result: fixed(tString)},
	"split":       {min: 2, max: 3, result: fixed(listOf(tString))},
	"replace":     {min: 3, max: 4, result: fixed(tString)},
	"join":        {min: 1, max: 2, result: fixed(tString)},
	"indexOf":     {min: 2, max: 2, result: fixed(tInt)},
	"lastIndexOf": {min: 2, max: 2, result: fixed(tInt)},
	"hasPrefix":   {min: 2, max: 2, result: fixed(tBool)},
	"hasSuffix":   {min: 2, max: 2, result: fixed(tBool)},
	"max":         {min: 1, max: many, result: aggregate},
	"min":         {min: 1, max: many, result: aggregate},
	"first":       {min: 1, max: 1, result: elemOfFirst},
	"last":        {min: 1, max: 1, result: elemOfFirst},
	"take":        {min: 2, max: 2, result: sameList},
	"reverse":     {min: 1, max: 1, result: sameList},
	"uniq":        {min: 1, max: 1, result: sameList},
	"concat":      {min: 1, max: many, result: concatLists},
	"flatten":     {min: 1, max: 1, result: flattened},
	"keys":        {unordered: true, min: 1, max: 1, result: fixed(tList)},
	"values":      {unordered: true, min: 1, max: 1, result: fixed(tList)},
	"toPairs":     {unordered: true, min: 1, max: 1, result: fixed(tList)},
	"sort":        {min: 1, max: 2, result: sameList},
	"splitAfter":  {min: 2, max: 3, result: fixed(listOf(tString))},
	"repeat":      {min: 2, max: 2, result: fixed(tString)},
	"mean":        {min: 1, max: many, result: fixed(tFloat)},
	"median":      {min: 1, max: many, result: fixed(tFloat)},
	"get":         {min: 2, max: 2, result: elemOfFirst},
	"fromPairs":   {min: 1, max: 1, result: fixed(tRecord)},
	"toJSON":      {min: 1, max: 1, result: fixed(tString)},
	"fromJSON":    {min: 1, max: 1, result: fixed(tAny)},
	"toBase64":    {min: 1, max: 1, result: fixed(tString)},
	"fromBase64":  {min: 1, max: 1, result: fixed(tString)},
	"bitand":      {min: 2, max: 2, result: fixed(tInt)},
	"bitor":       {min: 2, max: 2, result: fixed(tInt)},
	"bitxor":      {min: 2, max: 2, result: fixed(tInt)},
	"bitnand":     {min: 2, max: 2, result: fixed(tInt)},
	"bitshl":      {min: 2, max: 2, result: fixed(tInt)},
	"bitshr":      {min: 2, max: 2, result: fixed(tInt)},
	"bitushr":     {min: 2, max: 2, result: fixed(tInt)},
	"bitnot":      {min: 1, max: 1, result: fixed(tInt)},

	"findLast":      {refused: "stops a list around it from being built right", instead: "write `last(filter(list, …))`"},
	"findLastIndex": {refused: "stops a list around it from being built right", instead: "count from the front with `findIndex`"},
	"now":           {refused: "gives another verdict every day", instead: "declare the date as a fact of the topology"},
	"date":          {refused: "depends on the clock and the time zone of the machine", instead: "compare dates as ISO 8601 text"},
	"duration":      {refused: "has no counterpart in the browser", instead: "compare numbers of one unit"},
	"timezone":      {refused: "depends on the machine", instead: "compare dates as ISO 8601 text"},
}

// operators of OpBin that both engines run with the same result.
var operators = map[string]bool{
	"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true,
	"+": true, "-": true, "*": true, "/": true, "%": true, "**": true,
	"in": true, "contains": true, "startsWith": true, "endsWith": true, "matches": true, "..": true,
}

// maxLiteral bounds integer literals: beyond it a float64 no longer counts by one.
const maxLiteral = 1 << 53
