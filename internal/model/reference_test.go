package model

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const referencePage = "../../content/manual/model-reference.md"

// TestReferencePage holds the manual's page of the founding model to the model:
// every kind, field, list, derived value, function and declared fact.
func TestReferencePage(t *testing.T) {
	m, problems := Load(os.DirFS("../../rules"))
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	old, err := os.ReadFile(referencePage)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if got := referenceText(m); got != string(old) {
		if !*update {
			t.Fatalf("%s is out of date: go test ./internal/model -update", referencePage)
		}
		if err := os.WriteFile(referencePage, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func referenceText(m *Model) string {
	var b strings.Builder
	b.WriteString(`---
title: Reference of the founding model
description: Every kind, field, derived value, function and declared fact that rules on this site can use.
ms.date: 11/28/2026
ms.topic: reference
---

<!-- generated from rules/topology.yaml: make golden -->

# Reference of the founding model

What a rule can read. Each object also has an ` + "`id`" + ` and a ` + "`name`" + `. A field that an input does not state has the
value under *Absent*. [The topology model](model.md) says how such a model is written.

## Kinds
`)
	for _, k := range m.Kinds {
		fmt.Fprintf(&b, "\n### %s\n\n%s. %s\n", k.Name, k.Title, k.Doc)
		if k.FromReferences {
			b.WriteString("One that others only refer to is a subject of rules too.\n")
		}
		if len(k.Fields) > 0 {
			b.WriteString("\n| Field | Type | Absent | Meaning |\n| --- | --- | --- | --- |\n")
			fieldRows(&b, "", k.Fields)
		}
		lists := m.listsOf(k)
		if len(k.Derived)+len(lists) > 0 {
			b.WriteString("\n| Read | Meaning |\n| --- | --- |\n")
			for _, l := range lists {
				fmt.Fprintf(&b, "| `%s` | %s |\n", l[0], l[1])
			}
			for _, d := range k.Derived {
				fmt.Fprintf(&b, "| `%s` | %s |\n", d.Name, cell(d.Doc))
			}
		}
	}
	b.WriteString("\n## Functions\n\n| Function | Meaning |\n| --- | --- |\n")
	functions := slices.SortedFunc(slices.Values(m.Functions), func(a, b *Function) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range functions {
		var params []string
		for _, p := range f.Params {
			params = append(params, p.Name+": "+p.Type.words())
		}
		fmt.Fprintf(&b, "| `%s(%s)` | %s |\n", f.Name, strings.Join(params, ", "), cell(f.Doc))
	}
	b.WriteString("\n## Declared facts\n\nUnder `declared:` of a native topology, or in a file given with `--declare`.\n\n| Fact | Type | Absent | Meaning |\n| --- | --- | --- | --- |\n")
	fieldRows(&b, "", m.Declared)
	return b.String()
}

// listsOf names the lists of a kind that links fill, with what is in them.
func (m *Model) listsOf(k *Kind) [][2]string {
	var out [][2]string
	for _, source := range m.Kinds {
		for _, f := range source.Fields {
			if f.Inverse == "" || f.Type.LinkKind() != k.Name {
				continue
			}
			i := slices.IndexFunc(out, func(l [2]string) bool { return l[0] == f.Inverse })
			if i < 0 {
				out = append(out, [2]string{f.Inverse, fmt.Sprintf("the %s whose `%s` it is", source.Name, f.Name)})
			} else {
				out[i][1] += fmt.Sprintf(" or `%s`", f.Name)
			}
		}
	}
	return out
}

func fieldRows(b *strings.Builder, prefix string, fields []*Field) {
	for _, f := range fields {
		absent := "unknown"
		if f.HasDefault {
			text, _ := json.Marshal(f.Default)
			absent = "`" + string(text) + "`"
			if f.Default == nil {
				absent = "none"
			}
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s | %s |\n", prefix, f.Name, f.Type.words(), absent, cell(f.Doc))
		record := f.Type
		if record.Elem != nil {
			record = *record.Elem
		}
		fieldRows(b, prefix+f.Name+"[].", record.Fields)
	}
}

// words says what a type holds.
func (t Type) words() string {
	switch t.Name {
	case "list":
		return "list of " + t.Elem.words()
	case "link":
		return t.Link
	case "enum":
		return strings.Join(t.Enum, ", ")
	}
	return t.Name
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
