package topology

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// shape is a form in which Azure's answers come.
type shape string

const (
	shapeNone      shape = ""
	shapeResource  shape = "resource"  // one resource, or a row of Resource Graph
	shapeList      shape = "list"      // {"value": [...], "nextLink": "..."}
	shapeQuery     shape = "query"     // {"count": 1, "data": [...], "skip_token": "..."}
	shapeRecording shape = "recording" // {"interactions": [{"request": ..., "response": ...}]}
	shapeExample   shape = "example"   // {"parameters": ..., "responses": {"200": {"body": ...}}}
	shapeError     shape = "error"     // {"error": {"code": "...", "message": "..."}}
)

// shapeOf tells the shape of a map by its keys.
func shapeOf(n *document.Node) shape {
	if n == nil || n.Kind != document.Map {
		return shapeNone
	}
	isList := func(n *document.Node) bool { return n != nil && n.Kind == document.List }
	isMap := func(n *document.Node) bool { return n != nil && n.Kind == document.Map }
	if isReturned(n) {
		return shapeResource
	}
	n = n.Whole()
	switch {
	case isList(n.Get("interactions")):
		return shapeRecording
	case isMap(n.Get("responses")) && n.Get("paths") == nil:
		return shapeExample
	case isList(foldGet(n, "value")):
		return shapeList
	case isList(n.Get("data")) || isMap(n.Get("data")) && isList(n.Get("data").Get("rows")):
		return shapeQuery
	case isMap(n.Get("error")) && n.Get("error").Get("code") != nil:
		return shapeError
	}
	return shapeNone
}

// isReturned reports whether a node is one resource, or a row of Resource Graph.
func isReturned(n *document.Node) bool {
	return n != nil && n.Kind == document.Map && isAzureID(resourceID(n))
}

// resourceID is the id of a resource: "id", or "ResourceId" in what PSRule exports.
func resourceID(n *document.Node) string {
	if id := stringAt(n, "id"); isAzureID(id) {
		return id
	}
	return stringAt(n, "resourceid")
}

// stringAt is the text under a key of a map, without case, also of a row. The key is
// one that the outline of a row has or that could stand for one of them.
func stringAt(n *document.Node, key string) string {
	row := n.Row()
	if row == nil {
		return foldGet(n, key).Text()
	}
	if o := row.Outline(); o.Plain {
		switch key {
		case "id":
			return o.ID
		case "type":
			return o.Type
		case "name":
			return o.Name
		}
		return ""
	}
	v, ok := row.Map()[key]
	if !ok {
		several := false
		if v, several = foldOne(row.Map(), key); several {
			return foldGet(n.Whole(), key).Text()
		}
	}
	s, _ := v.(string)
	return s
}

// foldOne reads a key without case, and reports whether several would do.
func foldOne(m map[string]any, key string) (v any, several bool) {
	found := false
	for k, item := range m {
		if foldEqual(k, key) {
			v, several, found = item, found, true
		}
	}
	return v, several
}

// isAzureID reports whether a text is the id of something in Azure: ids of other
// systems do not begin with a slash.
func isAzureID(id string) bool {
	const subscriptions = "/subscriptions/"
	return len(id) >= len(providers) && foldEqual(id[:len(providers)], providers) ||
		len(id) >= len(subscriptions) && foldEqual(id[:len(subscriptions)], subscriptions)
}

// fitsResources recognises what Azure returns.
func fitsResources(root *document.Node, asked bool) (by, why string) {
	switch shapeOf(root) {
	case shapeResource:
		return `its "id", which is a resource of Azure`, ""
	case shapeRecording:
		return `its "interactions", which are recorded responses`, ""
	case shapeExample:
		return `its "responses", which are examples of the REST API`, ""
	case shapeError:
		return `its "error"`, ""
	case shapeList:
		if items := foldGet(root, "value").Items; asked || len(items) == 0 || anyShape(items) {
			return `its "value", a list as Azure Resource Manager returns it`, ""
		}
		return "", `no element of its "value" has the "id" of a resource`
	case shapeQuery:
		if data := root.Get("data"); asked || data.Kind == document.Map || len(data.Items) == 0 || anyShape(data.Items) {
			return `its "data", rows of a query`, ""
		}
		return "", `no element of its "data" has the "id" of a resource`
	}
	switch {
	case root.Kind == document.List && (asked || len(root.Items) == 0 || anyShape(root.Items)):
		return "being a list of resources", ""
	case root.Kind == document.List:
		return "", `no element of it has the "id" of a resource`
	case root.Kind != document.Map:
		return "", "it is neither a map nor a list"
	}
	return "", `it has neither the "id" of a resource nor "value" or "data" with a list of them`
}

func anyShape(items []*document.Node) bool {
	for _, n := range items {
		if shapeOf(n) != shapeNone {
			return true
		}
	}
	return false
}

// responses reads one document of what Azure returned.
type responses struct {
	table    *mappingTable
	src      *diag.Source
	problems *diag.List
	visit    func(*resource)
	world    *openWorld
	cased    map[string]string // the spelling of keys that were met before
	found    int               // resources, of whatever type
	failed   bool              // something could not be read
	cells    bool              // the resource at hand is a row of a table
	pages    []page
}

// page is one list of resources, as far as completeness is concerned.
type page struct {
	uri, next string // what was asked for, where it was recorded, and what comes after
	typ       string // lower-case type of every item; "" where they differ or are not known
	of        string // the one parent or resource that the items belong to, as an identity; or ""
	node      *document.Node
}

// flattenResources gives the resources of what Azure returned.
func (r *reader) flattenResources(d *input, _ int) *flattened {
	a := &responses{table: r.mapper.table("arm"), src: d.src, problems: &r.problems, cased: map[string]string{},
		world: &openWorld{lists: map[string]*lang.Unknown{}, members: map[string][]string{}}}
	return &flattened{world: a.world, each: func(visit func(*resource)) {
		a.visit = visit
		a.value(d.root, "", "")
		a.completeness()
		if a.found == 0 && !a.failed && len(a.world.lists)+len(a.world.members) == 0 {
			a.report("input/no-resources", diag.Warning, d.root, "there are no resources in it",
				"an empty list does not say what it is a list of, so nothing is known")
		}
	}}
}

func (a *responses) report(code string, severity diag.Severity, n *document.Node, message, hint string) {
	a.failed = a.failed || severity == diag.Error
	a.problems.Add(diag.Diagnostic{Code: code, Severity: severity, Span: n.Span.At(n.Span.Start, 1), Message: message, Hint: hint})
}

// value reads anything that holds resources. uri is what the request asked for,
// where that was recorded.
func (a *responses) value(n *document.Node, pointer, uri string) {
	shape := shapeOf(n)
	if shape == shapeResource {
		a.take(a.ready(n, pointer, false))
		return
	}
	n = n.Whole()
	switch shape {
	case shapeList:
		a.list(n, pointer, uri)
	case shapeQuery:
		a.query(n, pointer)
	case shapeRecording:
		for i, e := range n.Get("interactions").Items {
			a.interaction(e, pointer+"/interactions/"+strconv.Itoa(i))
		}
	case shapeExample:
		a.example(n, pointer)
	case shapeError:
		e := n.Get("error")
		a.report("input/azure-error", diag.Error, n, "Azure returned an error instead of resources: "+
			quoted(strings.Trim(e.Get("code").Text()+": "+e.Get("message").Text(), ": ")), "run the command again, and check that it may read what it asks for")
	default:
		if n.Kind != document.List {
			a.unreadable(n)
			return
		}
		a.inOrder(n.Items, pointer+"/", false, func(i int, r *readied) {
			switch item := n.Items[i]; {
			case r != nil:
				a.take(r)
			case item.Kind == document.List:
				a.unreadable(item)
			default:
				a.value(item, pointer+"/"+strconv.Itoa(i), "")
			}
		})
	}
}

func (a *responses) unreadable(n *document.Node) {
	what := n.Describe()
	if n.Kind == document.Map {
		what = "a map without the \"id\" of a resource"
	}
	a.report("input/not-a-resource", diag.Error, n, "this is "+what+", not a resource of Azure", "a resource has an \"id\" that begins with /subscriptions/")
}

// list reads the answer to a request for all resources of a type.
func (a *responses) list(n *document.Node, pointer, uri string) {
	p := page{uri: uri, next: foldGet(n, "nextLink").Text(), node: n}
	key, items := "value", n.Get("value")
	if items == nil {
		key, items = "Value", foldGet(n, "value")
	}
	known, of := map[string]bool{}, map[string]bool{}
	bare := false // or not all can be read
	a.inOrder(items.Items, pointer+"/"+key+"/", false, func(i int, r *readied) {
		if r == nil {
			a.unreadable(items.Items[i])
			bare = true
			return
		}
		a.take(r)
		known[r.id.typ], of[r.id.owner()] = true, true
		bare = bare || r.id.bare
	})
	// A list without properties is an inventory, and one of several types or of the
	// parts of several resources is no answer to one request.
	whole := !bare && len(known) < 2 && !strings.Contains(uri, "filter=") && !strings.Contains(uri, "top=")
	for p.typ = range known {
	}
	for p.of = range of {
	}
	switch {
	case whole && uri != "":
		p.asked(a.table, uri)
	case !whole || len(of) > 1 && !p.authorizes():
		p.typ = ""
	case len(of) > 1:
		p.of = ""
	}
	if p.typ != "" || p.next != "" {
		a.pages = append(a.pages, p)
	}
}

// asked takes from a recorded request what was asked for: a type of which there
// may be none, and whose parts.
func (p *page) asked(t *mappingTable, uri string) {
	path, _, _ := strings.Cut(uri, "?")
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
		path = path[max(strings.IndexByte(path, '/'), 0):]
	}
	id := parseID(strings.TrimRight(path, "/") + "/-")
	if p.typ == "" {
		p.typ = t.listed(id.typ)
	}
	p.of = id.owner()
}

// listed is the lower-case type of which a request lists the resources. A list
// over all locations leaves them out of its address.
func (t *mappingTable) listed(typ string) string {
	if len(t.byType[typ]) > 0 {
		return typ
	}
	namespace, name, _ := strings.Cut(typ, "/")
	if located := namespace + "/locations/" + name; len(t.byType[located]) > 0 {
		return located
	}
	return ""
}

// query reads the rows that Resource Graph returned. A query chooses rows and
// columns, so that it is never known to hold everything.
func (a *responses) query(n *document.Node, pointer string) {
	data := n.Get("data")
	rows, at := data.Items, pointer+"/data/"
	if a.cells = data.Kind == document.Map; a.cells {
		rows, at = data.Get("rows").Items, pointer+"/data/rows/"
		columns := data.Get("columns")
		for i, row := range rows {
			rows[i] = asObject(columns, row)
		}
	}
	a.inOrder(rows, at, true, func(i int, r *readied) {
		if r == nil {
			a.unreadable(rows[i])
			return
		}
		a.take(r)
	})
	a.cells = false
	total := 0
	for _, key := range []string{"total_records", "totalRecords"} {
		if v := n.Get(key); v != nil && v.Kind == document.Int {
			total = int(v.Value.(int64))
		}
	}
	token := foldGet(n, "skip_token").Text() + foldGet(n, "$skipToken").Text()
	if total > len(rows) || token != "" {
		message := "the query goes on after " + plural(len(rows), "row")
		if total > len(rows) {
			message = fmt.Sprintf("the query found %s and gave %d", plural(total, "row"), len(rows))
		}
		a.report("input/list-goes-on", diag.Warning, n, message, "az graph query --first 1000 --skip-token gives the others; check them with --merge")
	}
}

// asObject is a row of a table as the object that "resultFormat": "objectArray"
// would give. A row that is no list, or has more cells than there are columns with
// a name of their own, stays what it is.
func asObject(columns, row *document.Node) *document.Node {
	if row.Kind != document.List || columns == nil || len(row.Items) > len(columns.Items) {
		return row
	}
	out := &document.Node{Kind: document.Map, Span: row.Span}
	for i, cell := range row.Items {
		name := columns.Items[i].Get("name")
		if name.Text() == "" || out.Get(name.Text()) != nil {
			return row
		}
		out.Entries = append(out.Entries, document.Entry{Key: name.Text(), KeySpan: name.Span, Value: cell})
	}
	return out
}

// interaction reads one request with its response, as cloud-custodian and VCR
// record them. What is no answer about resources is passed over.
func (a *responses) interaction(n *document.Node, pointer string) {
	response := n.Get("response")
	body, at := response.Get("body"), pointer+"/response/body"
	if data := body.Get("data"); data != nil && shapeOf(body) != shapeResource {
		body, at = data, at+"/data"
	}
	uri := ""
	if method := n.Get("request").Get("method").Text(); method == "" || foldEqual(method, "GET") {
		uri = n.Get("request").Get("uri").Text()
	}
	switch shapeOf(body) {
	case shapeResource:
		a.take(a.ready(body, at, false))
	case shapeList:
		if items := foldGet(body, "value").Items; len(items) == 0 || anyShape(items) {
			a.list(body, at, uri)
		}
	case shapeQuery:
		a.query(body, at)
	}
}

// example reads an example of the REST API: what it shows as the response.
func (a *responses) example(n *document.Node, pointer string) {
	responses := n.Get("responses")
	for _, e := range responses.Entries {
		if body := e.Value.Get("body"); strings.HasPrefix(e.Key, "2") && body != nil && shapeOf(body) != shapeNone {
			a.value(body, pointer+"/responses/"+e.Key+"/body", "")
			return
		}
	}
}

// completeness settles of which types every resource is here: those with a list
// of which no page is missing.
func (a *responses) completeness() {
	w := a.world
	asked, nexts := map[string]bool{}, map[string]bool{}
	for _, p := range a.pages {
		asked[p.uri] = true
		nexts[p.next] = true
	}
	for _, p := range a.pages {
		later := strings.Contains(foldLower(p.uri), "skiptoken=")
		missing := p.next != "" && !asked[p.next] || later && !nexts[p.uri]
		if p.next != "" && !asked[p.next] {
			what := "the list"
			if p.typ != "" {
				what += " of " + quoted(p.typ)
			}
			a.report("input/list-goes-on", diag.Warning, p.node, what+` goes on at its "nextLink", which is not here`, "read the page at that address too; if all pages are here, declare the kind complete")
		}
		switch {
		case p.typ == "":
		case missing:
			w.lists[p.typ] = &lang.Unknown{Reason: "the list of " + quoted(p.typ) + " goes on"}
		case p.partial():
			w.members[p.typ] = append(w.members[p.typ], p.of)
		default:
			if _, known := w.lists[p.typ]; !known {
				w.lists[p.typ] = nil
			}
		}
	}
}

// partial reports whether a list holds no more than what belongs to one parent or
// resource. Only a list of authorizations holds everything below its scope.
func (p page) partial() bool {
	return p.of != "" && (strings.Contains(p.of, "/providers/") || !p.authorizes())
}

func (p page) authorizes() bool { return strings.HasPrefix(p.typ, "microsoft.authorization/") }
