package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// section is a part of a page below a heading of the second level.
func section(text, heading string) string {
	_, rest, _ := strings.Cut(text, "\n## "+heading+"\n")
	part, _, _ := strings.Cut(rest, "\n## ")
	return part
}

// TestManualOfVerbs: the command-line page has every verb and every flag, and no
// flag that there is not.
func TestManualOfVerbs(t *testing.T) {
	page := file(t, "content/manual/command-line.md")
	root := (&program{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}}).root()
	global := map[string]bool{}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		global["--"+f.Name] = true
		if !strings.Contains(page, "| `--"+f.Name) {
			t.Errorf("the flag --%s is not in the manual", f.Name)
		}
	})
	for _, verb := range root.Commands() {
		if verb.Hidden || verb.Name() == "help" || verb.Name() == "completion" {
			continue
		}
		text := section(page, verb.Name())
		if text == "" {
			t.Errorf("the verb %s has no section", verb.Name())
		}
		flags := map[string]bool{}
		verb.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			flags["--"+f.Name] = true
			if f.Name != "help" && !regexp.MustCompile("`--"+f.Name+"[ `]").MatchString(text) {
				t.Errorf("the flag --%s of %s is not in its section", f.Name, verb.Name())
			}
		})
		for _, m := range regexp.MustCompile("`(--[a-z-]+)").FindAllStringSubmatch(text, -1) {
			if !flags[m[1]] && !global[m[1]] {
				t.Errorf("%s has no flag %s", verb.Name(), m[1])
			}
		}
	}
	var out bytes.Buffer
	code := run([]string{"eval", "--site", "../..", "1 + 1"}, strings.NewReader(""), &out, &bytes.Buffer{})
	if code != exitClean || !strings.Contains(page, "$ plumbline eval '1 + 1'\n"+out.String()) {
		t.Errorf("eval prints %s", out.String())
	}
}

// TestManualOfModule: the checker's page has the exports of checks.mjs and the
// options of check, and no others.
func TestManualOfModule(t *testing.T) {
	page := file(t, "content/manual/checker.md")
	source := file(t, "theme/runtime/checks.ts") + file(t, "theme/runtime/check.ts") + file(t, "theme/runtime/read.ts")
	var options []string
	for _, name := range []string{"Options extends CheckOptions, ReadOptions", "CheckOptions", "ReadOptions"} {
		_, rest, ok := strings.Cut(source, "export interface "+name+" {\n")
		body, _, _ := strings.Cut(rest, "\n}")
		if !ok {
			t.Fatalf("there is no interface %s", name)
		}
		for _, m := range regexp.MustCompile(`(?m)^  (\w+)\?:`).FindAllStringSubmatch(body, -1) {
			options = append(options, m[1])
		}
	}
	var listed []string
	_, table, _ := strings.Cut(page, "| Option | Value | Flag |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(table, -1) {
		listed = append(listed, m[1])
	}
	slices.Sort(options)
	options = slices.Compact(options) // reading and checking both have "progress"
	slices.Sort(listed)
	if !slices.Equal(options, listed) {
		t.Errorf("the options are %v, the manual has %v", options, listed)
	}
}

// TestManualOfNewSite: what "plumbline new site" writes is the site of the manual's first page.
func TestManualOfNewSite(t *testing.T) {
	page := section(file(t, "content/manual/index.md"), "Make a site")
	files := siteFiles("Doors")
	for _, name := range []string{"rules/topology.yaml", "rules/samples/house.yaml", "content/index.md"} {
		if !strings.Contains(page, files[name]) {
			t.Errorf("the manual does not have %s as it is written:\n%s", name, files[name])
		}
	}
}

// TestManualOfModel: what the manual quotes whole from the model is what the
// model says.
func TestManualOfModel(t *testing.T) {
	page, model := file(t, "content/manual/model.md"), file(t, "rules/topology.yaml")
	_, rest, _ := strings.Cut(page, "```yaml\nfunctions:\n")
	quoted, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(model, quoted) {
		t.Errorf("rules/topology.yaml has no function\n%s", quoted)
	}
}
