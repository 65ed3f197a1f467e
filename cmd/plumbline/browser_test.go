package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline/plumbline/internal/browsertest"
)

// browse reads the built site in Chromium as its readers do, over HTTP and from
// the disk.
func browse(t *testing.T, dir string) {
	browser := browsertest.Start(t)
	for name, root := range map[string]string{"http": browsertest.Serve(t, dir), "file": browsertest.FileURL(t, dir)} {
		t.Run(name, func(t *testing.T) {
			t.Run("from paste to sentence", func(t *testing.T) { pasteAndFollow(t, browser, root) })
			t.Run("every page", func(t *testing.T) { everyPage(t, browser, dir, root) })
		})
	}
	root := browsertest.FileURL(t, dir)
	t.Run("dark", func(t *testing.T) { dark(t, browser, root) })
	t.Run("narrow", func(t *testing.T) { narrow(t, browser, dir, root) })
	t.Run("diagram", func(t *testing.T) { diagram(t, browser, root) })
	t.Run("large", func(t *testing.T) { large(t, browser, root) })
	t.Run("waivers", func(t *testing.T) { waived(t, browser, root) })
	t.Run("keyboard", func(t *testing.T) { keyboard(t, browser, root) })
	t.Run("without scripts", func(t *testing.T) { withoutScripts(t, browser, root) })
}

// template is a hub-and-spoke deployment with a Bastion in the hub, and a
// machine in the spoke that no network security group filters.
func template(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/hub-and-spoke.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pasteAndFollow is the main job: read a page, paste a template, see what fails,
// follow a finding to the sentence it comes from, and see the verdict there.
func pasteAndFollow(t *testing.T, browser *browsertest.Browser, root string) {
	tab := browser.Open(t, browsertest.View{})
	tab.Go(root + "index.html")
	if h1 := browsertest.Eval[string](tab, `document.querySelector("main h1").innerText`); h1 == "" {
		t.Error("the first page has no heading")
	}
	tab.Follow(`header nav a[href*="check/"]`)
	before := len(tab.Requests())
	tab.Focus("textarea")
	tab.Paste(template(t))
	tab.Wait(`document.querySelector(".finding")`)
	shown := browsertest.Eval[string](tab, `document.querySelector(".check-output").innerText`)
	for _, want := range []string{"orders-1", "jump", "no network security group"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the result does not show %q:\n%s", want, shown)
		}
	}
	// The reader sees what the command line says.
	rules := browsertest.Eval[[]string](tab, `[...document.querySelectorAll('[data-verdict="fail"] h3 a')].map(a => a.href.split("/rules/")[1].split("/")[0])`)
	want := failing(t)
	slices.Sort(rules)
	if !slices.Equal(rules, want) {
		t.Errorf("the page shows %v as failing, check %v", rules, want)
	}
	for _, request := range tab.Requests()[before:] {
		if !strings.Contains(request, "/icon-") { // the browser itself fetches the page's icon, when it likes
			t.Errorf("checking asked for %s", request)
		}
	}

	tab.Follow(`a[href$="#vm-nsg-bastion"]`)
	if hash := browsertest.Eval[string](tab, `location.hash`); hash != "#vm-nsg-bastion" {
		t.Errorf("the finding leads to %q", hash)
	}
	at := browsertest.Eval[string](tab, `document.getElementById("vm-nsg-bastion")?.closest("p, li, td, h1, h2, h3, h4")?.innerText ?? "nothing"`)
	if claim := claimOf(t, "vm-nsg-bastion"); !strings.Contains(strings.Join(strings.Fields(at), " "), claim) {
		t.Errorf("the finding leads to %q, which is not where %q stands", at, claim)
	}
	tab.Wait(`document.querySelector('[data-rule="vm-nsg-bastion"][data-verdict="fail"]')`)
	tab.WantQuiet()
}

// large gives the checker an export that is too long for a text field and has more
// findings than the page takes: all are counted, the filter finds each, and a place
// leads to its line.
func large(t *testing.T, browser *browsertest.Browser, root string) {
	const machines = 1200
	file := filepath.Join(t.TempDir(), "export.json")
	if err := os.WriteFile(file, []byte(machineRows(3*machines)), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := browser.Open(t, browsertest.View{})
	tab.Go(root + "check/index.html")
	tab.Choose("input[type=file]", file)
	tab.Wait(`document.querySelector(".check-status").textContent.includes(" in export.json")`)
	const group = `[...document.querySelectorAll('[data-verdict=unknown] .finding-group')].find(g => g.querySelector('h3 a').href.includes('/vm-recommended-path/'))`
	if more := browsertest.Eval[string](tab, group+`.querySelector(".list-more button").innerText`); more != "Show 175 more" {
		t.Errorf("of %d findings the list offers %q", machines, more)
	}
	browsertest.Eval[bool](tab, group+`.querySelector(".list-more button").click() ?? true`)
	if last := browsertest.Eval[string](tab, group+`.querySelector(".finding-list > li:last-child").innerText`); !strings.Contains(last, "200 of 1,1") {
		t.Errorf("the end of the list says %q", last)
	}
	if !browsertest.Eval[bool](tab, `document.querySelector("textarea").readOnly && document.querySelector("textarea").value.length <= 100_000`) {
		t.Error("the whole text stands in a text field")
	}

	tab.Focus(".result-tools input[type=search]")
	tab.Press("vm-1150")
	tab.Wait(`document.querySelector(".finding-subject strong")?.innerText === "vm-1150"`)
	if names := browsertest.Eval[[]string](tab, `[...new Set([...document.querySelectorAll(".finding-subject strong")].map(e => e.innerText))]`); !slices.Equal(names, []string{"vm-1150"}) {
		t.Errorf("the filter finds %v", names)
	}
	tab.Click(".finding .place")
	tab.Wait(`document.activeElement === document.querySelector("textarea")`)
	line := browsertest.Eval[string](tab, `(() => { const a = document.querySelector("textarea"); return a.value.slice(a.selectionStart).split("\n")[0]; })()`)
	if !strings.Contains(line, `/virtualMachines/vm-1150"`) {
		t.Errorf("the place leads to %q", line)
	}
	number := browsertest.Eval[string](tab, `(() => { const a = document.querySelector("textarea"); return document.querySelector(".editor-numbers").textContent.split("\n")[a.value.slice(0, a.selectionStart).split("\n").length - 1]; })()`)
	if want := browsertest.Eval[string](tab, `document.querySelector(".finding .place").innerText`); !strings.Contains(want, ":"+number+":") {
		t.Errorf("the line has the number %s, the finding names %s", number, want)
	}
	tab.Wait(`!document.querySelector(".check-diagram").hidden`)

	// The diagram is coloured by all that was found, and leads to what is not listed.
	const nodes = `[...document.querySelectorAll(".check-diagram .t-node")].filter(e => /× VM/.test(e.textContent))`
	if plain := browsertest.Eval[[]string](tab, nodes+`.filter(e => !e.matches(".unknown[data-subject]")).map(e => e.textContent)`); len(plain) > 0 {
		t.Errorf("machines are drawn as if nothing had been found: %q", plain)
	}
	const click = `.dispatchEvent(new MouseEvent("click", { bubbles: true }))`
	follow := func(n string) {
		t.Helper()
		subject := browsertest.Eval[string](tab, nodes+n+`.dataset.subject`)
		browsertest.Eval[bool](tab, nodes+n+click)
		tab.Wait(`document.activeElement.matches(".finding")`)
		if found := browsertest.Eval[string](tab, `document.activeElement.dataset.subject`); found != subject || found == "" {
			t.Errorf("the box of %s leads to %s", subject, found)
		}
	}
	follow(`.at(-2)`)

	// The line of what is not listed is marked like that of what is.
	browsertest.Eval[bool](tab, `[...document.querySelectorAll(".finding .place")].at(-1).click() ?? true`)
	tab.Wait(`document.activeElement === document.querySelector("textarea")`)
	tab.Wait(`document.querySelectorAll(".editor-mark-unknown").length > 30`)

	// While a check runs a box leads nowhere, and what was found stays.
	browsertest.Eval[bool](tab, `document.querySelector("[data-action=check]").click() ?? true`)
	browsertest.Eval[bool](tab, nodes+`.at(-3)`+click)
	tab.Wait(`document.querySelector(".check-status").textContent.includes("is not listed here")`)
	if n := browsertest.Eval[int](tab, `document.querySelectorAll(".finding").length`); n == 0 {
		t.Error("a box takes the findings away")
	}
	tab.Wait(`document.querySelector(".check-status").textContent.includes(" in export.json")`)

	// A check that is cancelled takes the worker along, and what it had in mind. The
	// result of the one before stays, and the filter looks through what is listed of it.
	browsertest.Eval[bool](tab, `["check", "cancel"].forEach((action) => document.querySelector("[data-action=" + action + "]").click()) ?? true`)
	browsertest.Eval[bool](tab, `(() => { const field = document.querySelector(".result-tools input[type=search]"); field.value = "vm-77"; return field.dispatchEvent(new Event("input")); })()`)
	tab.Wait(`document.querySelector(".finding-subject strong")?.innerText === "vm-77"`)
	tab.WantQuiet()

	// Machines of one name in many resource groups are told apart.
	same := regexp.MustCompile(`/rg(/providers/Microsoft.Compute/virtualMachines/vm)-(\d+)`).ReplaceAllString(machineRows(3*machines), "/rg-$2$1")
	if err := os.WriteFile(file, []byte(same), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Go(root + "check/index.html?same")
	tab.Choose("input[type=file]", file)
	tab.Wait(`document.querySelector(".check-status").textContent.includes(" in export.json")`)
	tab.Wait(`!document.querySelector(".check-diagram").hidden`)
	follow(`.at(-1)`)
	tab.WantQuiet()
}

// waived gives the checker a file of waivers beside a template. The page knows it by its
// text, says what is accepted and why, and what is wrong with it.
func waived(t *testing.T, browser *browsertest.Browser, root string) {
	file := filepath.Join(t.TempDir(), "accepted.yaml")
	const text = "# Accepted until June.\n- { rule: vm-management-ports, subject: vm-0, reason: goes in June, expires: 2999-12-31 }\n" +
		"- { rule: bastion-subnet-nsg-flows, subject: BAS, reason: goes in May, expires: 2999-12-31 }\n- { rule: bastion-subnet-nam, subject: bas, reason: x }\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	export, err := filepath.Abs("testdata/topologies/deployment-export.json")
	if err != nil {
		t.Fatal(err)
	}
	tab := browser.Open(t, browsertest.View{})
	tab.Go(root + "check/index.html")
	tab.Choose("input[type=file]", export, file)
	tab.Wait(`document.querySelector(".check-status").textContent.includes(" in deployment-export.json")`)
	if kind := browsertest.Eval[string](tab, `document.querySelector(".file-tab:last-child .file-kind")?.textContent`); kind != "waivers" {
		t.Errorf("the file is taken for %q", kind)
	}
	item := browsertest.Eval[string](tab, `[...document.querySelectorAll(".finding")].filter((f) => f.querySelector(".badge")).map((f) => f.innerText).join()`)
	if !strings.Contains(item, "waived until 2999-12-31") || !strings.Contains(item, "Waived: goes in May") || strings.Count(item, "Waived:") != 1 {
		t.Errorf("the waived finding says %q", item)
	}
	problems := browsertest.Eval[string](tab, `[...document.querySelectorAll(".check-result")].map((d) => d.innerText).join()`)
	for _, want := range []string{"There is no rule \"bastion-subnet-nam\"", "accepted.yaml:4:3", "There is no rule \"vm-management-ports\""} {
		if !strings.Contains(problems, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	tab.WantQuiet()
}

// failing returns the ids of the rules that fail on the template, sorted, as the
// command line says.
func failing(t *testing.T) []string {
	t.Helper()
	var ids []string
	out, _ := plumbline(t, "check", "--site", "../..", "testdata/hub-and-spoke.json")
	verdict := ""
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 0 && !strings.HasPrefix(line, " ") {
			verdict = fields[0]
			if slices.Contains([]string{"error", "warning", "info"}, verdict) {
				ids = append(ids, fields[len(fields)-1])
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// claimOf returns the sentence that a rule quotes.
func claimOf(t *testing.T, id string) string {
	t.Helper()
	out, _ := plumbline(t, "rules", "--site", "../..", "--format", "json")
	_, rest, _ := strings.Cut(out, `"id":"`+id+`"`)
	_, rest, _ = strings.Cut(rest, `"claim":"`)
	claim, _, ok := strings.Cut(rest, `","tags"`)
	if !ok {
		t.Fatalf("no rule %s in %s", id, out)
	}
	return claim
}

// pagesOf returns the HTML pages of the built site.
func pagesOf(t *testing.T, dir string) []string {
	t.Helper()
	var pages []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		// 404.html is served at addresses that do not exist; its links start at the
		// path of baseUrl.
		if filepath.Ext(name) == ".html" && name != "404.html" {
			pages = append(pages, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// manyPages is how long a tab lives that goes to each page of the site.
const manyPages = 10 * time.Minute

// everyPage opens every page: each has a heading, says nothing in the console,
// and its links to the site lead to files that are there.
func everyPage(t *testing.T, browser *browsertest.Browser, dir, root string) {
	tab := browser.Open(t, browsertest.View{Life: manyPages})
	for _, page := range pagesOf(t, dir) {
		tab.Go(root + page)
		if n := browsertest.Eval[int](tab, `document.querySelectorAll("h1").length`); n != 1 {
			t.Errorf("%s has %d headings of level 1", page, n)
		}
		links := browsertest.Eval[[]string](tab, `[...document.querySelectorAll("a[href], img[src]")].map(a => a.href ?? a.src)`)
		for _, link := range links {
			rest, ours := strings.CutPrefix(link, root)
			if !ours {
				continue
			}
			rest, _, _ = strings.Cut(rest, "#")
			rest, _, _ = strings.Cut(rest, "?")
			if rest == "" || strings.HasSuffix(rest, "/") {
				rest += "index.html"
			}
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(rest))); err != nil {
				t.Errorf("%s links to %s, which is not there", page, rest)
			}
		}
	}
	for _, request := range tab.Requests() {
		if !strings.HasPrefix(request, root) {
			t.Errorf("a page asked for %s", request)
		}
	}
	tab.WantQuiet()
}

// dark holds the system's choice of dark against light: paper is darker than ink.
func dark(t *testing.T, browser *browsertest.Browser, root string) {
	const brightness = `(() => {
		const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
		const of = (color) => {
			canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
			const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
			return r + g + b;
		};
		const style = getComputedStyle(document.documentElement), text = getComputedStyle(document.querySelector("main p"));
		return of(style.backgroundColor) - of(text.color);
	})()`
	for _, page := range []string{"index.html", "check/index.html"} {
		light, dark := browser.Open(t, browsertest.View{}), browser.Open(t, browsertest.View{Dark: true})
		light.Go(root + page)
		dark.Go(root + page)
		if n := browsertest.Eval[int](light, brightness); n < 300 {
			t.Errorf("%s, light: paper is only %d brighter than text", page, n)
		}
		if n := browsertest.Eval[int](dark, brightness); n > -300 {
			t.Errorf("%s, dark: text is only %d brighter than paper", page, -n)
		}
		dark.WantQuiet()
	}
}

// narrow holds every page to the width of a small phone, and the checker with a
// result.
func narrow(t *testing.T, browser *browsertest.Browser, dir, root string) {
	tab := browser.Open(t, browsertest.View{Width: 360, Height: 740, Life: manyPages})
	wide := func(page string) {
		if n := browsertest.Eval[int](tab, `document.documentElement.scrollWidth`); n > 360 {
			t.Errorf("%s is %d pixels wide on a phone of 360", page, n)
		}
	}
	for _, page := range pagesOf(t, dir) {
		tab.Go(root + page)
		wide(page)
		if n := browsertest.Eval[int](tab, `[...document.querySelectorAll(".drawing-frame")].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth).length`); n > 0 {
			t.Errorf("%s has %d figures that are wider than a phone", page, n)
		}
		if n := browsertest.Eval[int](tab, `[...document.querySelectorAll(".example-figure svg")].map(e => e.getBBox()).filter(b => b.width < 80 || b.height < 30).length`); n > 0 {
			t.Errorf("%s has %d small figures that refer to nothing", page, n)
		}
	}
	tab.Go(root + "check/index.html")
	tab.Focus("textarea")
	tab.Paste(template(t))
	tab.Wait(`document.querySelector(".diagram-view svg")`)
	wide("the result of a check")
	tab.WantQuiet()
}

// diagram goes from a finding to the box that it is about and back, changes the
// size of the diagram, and takes it along as a file that needs no style sheet.
func diagram(t *testing.T, browser *browsertest.Browser, root string) {
	tab := browser.Open(t, browsertest.View{})
	tab.Go(root + "check/index.html")
	tab.Focus("textarea")
	tab.Paste(template(t))
	tab.Wait(`document.querySelector(".diagram-view svg .fail")`)
	want := browsertest.Eval[[]string](tab, `[...new Set([...document.querySelectorAll('[data-verdict="fail"] .finding strong')].map(e => e.innerText))].sort()`)
	got := browsertest.Eval[[]string](tab, `[...document.querySelectorAll(".diagram-view .fail > .t-label")].map(e => e.textContent).sort()`)
	if !slices.Equal(got, want) {
		t.Errorf("the diagram marks %v, the findings are about %v", got, want)
	}

	tab.Click(`.finding-locate:not([hidden])`)
	name := browsertest.Eval[string](tab, `document.querySelector(".finding strong").innerText`)
	if at := browsertest.Eval[string](tab, `document.activeElement.querySelector(".t-label")?.textContent ?? document.activeElement.tagName`); at != name {
		t.Errorf("the finding about %s leads to %s", name, at)
	}
	tab.Press(browsertest.Enter)
	if at := browsertest.Eval[string](tab, `document.activeElement.matches(".finding") ? document.activeElement.querySelector("strong").innerText : document.activeElement.tagName`); at != name {
		t.Errorf("the box of %s leads to %s", name, at)
	}
	// Findings that the filters hide are shown again.
	tab.Click(`.chip-fail`)
	tab.Click(`.chip-unknown`)
	tab.Wait(`!document.querySelector(".finding")`)
	browsertest.Eval[bool](tab, `(document.querySelector(".diagram-view .fail").focus(), true)`)
	tab.Press(browsertest.Enter)
	tab.Wait(`document.activeElement.matches(".finding")`)

	const width = `document.querySelector(".diagram-view svg").getBoundingClientRect().width`
	before := browsertest.Eval[float64](tab, width)
	tab.Focus(".diagram-view")
	tab.Press("+")
	if after := browsertest.Eval[float64](tab, width); after <= before {
		t.Errorf("plus makes the diagram %v wide, from %v", after, before)
	}
	tab.Press("0")
	if after := browsertest.Eval[float64](tab, width); after != before {
		t.Errorf("0 makes the diagram %v wide, not %v", after, before)
	}

	browsertest.Eval[bool](tab, `(URL.createObjectURL = (real => (blob) => (window.saved = blob, real(blob)))(URL.createObjectURL.bind(URL)), true)`)
	tab.Click(`.diagram-tools [aria-label="Download as SVG"]`)
	file := browsertest.Eval[string](tab, `saved.text()`)
	for _, part := range []string{`fill="rgb(`, `font-family="`, "<title", "orders-1"} {
		if !strings.Contains(file, part) {
			t.Errorf("the file holds no %s", part)
		}
	}
	for _, part := range []string{"class=", "var(", "style=", "data-n"} {
		if strings.Contains(file, part) {
			t.Errorf("the file holds %s, which means nothing in it", part)
		}
	}
	tab.WantQuiet()
}

// keyboard does without a mouse: skip to the content, reach the checker's text,
// paste, run, and reach a finding's link.
func keyboard(t *testing.T, browser *browsertest.Browser, root string) {
	tab := browser.Open(t, browsertest.View{})
	tab.Go(root + "check/index.html")
	tab.Press(browsertest.Tabulator)
	if first := browsertest.Eval[string](tab, `document.activeElement.innerText`); !strings.Contains(first, "Skip") {
		t.Errorf("the first stop is %q, not the way past the navigation", first)
	}
	tab.Press(browsertest.Enter)
	reach := func(what, is string) {
		t.Helper()
		for range 80 {
			if browsertest.Eval[bool](tab, is) {
				return
			}
			tab.Press(browsertest.Tabulator)
		}
		t.Fatalf("the keyboard does not reach %s", what)
	}
	reach("the text", `document.activeElement.matches("textarea")`)
	tab.Paste(template(t))
	tab.Wait(`document.querySelector(".finding")`)
	reach("a finding's sentence", `document.activeElement.matches('a[href$="#vm-nsg-bastion"]')`)
	if outline := browsertest.Eval[string](tab, `(s => s.outlineStyle + s.boxShadow)(getComputedStyle(document.activeElement))`); outline == "nonenone" {
		t.Error("nothing shows where the keyboard is")
	}
	tab.WantQuiet()
}

// withoutScripts reads a page and the rules without JavaScript.
func withoutScripts(t *testing.T, browser *browsertest.Browser, root string) {
	tab := browser.Open(t, browsertest.View{NoScript: true})
	for page, want := range map[string]string{
		"virtual-machines/network-security-groups/index.html": claimOf(t, "vm-nsg"),
		"rules/index.html":        "AzureBastionSubnet is /26 or larger",
		"rules/vm-nsg/index.html": claimOf(t, "vm-nsg"),
		"check/index.html":        "plumbline check",
	} {
		tab.Go(root + page)
		text := browsertest.Eval[string](tab, `document.querySelector("main").innerText`)
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("%s does not say %q without JavaScript:\n%s", page, want, text)
		}
		if n := browsertest.Eval[int](tab, `[...document.querySelectorAll(".needs-js")].filter(e => e.checkVisibility()).length`); n > 0 {
			t.Errorf("%s shows %d things that need JavaScript", page, n)
		}
	}
	tab.WantQuiet()
}
