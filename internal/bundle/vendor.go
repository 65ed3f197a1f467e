package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// manifest is what Vendor reads of theme/package.json.
type manifest struct {
	Plumbline struct {
		Libraries []string // packages that the theme's TypeScript imports
		Fonts     []string // files under node_modules
	}
}

// Vendor bundles the npm libraries named in theme/package.json from
// theme/node_modules into theme/dist: one ES module per library, the fonts, and
// the licences of both. It is a developer's step: it reads and writes the disk.
func Vendor(theme string) error {
	data, err := os.ReadFile(filepath.Join(theme, "package.json"))
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return fmt.Errorf("theme/package.json: %w", err)
	}
	dist := filepath.Join(theme, "dist")
	for _, old := range []string{"npm", "fonts", "licences.txt"} {
		if err := os.RemoveAll(filepath.Join(dist, old)); err != nil {
			return err
		}
	}
	if err := vendorLibraries(theme, m.Plumbline.Libraries); err != nil {
		return err
	}
	packages := slices.Clone(m.Plumbline.Libraries)
	for _, f := range m.Plumbline.Fonts {
		from := filepath.Join(theme, "node_modules", filepath.FromSlash(f))
		if err := copyFile(from, filepath.Join(dist, "fonts", filepath.Base(from))); err != nil {
			return err
		}
		packages = append(packages, f[:strings.Index(f, "/files/")])
	}
	slices.Sort(packages)
	// Written last: its presence says that the folder is complete.
	return vendorLicences(theme, slices.Compact(packages))
}

// vendorLibraries bundles all libraries in one run, so that what two of them
// share exists once.
func vendorLibraries(theme string, libraries []string) error {
	abs, err := filepath.Abs(theme)
	if err != nil {
		return err
	}
	entries := make([]api.EntryPoint, 0, len(libraries))
	for _, name := range libraries {
		if _, err := os.Stat(filepath.Join(theme, "node_modules", filepath.FromSlash(name))); err != nil {
			return fmt.Errorf("theme/node_modules has no %q: run `npm ci --prefix theme` first", name)
		}
		entries = append(entries, api.EntryPoint{InputPath: name, OutputPath: name})
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:       abs,
		EntryPointsAdvanced: entries,
		Outdir:              filepath.Join(abs, "dist", "npm"),
		Bundle:              true,
		Write:               true,
		Splitting:           true,
		Format:              api.FormatESModule,
		Platform:            api.PlatformNeutral,
		MainFields:          []string{"module", "main"},
		Target:              api.ES2022,
		TsconfigRaw:         "{}",
		LegalComments:       api.LegalCommentsInline,
		LogLevel:            api.LogLevelSilent,
	})
	var problems []error
	for _, m := range result.Errors {
		problems = append(problems, errors.New(m.Text))
	}
	return errors.Join(problems...)
}

func vendorLicences(theme string, packages []string) error {
	var b strings.Builder
	b.WriteString("This site contains the following software and fonts.\n")
	for _, name := range packages {
		folder := filepath.Join(theme, "node_modules", filepath.FromSlash(name))
		data, err := os.ReadFile(filepath.Join(folder, "package.json"))
		if err != nil {
			return err
		}
		var p struct{ Version, License string }
		if err := json.Unmarshal(data, &p); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		text := ""
		for _, file := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md"} {
			if data, err := os.ReadFile(filepath.Join(folder, file)); err == nil {
				text = strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n"))
				break
			}
		}
		if text == "" {
			return fmt.Errorf("%s has no licence file", name)
		}
		fmt.Fprintf(&b, "\n%s\n%s %s (%s)\n\n%s\n", strings.Repeat("-", 72), name, p.Version, p.License, text)
	}
	return os.WriteFile(filepath.Join(theme, "dist", "licences.txt"), []byte(b.String()), 0o666)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("%w: run `npm ci --prefix theme` first", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o666)
}
