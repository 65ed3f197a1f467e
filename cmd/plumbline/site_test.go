package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSite builds this repository's site as `make site` does and uses it as its
// readers do: as a module in Node, and in a browser.
func TestSite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	if out, code := plumbline(t, "build", "--site", "../..", "--out", dir); code != exitClean {
		t.Fatalf("build ended with %d:\n%s", code, out)
	}
	t.Run("module", func(t *testing.T) { moduleAgrees(t, dir, "check") })
	t.Run("explanations", func(t *testing.T) { moduleAgrees(t, dir, "explain", "--explain") })
	t.Run("calls", func(t *testing.T) { moduleCalls(t, dir) })
	t.Run("waivers", func(t *testing.T) { moduleWaives(t, dir) })
	t.Run("rules.json", func(t *testing.T) {
		want, err := os.ReadFile(filepath.Join(dir, "rules.json"))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := plumbline(t, "rules", "--site", "../..", "--format", "json"); got != string(want) {
			t.Errorf("rules --format json prints\n%s\nrules.json holds\n%s", got, want)
		}
	})
	t.Run("browser", func(t *testing.T) { browse(t, dir) })
}

// plumbline runs a command in this process and returns what it printed, standard
// output before standard error, and the exit code.
func plumbline(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(args, strings.NewReader(""), &stdout, &stderr)
	return stdout.String() + stderr.String(), code
}

// topologies are the files that both engines must say the same bytes of: our own
// fixtures and samples, broken texts, and the real files where they are.
func topologies(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"testdata/*.json", "testdata/topologies/*", "../../rules/samples/*.yaml", "../../internal/topology/testdata/*.json", "../../../shared/real/arm-template/*.json", "../../../shared/real/arm-response/*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	// Many objects of which much is unknown, and some in between of which it is not.
	export := filepath.Join(t.TempDir(), "export.json")
	if err := os.WriteFile(export, []byte(estate(900)), 0o600); err != nil {
		t.Fatal(err)
	}
	return append(files, export)
}

// moduleAgrees holds a function of checks.mjs in Node to the bytes of check
// --format json with the flags of what it does.
func moduleAgrees(t *testing.T, dir, function string, flags ...string) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("Node is needed to test checks.mjs:", err)
	}
	const script = `
		import { pathToFileURL } from "node:url";
		import { readFileSync } from "node:fs";
		const [module, name, ...files] = process.argv.slice(1);
		const { [name]: work } = await import(pathToFileURL(module));
		for (const file of files) console.log(JSON.stringify(await work(readFileSync(file, "utf8"), { file, all: true })));`
	files := topologies(t)
	cmd := exec.Command(node, append([]string{"--input-type=module", "--eval", script, filepath.Join(dir, "checks.mjs"), function}, files...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("Node: %v\n%s", err, stderr.String())
	}
	lines := strings.SplitAfter(stdout.String(), "\n")
	for i, file := range files {
		var want bytes.Buffer
		run(slices.Concat([]string{"check", "--site", "../..", "--format", "json", "--all"}, flags, []string{file}), strings.NewReader(""), &want, &bytes.Buffer{})
		if i >= len(lines) || lines[i] != want.String() {
			t.Errorf("%s: %s of checks.mjs gives\n%scheck gives\n%s", file, function, lines[min(i, len(lines)-1)], want.String())
		}
	}
}

// moduleWaives holds waivers as files, and the same as objects, to the bytes of check
// --waivers.
func moduleWaives(t *testing.T, dir string) {
	const script = `
		import { pathToFileURL } from "node:url";
		import { readFileSync } from "node:fs";
		const [module, file, ...waivers] = process.argv.slice(1);
		const { check } = await import(pathToFileURL(module));
		const text = readFileSync(file, "utf8");
		for (const w of waivers) console.log(JSON.stringify(await check(text, { file, waivers: { file: w, text: readFileSync(w, "utf8") } })));
		console.log((await check(text, { waivers: [{ rule: "bastion-subnet-nsg-flows", subject: "bas", reason: "as an object" }] })).findings.filter((f) => f.waived).map((f) => f.waived.reason).join());
		console.log((await check(text, { waivers: 5 })).diagnostics.map((d) => d.code).join());`
	const file = "testdata/topologies/deployment-export.json"
	waivers, err := filepath.Glob("testdata/waivers/*")
	if err != nil || len(waivers) == 0 {
		t.Fatal("there are no waivers", err)
	}
	out, err := exec.Command("node", append([]string{"--input-type=module", "--eval", script, filepath.Join(dir, "checks.mjs"), file}, waivers...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(out), "\n")
	for i, w := range waivers {
		var want bytes.Buffer
		run([]string{"check", "--site", "../..", "--format", "json", "--waivers", w, file}, strings.NewReader(""), &want, &bytes.Buffer{})
		if i >= len(lines) || lines[i] != want.String() {
			t.Errorf("%s: the module gives\n%scheck gives\n%s", w, lines[min(i, len(lines)-1)], want.String())
		}
	}
	if rest := strings.Join(lines[len(waivers):], ""); rest != "as an object\ninput/call\n" {
		t.Errorf("objects and what is none give %q", rest)
	}
}

// moduleCalls holds what the command line has no counterpart of, and several files
// that are one topology.
func moduleCalls(t *testing.T, dir string) {
	const script = `
		import { pathToFileURL } from "node:url";
		import { readFileSync } from "node:fs";
		const [module, ...files] = process.argv.slice(1);
		const { check, todo } = await import(pathToFileURL(module));
		const codes = async (...args) => (await check(...args)).diagnostics.map((d) => d.code).join();
		console.log(await codes(5));
		console.log(await codes('{"bastions": []}\n{"bastions": []}\n'));
		console.log(await codes('{"bastions": []}\n'));
		for (const file of files) for (const c of (await todo(readFileSync(file, "utf8"), { file })).commands) console.log("  " + c);
		console.log(JSON.stringify(await check(files.map((file) => ({ file, text: readFileSync(file, "utf8") })))));`
	files := []string{"testdata/topologies/deployment-rows.json", "testdata/topologies/deployment-recording.json"}
	out, err := exec.Command("node", append([]string{"--input-type=module", "--eval", script, filepath.Join(dir, "checks.mjs")}, files...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var merged bytes.Buffer
	run(slices.Concat([]string{"check", "--site", "../..", "--format", "json", "--merge"}, files), strings.NewReader(""), &merged, &bytes.Buffer{})
	var commands strings.Builder
	for _, file := range files {
		text, _ := plumbline(t, "check", "--site", "../..", file)
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "  az rest ") {
				commands.WriteString(line)
			}
		}
	}
	if commands.Len() == 0 {
		t.Error("check names no commands")
	}
	if want := "input/call\ninput/several\n\n" + commands.String() + merged.String(); string(out) != want {
		t.Errorf("the module gives\n%s\nnot\n%s", out, want)
	}
}
