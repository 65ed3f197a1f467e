package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/diag"
)

func (p *program) buildVerb() *cobra.Command {
	var out string
	var base address
	var strict bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Build the site",
		Long: `Build reads a site (a folder with plumbline.yaml and content/, or a plain folder
of Markdown), runs every example of every rule in both engines and writes the
site. After an error nothing is written and the old site stays as it was.`,
		Example: `  plumbline build
  plumbline build --out /var/www/guidance --base-url https://example.com/guidance/
  plumbline build --site ../docs --strict`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("out") {
				out = filepath.Join(p.site, "public")
			}
			return p.build(cmd, out, strict)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&out, "out", "public", "`DIR` to write; without the flag: public in the site's folder")
	flags.Var(&base, "base-url", "address that the site will have")
	flags.BoolVar(&strict, "strict", false, "treat warnings as errors")
	return cmd
}

func (p *program) build(cmd *cobra.Command, out string, strict bool) error {
	start := time.Now()
	build.Hurry()
	in, problems, err := p.openSite(cmd.Flags())
	if err != nil {
		return err
	}
	in.Strict = strict
	if err := p.checkOut(out); err != nil {
		return err
	}
	if err := build.Recover(out); err != nil {
		return err
	}
	done := p.progress("building")
	site, more := build.Site(in)
	done()
	problems = append(problems, more...)
	p.printProblems(problems)
	if problems.HasErrors() {
		if !p.quiet {
			fmt.Fprintf(p.stderr, "nothing was written: %s\n", counted(problems.Count(diag.Error), "error"))
		}
		return errProblems{}
	}
	if err := build.Write(out, site.Files); err != nil {
		return err
	}
	if !p.quiet {
		fmt.Fprintf(p.stdout, "%s: %s, %s, %d of %s covered, %d ms\n", filepath.ToSlash(out),
			counted(len(site.Content.Pages), "page"), counted(len(site.Rules.Rules), "rule"),
			site.Claims.Covered, counted(site.Claims.Claims, "claim"), time.Since(start).Milliseconds())
	}
	return nil
}

// counted is "1 page" or "2 pages".
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// checkOut refuses an output folder whose replacement would delete the site
// itself, or that the next build would read as a part of it.
func (p *program) checkOut(out string) error {
	site, err := realPath(p.site)
	if err != nil {
		return err
	}
	target, err := realPath(out)
	if err != nil {
		return err
	}
	if within(site, target) {
		return usageError{fmt.Sprintf("%q holds the site itself, which the output would replace", out), "choose another folder with --out"}
	}
	for _, name := range []string{"content", "rules", "theme"} {
		if within(target, filepath.Join(site, name)) {
			return usageError{fmt.Sprintf("%q is a part of the site, which the output would replace", out), "choose another folder with --out"}
		}
	}
	return nil
}

// realPath is the absolute path with the links of its existing part resolved.
func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for dir, rest := abs, ""; ; {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, rest), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return abs, nil
		}
		dir, rest = parent, filepath.Join(filepath.Base(dir), rest)
	}
}

// within says whether path is dir or below it.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(os.PathSeparator))
}

// progress shows on a terminal what takes longer than a second, until done.
func (p *program) progress(what string) (done func()) {
	t := p.terminalOf(p.stderr)
	if t.width == 0 || p.quiet {
		return func() {}
	}
	shown := make(chan bool, 1)
	timer := time.AfterFunc(time.Second, func() {
		fmt.Fprintf(t.w, "%s…", what)
		shown <- true
	})
	return func() {
		if !timer.Stop() {
			<-shown
			fmt.Fprint(t.w, "\r\x1b[K")
		}
	}
}
