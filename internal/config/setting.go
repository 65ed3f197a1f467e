package config

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// setting is one key of the settings file.
type setting struct {
	key string
	// text says that the value is plain text. Others are written as YAML also in
	// an environment variable.
	text bool
	// read checks a value and gives it in the form that viper merges.
	read func(*document.Node, *diag.List) (value any, ok bool)
}

func settings() []setting {
	return []setting{
		{"title", true, readText("title", func(s string) (string, error) { return s, nil }, "")},
		{"baseUrl", true, readText("baseUrl", ParseBaseURL, "write the whole address of the site, like https://example.com/guidance/")},
		{"siteHost", true, readText("siteHost", parseSiteHost, "write a host, like learn.microsoft.com")},
		{"severity", false, readSeverity},
		{"coverage", false, readCoverage},
	}
}

// node turns the text of an environment variable into the node that the same
// setting would have in the file.
func (s setting) node(src *diag.Source, problems *diag.List) *document.Node {
	whole := diag.Span{Source: src, Start: 0, End: len(src.Text)}
	if s.text {
		return &document.Node{Kind: document.String, Value: src.Text, Span: whole}
	}
	n, list := document.ParseYAML(src)
	*problems = append(*problems, list...)
	if n == nil {
		return &document.Node{Kind: document.Null, Span: whole}
	}
	return n
}

func readText(key string, parse func(string) (string, error), hint string) func(*document.Node, *diag.List) (any, bool) {
	return func(n *document.Node, problems *diag.List) (any, bool) {
		if n.Kind != document.String {
			problems.Add(problem("wrong-type", n.Span, fmt.Sprintf("%q must be text, not %s", key, n.Describe()), "put the value in quotes"))
			return nil, false
		}
		text, err := parse(n.Text())
		if err != nil {
			problems.Add(problem("bad-value", n.Span, fmt.Sprintf("%q is %q: %s", key, document.Shorten(n.Text()), err), hint))
			return nil, false
		}
		return text, true
	}
}

// ParseBaseURL checks the address of a site and returns it with a "/" at its end.
func ParseBaseURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("it is no URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", errors.New("it does not begin with https:// or http:// and a host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("it has more than a path behind the host")
	}
	return strings.TrimRight(u.String(), "/") + "/", nil
}

// parseSiteHost checks a host, with or without a scheme, and returns it with one.
func parseSiteHost(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	base, err := ParseBaseURL(text)
	if err != nil {
		return "", err
	}
	if u, err := url.Parse(base); err != nil || u.Path != "/" {
		return "", errors.New("it has a path behind the host")
	}
	return strings.TrimSuffix(base, "/"), nil
}

func readCoverage(n *document.Node, problems *diag.List) (any, bool) {
	share, ok := 0.0, false
	switch v := n.Value.(type) {
	case int64:
		share, ok = float64(v), true
	case float64:
		share, ok = v, true
	}
	const hint = "write a share from 0 to 1, like 0.9"
	if !ok {
		problems.Add(problem("wrong-type", n.Span, `"coverage" must be a number, not `+n.Describe(), hint))
		return nil, false
	}
	if !(share >= 0 && share <= 1) {
		problems.Add(problem("bad-value", n.Span, fmt.Sprintf(`"coverage" is %v, which is no share`, share), hint))
		return nil, false
	}
	return share, true
}

// levels are what a code can be set to.
func levels() []string {
	return []string{string(diag.Error), string(diag.Warning), string(diag.Info), "off"}
}

func readSeverity(n *document.Node, problems *diag.List) (any, bool) {
	const form = "write a list like - {code: content/missing-image, level: off}"
	if n.Kind != document.List {
		problems.Add(problem("wrong-type", n.Span, `"severity" must be a list, not `+n.Describe(), form))
		return nil, false
	}
	before := len(*problems)
	out := []any{}
	for _, item := range n.Items {
		if item.Kind != document.Map {
			problems.Add(problem("wrong-type", item.Span, `an entry of "severity" must be a map, not `+item.Describe(), form))
			continue
		}
		entry := map[string]any{}
		for _, e := range item.Entries {
			switch {
			case e.Key != "code" && e.Key != "level":
				hint := diag.DidYouMean(e.Key, []string{"code", "level"})
				if hint == "" {
					hint = "an entry has a code and a level"
				}
				problems.Add(problem("unknown-key", e.KeySpan, fmt.Sprintf(`unknown key %q in "severity"`, e.Key), hint))
			case e.Value.Kind != document.String:
				problems.Add(problem("wrong-type", e.Value.Span, fmt.Sprintf("%q must be text, not %s", e.Key, e.Value.Describe()), form))
			case e.Key == "level" && !slices.Contains(levels(), e.Value.Text()):
				hint := diag.DidYouMean(e.Value.Text(), levels())
				if hint == "" {
					hint = "the levels are " + strings.Join(levels(), ", ")
				}
				problems.Add(problem("bad-value", e.Value.Span, fmt.Sprintf("unknown level %q", e.Value.Text()), hint))
			default:
				entry[e.Key] = e.Value.Text()
			}
		}
		for _, key := range []string{"code", "level"} {
			if item.Get(key) == nil {
				problems.Add(problem("missing-key", item.Span, fmt.Sprintf(`an entry of "severity" has no %q`, key), form))
			}
		}
		out = append(out, entry)
	}
	return out, len(*problems) == before
}

// severityNodes returns the nodes of the codes, in file order.
func severityNodes(root *document.Node) []*document.Node {
	var nodes []*document.Node
	if list := root.Get("severity"); list != nil {
		for _, item := range list.Items {
			nodes = append(nodes, item.Get("code"))
		}
	}
	return nodes
}

// severityFromText is the decoding of an environment variable, whose text was
// checked before: viper has it as a string.
func severityFromText(from, to reflect.Type, data any) (any, error) {
	text, ok := data.(string)
	if !ok || to != reflect.TypeFor[[]CodeLevel]() {
		return data, nil
	}
	var problems diag.List
	n, _ := document.ParseYAML(diag.NewSource("", text))
	value, _ := readSeverity(n, &problems)
	return value, nil
}
