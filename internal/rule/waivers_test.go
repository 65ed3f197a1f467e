package rule

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/topology"
)

const waiverSite = `
-- page.md --
---
title: Bastion
rules:
  - id: bastion-sku
    title: A Bastion is Standard
    severity: error
    claim: is Standard
    for: bastion in bastions
    assert: bastion.sku == "Standard"
    examples:
      - { name: good, topology: { bastions: [{ id: b, sku: Standard }] }, expect: pass }
      - { name: bad, topology: { bastions: [{ id: b, sku: Basic }] }, expect: fail }
      - { name: open, topology: { bastions: [{ id: b }] }, expect: unknown }
  - id: one-bastion
    title: There is a Bastion
    severity: warning
    claim: is a Bastion
    assert: len(bastions) > 0
    examples:
      - { name: good, topology: { bastions: [{ id: b }] }, expect: pass }
      - { name: bad, topology: { bastions: [] }, expect: fail }
      - { name: open, topology: {}, expect: unknown }
  - id: bastion-skus
    title: What it is
    claim: is Standard
    for: bastion in bastions
    fact: bastion.sku
    examples:
      - { name: one, topology: { bastions: [{ id: b, sku: Basic }] }, value: Basic }
---
There is a Bastion, which is Standard.
-- rules/topology.yaml --
kinds:
  bastions:
    one: bastion
    title: Bastions
    fields:
      sku: { enum: [Basic, Standard] }
`

// waiverSet is the rules of waiverSite.
func waiverSet(t *testing.T) *Set {
	t.Helper()
	set, problems := load(txtar.Parse([]byte(waiverSite)))
	if len(problems) > 0 {
		t.Fatal(problems[0].Message)
	}
	return set
}

// checkWaived checks a topology on the first of January 2027.
func checkWaived(set *Set, text, waivers string, opts Options) Result {
	top := topology.Read(set.Env, []topology.File{{Name: "t.yaml", Text: text}}, topology.Options{})
	opts.Waivers = ReadWaivers(diag.NewSource("w.yaml", waivers), "2027-01-01")
	return set.Check(top, opts)
}

// TestWaivers: what a waiver accepts, and what is said of one that accepts nothing.
func TestWaivers(t *testing.T) {
	set := waiverSet(t)
	const basic, open = `{bastions: [{id: /subscriptions/S/bas, name: bas, sku: Basic}, {id: other, sku: Standard}]}`, `{bastions: [{id: bas}]}`
	raised := map[string]bool{}
	for name, tt := range map[string]struct{ topology, waivers, waived, problems string }{
		"by name":             {basic, `[{rule: bastion-sku, subject: bas, reason: x}]`, "x", ""},
		"by id":               {basic, `[{rule: bastion-sku, subject: /Subscriptions/s/BAS, reason: x}]`, "x", ""},
		"the first":           {basic, `[{rule: bastion-sku, subject: bas, reason: x}, {rule: bastion-sku, subject: BAS, reason: y}]`, "x", ""},
		"the first that is":   {basic, `[{rule: bastion-sku, subject: bas, reason: x, expires: 2026-12-31}, {rule: bastion-sku, subject: bas, reason: y}]`, "y", "waiver/expired"},
		"its last day":        {basic, `[{rule: bastion-sku, subject: bas, reason: x, expires: 2027-01-01}]`, "x 2027-01-01", ""},
		"the day before":      {basic, `[{rule: bastion-sku, subject: bas, reason: x, expires: "2026-12-31"}]`, "", "waiver/expired"},
		"the topology":        {`{bastions: []}`, `[{rule: one-bastion, subject: Input, reason: x}]`, "x", ""},
		"no object of it":     {`{bastions: []}`, `[{rule: one-bastion, subject: bas, reason: x}]`, "", "waiver/unused"},
		"of a pass":           {basic, `[{rule: bastion-sku, subject: other, reason: x}]`, "", "waiver/unused"},
		"expired, of a pass":  {basic, `[{rule: bastion-sku, subject: other, reason: x, expires: 2000-01-01}]`, "", "waiver/unused"},
		"of an unknown":       {open, `[{rule: bastion-sku, subject: bas, reason: x}]`, "", ""},
		"over, of an unknown": {open, `[{rule: bastion-sku, subject: bas, reason: x, expires: 2000-01-01}]`, "", "waiver/expired"},
		"of a fact":           {basic, `[{rule: bastion-skus, subject: bas, reason: x}]`, "", "waiver/unused"},
		"of no rule":          {basic, `[{rule: bastion, subject: bas, reason: x}]`, "", "waiver/unused"},
		"of no subject":       {basic, `[{rule: bastion-sku, subject: s, reason: x}]`, "", "waiver/unused"},
		"not read":            {`{bastion: []}`, `[{rule: bastion-sku, subject: bas, reason: x}]`, "", "input/unknown-collection"},
		"no list":             {basic, `{rule: bastion-sku}`, "", "waiver/not-a-list"},
		"no map":              {basic, `[bastion-sku]`, "", "waiver/not-a-map"},
		"nothing":             {basic, ``, "", ""},
		"null":                {basic, `null`, "", ""},
		"an owner alone":      {basic, `[{owner: x}]`, "", "waiver/missing-key waiver/missing-key waiver/missing-key"},
		"null is not there":   {basic, `[{rule: bastion-sku, subject: bas, reason: null}]`, "", "waiver/missing-key"},
		"an empty reason":     {basic, `[{rule: bastion-sku, subject: bas, reason: " "}]`, "", "waiver/missing-key"},
		"no end":              {basic, `[{rule: bastion-sku, subject: bas, reason: x, expires: null}]`, "x", ""},
		"no such day":         {basic, `[{rule: bastion-sku, subject: bas, reason: x, expires: 2027-02-29}]`, "", "waiver/wrong-value"},
		"a leap day":          {basic, `[{rule: bastion-sku, subject: bas, reason: x, expires: 2028-02-29}]`, "x 2028-02-29", ""},
		"no text":             {basic, `[{rule: bastion-sku, subject: bas, reason: x, expires: 2027}]`, "", "waiver/wrong-value"},
		"a wrong key":         {basic, `[{rule: bastion-sku, subject: bas, reason: x, until: 2028-02-29}]`, "", "waiver/unknown-key"},
	} {
		for _, all := range []bool{false, true} {
			res := checkWaived(set, tt.topology, tt.waivers, Options{All: all})
			var waived, problems []string
			for _, f := range res.Findings {
				if f.Waived != nil {
					waived = append(waived, strings.TrimSpace(f.Waived.Reason+" "+f.Waived.Expires))
				}
			}
			for _, d := range res.Diagnostics {
				problems = append(problems, d.Code)
				raised[d.Code] = true
			}
			if got := strings.Join(waived, ", "); got != tt.waived {
				t.Errorf("%s: waived is %q, want %q", name, got, tt.waived)
			}
			if got := strings.Join(problems, " "); got != tt.problems {
				t.Errorf("%s: the problems are %q, want %q", name, got, tt.problems)
			}
		}
	}
	for _, c := range Codes() {
		if strings.HasPrefix(c.Code, "waiver/") && !raised[c.Code] {
			t.Errorf("no case raises %s", c.Code)
		}
	}
}

// TestWaiversOfLeftOutRules: nobody knows what a rule would have found that did not run.
func TestWaiversOfLeftOutRules(t *testing.T) {
	res := checkWaived(waiverSet(t), `{bastions: [{id: bas, sku: Standard}]}`, `[{rule: bastion-sku, subject: bas, reason: x}]`, Options{Rules: []string{"one-bastion"}})
	if len(res.Diagnostics) > 0 {
		t.Error(res.Diagnostics[0].Message)
	}
}

// TestSharesWaiveTheSame: what one of several workers meets is met.
func TestSharesWaiveTheSame(t *testing.T) {
	set := waiverSet(t)
	var text, waivers strings.Builder
	text.WriteString("bastions:\n")
	for i := range 3 * worthSharing {
		sku := "Standard"
		if i%100 == 99 {
			sku = "Basic"
			fmt.Fprintf(&waivers, "- { rule: bastion-sku, subject: b%d, reason: r%d }\n", i, i)
		}
		fmt.Fprintf(&text, "  - { id: b%d, sku: %s }\n", i, sku)
	}
	waivers.WriteString("- { rule: bastion-sku, subject: b0, reason: passes }\n")
	alone := checkWaived(set, text.String(), waivers.String(), Options{})
	if len(alone.Findings) != 3*worthSharing/100 || len(alone.Diagnostics) != 1 {
		t.Fatalf("%d findings, %d problems", len(alone.Findings), len(alone.Diagnostics))
	}
	if shared := checkWaived(set, text.String(), waivers.String(), Options{Jobs: 3}); string(shared.JSON()) != string(alone.JSON()) {
		t.Error("shares say something else than one")
	}
}

// TestWaiverOfAnError: where a rule fails to come to a verdict, nobody knows whether its
// waiver is needed.
func TestWaiverOfAnError(t *testing.T) {
	set, problems := load(txtar.Parse([]byte(strings.NewReplacer(
		`assert: bastion.sku == "Standard"`, `assert: bastion.sku == "Standard" and int(bastion.name) > 0`,
		"id: b, sku: Standard", `id: b, name: "5", sku: Standard`,
	).Replace(waiverSite))))
	if len(problems) > 0 {
		t.Fatal(problems[0].Message)
	}
	res := checkWaived(set, `{bastions: [{id: bas, sku: Standard}]}`, `[{rule: bastion-sku, subject: bas, reason: x}]`, Options{})
	if len(res.Diagnostics) != 1 || res.Diagnostics[0].Code != "rule/runtime" {
		t.Errorf("the problems are %v", res.Diagnostics)
	}
}
