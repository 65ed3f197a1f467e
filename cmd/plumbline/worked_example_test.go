package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/browsertest"
)

// TestWorkedExample does what the manual says to add a kind: its blocks, put
// where their first lines say, make a site that lints and tests clean and finds
// what it should in a template, in both engines.
func TestWorkedExample(t *testing.T) {
	site := t.TempDir()
	if err := os.CopyFS(filepath.Join(site, "rules"), os.DirFS("../../rules")); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		path := filepath.Join(site, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("plumbline.yaml", "severity:\n  - { code: site/no-base-url, level: off }\n")
	text := section(file(t, "content/manual/model.md"), "Worked example: NAT gateways")
	blocks := regexp.MustCompile("(?s)```(?:yaml|markdown)\n(?:# |<!-- )([^\n,]*?\\.(?:yaml|md))(?:, under ([^\n]*):)?(?: -->)?\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) != 6 {
		t.Fatalf("the manual has %d blocks, not 6", len(blocks))
	}
	for _, b := range blocks {
		name, under, body := b[1], b[2], b[3]
		old, _ := os.ReadFile(filepath.Join(site, name))
		switch {
		case len(old) == 0:
			write(name, body)
		case under == "":
			write(name, string(old)+"\n"+body)
		default:
			write(name, insertUnder(t, string(old), strings.Split(under, ": "), body))
		}
	}
	for _, verb := range []string{"lint", "test"} {
		if out, code := plumbline(t, verb, "--site", site); code != exitClean {
			t.Fatalf("%s ends with %d:\n%s", verb, code, out)
		}
	}
	template := filepath.Join(site, "main.json")
	const main = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "resources": [
    { "type": "Microsoft.Network/natGateways", "apiVersion": "2024-05-01", "name": "nat", "sku": { "name": "Standard" }, "properties": { "publicIpAddresses": [{ "id": "[resourceId('Microsoft.Network/publicIPAddresses', 'pip')]" }] } },
    { "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "vnet", "properties": { "subnets": [
      { "name": "out", "properties": { "natGateway": { "id": "[resourceId('Microsoft.Network/natGateways', 'NAT')]" } } },
      { "name": "shut", "properties": {} }
    ] } }
  ]
}`
	write("main.json", main)
	inGo, code := plumbline(t, "check", template, "--site", site, "--all", "--format", "json")
	if code != exitClean {
		t.Fatalf("check ends with %d:\n%s", code, inGo)
	}
	for _, want := range []string{`"verdict":"pass","subject":{"kind":"subnets"`, `no NAT gateway with an address serves shut`, `"natGateways":1`} {
		if !strings.Contains(inGo, want) {
			t.Errorf("check does not say %s:\n%s", want, inGo)
		}
	}
	public := filepath.Join(site, "public")
	if out, code := plumbline(t, "build", "--site", site, "--out", public); code != exitClean {
		t.Fatalf("build ends with %d:\n%s", code, out)
	}
	write("public/input.json", main)
	tab := browsertest.Start(t).Open(t, browsertest.View{})
	address := browsertest.Serve(t, public)
	tab.Go(address + "robots.txt")
	inJS := browsertest.Eval[string](tab, `(async () => {
		const { check } = await import("/checks.mjs");
		return JSON.stringify(await check(await (await fetch("/input.json")).text(), { file: `+"`"+template+"`"+`, all: true }));
	})()`)
	if inJS+"\n" != inGo {
		t.Errorf("the engines differ:\nGo %s\nJS %s", inGo, inJS)
	}
}

// insertUnder puts a block below the key that a path of keys leads to, indented
// as what stands there.
func insertUnder(t *testing.T, text string, path []string, block string) string {
	t.Helper()
	lines := strings.SplitAfter(text, "\n")
	at := 0
	for _, key := range path {
		found := false
		for ; at < len(lines) && !found; at++ {
			found = strings.TrimSpace(lines[at]) == key+":"
		}
		if !found {
			t.Fatalf("there is no %s", strings.Join(path, ": "))
		}
	}
	key := lines[at-1]
	indent := key[:len(key)-len(strings.TrimLeft(key, " "))] + "  "
	var out strings.Builder
	out.WriteString(strings.Join(lines[:at], ""))
	for line := range strings.Lines(block) {
		out.WriteString(indent + line)
	}
	out.WriteString(strings.Join(lines[at:], ""))
	return out.String()
}
