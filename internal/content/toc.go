package content

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// Navigation: TOC.yml or toc.yml, a list or a map with items. A file that no
// other one refers to adds its nodes after the root's. Without any, the folders
// are the navigation.

func tocKeys() []string {
	return []string{"name", "href", "items", "displayName", "expanded", "topicHref", "tocHref", "homepage", "uid", "order", "no-loc", "maintainContext", "preserveContext", "titleSuffix", "type"}
}

// loadTOC reads the navigation and puts the pages in its order.
func (l *loader) loadTOC() {
	slices.SortFunc(l.tocFiles, func(a, b string) int {
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	t := &tocLoader{loader: l, read: map[string]bool{}}
	for _, file := range l.tocFiles {
		if !t.read[file] {
			l.site.TOC = append(l.site.TOC, t.file(file, nil)...)
		}
	}
	if len(l.site.TOCFiles) == 0 {
		l.site.TOC = folderTOC(l.site.Pages)
	}
	l.orderPages()
}

type tocLoader struct {
	*loader
	read map[string]bool
}

// file reads a TOC file. within are the files that refer to it, to stop a circle.
func (t *tocLoader) file(name string, within []string) []*TOCItem {
	t.read[name] = true
	src, problems := t.loader.read(name)
	t.problems = append(t.problems, problems...)
	root, problems := document.ParseYAML(src)
	t.problems = append(t.problems, problems...)
	if isBreadcrumb(root) {
		return nil
	}
	t.site.TOCFiles = append(t.site.TOCFiles, name)
	if root != nil && root.Kind == document.Map {
		root = root.Get("items")
	}
	return t.items(root, name, append(slices.Clip(within), name))
}

// isBreadcrumb recognises a file of Learn's breadcrumbs, which has the same name
// and says where other sites' navigation hangs.
func isBreadcrumb(n *document.Node) bool {
	if n == nil {
		return false
	}
	if n.Kind == document.Map {
		n = n.Get("items")
	}
	return n != nil && len(n.Items) > 0 && n.Items[0].Get("tocHref") != nil && n.Items[0].Get("href") == nil
}

func (t *tocLoader) report(severity diag.Severity, span diag.Span, message, hint string) {
	t.problems.Add(diag.Diagnostic{Code: "content/toc", Severity: severity, Span: span, Message: message, Hint: hint})
}

func (t *tocLoader) items(n *document.Node, file string, within []string) []*TOCItem {
	if n == nil || n.Kind == document.Null {
		return nil
	}
	if n.Kind != document.List {
		t.report(diag.Error, n.Span, "navigation items are not a list", `write each item as "- name: …"`)
		return nil
	}
	var items []*TOCItem
	for _, c := range n.Items {
		if c.Kind != document.Map {
			t.report(diag.Error, c.Span, "a navigation item has no keys", `write it as "- name: …" and "href: …"`)
			continue
		}
		items = append(items, t.item(c, file, within)...)
	}
	return items
}

func (t *tocLoader) item(n *document.Node, file string, within []string) []*TOCItem {
	item := &TOCItem{Name: scalar(n.Get("name")), Span: n.Span}
	for _, e := range n.Entries {
		if !slices.Contains(tocKeys(), e.Key) {
			hint := diag.DidYouMean(e.Key, tocKeys())
			if hint == "" {
				hint = "use name, href, items, displayName and expanded"
			}
			t.report(diag.Warning, e.KeySpan, fmt.Sprintf("unknown key %q of a navigation item", e.Key), hint)
		}
	}
	for _, s := range strings.Split(scalar(n.Get("displayName")), ",") {
		if s = strings.TrimSpace(s); s != "" {
			item.Synonyms = append(item.Synonyms, s)
		}
	}
	if e := n.Get("expanded"); e != nil {
		item.Expanded, _ = e.Value.(bool)
	}
	nested, isRef := t.reference(n.Get("href"), file, within)
	item.Items = append(nested, t.items(n.Get("items"), file, within)...)
	href := n.Get("href")
	if isRef {
		href = n.Get("topicHref")
		if href == nil {
			href = n.Get("homepage")
		}
	}
	t.resolve(item, href, file)
	switch {
	case item.Name == "" && item.Page != nil:
		item.Name = item.Page.Title
	case item.Name == "" && isRef:
		return item.Items // a reference without a name stands for the items themselves
	case item.Name == "":
		t.report(diag.Warning, n.Span, `a navigation item has no "name"`, `add "name: …"`)
		item.Name = item.Href
	}
	return []*TOCItem{item}
}

func scalar(n *document.Node) string {
	if n == nil || n.Value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(n.Value))
}

// reference reads the TOC file that an href names: dir/toc.yml or dir/.
func (t *tocLoader) reference(href *document.Node, file string, within []string) ([]*TOCItem, bool) {
	target := href.Text()
	if target == "" || strings.HasPrefix(target, "/") || schemePattern.MatchString(target) {
		return nil, false
	}
	folder := strings.HasSuffix(target, "/")
	if !folder && !strings.EqualFold(path.Base(target), "toc.yml") {
		return nil, false
	}
	name := path.Join(path.Dir(file), target)
	if folder {
		name = path.Join(name, "toc.yml")
	}
	i := slices.IndexFunc(t.tocFiles, func(f string) bool { return strings.EqualFold(f, name) })
	if i < 0 {
		if folder {
			return nil, false // a folder with a page, perhaps
		}
		t.report(diag.Warning, href.Span, fmt.Sprintf("navigation file %q does not exist", name), "check the path")
		return nil, true
	}
	if slices.Contains(within, t.tocFiles[i]) {
		t.report(diag.Error, href.Span, fmt.Sprintf("navigation file %q holds itself", t.tocFiles[i]), "remove the reference")
		return nil, true
	}
	return t.file(t.tocFiles[i], within), true
}

func (t *tocLoader) resolve(item *TOCItem, href *document.Node, file string) {
	target := scalar(href)
	if target == "" {
		return
	}
	l := &Link{Target: target}
	t.index.resolve(file, l)
	item.Span, item.Kind = href.Span, l.Kind
	switch l.Kind {
	case LinkPage:
		item.Page = l.Page
	case LinkExternal:
		item.Href = l.URL
	case LinkMedia:
		item.File = l.File
	default:
		item.Missing = target
	}
}

// orderPages puts the pages in the order of the navigation, the others after
// them by path.
func (l *loader) orderPages() {
	place := map[*Page]int{}
	var visit func([]*TOCItem)
	visit = func(items []*TOCItem) {
		for _, i := range items {
			if i.Page != nil {
				if _, ok := place[i.Page]; !ok {
					place[i.Page] = len(place)
				}
			}
			visit(i.Items)
		}
	}
	visit(l.site.TOC)
	end := len(place)
	sort.SliceStable(l.site.Pages, func(i, j int) bool {
		a, b := l.site.Pages[i], l.site.Pages[j]
		pa, oka := place[a]
		pb, okb := place[b]
		if !oka {
			pa = end
		}
		if !okb {
			pb = end
		}
		if pa != pb {
			return pa < pb
		}
		return lessPath(a.Path, b.Path)
	})
}

// lessPath orders index pages before their siblings and pages before folders.
func lessPath(a, b string) bool {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for i := 0; i < len(as) && i < len(bs); i++ {
		if as[i] == bs[i] {
			continue
		}
		lastA, lastB := i == len(as)-1, i == len(bs)-1
		if lastA != lastB {
			return lastA
		}
		if indexA, indexB := strings.EqualFold(as[i], "index.md"), strings.EqualFold(bs[i], "index.md"); lastA && indexA != indexB {
			return indexA
		}
		return as[i] < bs[i]
	}
	return len(as) < len(bs)
}

// folderTOC makes navigation of the folders: a folder is its index page, or a
// heading, with its pages and folders below.
func folderTOC(pages []*Page) []*TOCItem {
	sorted := slices.Clone(pages)
	sort.SliceStable(sorted, func(i, j int) bool { return lessPath(sorted[i].Path, sorted[j].Path) })
	root := &TOCItem{}
	folders := map[string]*TOCItem{".": root}
	var folder func(string) *TOCItem
	folder = func(dir string) *TOCItem {
		if f := folders[dir]; f != nil {
			return f
		}
		f := &TOCItem{Name: humanise(dir)}
		folders[dir] = f
		parent := folder(path.Dir(dir))
		parent.Items = append(parent.Items, f)
		return f
	}
	for _, p := range sorted {
		dir := path.Dir(p.Path)
		if strings.EqualFold(path.Base(p.Path), "index.md") && dir != "." {
			f := folder(dir)
			f.Name, f.Page = p.Title, p
			continue
		}
		f := folder(dir)
		f.Items = append(f.Items, &TOCItem{Name: p.Title, Page: p})
	}
	return root.Items
}
