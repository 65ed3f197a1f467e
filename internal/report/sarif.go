package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
)

// SARIF is the Static Analysis Results Interchange Format 2.1.0 of OASIS, with one run.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func SARIF(version string) Format { return &sarif{version: version} }

type sarif struct {
	version string
	index   map[string]int // of the rules, by id
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string        `json:"id"`
	ShortDescription sarifText     `json:"shortDescription"`
	Help             *sarifText    `json:"help,omitempty"`
	HelpURI          string        `json:"helpUri,omitempty"`
	Default          sarifDefault  `json:"defaultConfiguration"`
	Properties       *sarifTagging `json:"properties,omitempty"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifTagging struct {
	Tags []string `json:"tags"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    *int               `json:"ruleIndex,omitempty"`
	Kind         string             `json:"kind"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
}

type sarifLogical struct {
	Name          string `json:"name"`
	QualifiedName string `json:"fullyQualifiedName,omitempty"`
	Kind          string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

// levels are what SARIF calls the severities.
var levels = map[string]string{"error": "error", "warning": "warning", "info": "note"}

// kinds are what SARIF calls the verdicts: "open" is that there is too little
// information to decide.
var kinds = map[Verdict]string{Fail: "fail", Unknown: "open", Pass: "pass", NotApplicable: "notApplicable"}

func (s *sarif) Begin(rules []Rule) []byte {
	s.index = map[string]int{}
	driver := sarifDriver{Name: "plumbline", Version: s.version, Rules: []sarifRule{}}
	for i, r := range rules {
		s.index[r.ID] = i
		out := sarifRule{ID: r.ID, ShortDescription: sarifText{Text: r.Title}, HelpURI: r.URL, Default: sarifDefault{levels[r.Severity]}}
		if r.Help != "" {
			out.Help = &sarifText{Text: r.Help, Markdown: r.Help}
		}
		if len(r.Tags) > 0 {
			out.Properties = &sarifTagging{r.Tags}
		}
		driver.Rules = append(driver.Rules, out)
	}
	var b bytes.Buffer
	b.WriteString(`{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":`)
	b.Write(marshal(driver))
	b.WriteString("},\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":[")
	return b.Bytes()
}

// Part begins each result with a comma; the first of a report loses it, see Parts.
func (s *sarif) Part(p Part) []byte {
	var b bytes.Buffer
	for _, e := range p.Entries {
		b.WriteString(",\n")
		b.Write(marshal(s.result(p, e)))
	}
	return b.Bytes()
}

func (s *sarif) result(p Part, e Entry) sarifResult {
	out := sarifResult{RuleID: e.Rule, Kind: kinds[e.Verdict], Level: "none", Message: sarifText{Text: e.text()}}
	if i, ok := s.index[e.Rule]; ok {
		out.RuleIndex = &i
	}
	if e.Verdict == Fail {
		out.Level = levels[e.Severity]
	}
	// Code scanning of GitHub refuses a report with one result that has no file and line.
	file := cmp.Or(e.Place.File, p.File)
	at := sarifLocation{Physical: sarifPhysical{sarifArtifact{uri(file)}, sarifRegion{max(e.Place.Line, 1), max(e.Place.Column, 1)}}}
	if e.Subject.Name != "" {
		at.Logical = []sarifLogical{{e.Subject.Name, e.Subject.ID, "resource"}}
		out.Fingerprints = map[string]string{"ruleAndSubject/v1": strings.Join([]string{e.Rule, e.Subject.Kind, e.Subject.ID, file}, " ")}
	}
	out.Locations = []sarifLocation{at}
	if e.Waived != "" {
		out.Suppressions = []sarifSuppression{{"external", "accepted", e.Waived}}
	}
	return out
}

func (s *sarif) End(whole bool) []byte {
	invocation := struct {
		Successful bool `json:"executionSuccessful"`
	}{whole}
	return append(append([]byte("],\n\"invocations\":["), marshal(invocation)...), "]}]}\n"...)
}

// uri is the path of a file as SARIF has it: relative ones stay so.
func uri(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
		u.Path = "/" + strings.TrimPrefix(u.Path, "/")
	}
	return u.String()
}

// marshal gives JSON on one line.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // reports hold texts and numbers only
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
