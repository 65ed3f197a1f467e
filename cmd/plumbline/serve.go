package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/serve"
)

func (p *program) serveVerb() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the site while it is written",
		Long: `Serve builds the site in memory and serves it. It builds again whenever a file
of the site changes, and open pages show the new site at once. While a file has
an error, open pages show what is wrong and where, and the last good site stays.

Only this machine can read the pages, unless --addr says another address.`,
		Example: `  plumbline serve
  plumbline serve --addr 127.0.0.1:9000
  plumbline serve --site ../docs`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return p.serve(ctx, cmd.Flags(), addr)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 takes a free one")
	return cmd
}

// serve runs until ctx ends.
func (p *program) serve(ctx context.Context, flags *pflag.FlagSet, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return usageError{fmt.Sprintf("the flag \"--addr\" cannot be %q", addr), "write HOST:PORT, for example 127.0.0.1:8080"}
	}
	if _, _, err := p.openSite(flags); err != nil {
		return err
	}
	s := &serving{program: p, flags: flags}
	err = serve.Run(ctx, net.JoinHostPort(host, port), serve.Options{
		Build:   s.build,
		Folders: func() []string { return folders(p.site) },
		Ignore:  func(path string) bool { return foreign(p.site, path) },
		Started: func(address string) {
			fmt.Fprintf(p.stdout, "serving %s, Ctrl+C stops\n", address)
		},
	})
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "listen" {
		return usageError{fmt.Sprintf("cannot listen on %s: %s", addr, network.Err), "--addr names another address"}
	}
	return err
}

// serving is one call of serve.
type serving struct {
	*program
	flags *pflag.FlagSet
	cache build.Cache
	built bool // there is a site to stay
}

// build makes the site that is served at an address.
func (s *serving) build(address string) (serve.Built, error) {
	start := time.Now()
	in, problems, err := s.openSite(s.flags)
	if err != nil {
		return serve.Built{}, err
	}
	in.Config.BaseURL = address
	in.Policy = serve.Policy()
	in.Cache = &s.cache
	site, more := build.Site(in)
	problems = append(problems, more...)
	s.printProblems(problems)
	if problems.HasErrors() {
		if !s.quiet {
			what := "nothing to show yet"
			if s.built {
				what = "the last good site stays"
			}
			fmt.Fprintf(s.stderr, "%s: %s\n", what, counted(problems.Count(diag.Error), "error"))
		}
		return serve.Built{Problems: s.located(problems.Records())}, nil
	}
	s.built = true
	if !s.quiet {
		fmt.Fprintf(s.stdout, "built %s in %d ms\n", counted(len(site.Content.Pages), "page"), time.Since(start).Milliseconds())
	}
	return serve.Built{Files: site.Files}, nil
}

// parts are the folders of a site; what else stands beside plumbline.yaml is not
// part of it.
func parts() []string { return []string{"content", "rules", "theme"} }

// folders lists the folders of a site that files are read from: its parts, or all
// of a plain folder of Markdown.
func folders(site string) []string {
	out := []string{filepath.Clean(site)}
	tree := func(root string, skip func(path string) bool) {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // it went away while we looked
			case !d.IsDir():
				return nil
			case path != root && strings.HasPrefix(d.Name(), "."), skip(path):
				return fs.SkipDir
			}
			out = append(out, path)
			return nil
		})
		if err != nil {
			panic(err) // the function above returns no error
		}
	}
	if !plain(site) {
		for _, part := range parts() {
			tree(filepath.Join(site, part), func(string) bool { return false })
		}
		return out
	}
	tree(filepath.Clean(site), func(path string) bool { return foreign(site, path) })
	slices.Sort(out)
	return slices.Compact(out)
}

// plain reports whether a site is a folder of Markdown without plumbline.yaml
// and content/.
func plain(site string) bool {
	root := os.DirFS(site)
	return !isDir(root, "content") && !isFile(root, config.File)
}

// foreign reports whether a path below a site's folder is not read by a build.
func foreign(site, path string) bool {
	rel, err := filepath.Rel(site, path)
	if err != nil {
		return false
	}
	first, _, below := strings.Cut(filepath.ToSlash(rel), "/")
	if plain(site) {
		return slices.Contains([]string{"public", "node_modules"}, first)
	}
	return !slices.Contains(parts(), first) && (below || first != config.File)
}
