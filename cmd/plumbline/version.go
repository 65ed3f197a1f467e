package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version names the release that this source becomes. It also stands in the
// files of a site, so it is no time and no commit: the same input gives the same
// bytes.
const version = "0.1.0"

func (p *program) versionVerb() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program and its engines",
		Example: "  plumbline version",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(p.stdout, versions())
			return err
		},
	}
}

// versions lists the program, Go, and the two engines that run rules.
func versions() string {
	built, engines := "", map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				built = " " + setting.Value
			}
		}
		for _, m := range info.Deps {
			engines[m.Path] = m.Version
		}
	}
	return fmt.Sprintf("plumbline %s%s\ngo        %s %s/%s\nexpr      %s\nquickjs   %s\n",
		version, built, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		engines["github.com/expr-lang/expr"], engines["modernc.org/quickjs"])
}
