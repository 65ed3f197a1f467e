package config

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/spf13/pflag"

	"github.com/plumbline/plumbline/internal/diag"
)

func load(t *testing.T, file string, flags ...string) (Config, string) {
	t.Helper()
	fsys := fstest.MapFS{}
	if file != "absent" {
		fsys[File] = &fstest.MapFile{Data: []byte(file)}
	}
	set := pflag.NewFlagSet("build", pflag.ContinueOnError)
	set.String("base-url", "", "")
	if err := set.Parse(flags); err != nil {
		t.Fatal(err)
	}
	c, problems := Load(fsys, set)
	var b strings.Builder
	diag.WriteText(&b, problems, false)
	for i := range c.Severity {
		c.Severity[i].Span = diag.Span{}
	}
	return c, b.String()
}

func TestLoad(t *testing.T) {
	defaults := Config{}
	tests := []struct {
		name  string
		file  string
		env   map[string]string
		flags []string
		want  Config
	}{
		{"no file", "absent", nil, nil, defaults},
		{"an empty file", "", nil, nil, defaults},
		{"comments only", "# nothing yet\n", nil, nil, defaults},
		{"keys without values", "title:\nseverity:\n", nil, nil, defaults},
		{
			"everything",
			"title: Access\nbaseUrl: https://example.com/a\nsiteHost: docs.example.com\ncoverage: 0.9\nseverity:\n  - {code: content/missing-image, level: off}\n  - code: Content/Orphan\n    level: error\n",
			nil, nil,
			Config{"Access", "https://example.com/a/", "https://docs.example.com", []CodeLevel{{Code: "content/missing-image", Level: "off"}, {Code: "Content/Orphan", Level: "error"}}, 0.9},
		},
		{"a whole number of coverage", "coverage: 1", nil, nil, Config{Coverage: 1}},
		{
			"the environment over the file",
			"title: file\nsiteHost: file.example\ncoverage: 0.1\nseverity: [{code: a/b, level: off}]",
			map[string]string{"TITLE": "2024", "SITEHOST": "http://env.example/", "COVERAGE": "0.5", "SEVERITY": "[{code: c/d, level: info}]"}, nil,
			Config{"2024", "", "http://env.example", []CodeLevel{{Code: "c/d", Level: "info"}}, 0.5},
		},
		{"an empty variable is none", "title: file", map[string]string{"TITLE": ""}, nil, Config{Title: "file"}},
		{"a variable without a file", "absent", map[string]string{"BASEURL": "https://env.example"}, nil, Config{BaseURL: "https://env.example/"}},
		{"the flag over both", "baseUrl: https://file.example", map[string]string{"BASEURL": "https://env.example"}, []string{"--base-url=https://flag.example/x//"}, Config{BaseURL: "https://flag.example/x/"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for k, v := range tt.env {
				t.Setenv("PLUMBLINE_"+k, v)
			}
			got, problems := load(t, tt.file, tt.flags...)
			if problems != "" {
				t.Errorf("problems:\n%s", problems)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestLoadReportsEveryProblem(t *testing.T) {
	tests := []struct {
		name string
		file string
		env  map[string]string
		want string
	}{
		{"unknown settings", "titel: x\ncoverage: 0.5\nbaseURL: https://a.example\nzzzzzzzz: 1\n", nil, `
plumbline.yaml:1:1: error: unknown setting "titel" [config/unknown-key]
	hint: did you mean "title"?
plumbline.yaml:3:1: error: unknown setting "baseURL" [config/unknown-key]
	hint: did you mean "baseUrl"?
plumbline.yaml:4:1: error: unknown setting "zzzzzzzz" [config/unknown-key]
	hint: the settings are title, baseUrl, siteHost, severity, coverage
`},
		{"wrong types", "title: 12\nbaseUrl: [a]\ncoverage: most\nseverity: off\n", nil, `
plumbline.yaml:1:8: error: "title" must be text, not the number 12 [config/wrong-type]
	hint: put the value in quotes
plumbline.yaml:2:10: error: "baseUrl" must be text, not a list [config/wrong-type]
	hint: put the value in quotes
plumbline.yaml:3:11: error: "coverage" must be a number, not the text "most" [config/wrong-type]
	hint: write a share from 0 to 1, like 0.9
plumbline.yaml:4:11: error: "severity" must be a list, not the text "off" [config/wrong-type]
	hint: write a list like - {code: content/missing-image, level: off}
`},
		{"values that mean nothing", "baseUrl: example.com\nsiteHost: a.example/path\ncoverage: 90\n", nil, `
plumbline.yaml:1:10: error: "baseUrl" is "example.com": it does not begin with https:// or http:// and a host [config/bad-value]
	hint: write the whole address of the site, like https://example.com/guidance/
plumbline.yaml:2:11: error: "siteHost" is "a.example/path": it has a path behind the host [config/bad-value]
	hint: write a host, like learn.microsoft.com
plumbline.yaml:3:11: error: "coverage" is 90, which is no share [config/bad-value]
	hint: write a share from 0 to 1, like 0.9
`},
		{"entries of severity", "severity:\n  - {code: a/b, levl: off}\n  - {code: a/b, level: of}\n  - {code: 7, level: error}\n  - a/b\n", nil, `
plumbline.yaml:2:5: error: an entry of "severity" has no "level" [config/missing-key]
	hint: write a list like - {code: content/missing-image, level: off}
plumbline.yaml:2:17: error: unknown key "levl" in "severity" [config/unknown-key]
	hint: did you mean "level"?
plumbline.yaml:3:24: error: unknown level "of" [config/bad-value]
	hint: did you mean "off"?
plumbline.yaml:4:12: error: "code" must be text, not the number 7 [config/wrong-type]
	hint: write a list like - {code: content/missing-image, level: off}
plumbline.yaml:5:5: error: an entry of "severity" must be a map, not the text "a/b" [config/wrong-type]
	hint: write a list like - {code: content/missing-image, level: off}
`},
		{"no map", "- title\n", nil, `
plumbline.yaml:1:1: error: the settings must be a map, not a list [config/wrong-type]
	hint: write one setting per line, like title: My guidance
`},
		{"the environment", "coverage: 0.5", map[string]string{"COVERAGE": "half", "BASEURL": "ftp://a.example"}, `
PLUMBLINE_BASEURL:1:1: error: "baseUrl" is "ftp://a.example": it does not begin with https:// or http:// and a host [config/bad-value]
	hint: write the whole address of the site, like https://example.com/guidance/
PLUMBLINE_COVERAGE:1:1: error: "coverage" must be a number, not the text "half" [config/wrong-type]
	hint: write a share from 0 to 1, like 0.9
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for k, v := range tt.env {
				t.Setenv("PLUMBLINE_"+k, v)
			}
			_, got := load(t, tt.file)
			if want := strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// A problem in one setting leaves the others in force.
func TestLoadKeepsWhatIsRight(t *testing.T) {
	t.Setenv("PLUMBLINE_COVERAGE", "half")
	got, _ := load(t, "title: Access\nbaseUrl: nowhere\ncoverage: 0.5\n")
	want := Config{Title: "Access", Coverage: 0.5}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSeverityKnowsItsPlace(t *testing.T) {
	fsys := fstest.MapFS{File: {Data: []byte("severity:\n  - code: a/b\n    level: off\n")}}
	c, _ := Load(fsys, nil)
	if len(c.Severity) != 1 {
		t.Fatalf("got %+v", c)
	}
	if line, column := c.Severity[0].Span.Source.Position(c.Severity[0].Span.Start); line != 2 || column != 11 {
		t.Errorf("the code is at %d:%d, want 2:11", line, column)
	}
}

func TestBrokenFile(t *testing.T) {
	_, got := load(t, "title: [a\n")
	if !strings.HasPrefix(got, "plumbline.yaml:") || !strings.Contains(got, ": error: ") {
		t.Errorf("got %q", got)
	}
}
