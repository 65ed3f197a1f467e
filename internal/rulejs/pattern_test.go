package rulejs

import (
	"bufio"
	"compress/bzip2"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plumbline/plumbline/internal/browsertest"
	"github.com/plumbline/plumbline/internal/jsvm"
)

// patternHarness matches texts in an engine: every pattern as it is emitted and,
// where that is a RegExp, as an automaton too.
const patternHarness = `
globalThis.matchAll = (request) => {
  const { code, texts } = JSON.parse(request);
  const patterns = new Function("rt", '"use strict"; return [' + code + "];")(plumblineRuntime);
  return patterns.map((p) => texts.map((s) => p.test(s) ? "1" : "0").join("")).join("\n");
};
`

// re2Data reads blocks of RE2's own test data from the Go distribution: the
// texts and patterns of each.
func re2Data(t *testing.T, name string, use func(texts, patterns []string) (more bool)) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(strings.TrimSpace(string(root)), "src/regexp/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(name, ".bz2") {
		in = bzip2.NewReader(file)
	}
	var texts, patterns []string
	inTexts := false
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		switch line := scanner.Text(); {
		case line == "strings":
			if len(patterns) > 0 && !use(texts, patterns) {
				return
			}
			texts, patterns, inTexts = nil, nil, true
		case line == "regexps":
			inTexts = false
		case strings.HasPrefix(line, `"`):
			s, err := strconv.Unquote(line)
			if err != nil {
				t.Fatal(line, err)
			}
			if inTexts {
				texts = append(texts, s)
			} else {
				patterns = append(patterns, s)
			}
		}
	}
	use(texts, patterns)
}

// TestPatternsAgreeWithGo matches RE2's own test data in Go, in the embedded
// engine and in Chromium. Of the exhaustive part it takes a sample.
func TestPatternsAgreeWithGo(t *testing.T) {
	vm, err := jsvm.New(runtimeScript(t) + patternHarness)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	browser := browsertest.Start(t)
	matched, asRegExp := 0, 0
	open := func(t *testing.T) *browsertest.Tab {
		tab := browser.Open(t, browsertest.View{Life: corpusLife})
		browsertest.Eval[bool](tab, runtimeScript(t)+patternHarness+"; true")
		return tab
	}
	compare := func(t *testing.T, tab *browsertest.Tab, texts, code, want, names []string) {
		request, err := json.Marshal(map[string]any{"code": strings.Join(code, ","), "texts": texts})
		if err != nil {
			t.Fatal(err)
		}
		inEngine, err := vm.Call("matchAll", string(request))
		if err != nil {
			t.Fatal(err)
		}
		inChromium := browsertest.Eval[string](tab, "matchAll("+quote(string(request))+")")
		for engine, got := range map[string]string{"the engine": inEngine, "Chromium": inChromium} {
			for i, row := range strings.Split(got, "\n") {
				for k := range row {
					if row[k] != want[i][k] {
						t.Errorf("%q on %q as %s: Go %c, %s %c", names[i], texts[k], code[i], want[i][k], engine, row[k])
					}
				}
			}
		}
	}
	check := func(t *testing.T, tab *browsertest.Tab, texts, patterns []string) {
		var code, want, names []string
		for _, p := range patterns {
			re, err := regexp.Compile(p)
			if err != nil {
				continue
			}
			parsed, err := syntax.Parse(p, syntax.Perl)
			if err != nil {
				t.Fatal(err)
			}
			row := ""
			for _, s := range texts {
				row += map[bool]string{true: "1", false: "0"}[re.MatchString(s)]
			}
			code, want, names = append(code, pattern(p)), append(want, row), append(names, p)
			if isLinear(parsed) {
				asRegExp++
				code, want, names = append(code, automaton(parsed)), append(want, row), append(names, p)
			}
			matched += len(texts)
		}
		// A call of the engine has a time limit, and a block of the full data is large.
		for len(code) > 0 {
			n := min(len(code), 500)
			compare(t, tab, texts, code[:n], want[:n], names[:n])
			code, want, names = code[n:], want[n:], names[n:]
		}
	}
	tab := open(t)
	re2Data(t, "re2-search.txt", func(texts, patterns []string) bool { check(t, tab, texts, patterns); return true })
	full := os.Getenv("PLUMBLINE_PARITY") == "full"
	exhaustive := 0
	re2Data(t, "re2-exhaustive.txt.bz2", func(texts, patterns []string) bool {
		exhaustive++
		var some []string
		for i, p := range patterns {
			if full || i%97 == 0 {
				some = append(some, p)
			}
		}
		// Each block has a tab of its own, which takes its memory along.
		t.Run(strconv.Itoa(exhaustive), func(t *testing.T) { check(t, open(t), texts, some) })
		return full || exhaustive < 5
	})
	t.Logf("%d matches, %d patterns as RegExp and as automaton", matched, asRegExp)
	if matched < 2000 || asRegExp < 100 {
		t.Error("the test data is not what it was")
	}
}

// TestHostilePatterns: no pattern takes long on any text, in any engine.
func TestHostilePatterns(t *testing.T) {
	patterns := []string{`(a+)+$`, `(a|a)*$`, `(a*)*b`, `^(a|aa)+$`, `(.*)*x`, `(?:a?){40}a{40}`, `([a-z]+)*\d`, `a*a*a*a*a*a*b`, `^(\w+\s?)*$`, `(x+x+)+y`,
		`(.*?,){11}P`, `[a-z]+\d`, `\s+$`, `(a|b|ab)*c`, `^(([a-z])+.)+[A-Z]([a-z])+$`, `.*.*=.*`, `a.*b`, `^[a-z]+-[a-z]+$`, `foo.*`, `^\d+$`, `(?i)(s|ſ)*K`}
	texts := []string{strings.Repeat("a", 50_000), strings.Repeat("a", 50_000) + "!", strings.Repeat("x ", 20_000) + "?", strings.Repeat("ab", 20_000), strings.Repeat("1,2,", 5_000)}
	var code []string
	want := ""
	for _, p := range patterns {
		code = append(code, pattern(p))
		for _, s := range texts {
			want += map[bool]string{true: "1", false: "0"}[regexp.MustCompile(p).MatchString(s)]
		}
		want += "\n"
	}
	request, err := json.Marshal(map[string]any{"code": strings.Join(code, ","), "texts": texts})
	if err != nil {
		t.Fatal(err)
	}
	tab := browsertest.Start(t).Open(t, browsertest.View{})
	browsertest.Eval[bool](tab, runtimeScript(t)+patternHarness+"; true")
	start := time.Now()
	got := browsertest.Eval[string](tab, "matchAll("+quote(string(request))+")")
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("%d patterns took %s", len(patterns), took)
	}
	if got != strings.TrimSuffix(want, "\n") {
		t.Errorf("Chromium and Go differ:\n%s\n%s", got, want)
	}
}
