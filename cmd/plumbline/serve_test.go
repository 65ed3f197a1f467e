package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/plumbline/plumbline/internal/browsertest"
)

// served runs serve over a site until the test ends and returns its address.
func served(t *testing.T, dir string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	p := &program{stdin: strings.NewReader(""), stdout: in, stderr: in, site: dir, siteSet: true}
	ended := make(chan error, 1)
	go func() {
		err := p.serve(ctx, pflag.NewFlagSet("serve", pflag.ContinueOnError), "127.0.0.1:0")
		in.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		t.Log(lines.Text())
		if address, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			address, _, _ = strings.Cut(address, ",")
			go io.Copy(io.Discard, out)
			return address
		}
	}
	t.Fatal("serve ended:", <-ended)
	return ""
}

// TestServe edits a page of a served site as its author does: it reloads, shows
// what is wrong above the last good page, and goes on when that is mended.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	save := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file+"~", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+"~", file); err != nil {
			t.Fatal(err)
		}
	}
	const page = `---
title: Hubs
rules:
  - id: hub-sku
    title: A hub is Standard
    severity: error
    claim: must be Standard
    for: hub in hubs
    assert: hub.sku == "Standard"
    fix: Upgrade it.
    examples:
      - { name: good, topology: { hubs: [{ id: h, name: h, sku: Standard }] }, expect: pass }
      - { name: bad, topology: { hubs: [{ id: h, name: h, sku: Basic }] }, expect: fail }
      - { name: open, topology: { hubs: [{ id: h, name: h }] }, expect: unknown }
---
# Hubs

A hub must be Standard.
`
	save("plumbline.yaml", "title: Served\n")
	save("rules/topology.yaml", "kinds:\n  hubs:\n    title: Hub\n    fields:\n      sku: string\n")
	save("content/index.md", "# Start\n\nOne.\n")
	save("content/hubs.md", page)
	root := served(t, dir)

	tab := browsertest.Start(t).Open(t, browsertest.View{})
	tab.Go(root + "hubs/")
	tab.Wait(`document.querySelector("main")?.innerText.includes("A hub must be Standard.")`)

	save("content/hubs.md", strings.Replace(page, "A hub must", "Every hub must", 1))
	tab.Wait(`document.querySelector("main")?.innerText.includes("Every hub must be Standard.")`)

	overlay := `document.querySelector("plumbline-problems")?.shadowRoot.querySelector("dialog[open]")`
	save("content/hubs.md", strings.Replace(page, "hub.sku ==", "hub.skuu ==", 1))
	tab.Wait(overlay)
	shown := browsertest.Eval[string](tab, overlay+`.innerText.replace(/\s+/g, " ")`)
	for _, want := range []string{"The site was not built", "1 error.", "content/hubs.md:9:17", `error: unknown field "skuu" on hub (rule hub-sku) [rule/unknown-field]`, `hint: did you mean "sku"?`} {
		if !strings.Contains(shown, want) {
			t.Errorf("the overlay does not show %q:\n%s", want, shown)
		}
	}
	if body := browsertest.Eval[string](tab, `document.querySelector("main").innerText`); !strings.Contains(body, "Every hub") {
		t.Errorf("the last good page is gone:\n%s", body)
	}
	// It can be put aside, and comes back with the next problem.
	tab.Press(browsertest.Escape)
	tab.Wait(`!(` + overlay + `)`)
	save("content/index.md", "# Start\n\n[nowhere](nowhere.md)\n")
	tab.Wait(overlay + `?.innerText.includes("nowhere.md")`)

	save("content/index.md", "# Start\n\nTwo.\n")
	save("content/hubs.md", strings.Replace(page, "A hub must", "Any hub must", 1))
	tab.Wait(`document.querySelector("main")?.innerText.includes("Any hub must be Standard.") && !document.querySelector("plumbline-problems")`)
	tab.WantQuiet()

	// What the rules say reloads too, and the page it is on stays.
	tab.Go(root + "rules/hub-sku/")
	save("content/hubs.md", strings.Replace(page, "title: A hub is Standard", "title: Hubs are Standard", 1))
	tab.Wait(`document.querySelector("h1")?.innerText === "Hubs are Standard" && location.pathname === "/rules/hub-sku/"`)

	res, err := http.Get(root + "nowhere/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusNotFound || !strings.Contains(string(body), `href="/`) {
		t.Errorf("a page that is not there gives %s %v\n%s", res.Status, err, body)
	}
}

// TestFolders says what serve looks at: the parts of a site, or all of a folder
// of Markdown but what other tools put there.
func TestFolders(t *testing.T) {
	site, markdown := t.TempDir(), t.TempDir()
	for _, dir := range []string{"content/a/b", "content/.hidden", "rules/samples", "theme", "public/x", "node_modules/y", "other"} {
		for _, root := range []string{site, markdown} {
			if root == markdown {
				dir = strings.Replace(dir, "content", "docs", 1)
			}
			if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(dir)), 0o777); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		root, folders string
		foreign, ours []string
	}{
		{site, ". content content/a content/a/b rules rules/samples theme",
			[]string{"public", "public/x/y.html", "other/x.md", "README.md", "node_modules"},
			[]string{"plumbline.yaml", "content/a/x.md", "rules", "theme/head.ts"}},
		{markdown, ". docs docs/a docs/a/b other rules rules/samples theme",
			[]string{"public", "public/x/y.html", "node_modules/y"},
			[]string{"plumbline.yaml", "docs/a/x.md", "other/x.md", "README.md"}},
	} {
		var got []string
		for _, dir := range folders(test.root) {
			rel, err := filepath.Rel(test.root, dir)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, filepath.ToSlash(rel))
		}
		if strings.Join(got, " ") != test.folders {
			t.Errorf("the folders are %q", got)
		}
		for _, path := range test.foreign {
			if !foreign(test.root, filepath.Join(test.root, path)) {
				t.Errorf("%s builds %s again", path, test.root)
			}
		}
		for _, path := range test.ours {
			if foreign(test.root, filepath.Join(test.root, path)) {
				t.Errorf("%s does not build %s again", path, test.root)
			}
		}
	}
}
