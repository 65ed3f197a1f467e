package rule

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents every problem of rules that this package reports.
func Codes() []diag.CodeDoc {
	code := func(name, summary, doc string) diag.CodeDoc {
		return diag.CodeDoc{Code: "rule/" + name, Severity: diag.Error, Summary: summary, Doc: doc}
	}
	waiver := func(name string, severity diag.Severity, summary, doc string) diag.CodeDoc {
		return diag.CodeDoc{Code: "waiver/" + name, Severity: severity, Summary: summary, Doc: doc}
	}
	return []diag.CodeDoc{
		code("not-a-list", "rules or manual is not a list", "Begin each rule with `- id:` and each manual entry with `- claim:`."),
		code("not-a-map", "a rule, example or entry has no fields", "Write its fields as `key: value`, indented below the hyphen."),
		code("unknown-key", "a rule or example has a field that does not exist", "A misspelt field would be ignored, and with it what you meant. The hint names the closest field."),
		code("missing-key", "a field that is needed is missing", "A rule needs `id`, `title`, `claim`, `examples`, and `assert` or `fact`; an example needs `name`."),
		code("wrong-type", "a field holds a value of the wrong type", "For example a list where text is expected. Text that YAML reads as something else goes in quotes."),
		code("bad-id", "a rule's id is not kebab-case", "The id is the rule's permanent address: `/rules/bastion-vwan-sku/`. Use lower-case words and digits joined with hyphens."),
		code("duplicate-id", "two rules have the same id", "Ids are unique in a site, because findings, waivers and links name rules by them."),
		code("bad-severity", "a severity is none of error, warning and info", "An `error` makes `check` fail by default, a `warning` and an `info` do not."),
		code("assert-and-fact", "a rule has both an assert and a fact", "A rule either judges or reports a value. Make two rules of it."),
		code("fact-field", "a fact has a field of judging rules", "A fact has no `severity`, `message` or `fix`: it reports a value and judges nothing."),
		code("bad-for", "for does not name subjects", "Write `for: bastion in bastions`: a name of your choice and a collection of the model."),
		code("unknown-collection", "for names a collection that the model does not have", "The collections are the kinds of `rules/topology.yaml`."),
		code("claim-not-found", "the quoted sentence is not on the page", "A claim quotes visible text of one paragraph, heading, list item or table cell of the rule's own page. If the sentence has changed, read the rule again before you change the quote."),
		code("claim-ambiguous", "the quoted text stands in more than one place", "Quote more of the sentence, until only one block of the page holds it."),
		code("unknown-replacement", "replacedBy names a rule that does not exist", "A deprecated rule sends its users to another rule; that one has to be there."),
		code("duplicate-example", "two examples of a rule have the same name", "The name is the example's address in the checker."),
		code("example-source", "an example has no topology or two", "Give either `sample:` or an inline `topology:`."),
		code("unknown-sample", "an example names a sample that does not exist", "Samples are the files of `rules/samples/`, named without `.yaml`."),
		code("sample-unreadable", "a sample cannot be read", "The hint holds the system's own message."),
		code("bad-expectation", "an example's expectation is not possible", "A judging rule's example has `expect:` pass, fail, unknown or not-applicable; a fact's has `value:` or `expect:` unknown or not-applicable."),
		code("missing-example", "a rule has no example for a result it can have", "A judging rule needs a passing and a failing example, and one that is unknown where it reads a value that an input may leave open. A fact needs one with a value. A rule nobody has seen fail may not be able to."),
		code("example-failed", "an example does not come out as expected", "Either the rule or the expectation is wrong. `plumbline test` runs all examples in both engines."),
		code("mutant-survives", "no example notices a mistake in a rule", "`plumbline test --mutate` made a small mistake in the rule, and every example still came out as expected. The hint names a topology on which rule and mistake differ: write an example of it, or ask whether the rule says more than it has to."),
		code("engines-differ", "the two engines disagree on a topology", "Go and the generated JavaScript gave different results on an example, or on a topology that was made to vary what the rule reads. This is a defect of Plumbline, not of the rule; the build stops because one of the two results would be wrong. Please report it with the rule and the example."),
		code("runtime", "an expression fails on known values", "For example `.name` of nil or a number compared with text. Guard the value with `?.` or `??`, or test it before. The subject then has no finding."),

		waiver("not-a-list", diag.Error, "a file of waivers is no list", "Begin each waiver with `- rule:`."),
		waiver("not-a-map", diag.Error, "a waiver has no keys", "Write `rule`, `subject`, `reason`, and mostly `owner` and `expires`, each with a value."),
		waiver("unknown-key", diag.Error, "a waiver has a key that does not exist", "A misspelt key would be ignored, so that a waiver might never end. The hint names the closest key."),
		waiver("missing-key", diag.Error, "a waiver lacks its rule, its subject or its reason", "A waiver says what it accepts, and why. Who reads it in a year has to know."),
		waiver("wrong-value", diag.Error, "a key of a waiver has a value that it cannot have", "All values are texts. `expires` is the last day on which the waiver holds, in UTC, as year-month-day."),
		waiver("expired", diag.Warning, "a waiver is over", "The fail counts again. Mend what the waiver accepted, or agree on another day."),
		waiver("unused", diag.Warning, "a waiver accepts nothing", "There is no such rule, no such subject, or the subject does not fail the rule any more. Remove the waiver, or correct it: one that stays would accept the next fail without anybody knowing. With several topologies, it is unused if none of them has a fail for it."),
	}
}
