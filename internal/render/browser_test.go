package render_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/browsertest"
	"github.com/plumbline/plumbline/internal/bundle"
)

// A check of its own stands in for the runtime: what the pages do with a result
// is tested here, the result itself where the runtime is. It finds "Basic".
const standIn = `
const judge = (text, options) => {
  if (text.includes("wait for ever")) for (;;);
  const at = text.indexOf("Basic");
  const before = text.slice(0, Math.max(at, 0)).split("\n");
  const source = { file: options.file, pointer: "/hubs/0/sku", line: before.length, column: before.at(-1).length + 1 };
  const finding = (rule, severity, verdict, more) => ({
    rule, severity, verdict, subject: { kind: "hubs", id: "hub-1", name: "hub-1" }, message: "hub-1 is Basic",
    fix: "", page: "networks/hubs/#" + rule, source, ...more });
  const missing = [{ path: "hub.zone", reason: "not stated" }];
  const broken = text.includes("broken");
  return {
    version: 1,
    input: { file: options.file, format: "native", subjects: { hubs: 1 }, unstated: ["spokes"] },
    summary: { pass: at < 0 ? 1 : 0, fail: at < 0 ? 0 : 1, unknown: 1, "not-applicable": 0 },
    findings: broken ? [] : [finding("hub-sku", "error", at < 0 ? "pass" : "fail"), finding("hub-named", "warning", "unknown", { missing })],
    facts: broken ? [] : [{ rule: "hub-size", subject: { kind: "hubs", id: "hub-1", name: "hub-1" }, value: "large", missing: [] }],
    diagnostics: broken ? [{ code: "input/yaml", severity: "error", file: options.file, line: 2, column: 1, message: 'a tab starts "line 2"', hint: "use spaces" }] : [],
  };
};

export const studied = (text, options) => ({ result: judge(text, options), topology: { world: null } });

export async function explain(text, options) {
  const result = judge(text, options);
  const fine = { expr: "hub.fine", value: "false", definition: { expr: 'sku != "Basic"', value: "false", parts: [{ expr: "sku", value: "Basic" }] } };
  for (const f of result.findings.filter((f) => options.rules.includes(f.rule) && options.subject === f.subject.id)) {
    f.explanation = { assert: { expr: "hub.fine or hub.old", value: "false", parts: [fine, { expr: "hub.old" }] } };
  }
  return result;
}
`

// why opens the explanation of a finding by keyboard. Its script is not loaded
// before that.
func why(t *testing.T, tab *browsertest.Tab) {
	tab.Focus(".editor-text")
	tab.Paste("hubs:\n  - { id: hub-1, sku: Basic }\n")
	tab.Wait(`document.querySelector(".finding")`)
	explainer := func() int {
		return len(slices.DeleteFunc(tab.Requests(), func(r string) bool { return !strings.Contains(r, "/explainer-") }))
	}
	if explainer() != 0 {
		t.Error("the explainer was loaded before anybody asked why")
	}
	tab.Focus(".finding .why summary")
	tab.Press(browsertest.Enter)
	tab.Wait(`document.querySelector(".why[open] .trace-false")`)
	tab.Press(browsertest.Tabulator)
	tab.Press(browsertest.Enter)
	tab.Wait(`document.querySelector(".trace-definition[open]")`)
	got := browsertest.Eval[string](tab, `document.querySelector(".why-body").innerText.replace(/\s+/g, " ")`)
	if want := `MUST HOLD hub.fine or hub.old false hub.fine false Where it comes from sku != "Basic" false sku Basic hub.old not looked at`; got != want {
		t.Errorf("the explanation says %q, not %q", got, want)
	}
	if explainer() != 1 {
		t.Errorf("the explainer was loaded %d times", explainer())
	}
	tab.WantQuiet()
}

// writeSite writes the golden's site with its real theme into a folder.
func writeSite(t *testing.T) string {
	t.Helper()
	in := input(t)
	theme := overlay{fstest.MapFS{"runtime/checks.ts": {Data: []byte("// @ts-nocheck\n" + standIn)}}, in.Theme}
	assets, problems := bundle.Site(theme, "export default null; export const lib = null, model = { kinds: [] }, rules = [], texts = {}, figure = null")
	if len(problems) > 0 {
		t.Fatal(text(problems))
	}
	in.Assets = assets
	dir := t.TempDir()
	for name, data := range pages(t, in) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestBrowser reads the site as a person would, over HTTP and from the disk.
func TestBrowser(t *testing.T) {
	dir := writeSite(t)
	b := browsertest.Start(t)
	for name, root := range map[string]string{"http": browsertest.Serve(t, dir), "file": browsertest.FileURL(t, dir)} {
		t.Run(name, func(t *testing.T) {
			open := func(t *testing.T, v browsertest.View, page string) *browsertest.Tab {
				tab := b.Open(t, v)
				tab.Go(root + page)
				return tab
			}
			t.Run("search", func(t *testing.T) { search(t, open(t, browsertest.View{}, "networks/hubs/index.html")) })
			t.Run("theme", func(t *testing.T) { switchTheme(t, open(t, browsertest.View{}, "index.html")) })
			t.Run("check", func(t *testing.T) { checkTopology(t, open(t, browsertest.View{}, "check/index.html")) })
			t.Run("why", func(t *testing.T) { why(t, open(t, browsertest.View{}, "check/index.html")) })
			t.Run("cancel", func(t *testing.T) { cancelCheck(t, open(t, browsertest.View{}, "check/index.html")) })
			t.Run("problems", func(t *testing.T) { showProblems(t, open(t, browsertest.View{}, "check/index.html")) })
			t.Run("addresses", func(t *testing.T) { addresses(t, open(t, browsertest.View{}, "check/index.html#sample=hub")) })
			t.Run("catalogue", func(t *testing.T) { filterRules(t, open(t, browsertest.View{}, "rules/index.html")) })
			t.Run("sidebar", func(t *testing.T) { filterPages(t, open(t, browsertest.View{}, "index.html")) })
		})
	}
	root := browsertest.FileURL(t, dir)
	t.Run("narrow", func(t *testing.T) { narrow(t, b, dir, root) })
	t.Run("no script", func(t *testing.T) { withoutScript(t, b, root) })
}

func search(t *testing.T, tab *browsertest.Tab) {
	tab.Press("/")
	tab.Wait(`document.querySelector(".search-dialog").open`)
	tab.Press("numb")
	tab.Wait(`document.querySelector(".search-results a")?.textContent.includes("Numbers")`)
	tab.Press(browsertest.Enter)
	tab.Wait(`location.hash === "#numbers" && !document.querySelector(".search-dialog").open`)
	tab.Press("/")
	tab.Wait(`document.querySelector(".search-dialog").open`)
	tab.Press("zzzz")
	tab.Wait(`document.querySelector(".search-status").textContent.includes("Nothing found")`)
	tab.Press(browsertest.Escape)
	tab.Wait(`!document.querySelector(".search-dialog").open`)
	tab.WantQuiet()
}

func switchTheme(t *testing.T, tab *browsertest.Tab) {
	paper := `getComputedStyle(document.documentElement).backgroundColor`
	light := browsertest.Eval[string](tab, paper)
	tab.Click(`[data-theme-choice="dark"]`)
	dark := browsertest.Eval[string](tab, paper)
	if light == dark {
		t.Errorf("dark has the paper of light, %s", dark)
	}
	tab.Follow(`.pager-next`)
	if got := browsertest.Eval[string](tab, paper); got != dark {
		t.Errorf("the next page is %s, not dark", got)
	}
	if got := browsertest.Eval[string](tab, `document.querySelector('[data-theme-choice="dark"]').ariaChecked`); got != "true" {
		t.Errorf("the switch of the next page says %q", got)
	}
	tab.Click(`[data-theme-choice="auto"]`)
	tab.WantQuiet()
}

func checkTopology(t *testing.T, tab *browsertest.Tab) {
	before := len(tab.Requests())
	tab.Focus(".editor-text")
	tab.Paste("hubs:\n  - name: hub-1\n    sku: Basic\n")
	tab.Wait(`document.querySelector(".finding-group")`)
	shown := browsertest.Eval[string](tab, `document.querySelector(".check-output").innerText`)
	for _, want := range []string{"The hub is Standard", "hub-1 is Basic", "pasted.yaml:3:10", "hub.zone", "not stated", "large", "1 × Hub"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the result does not show %q:\n%s", want, shown)
		}
	}
	tab.Click(".finding .place")
	if at := browsertest.Eval[int](tab, `document.querySelector(".editor-text").selectionStart`); at != 31 {
		t.Errorf("the place leads to character %d", at)
	}
	if n := len(tab.Requests()); n != before {
		t.Errorf("checking asked for %v", tab.Requests()[before:])
	}

	tab.Follow(".guidance-link")
	if hash := browsertest.Eval[string](tab, `location.hash`); hash != "#hub-sku" {
		t.Errorf("the finding leads to %q", hash)
	}
	tab.Wait(`document.querySelector('[data-rule="hub-sku"] .badge')`)
	verdicts := browsertest.Eval[string](tab, `[...document.querySelectorAll(".rule-card")].map((c) => c.dataset.rule + "=" + c.dataset.verdict).join(" ")`)
	if verdicts != "hub-sku=fail hub-named=unknown hub-size=fact cell=undefined" {
		t.Errorf("the cards say %s", verdicts)
	}
	if claims := browsertest.Eval[string](tab, `[...CSS.highlights.get("claim")].map(String).join("|")`); claims != "must be Standard|It has a name|size|two" {
		t.Errorf("the claims underlined are %q", claims)
	}
	tab.Follow(`[data-rule="hub-sku"] a`)
	tab.Wait(`document.querySelector(".rule-own .badge")?.textContent === "Fail · 1"`)

	tab.Click(".topology-bar button")
	tab.Wait(`document.querySelector(".topology-bar").hidden && document.querySelector(".rule-own").dataset.verdict === undefined`)
	tab.WantQuiet()
}

func cancelCheck(t *testing.T, tab *browsertest.Tab) {
	tab.Focus(".editor-text")
	tab.Paste("wait for ever")
	tab.Wait(`!document.querySelector(".check-progress").hidden`)
	tab.Click(`[data-action="cancel"]`)
	tab.Wait(`document.querySelector(".check-progress").hidden`)
	browsertest.Eval[bool](tab, `document.querySelector(".editor-text").select() ?? true`)
	tab.Paste("sku: Basic")
	tab.Wait(`document.querySelector(".finding-group")`)
	tab.WantQuiet()
}

func showProblems(t *testing.T, tab *browsertest.Tab) {
	tab.Focus(".editor-text")
	tab.Paste("broken:\n\tx: <b>y</b>\n")
	tab.Wait(`document.querySelector(".problem-error")`)
	shown := browsertest.Eval[string](tab, `document.querySelector(".problems").innerText`)
	for _, want := range []string{`A tab starts "line 2"`, "input/yaml", "Use spaces", "pasted.yaml:2:1"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the problem does not show %q:\n%s", want, shown)
		}
	}
	if browsertest.Eval[int](tab, `document.querySelectorAll(".editor-mark-diagnostic").length`) != 1 {
		t.Error("the line is not marked")
	}
	tab.WantQuiet()
}

// addresses opens what an address can name, and takes the files along in one.
func addresses(t *testing.T, tab *browsertest.Tab) {
	holds := func(text string) {
		t.Helper()
		tab.Wait(`document.querySelector(".editor-text").value === ` + strconv.Quote(text) + ` && document.querySelector(".result-bar")`)
	}
	holds("hubs: []\n")
	tab.Click(".result-tools .button:nth-of-type(3)")
	tab.Wait(`location.hash.startsWith("#state=")`)
	state := browsertest.Eval[string](tab, `location.hash`)
	browsertest.Eval[string](tab, `location.hash = "#rule=hub-sku&example=" + encodeURIComponent('basic & "old"')`)
	holds("hubs: [{sku: Basic}]\n")
	tab.Wait(`document.querySelector(".check-example")?.innerText.includes("hubs[0].sku")`)
	browsertest.Eval[string](tab, `location.hash = `+strconv.Quote(state))
	holds("hubs: []\n")
	for hash, want := range map[string]string{"#state=x": "damaged", "#sample=x": "no sample “x”", "#rule=x&example=y": "no example “y”"} {
		browsertest.Eval[string](tab, `location.hash = `+strconv.Quote(hash))
		tab.Wait(`document.querySelector(".check-status").textContent.includes(` + strconv.Quote(want) + `)`)
	}
	tab.WantQuiet()
}

func filterRules(t *testing.T, tab *browsertest.Tab) {
	visible := `[...document.querySelectorAll(".catalogue-rule")].filter((r) => r.checkVisibility()).map((r) => r.querySelector("code").textContent).join(" ")`
	tab.Focus(".catalogue-filter input")
	tab.Press("c20")
	if got := browsertest.Eval[string](tab, visible); got != "hub-sku" {
		t.Errorf("the tag C20 shows %s", got)
	}
	browsertest.Eval[bool](tab, `document.querySelector(".catalogue-filter input").select() ?? true`)
	tab.Press(" ")
	tab.Click(`.chip[data-level="fact"]`)
	if got := browsertest.Eval[string](tab, visible); got != "hub-size" {
		t.Errorf("facts are %s", got)
	}
	tab.WantQuiet()
}

func filterPages(t *testing.T, tab *browsertest.Tab) {
	visible := `[...document.querySelectorAll(".nav a")].filter((a) => a.checkVisibility()).map((a) => a.textContent).join(" ")`
	before := browsertest.Eval[string](tab, visible)
	tab.Focus(".sidebar-filter input")
	tab.Press("spoke")
	if got := browsertest.Eval[string](tab, visible); got != "Hubs" {
		t.Errorf("a synonym finds %q", got)
	}
	for range "spoke" {
		tab.Press("\b")
	}
	if got := browsertest.Eval[string](tab, visible); got != before {
		t.Errorf("the emptied filter shows %q, before it was %q", got, before)
	}
	tab.WantQuiet()
}

// narrow opens every page of the site as a phone would: nothing sticks out.
func narrow(t *testing.T, b *browsertest.Browser, dir, root string) {
	var files []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(p, "index.html") {
			files = append(files, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	tab := b.Open(t, browsertest.View{Width: 360, Height: 740})
	for _, file := range files {
		tab.Go(root + file)
		if wide := browsertest.Eval[int](tab, `document.documentElement.scrollWidth`); wide > 360 {
			t.Errorf("%s is %d pixels wide", file, wide)
		}
	}
	tab.Go(root + "check/index.html")
	tab.Click(".header-menu")
	tab.Wait(`document.querySelector("#plNavigation").matches(":popover-open")`)
	tab.Press(browsertest.Escape)
	tab.Wait(`!document.querySelector("#plNavigation").matches(":popover-open")`)
	tab.WantQuiet()
}

// withoutScript reads the site with scripts switched off.
func withoutScript(t *testing.T, b *browsertest.Browser, root string) {
	tab := b.Open(t, browsertest.View{NoScript: true})
	for page, want := range map[string]string{
		"networks/hubs/index.html": "The hub is Standard",
		"rules/index.html":         "The hub is Standard",
		"rules/hub-sku/index.html": "Upgrade the hub",
		"check/index.html":         "The checker needs JavaScript",
	} {
		tab.Go(root + page)
		shown := browsertest.Eval[string](tab, `document.body.innerText`)
		if !strings.Contains(shown, want) {
			t.Errorf("%s does not say %q", page, want)
		}
		for _, useless := range []string{"Filter", "Search", "Open in the checker"} {
			if strings.Contains(shown, useless) {
				t.Errorf("%s shows %q, which does nothing here", page, useless)
			}
		}
	}
}
