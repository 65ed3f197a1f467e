package build

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/browsertest"
	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/rulejs"
	"github.com/plumbline/plumbline/theme"
)

var updateFigures = flag.Bool("update-figures", false, "rewrite the goldens of figures")

// drawScript is what draws a text with this repository's rules, as a script.
var drawScript = sync.OnceValues(func() (string, error) {
	in := Input{Content: os.DirFS("../../content"), ContentPrefix: "content/", Rules: os.DirFS("../../rules"), Theme: os.DirFS("../../theme"), Version: "test"}
	src, problems := Load(in)
	if problems.HasErrors() {
		return "", fmt.Errorf("the site has problems: %v", problems.Records())
	}
	script, problems := bundle.Draw(in.Theme, string(rulejs.Translate(src.Rules, in.Version)))
	if problems.HasErrors() {
		return "", fmt.Errorf("the script has problems: %v", problems.Records())
	}
	return script, nil
})

// scene is a topology to draw.
type scene struct {
	name string
	text string
}

// scenes are the samples and topologies that are awkward to draw.
func scenes(t testing.TB) []scene {
	t.Helper()
	var out []scene
	for _, pattern := range []string{"../../rules/samples/*.yaml", "testdata/figures/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no topologies match %s", pattern)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, scene{strings.TrimSuffix(filepath.Base(file), ".yaml"), string(text)})
		}
	}
	return append(out, scene{"300-machines", spokes(6, 2, 25)}, scene{"40-spokes", spokes(40, 2, 4)}, scene{"mesh", mesh(5)}, scene{"hubs", hubs(4, 3)}, scene{"alone", spokes(9, 1, 2)})
}

// collections is a native topology.
type collections map[string][]map[string]any

func (c collections) add(kind string, fields ...any) {
	o := map[string]any{}
	for i := 0; i < len(fields); i += 2 {
		o[fields[i].(string)] = fields[i+1]
	}
	c[kind] = append(c[kind], o)
}

// network adds a network with subnets and machines in each.
func (c collections) network(name string, subnets, machines int) {
	c.add("virtualNetworks", "id", name, "addressSpace", []string{"10.0.0.0/16"})
	for s := range subnets {
		subnet := fmt.Sprintf("%s/subnet-%d", name, s)
		c.add("subnets", "id", subnet, "name", fmt.Sprintf("subnet-%d", s), "virtualNetwork", name, "prefixes", []string{"10.0.1.0/24"}, "networkSecurityGroup", nil)
		for m := range machines {
			vm := fmt.Sprintf("vm-%s-%d-%d", name, s, m)
			c.add("virtualMachines", "id", vm)
			c.add("networkInterfaces", "id", "nic-"+vm, "virtualMachine", vm)
			c.add("ipConfigurations", "id", "ip-"+vm, "networkInterface", "nic-"+vm, "subnet", subnet)
		}
	}
}

func (c collections) bastion(network string) {
	c.add("subnets", "id", network+"/AzureBastionSubnet", "name", "AzureBastionSubnet", "virtualNetwork", network, "prefixes", []string{"10.0.9.0/26"})
	c.add("bastions", "id", "bas-"+network, "sku", "Standard", "ipConnect", true, "subnet", network+"/AzureBastionSubnet")
}

func (c collections) peer(a, b string) {
	c.add("peerings", "id", a+"-to-"+b, "virtualNetwork", a, "remote", b)
	c.add("peerings", "id", b+"-to-"+a, "virtualNetwork", b, "remote", a)
}

func (c collections) text() string {
	data, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(data)
}

// spokes is a hub with a Bastion and spokes; with one subnet each they are alone.
func spokes(n, subnets, machines int) string {
	c := collections{}
	c.network("hub", 1, 1)
	c.bastion("hub")
	for i := range n {
		name := fmt.Sprintf("spoke-%02d", i)
		c.network(name, subnets, machines)
		if subnets > 1 {
			c.peer("hub", name)
		} else {
			c.bastion(name)
		}
	}
	return c.text()
}

// mesh is networks of which each is peered with each.
func mesh(n int) string {
	c := collections{}
	for i := range n {
		c.network(fmt.Sprintf("net-%d", i), 1, i)
		for j := range i {
			c.peer(fmt.Sprintf("net-%d", j), fmt.Sprintf("net-%d", i))
		}
	}
	c.bastion("net-0")
	c.bastion("net-3")
	return c.text()
}

// hubs is a Virtual WAN of several hubs with networks, two with a Bastion.
func hubs(n, networks int) string {
	c := collections{}
	c.add("virtualWans", "id", "wan", "type", "Standard")
	for i := range n {
		hub := fmt.Sprintf("hub-%d", i)
		c.add("virtualHubs", "id", hub, "virtualWan", "wan")
		c.add("hubRouteTables", "id", hub+"/default", "name", "defaultRouteTable", "hub", hub, "labels", []string{"default"})
		c.add("gateways", "id", "gateway-"+hub, "type", "Vpn", "hub", hub, "pointToSite", i == 0)
		for j := range networks {
			name := fmt.Sprintf("net-%d%d", i, j)
			c.network(name, 1, 3*i+j)
			c.add("hubConnections", "id", "to-"+name, "hub", hub, "virtualNetwork", name, "internetSecurity", true,
				"routeTable", hub+"/default", "propagatesTo", []string{hub + "/default"}, "propagatesToLabels", []string{"default"})
		}
	}
	c["routingPolicies"], c["firewalls"] = []map[string]any{}, []map[string]any{}
	c.bastion("net-00")
	c.bastion("net-20")
	return c.text()
}

// request is what drawText takes.
func request(s scene, width int) string {
	data, err := json.Marshal(map[string]any{"text": s.text, "options": map[string]any{}, "title": "Topology " + s.name, "id": "f", "width": width})
	if err != nil {
		panic(err) // texts always encode
	}
	return string(data)
}

// TestFigures holds drawings to their goldens: what changed is for a person to
// look at. A drawing is well-formed XML without styles, scripts or addresses.
func TestFigures(t *testing.T) {
	script, err := drawScript()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := jsvm.New(script)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for _, s := range scenes(t) {
		t.Run(s.name, func(t *testing.T) {
			svg, err := engine.Call("plumbline.drawText", request(s, wideFigure))
			if err != nil {
				t.Fatal(err)
			}
			checkSVG(t, svg)
			if len(svg) > 150_000 {
				t.Errorf("the drawing has %d bytes", len(svg))
			}
			file := filepath.Join("testdata", "figures", s.name+".svg")
			if *updateFigures {
				if err := os.WriteFile(file, []byte(lines(svg)), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if lines(svg) != string(want) {
				t.Errorf("%s is another drawing now: go test ./internal/build -run TestFigures -update-figures, and look at it", s.name)
			}
		})
	}
}

// lines is a drawing as its golden holds it, an element on each line.
func lines(svg string) string { return strings.ReplaceAll(svg, "><", ">\n<") + "\n" }

func quoted(t *testing.T, text string) string {
	t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// checkSVG reports what the pages' policy would block, or a reader would not see.
func checkSVG(t *testing.T, svg string) {
	t.Helper()
	if svg == "" {
		return
	}
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("the drawing is no XML: %v", err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "svg", "g", "rect", "path", "text", "title", "desc":
		default:
			t.Errorf("the drawing holds a <%s>", e.Name.Local)
		}
		for _, a := range e.Attr {
			if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("the drawing has the attribute %s", a.Name.Local)
			}
		}
	}
}

// TestFigureCache draws again only what changed.
func TestFigureCache(t *testing.T) {
	pages := fstest.MapFS{"index.md": {Data: []byte("# A\n\n![One](sample:one)\n\n![Two](sample:two)\n")}}
	rules := fstest.MapFS{
		"topology.yaml":    {Data: []byte("kinds: { nets: {} }\n")},
		"figure.yaml":      {Data: []byte("boxes: { nets: {} }\n")},
		"samples/one.yaml": {Data: []byte("nets: [{ id: first }]\n")},
		"samples/two.yaml": {Data: []byte("nets: [{ id: second }]\n")},
	}
	in := Input{Content: pages, ContentPrefix: "content/", Rules: rules, Theme: theme.FS(), Version: "1", Cache: &Cache{}}
	build := func() string {
		out, problems := Site(in)
		if problems.HasErrors() {
			t.Fatal(problems.Records())
		}
		return string(out.Files["index.html"])
	}
	build()
	for key, d := range in.Cache.drawn {
		d.Wide = strings.ReplaceAll(d.Wide, "</svg>", "<!--kept--></svg>")
		in.Cache.drawn[key] = d
	}
	if n := strings.Count(build(), "<!--kept-->"); n != 2 {
		t.Errorf("%d of 2 figures were kept where nothing changed", n)
	}
	rules["samples/two.yaml"].Data = []byte("nets: [{ id: third }]\n")
	if page := build(); strings.Count(page, "<!--kept-->") != 1 || !strings.Contains(page, "third") {
		t.Errorf("of two figures one changed, and the page holds\n%s", page)
	}
	rules["figure.yaml"].Data = []byte("boxes: { nets: { note: '\"a note\"' } }\n")
	if page := build(); strings.Contains(page, "<!--kept-->") || strings.Count(page, ">a note<") != 2 {
		t.Errorf("the figure file changed, and the page holds\n%s", page)
	}
}

// TestExampleFigures draws of each example what it is about: the box of its subject,
// marked where it fails, what leads there and what the example changes.
func TestExampleFigures(t *testing.T) {
	site := fstest.MapFS{"index.md": {Data: []byte(`---
rules:
  - id: small
    title: A net is small
    severity: error
    claim: Nets are small
    for: net in nets
    assert: net.size < 5
    fix: Shrink it.
    examples:
      - { name: all small, sample: three, expect: pass }
      - { name: no change that shows, sample: three, set: { "nets[0].size": 2 }, expect: pass }
      - { name: one large, sample: three, set: { "nets[1].size": 9 }, expect: fail }
      - { name: of the last, sample: three, subject: third, expect: pass }
      - { name: unknown, sample: three, unknown: ["nets[2].size"], expect: unknown }
---
# A

Nets are small.
`)}}
	in := Input{
		Content:       site,
		ContentPrefix: "content/",
		Rules: fstest.MapFS{
			"topology.yaml":      {Data: []byte("kinds:\n  nets: { fields: { size: { type: int } } }\n  hosts: { fields: { net: { link: nets, inverse: hosts }, friend: { link: nets, default: null } } }\n")},
			"figure.yaml":        {Data: []byte("boxes: { nets: {} }\nnodes: { hosts: { in: host.net } }\nedges: { friends: { title: Friend, verb: knows, for: hosts, from: host, to: host.friend } }\n")},
			"samples/three.yaml": {Data: []byte("nets: [{ id: first, size: 1 }, { id: second, size: 1 }, { id: third, size: 1 }]\nhosts: [{ id: a, net: first }, { id: b, net: second }, { id: c, net: third, friend: second }]\n")},
		},
		Theme: theme.FS(), Version: "1", Cache: &Cache{},
	}
	page := func() string {
		out, problems := Site(in)
		if problems.HasErrors() {
			t.Fatal(problems.Records())
		}
		return string(out.Files["rules/small/index.html"])
	}
	_, list, _ := strings.Cut(page(), `<ul class="examples"`)
	examples := strings.Split(list, `<li class="example">`)[1:]
	want := []struct{ holds, lacks string }{
		{">first<", ">second<"},
		{"<use ", ">first<"}, // looks like the one before
		{`t-box t-0 fail`, ">first<"},
		{">third<", ">first<"},
		{`t-box t-0 unknown`, ">first<"},
	}
	if len(examples) != len(want) {
		t.Fatalf("%d examples: %s", len(examples), list)
	}
	for i, w := range want {
		if !strings.Contains(examples[i], w.holds) || strings.Contains(examples[i], w.lacks) {
			t.Errorf("example %d does not hold %q, or holds %q:\n%s", i, w.holds, w.lacks, examples[i])
		}
		if !strings.Contains(examples[i], `aria-describedby="plPart`) {
			t.Errorf("example %d has no description:\n%s", i, examples[i])
		}
	}
	for key, d := range in.Cache.drawn {
		d.Wide = strings.ReplaceAll(d.Wide, "</svg>", "<!--kept--></svg>")
		in.Cache.drawn[key] = d
	}
	for _, change := range []struct {
		from, to string
		kept     int // one looks like another, and one is large
	}{{"Shrink it.", "Shrink it!", 5}, {"net.size < 5", "net.size < 4", 0}} {
		site["index.md"] = &fstest.MapFile{Data: []byte(strings.Replace(string(site["index.md"].Data), change.from, change.to, 1))}
		if n := strings.Count(page(), "<!--kept-->"); n != change.kept {
			t.Errorf("%d instead of %d figures were kept where %q became %q", n, change.kept, change.from, change.to)
		}
	}
}

// TestFiguresInBrowser holds Chromium to what the embedded engine draws, and
// what it shows of them to what a reader can read: no text runs out of its box or
// into another, no box overlaps another, and no line crosses a box that it does
// not lead to.
func TestFiguresInBrowser(t *testing.T) {
	script, err := drawScript()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	site, problems := bundle.Site(os.DirFS("../../theme"), "export default {}; export const lib = {}, model = { kinds: [] }, rules = [], texts = {}, figure = null;")
	if problems.HasErrors() {
		t.Fatal(problems.Records())
	}
	files := map[string][]byte{"draw.js": []byte(script), "geometry.js": []byte(geometry)}
	for name, data := range site.Files {
		if strings.HasPrefix(name, "assets/site-") && strings.HasSuffix(name, ".css") || strings.HasSuffix(name, ".woff2") {
			files[name] = data
		}
	}
	files["index.html"] = []byte(`<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="` + site.Paths["site.css"] + `"><script src="draw.js"></script><script src="geometry.js"></script><main></main>`)
	for name, data := range files {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tab := browsertest.Start(t).Open(t, browsertest.View{})
	tab.Go(browsertest.FileURL(t, dir) + "index.html")
	browsertest.Eval[bool](tab, `Promise.all(["400 13px", "500 13px", "600 13px"].map(f => document.fonts.load(f + ' "Source Sans 3"'))).then(() => true)`)
	for _, s := range scenes(t) {
		want, err := os.ReadFile(filepath.Join("testdata", "figures", s.name+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		got := browsertest.Eval[string](tab, "plumbline.drawText("+quoted(t, request(s, wideFigure))+")")
		if lines(got) != string(want) {
			t.Errorf("%s: Chromium does not draw what the embedded engine draws:\n%s", s.name, got)
		}
		if got == "" {
			continue
		}
		for _, width := range []int{wideFigure, narrowFigure, 1100} {
			for _, problem := range browsertest.Eval[[]string](tab, "faults("+quoted(t, request(s, width))+")") {
				t.Errorf("%s for %d pixels: %s", s.name, width, problem)
			}
		}
	}
	// What is too much to look at is cut, and says so.
	large := request(scene{"large", spokes(300, 2, 3)}, wideFigure)
	got := browsertest.Eval[string](tab, "plumbline.drawText("+quoted(t, large)+")")
	if len(got) > 150_000 || !strings.Contains(got, ">242 more<") {
		t.Errorf("a drawing of 301 networks has %d bytes, and does not count 242 that it leaves out", len(got))
	}
	for _, problem := range browsertest.Eval[[]string](tab, "faults("+quoted(t, large)+")") {
		t.Errorf("301 networks: %s", problem)
	}
	tab.WantQuiet()
}

// geometry shows a drawing and lists what is wrong with how it looks.
const geometry = `
function faults(request) {
	const main = document.querySelector("main");
	main.innerHTML = plumbline.drawText(request);
	const svg = main.querySelector("svg"), out = [];
	const box = (e) => { const r = e.getBoundingClientRect(); return { l: r.left, r: r.right, t: r.top, b: r.bottom, e }; };
	const name = (x) => (x.e.querySelector?.(":scope > text") ?? x.e).textContent;
	const inside = (a, b, slack) => a.l >= b.l - slack && a.r <= b.r + slack && a.t >= b.t - slack && a.b <= b.b + slack;
	const meet = (a, b, slack) => a.l < b.r - slack && b.l < a.r - slack && a.t < b.b - slack && b.t < a.b - slack;
	const all = box(svg);
	const shapes = [...svg.querySelectorAll(".t-box, .t-node, .t-place")].filter((g) => !g.closest(".t-foot")).map((g) => {
		const rects = g.querySelectorAll(":scope > rect");
		return { ...box(rects[rects.length - 1]), e: g };
	});
	// A text's box has room above and below for accents and descenders.
	const texts = [...svg.querySelectorAll("text")].map((e) => { const x = box(e), spare = (x.b - x.t) * 0.15; return { ...x, t: x.t + spare, b: x.b - spare }; });
	// Shapes: within the drawing; one in another, or apart.
	for (const s of shapes) if (!inside(s, all, 0.5)) out.push("the box " + name(s) + " runs out of the drawing");
	shapes.forEach((a, i) => shapes.slice(i + 1).forEach((b) => {
		if (meet(a, b, 0.5) && !inside(a, b, 0) && !inside(b, a, 0)) out.push("the boxes " + name(a) + " and " + name(b) + " overlap");
	}));
	// Texts: within the drawing and their own shape, and clear of each other.
	for (const t of texts) {
		if (!inside(t, all, 0.5)) out.push("the text " + name(t) + " runs out of the drawing");
		const own = shapes.find((s) => s.e === t.e.parentNode);
		if (own && !inside(t, own, 0.5)) out.push("the text " + name(t) + " runs out of its box");
	}
	texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => { if (meet(a, b, 1)) out.push("the texts " + name(a) + " and " + name(b) + " overlap"); }));
	// What holds others leaves its own text free.
	for (const s of shapes) for (const t of texts) {
		if (meet(s, t, 1) && !inside(t, s, 0.5)) out.push("the text " + name(t) + " lies across the box " + name(s));
	}
	// Lines: horizontal and vertical pieces that go around boxes or into them, and along no other line.
	const pieces = [];
	for (const line of svg.querySelectorAll(".t-line")) {
		if (line.closest(".t-foot")) continue;
		for (const p of line.querySelectorAll("path:not(.t-head, .t-core)")) {
			const m = p.getScreenCTM();
			let x = 0, y = 0;
			for (const [, c, args] of p.getAttribute("d").matchAll(/([MHV])([-\d. ]+)/g)) {
				const n = args.split(" ").map(Number), from = [x, y];
				if (c === "M") [x, y] = n;
				if (c === "H") x = n[0];
				if (c === "V") y = n[0];
				if (c !== "M") pieces.push({ l: Math.min(from[0], x) + m.e, r: Math.max(from[0], x) + m.e, t: Math.min(from[1], y) + m.f, b: Math.max(from[1], y) + m.f, line });
			}
		}
	}
	const label = (p) => p.line.querySelector("title")?.textContent ?? p.line.getAttribute("class");
	for (const p of pieces) {
		if (!inside(p, all, 0.5)) out.push("a line, " + label(p) + ", runs out of the drawing");
		for (const s of shapes) {
			const grown = s.e.classList.contains("t-node");
			// Nothing crosses a node or place; a box is crossed from edge to edge by nothing.
			if (grown && p.l < s.r - 1 && p.r > s.l + 1 && p.t < s.b - 1 && p.b > s.t + 1) out.push("a line, " + label(p) + ", crosses the node " + name(s));
			if (!grown && ((p.t > s.t + 1 && p.b < s.b - 1 && p.l < s.l - 1 && p.r > s.r + 1) || (p.l > s.l + 1 && p.r < s.r - 1 && p.t < s.t - 1 && p.b > s.b + 1))) out.push("a line, " + label(p) + ", crosses the box " + name(s));
		}
		for (const t of texts) if (t.e.matches(".t-label, .t-note") && p.l < t.r - 1 && p.r > t.l + 1 && p.t < t.b - 2 && p.b > t.t + 2) out.push("a line, " + label(p) + ", crosses the text " + name(t));
	}
	pieces.forEach((a, i) => pieces.slice(i + 1).forEach((b) => {
		if (a.line === b.line) return;
		const vertical = a.l === a.r && b.l === b.r && Math.abs(a.l - b.l) < 2 && Math.min(a.b, b.b) - Math.max(a.t, b.t) > 2;
		const horizontal = a.t === a.b && b.t === b.b && Math.abs(a.t - b.t) < 2 && Math.min(a.r, b.r) - Math.max(a.l, b.l) > 2;
		if (vertical || horizontal) out.push("the lines " + label(a) + " and " + label(b) + " run over each other");
	}));
	return [...new Set(out)].slice(0, 12);
}
`
