// Package config reads a site's settings: plumbline.yaml, PLUMBLINE_*
// environment variables and flags, the later overriding the earlier.
//
// It takes the site's folder and the flags of a command, and gives a Config
// whose values are checked and in one form. It is the only home of viper, which
// merges the three; what is wrong in the file is found on the document's nodes,
// because viper knows no lines and loses the case of a key. Of a docset of Learn it
// reads what docfx.json says of its files, with doublestar, of which it is the home.
//
// Invariant: a Config holds only valid values, also where problems are
// reported: a setting that is wrong keeps what it would be without it.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// File is the name of the settings file in a site's folder.
const File = "plumbline.yaml"

// Config is the settings of one site.
type Config struct {
	Title    string      `mapstructure:"title"`    // "" where nobody set it
	BaseURL  string      `mapstructure:"baseUrl"`  // absolute, ends in "/", or ""
	SiteHost string      `mapstructure:"siteHost"` // where "/azure/…" links point: scheme and host, no "/" at the end; "" where nobody set it
	Severity []CodeLevel `mapstructure:"severity"`
	Coverage float64     `mapstructure:"coverage"` // smallest share of claims that must be covered, 0 to 1
}

// CodeLevel gives the diagnostics of one code a level.
type CodeLevel struct {
	Code  string    `mapstructure:"code"`
	Level string    `mapstructure:"level"` // error, warning, info or off
	Span  diag.Span `mapstructure:"-"`     // of the code, where the file sets it
}

// Load reads the settings of the site in fsys. A site without a settings file
// has the defaults. flags may be nil; of the flags it has, those named like a
// key (base-url for baseUrl) override it.
func Load(fsys fs.FS, flags *pflag.FlagSet) (Config, diag.List) {
	var problems diag.List
	v := viper.New()
	root := readFile(fsys, &problems)
	if err := v.MergeConfigMap(readNodes(root, &problems)); err != nil {
		problems.Add(problem("unreadable", rootSpan(root), err.Error(), ""))
	}
	for _, s := range settings() {
		name := "PLUMBLINE_" + strings.ToUpper(s.key)
		if text := os.Getenv(name); text != "" {
			if _, ok := s.read(s.node(diag.NewSource(name, strings.ToValidUTF8(text, "\ufffd")), &problems), &problems); ok {
				bind(&problems, v.BindEnv(s.key, name))
			}
		}
		if flags == nil {
			continue
		}
		if flag := flags.Lookup(kebab(s.key)); flag != nil {
			bind(&problems, v.BindPFlag(s.key, flag))
		}
	}
	var c Config
	bind(&problems, v.Unmarshal(&c, viper.DecodeHook(severityFromText)))
	// Every value was checked above, so these give one form and no error.
	c.BaseURL, _ = ParseBaseURL(c.BaseURL)
	c.SiteHost, _ = parseSiteHost(c.SiteHost)
	for i, n := range severityNodes(root) {
		if i < len(c.Severity) && c.Severity[i].Code == n.Text() {
			c.Severity[i].Span = n.Span
		}
	}
	return c, problems
}

// readFile parses the settings file. It gives nil where there is none.
func readFile(fsys fs.FS, problems *diag.List) *document.Node {
	text, err := fs.ReadFile(fsys, File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		problems.Add(diag.Diagnostic{Code: "config/unreadable", Severity: diag.Error, File: File, Message: "the file cannot be read: " + reason(err)})
		return nil
	}
	root, list := document.ParseYAML(diag.NewSource(File, strings.ToValidUTF8(string(text), "\ufffd")))
	*problems = append(*problems, list...)
	return root
}

// reason is the cause of a failed read without the path, which depends on the machine.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// readNodes checks the file's keys and values and returns those that are good.
func readNodes(root *document.Node, problems *diag.List) map[string]any {
	good := map[string]any{}
	if root == nil || root.Kind == document.Null {
		return good
	}
	if root.Kind != document.Map {
		problems.Add(problem("wrong-type", root.Span, "the settings must be a map, not "+root.Describe(), "write one setting per line, like title: My guidance"))
		return good
	}
	known := map[string]setting{}
	var names []string
	for _, s := range settings() {
		known[s.key] = s
		names = append(names, s.key)
	}
	for _, e := range root.Entries {
		s, ok := known[e.Key]
		if !ok {
			hint := diag.DidYouMean(e.Key, names)
			if hint == "" {
				hint = "the settings are " + strings.Join(names, ", ")
			}
			problems.Add(problem("unknown-key", e.KeySpan, fmt.Sprintf("unknown setting %q", e.Key), hint))
			continue
		}
		if e.Value.Kind == document.Null {
			continue // "title:" with nothing behind it sets nothing
		}
		if value, ok := s.read(e.Value, problems); ok {
			good[s.key] = value
		}
	}
	return good
}

// bind reports what viper refuses, which no value that was checked can cause.
func bind(problems *diag.List, err error) {
	if err != nil {
		problems.Add(diag.Diagnostic{Code: "config/unreadable", Severity: diag.Error, File: File, Message: err.Error()})
	}
}

func problem(code string, span diag.Span, message, hint string) diag.Diagnostic {
	return diag.Diagnostic{Code: "config/" + code, Severity: diag.Error, Span: span, Message: message, Hint: hint}
}

func rootSpan(root *document.Node) diag.Span {
	if root == nil {
		return diag.Span{}
	}
	return root.Span
}

// kebab turns a key into the name of its flag: baseUrl to base-url.
func kebab(key string) string {
	var b strings.Builder
	for _, r := range key {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
