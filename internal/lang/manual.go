package lang

// Entry describes one operator, builtin or other form of the language for its
// page in the manual. Each example is an expression without names.
type Entry struct {
	Section  string // see Sections
	Name     string // as people write it: "a ?? b", "filter"
	Gives    string // what it gives, in Markdown
	Examples []string
}

// Refusal says what is outside the language, why, and what to write instead.
type Refusal struct{ What, Why, Instead string }

// Sections lists the sections of entries in the order of the page.
func Sections() []string {
	return []string{"Values", "Operators", "Reading", "Choosing and naming", "Truth of a list", "Elements of a list", "Lists from lists",
		"Numbers", "Bits", "Text", "Maps", "Other forms", "Addresses"}
}

// Entries describes everything that the language has. A test holds it against the
// tables that analysis uses, and runs every example in both engines.
func Entries() []Entry {
	return append(syntaxEntries(), builtinEntries()...)
}

func syntaxEntries() []Entry {
	return []Entry{
		{"Values", "text", "`\"…\"` with escapes, `'…'`, or `` `…` `` as it stands", []string{`"Standard"`, `'a "b"'`, `"tab\t\u00e9"`}},
		{"Values", "whole number", "up to 2^53; arithmetic wraps at 64 bits", []string{`26`, `0x1f`, `1_000`}},
		{"Values", "number", "a float of 64 bits; numbers of JSON data are of this kind", []string{`0.5`, `1e3`}},
		{"Values", "truth", "true or false", []string{`true`}},
		{"Values", "nil", "known to be absent", []string{`nil`}},
		{"Values", "list", "values in their order", []string{`["Standard", 1, nil]`}},
		{"Values", "record", "a map; keys are text; of two equal keys the first counts", []string{`{name: "x", "a b": 1}`, `{("a" + "b"): 1}`}},

		{"Operators", "a and b, a && b", "true where both are; Kleene's logic where one is unknown", []string{`true and false`, `false && true`}},
		{"Operators", "a or b, a \\|\\| b", "true where one is; Kleene's logic where one is unknown", []string{`true or false`, `false || false`}},
		{"Operators", "not a, !a", "the opposite", []string{`not true`, `!false`}},
		{"Operators", "a == b", "equal: numbers by value, lists and maps by their contents, objects by identity", []string{`1 == 1.0`, `[1, 2] == [1, 2]`, `"a" == "A"`}},
		{"Operators", "a != b", "not equal", []string{`1 != 2`}},
		{"Operators", "a < b", "numbers, or text in the order of its code points", []string{`1 < 2`, `"Z" < "a"`}},
		{"Operators", "a <= b", "less or equal", []string{`2 <= 2.0`}},
		{"Operators", "a > b", "greater", []string{`2 > 3`}},
		{"Operators", "a >= b", "greater or equal", []string{`"b" >= "a"`}},
		{"Operators", "a + b", "the sum, or two texts joined", []string{`1 + 2`, `0.1 + 0.2`, `"a" + "b"`}},
		{"Operators", "a - b", "the difference", []string{`5 - 7`}},
		{"Operators", "-a, +a", "the number with its sign changed, or as it is", []string{`-(2)`, `+2`}},
		{"Operators", "a * b", "the product", []string{`6 * 7`}},
		{"Operators", "a / b", "always a number with a fraction; by zero it is infinite", []string{`5 / 2`, `1 / 0`}},
		{"Operators", "a % b", "the rest, of whole numbers, with the sign of `a`", []string{`7 % 3`, `-7 % 3`}},
		{"Operators", "a ** b, a ^ b", "a power with a whole exponent, always a number with a fraction", []string{`2 ** 10`, `2 ^ -1`}},
		{"Operators", "a in b", "whether a list has an equal element, or a map the key", []string{`"a" in ["a", "b"]`, `"k" in {k: nil}`, `3 not in 1..2`}},
		{"Operators", "a contains b", "whether a text has a part; false where one is nil", []string{`"10.0.0.0/8" contains "/"`}},
		{"Operators", "a startsWith b", "whether a text begins with another; false where one is nil", []string{`"AzureBastionSubnet" startsWith "Azure"`}},
		{"Operators", "a endsWith b", "whether a text ends with another; false where one is nil", []string{`"a.md" endsWith ".md"`}},
		{"Operators", "a matches b", "whether an [RE2 pattern](https://github.com/google/re2/wiki/Syntax), a constant, is found in a text", []string{`"vm-01" matches "^vm-[0-9]+$"`, `"STRASSE" matches "(?i)strasse"`}},
		{"Operators", "a..b", "the whole numbers from `a` to `b`, fewer than a million", []string{`1..4`, `2..1`}},

		{"Reading", "a.b", "a field, or the value of a key; nil where a map has none", []string{`{x: 1}.x`, `{x: 1}.y`}},
		{"Reading", "a[b]", "an element of a list, from 0 or, negative, from the end; the value of a key", []string{`[1, 2, 3][0]`, `[1, 2, 3][-1]`, `{x: 1}["x"]`}},
		{"Reading", "a?.b, a?.[b]", "nil where `a` is nil, and so is all that follows", []string{`{}.x?.y.z`, `{x: {y: 1}}?.x?.y`}},
		{"Reading", "a[b:c]", "the elements from `b` up to but not including `c`; bounds beyond the list are cut off", []string{`[1, 2, 3][1:]`, `[1, 2, 3][:-1]`, `[1, 2, 3][1:9]`}},

		{"Choosing and naming", "a ?? b", "`b` where `a` is nil", []string{`nil ?? 1`, `{x: 2}.x ?? 1`}},
		{"Choosing and naming", "c ? a : b, if c { a } else { b }", "`a` where `c` is true, else `b`", []string{`1 < 2 ? "less" : "more"`, `if 1 > 2 { "more" } else { "less" }`}},
		{"Choosing and naming", "a \\| f(b)", "the same as `f(a, b)`", []string{`[3, 1, 2] | filter(# > 1) | len()`}},
		{"Choosing and naming", "let x = a; b", "`b`, in which `x` is `a`", []string{`let x = 2; x * x`}},
		{"Choosing and naming", "#, .field, #index", "in a closure: its element, a field of that, its position from 0", []string{`map([{n: 1}, {n: 2}], .n)`, `map(["a", "b"], #index)`, `filter([1, 5, 9], # > 4)`}},
		{"Choosing and naming", "a; b", "`b`", []string{`(1; 2)`}},
		{"Choosing and naming", "unknown(reason)", "an unknown value, where guidance itself leaves something open", []string{`unknown("not decided yet")`, `unknown("not decided yet") or true`}},
	}
}

func builtinEntries() []Entry {
	return []Entry{
		{"Truth of a list", "any", "whether the condition holds for one element at least", []string{`any([1, 5], # > 4)`, `any([], true)`}},
		{"Truth of a list", "all", "whether it holds for every element", []string{`all([1, 5], # > 0)`, `all([], false)`}},
		{"Truth of a list", "none", "whether it holds for no element", []string{`none([1, 5], # > 9)`}},
		{"Truth of a list", "one", "whether it holds for exactly one element", []string{`one([1, 5], # > 4)`}},

		{"Elements of a list", "find", "the first element for which the condition holds, or nil", []string{`find([1, 5, 9], # > 4)`, `find([1], # > 4)`}},
		{"Elements of a list", "findIndex", "its position, or nil", []string{`findIndex([1, 5, 9], # > 4)`}},
		{"Elements of a list", "first", "the first element, or nil", []string{`first([1, 2])`, `first([])`}},
		{"Elements of a list", "last", "the last element, or nil", []string{`last([1, 2])`}},
		{"Elements of a list", "get", "an element or the value of a key, or nil", []string{`get([1, 2], 5)`, `get({x: 1}, "x")`}},
		{"Elements of a list", "len", "the number of elements, of keys, or of characters of a text", []string{`len([1, 2])`, `len("é😀")`, `len({x: 1})`}},
		{"Elements of a list", "count", "for how many elements the condition holds, or how many are true", []string{`count([1, 5, 9], # > 4)`, `count([true, false])`}},

		{"Lists from lists", "filter", "the elements for which the condition holds", []string{`filter([1, 5, 9], # > 4)`}},
		{"Lists from lists", "map", "what the closure gives for each element", []string{`map([1, 2], # * 10)`, `map([1, 2], ({n: #}))`}},
		{"Lists from lists", "concat", "the elements of all the lists", []string{`concat([1], [2, 3], [])`}},
		{"Lists from lists", "flatten", "the elements of lists inside lists", []string{`flatten([1, [2, [3]]])`}},
		{"Lists from lists", "uniq", "each of several equal elements once", []string{`uniq([1, 2, 1, 1.0])`}},
		{"Lists from lists", "take", "the first elements", []string{`take([1, 2, 3], 2)`}},
		{"Lists from lists", "reverse", "the elements from last to first", []string{`reverse([1, 2])`}},
		{"Lists from lists", "sort", "the elements in their order, or `\"desc\"` in the opposite one; equal ones stay as they are", []string{`sort([3, 1, 2])`, `sort(["b", "a"], "desc")`}},
		{"Lists from lists", "sortBy", "sorted by what the closure gives", []string{`sortBy([3, 1, 2], -#)`, `sortBy([{n: 2}, {n: 1}], .n, "asc")`}},
		{"Lists from lists", "groupBy", "a map from what the closure gives to the elements that it gives it for", []string{`groupBy([1, 2, 3], # % 2 == 0 ? "even" : "odd")`}},
		{"Lists from lists", "reduce", "goes through the list with `#acc`, the result so far", []string{`reduce([1, 2, 3], #acc + #)`, `reduce([1, 2, 3], #acc + #, 10)`}},

		{"Numbers", "sum", "of the elements, or of what the closure gives for them", []string{`sum([1, 2.5])`, `sum([{n: 1}, {n: 2}], .n)`}},
		{"Numbers", "mean", "of numbers and lists of numbers", []string{`mean([1, 2, 6])`, `mean(1, 2)`}},
		{"Numbers", "median", "the number in the middle", []string{`median([1, 9, 2])`}},
		{"Numbers", "min", "the least of numbers and lists of numbers", []string{`min(3, 1, 2)`, `min([3, 1])`}},
		{"Numbers", "max", "the greatest of numbers and lists of numbers", []string{`max([1, 5], 3)`}},
		{"Numbers", "abs", "without its sign", []string{`abs(-5)`}},
		{"Numbers", "ceil", "the whole number above, as a float", []string{`ceil(1.2)`}},
		{"Numbers", "floor", "the whole number below, as a float", []string{`floor(-1.2)`}},
		{"Numbers", "round", "the nearest whole number as a float, halves away from zero", []string{`round(2.5)`, `round(-2.5)`}},
		{"Numbers", "int", "a whole number, of a number without its fraction or of text", []string{`int(2.9)`, `int("-7")`}},
		{"Numbers", "float", "a number, of a number or of text", []string{`float(2)`, `float("1e3")`}},

		{"Bits", "bitand", "the bits that both whole numbers have", []string{`bitand(12, 10)`}},
		{"Bits", "bitor", "the bits that one of them has", []string{`bitor(12, 10)`}},
		{"Bits", "bitxor", "the bits that only one of them has", []string{`bitxor(12, 10)`}},
		{"Bits", "bitnand", "the bits of the first number without those of the second", []string{`bitnand(12, 10)`}},
		{"Bits", "bitnot", "the opposite of each of 64 bits", []string{`bitnot(0)`}},
		{"Bits", "bitshl", "bits moved up by so many places", []string{`bitshl(1, 4)`}},
		{"Bits", "bitshr", "bits moved down, the sign kept", []string{`bitshr(-16, 2)`}},
		{"Bits", "bitushr", "bits moved down, zeros behind them", []string{`bitushr(-16, 60)`}},

		{"Text", "lower", "each character by itself", []string{`lower("Standard")`}},
		{"Text", "upper", "each character by itself", []string{`upper("Straße")`}},
		{"Text", "trim", "without white space, or the given characters, at both ends", []string{`trim("  a ")`, `trim("--a-", "-")`}},
		{"Text", "trimPrefix", "without the text that it begins with", []string{`trimPrefix("vm-01", "vm-")`}},
		{"Text", "trimSuffix", "without the text that it ends with", []string{`trimSuffix("a.md", ".md")`}},
		{"Text", "split", "the parts between separators, the given number at most", []string{`split("a,b,c", ",")`, `split("a,b,c", ",", 2)`}},
		{"Text", "splitAfter", "the parts with their separators", []string{`splitAfter("a,b", ",")`}},
		{"Text", "join", "texts of a list, with a separator between", []string{`join(["a", "b"], ", ")`}},
		{"Text", "replace", "a part by another, the given number of times at most", []string{`replace("a-b-c", "-", "+")`, `replace("a-b-c", "-", "+", 1)`}},
		{"Text", "repeat", "a text so many times, a million at most", []string{`repeat("ab", 3)`}},
		{"Text", "indexOf", "the position of a part in bytes of UTF-8, or -1", []string{`indexOf("abcb", "b")`, `indexOf("abc", "x")`}},
		{"Text", "lastIndexOf", "the position of its last occurrence, or -1", []string{`lastIndexOf("abcb", "b")`}},
		{"Text", "hasPrefix", "the same as `startsWith`", []string{`hasPrefix("vm-01", "vm")`}},
		{"Text", "hasSuffix", "the same as `endsWith`", []string{`hasSuffix("a.md", ".md")`}},

		{"Maps", "keys", "the keys, where their order does not matter", []string{`sort(keys({b: 1, a: 2}))`}},
		{"Maps", "values", "the values, where their order does not matter", []string{`2 in values({b: 1, a: 2})`}},
		{"Maps", "toPairs", "lists of a key and its value, where their order does not matter", []string{`any(toPairs({b: 1, a: 2}), #[1] > 1)`}},
		{"Maps", "fromPairs", "a map of lists of a key and its value", []string{`fromPairs([["a", 1], ["b", 2]])`}},

		{"Other forms", "type", "the name of a value's type", []string{`type(1)`, `type([])`, `type(nil)`}},
		{"Other forms", "string", "text of a truth, a number or nil", []string{`string(1e6)`, `string(true)`}},
		{"Other forms", "toJSON", "JSON of a text, a truth, a number or nil", []string{`toJSON("a\"b")`}},
		{"Other forms", "fromJSON", "the value of JSON", []string{`fromJSON("{\"a\": [1]}").a`}},
		{"Other forms", "toBase64", "Base64 of the UTF-8 of a text", []string{`toBase64("abc")`}},
		{"Other forms", "fromBase64", "the text of Base64, which must be UTF-8", []string{`fromBase64("YWJj")`}},

		{"Addresses", "prefixLength", "the length of a prefix, of an address the full one", []string{`prefixLength("10.0.0.0/26")`, `prefixLength("10.0.0.1")`}},
		{"Addresses", "cidrContains", "whether a prefix contains another one, or an address", []string{`cidrContains("10.0.0.0/8", "10.1.0.0/16")`, `cidrContains("10.0.0.0/8", "11.0.0.1")`}},
		{"Addresses", "isIPv4", "whether a prefix or address is of IPv4", []string{`isIPv4("10.0.0.0/8")`, `isIPv4("fd00::/8")`}},
	}
}

// Refusals lists what is outside the language. Builtins come from the profile.
func Refusals() []Refusal {
	return []Refusal{
		{"a call of anything but a builtin or a function of the model, a method", "the browser has no such function", "a builtin, or a function in `rules/topology.yaml`"},
		{"the order of `keys`, `values` and `toPairs`", "it is random", "sort, count or look into them: `sort`, `len`, `in`, `any`, `all`, `none`, `one`, `count`"},
		{"a pattern that is computed", "it could not be translated", "a constant pattern"},
		{"an element or a slice of a text, a closure over a text", "they count bytes, which tears characters", "`startsWith`, `split`, `matches`"},
		{"text in bytes: `b\"…\"`", "the browser has no such value", "text in quotes"},
		{"a whole number beyond 2^53", "a browser's JSON rounds it", "text"},
		{"a power with a fraction as its exponent", "Go and JavaScript round it differently", "multiply, or compare squares"},
		{"`string` and `toJSON` of a list, map or object", "Go prints them in its own way", "`join`, or the single fields"},
		{"`sort` of what is no list", "expr gives an empty list", "`sort` of a list"},
		{"a field of an object by a computed name", "a misspelt name would be nil for ever", "the field by its name"},
		{"a range of a million numbers, a text of more than 64 MiB, an expression nested deeper than 500 levels", "a rule must end", ""},
	}
}

// Refused lists the builtins of expr that are outside the language, by name.
func Refused() []Refusal {
	var out []Refusal
	for _, name := range builtinNames() {
		if b, ok := builtins[name]; ok && b.refused != "" {
			out = append(out, Refusal{"`" + name + "`", "it " + b.refused, b.instead})
		}
	}
	return out
}

// Names lists every operator, builtin and function that the language has.
func Names() (operatorNames, functions []string) {
	for name := range operators {
		operatorNames = append(operatorNames, name)
	}
	operatorNames = append(operatorNames, "and", "or", "not", "??")
	for name, b := range builtins {
		if b.refused == "" {
			functions = append(functions, name)
		}
	}
	for name := range pureFunctions {
		functions = append(functions, name)
	}
	return operatorNames, functions
}
