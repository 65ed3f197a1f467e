package rule

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// schema is a JSON Schema; its members are written in the order of their names.
type schema = map[string]any

// What fields are, for editors: those of a rule or an example, of "deprecated", and of an
// entry under "manual".
var (
	keyDocs = map[string]string{
		"id":         "The rule's address in the site, for ever: /rules/ID/. Lower-case words joined with hyphens.",
		"title":      "What should be so, in a few words.",
		"severity":   "How bad a fail is; error makes check fail by default.",
		"claim":      "The sentence of this page, or a part of it, that the rule decides. Exactly as the page shows it.",
		"for":        "The subjects: a name of your choice and a collection of the model. Without it, the whole topology.",
		"where":      "An expression: whether the rule applies to the subject.",
		"assert":     "An expression: whether all is well.",
		"fact":       "An expression whose value is reported. Such a rule judges nothing.",
		"message":    "What is said of a fail; ${…} holds an expression.",
		"fix":        "What to do about a fail, in Markdown.",
		"tags":       "Names of claims that the rule decides.",
		"examples":   "Documentation and test at once: one that passes, one that fails, and one that is unknown where that can be.",
		"references": "Addresses of what the rule is based on.",
		"since":      "The version that brought the rule.",
		"deprecated": "Why the rule should not be used any more.",
		"notes":      "What a reader of the rule should know, in Markdown.",

		"name":     "What the example shows; its address in the checker.",
		"sample":   "A topology of rules/samples/, without .yaml.",
		"topology": "A topology in the words of the model.",
		"subject":  "The name of the one subject that is expected to come out so; without it, the worst of all.",
		"expect":   "The verdict that the rule must give.",
		"value":    "The text that a fact must report.",
		"set":      "Values by path: \"bastions[0].sku\": Basic.",
		"unset":    "Paths that are known to be absent.",
		"unknown":  "Paths of which nothing is known.",
		"declared": "Declared facts.",
	}
	deprecatedDocs = map[string]string{
		"since":      "The version from which on the rule should not be used.",
		"replacedBy": "The id of the rule that takes its place.",
		"reason":     "Why it should not be used.",
	}
	manualDocs = map[string]string{
		"claim":  "A sentence of this page that no rule decides. Exactly as the page shows it.",
		"reason": "Why no rule can decide it.",
		"tags":   "Names of the claim.",
	}
)

// FrontMatterSchema returns the JSON Schema (draft 2020-12) of the front matter of pages,
// for editors. It accepts what Load accepts, apart from what only the page or the model can
// tell. It refers to topology.schema.json beside it.
func (s *Set) FrontMatterSchema() []byte {
	text := schema{"type": "string"}
	texts := schema{"type": "array", "items": text}
	expression := schema{"type": []string{"string", "number", "boolean"}}
	scalar := []string{"string", "number", "boolean", "null"}
	sample := schema{"type": "string"}
	if len(s.Samples) > 0 {
		sample = schema{"enum": slices.Sorted(maps.Keys(s.Samples))}
	}
	var kinds, subjects []string
	for _, k := range s.Env.Model().Kinds {
		kinds = append(kinds, regexp.QuoteMeta(k.Name))
		subjects = append(subjects, k.One+" in "+k.Name)
	}
	rule := properties(ruleKeys, keyDocs, schema{
		"id":       schema{"type": "string", "pattern": idPattern.String()},
		"severity": schema{"enum": []string{"error", "warning", "info"}},
		"for": schema{"type": "string", "anyOf": []schema{
			{"enum": subjects}, // which is what editors offer
			{"pattern": `^\s*[A-Za-z_][A-Za-z0-9_]*\s+in\s+(` + strings.Join(kinds, "|") + `)\s*$`},
		}},
		"where": expression, "assert": expression, "fact": expression,
		"tags": texts, "references": texts,
		"examples":   schema{"type": "array", "items": schema{"$ref": "#/$defs/example"}},
		"deprecated": closed(properties([]string{"since", "replacedBy", "reason"}, deprecatedDocs, nil), "since", "reason"),
	})
	judging := schema{"required": []string{"assert", "severity"}, "properties": schema{"fact": false}}
	reporting := schema{"required": []string{"fact"}, "properties": schema{"assert": false, "severity": false, "message": false, "fix": false}}
	ruleSchema := closed(rule, "id", "title", "claim", "examples")
	ruleSchema["oneOf"] = []schema{judging, reporting}
	example := closed(properties(exampleKeys, keyDocs, schema{
		"sample":   sample,
		"topology": schema{"$ref": "topology.schema.json"},
		"expect":   schema{"enum": []string{Pass, Fail, Unknown, NotApplicable}},
		"value":    schema{},
		"set":      schema{"type": "object"}, "declared": schema{"type": "object"},
		"unset": schema{"type": "array"}, "unknown": schema{"type": "array"},
	}), "name")
	example["oneOf"] = []schema{{"required": []string{"sample"}}, {"required": []string{"topology"}}}
	example["anyOf"] = []schema{{"required": []string{"expect"}}, {"required": []string{"value"}}}
	whole := schema{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Front matter",
		"description": "What stands between the lines of hyphens at the top of a page. Other keys are kept as they are.",
		"type":        []string{"object", "null"},
		"properties": schema{
			"title":       schema{"type": scalar, "description": "The title of the page, for search and navigation."},
			"description": schema{"type": scalar, "description": "What the page is about, in a sentence or two."},
			"claims":      schema{"type": "array", "items": text, "description": "The sections whose list items are claims: each is quoted by a rule or an entry under manual."},
			"rules":       schema{"type": "array", "items": schema{"$ref": "#/$defs/rule"}, "description": "The rules that decide what the page says."},
			"manual":      schema{"type": "array", "items": closed(properties([]string{"claim", "reason", "tags"}, manualDocs, schema{"tags": texts}), "claim", "reason"), "description": "Claims that no rule can decide, and why."},
		},
		"$defs": schema{"rule": ruleSchema, "example": example},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(whole); err != nil {
		panic(err) // texts and lists only
	}
	return b.Bytes()
}

// properties describes fields: those that are no plain text as given.
func properties(keys []string, docs map[string]string, special schema) schema {
	out := schema{}
	for _, key := range keys {
		of := schema{"type": "string"}
		if s, ok := special[key].(schema); ok {
			of = maps.Clone(s)
		}
		if doc := docs[key]; doc != "" {
			of["description"] = doc
		}
		out[key] = of
	}
	return out
}

// closed is an object with these members and no others.
func closed(properties schema, required ...string) schema {
	return schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
