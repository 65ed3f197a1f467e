package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/rule"
)

func (p *program) newVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new site|page|rule NAME",
		Short: "Begin a site, a page or a rule",
		Long: `New writes the beginning of a site, of a page or of a page with a rule. What it
writes builds, lints and tests without a problem, and is there to be changed.
Nothing that exists is overwritten.

  site  a folder with a small model, a sample and a page with a rule
  page  a page of the site: its path below content/, without .md
  rule  a page with a rule about the first kind of the site's model; the name is
        the rule's id, which stays for ever`,
		Example: `  plumbline new site guidance
  plumbline new page networks/dns
  plumbline new rule bastion-production-sku`,
		Args: func(_ *cobra.Command, args []string) error {
			const hint = `for example "plumbline new page networks/dns"`
			switch {
			case len(args) == 0 || !slices.Contains([]string{"site", "page", "rule"}, args[0]):
				return usageError{"new what?", "it makes a site, a page or a rule: " + hint}
			case len(args) != 2:
				return usageError{"a " + args[0] + " has one name", hint}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "site":
				return p.newSite(args[1])
			case "page":
				return p.newPage(cmd, args[1])
			}
			return p.newRule(cmd, args[1])
		},
	}
	return cmd
}

// newSite writes the site of the manual's first page.
func (p *program) newSite(dir string) error {
	if dir == "" {
		return usageError{"a site has a name", `for example "plumbline new site guidance"`}
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return usageError{fmt.Sprintf("the folder %q is not empty", dir), "a site begins in a folder of its own"}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usageError{message: fmt.Sprintf("%q is no folder", dir)}
	}
	files := siteFiles(titleOf(filepath.Base(filepath.Clean(dir))))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := p.create(filepath.Join(dir, filepath.FromSlash(name)), files[name]); err != nil {
			return err
		}
	}
	p.next(`plumbline serve --site %q shows it while you write`, dir)
	return nil
}

// siteFiles are the files of a new site, by path.
func siteFiles(title string) map[string]string {
	return map[string]string{
		".gitignore": "/public/\n",
		config.File: `title: ` + strconv.Quote(title) + `
# Where the site is published, which its sitemap needs. Remove the level below with it.
# baseUrl: https://example.org/
severity:
  - { code: site/no-base-url, level: off }
`,
		"content/TOC.yml": `- name: Doors
  href: index.md
`,
		"rules/topology.yaml": `kinds:
  doors:
    one: door
    title: Door
    fields:
      locked: { type: bool, doc: Whether the door is locked at night. }
`,
		"rules/samples/house.yaml": `doors:
  - { id: front, locked: true }
  - { id: cellar, locked: true }
`,
		"content/index.md": `---
title: Doors
rules:
  - id: door-locked
    title: Every door is locked
    severity: error
    claim: Every door is locked at night.
    for: door in doors
    assert: door.locked
    message: "${door.name} is open"
    fix: Lock it.
    examples:
      - { name: all locked, sample: house, expect: pass }
      - { name: the cellar is open, sample: house, set: { "doors[1].locked": false }, expect: fail }
      - { name: nobody looked, sample: house, unknown: ["doors[1].locked"], expect: unknown }
---

# Doors

Every door is locked at night. Windows are another matter.
`,
	}
}

// newPage writes a page and its line of the navigation.
func (p *program) newPage(cmd *cobra.Command, name string) error {
	in, _, err := p.openSite(cmd.Flags())
	if err != nil {
		return err
	}
	title := titleOf(path.Base(pageName(name)))
	return p.addPage(in, name, title, "---\ntitle: "+strconv.Quote(title)+"\n---\n\n# "+title+"\n\nWhat should be so, and why.\n")
}

// newRule writes a page with a rule that holds for whatever the model describes.
func (p *program) newRule(cmd *cobra.Command, id string) error {
	if !rule.IsID(id) {
		return usageError{fmt.Sprintf("%q is no id of a rule", id), "lower-case words and digits, joined with hyphens"}
	}
	in, problems, err := p.openSite(cmd.Flags())
	if err != nil {
		return err
	}
	site, err := p.load(in, problems)
	if err != nil {
		return err
	}
	for _, r := range site.Rules.Rules {
		if r.ID == id {
			return usageError{fmt.Sprintf("there is a rule %q already", id), "an id is the address of one rule"}
		}
	}
	kinds := site.Rules.Env.Model().Kinds
	if len(kinds) == 0 {
		return usageError{"this site has no model", "rules/topology.yaml says what rules can see"}
	}
	one, kind := kinds[0].One, kinds[0].Name
	title := "On " + strings.ReplaceAll(id, "-", " ") // a heading that is the id would have its anchor
	text := strings.NewReplacer("TITLE", title, "ID", id, "ONE", one, "KIND", kind).Replace(`---
title: TITLE
rules:
  - id: "ID"
    title: No ONE is called example
    severity: warning
    claim: No ONE is called example.
    for: ONE in KIND
    assert: ONE.name != "example"
    message: "${ONE.name} is called after what it was copied from"
    fix: Give it a name that says what it is for.
    examples:
      - { name: has a name of its own, topology: { KIND: [{ id: own }] }, expect: pass }
      - { name: was copied, topology: { KIND: [{ id: example }] }, expect: fail }
---

# TITLE

No ONE is called example. Write here what should be so, quote it as the claim of the rule, and let the rule tell.
`)
	return p.addPage(in, id, title, text)
}

var (
	pageSegment = regexp.MustCompile(`^[a-z0-9]+([-._][a-z0-9]+)*$`)
	// endOfText is the line that ends a document of YAML.
	endOfText = regexp.MustCompile(`(?m)^\.\.\.\s*$`)
	// firstItem finds the indentation of a list that is the whole of a file, or its items.
	firstItem = regexp.MustCompile(`\A\x{feff}?(?:[ \t]*(?:#.*|---|items:)?[ \t]*\r?\n)*( *)- `)
)

// pageName is the path of a page as people may give it, below content/ and without .md.
func pageName(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path.Clean(filepath.ToSlash(name)), "content/"), ".md")
}

func (p *program) addPage(in build.Input, name, title, text string) error {
	name = pageName(name)
	for _, segment := range strings.Split(name, "/") {
		if !pageSegment.MatchString(segment) {
			return usageError{fmt.Sprintf("%q is no path of a page", name), "lower-case words and digits, joined with hyphens: it is the page's address"}
		}
	}
	if top, _, _ := strings.Cut(name, "/"); slices.Contains(build.ReservedFolders(), top) {
		return usageError{fmt.Sprintf("a page cannot be at %q", name), fmt.Sprintf("%s/ is the site's own", top)}
	}
	if site, ok := in.Content.(hidden); ok && site.has != nil && !site.has(name+".md") {
		return usageError{fmt.Sprintf("%s leaves out %q", config.DocsetFile, name+".md"), `its "content" says which files are pages`}
	}
	content := filepath.Join(p.site, filepath.FromSlash(in.ContentPrefix))
	taken := ""
	_ = fs.WalkDir(in.Content, ".", func(file string, _ fs.DirEntry, err error) error {
		if strings.EqualFold(file, name+".md") || strings.EqualFold(file, name+"/index.md") {
			taken = in.ContentPrefix + file
		}
		return nil // what cannot be read, lint says
	})
	if taken != "" {
		return usageError{fmt.Sprintf("there is a page %q already", taken), "a page has one address"}
	}
	if err := p.create(filepath.Join(content, filepath.FromSlash(name)+".md"), text); err != nil {
		return err
	}
	listed, err := p.list(content, name+".md", title)
	if err == nil && listed {
		p.next(`"plumbline lint" and "plumbline test" say whether all is well`)
	}
	return err
}

// list adds a page to the end of the site's navigation, where there is one. It says
// whether that could be done.
func (p *program) list(content, page, title string) (bool, error) {
	for _, name := range []string{"TOC.yml", "toc.yml"} {
		toc := filepath.Join(content, name)
		text, err := os.ReadFile(toc)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false, err
		}
		item := firstItem.FindSubmatch(text)
		if item == nil || endOfText.Match(text) {
			fmt.Fprintf(p.stdout, "not listed in %s: add %s to it\n", filepath.ToSlash(toc), page)
			return false, nil
		}
		indent, line := string(item[1]), "\n"
		if strings.Contains(string(text), "\r\n") {
			line = "\r\n"
		}
		out := strings.TrimRight(string(text), "\r\n") + line + indent + "- name: " + strconv.Quote(title) + line + indent + "  href: " + page + line
		if err := os.WriteFile(toc, []byte(out), 0o666); err != nil {
			return false, err
		}
		p.next("listed in %s", filepath.ToSlash(toc))
		break
	}
	return true, nil
}

// titleOf makes a title of a name: "bastion-sku" is "Bastion sku".
func titleOf(name string) string {
	words := strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ", ".", " ").Replace(name))
	if words == "" {
		return "Guidance"
	}
	first, n := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[n:]
}

// create writes a file that does not exist, and says so.
func (p *program) create(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Close()
	}
	if err == nil {
		fmt.Fprintf(p.stdout, "created %s\n", filepath.ToSlash(name))
	}
	return err
}

// next says what else happened, or what to do.
func (p *program) next(format string, args ...any) {
	if !p.quiet {
		fmt.Fprintf(p.stdout, format+"\n", args...)
	}
}
