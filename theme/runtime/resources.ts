// What Azure returns: resources, lists, rows, recordings. Mirrors internal/topology/resources.go.

import { plural } from "./armcall";
import { foldGet, foldText, type OpenWorld, type Resource, type Flattened } from "./arm";
import { readOutline, readResource, resourceID } from "./azure";
import { isAzureID, ownerOf, parseID, type AzureID } from "./azureid";
import type { Diagnostic } from "./check";
import { Node, quoted, Row } from "./document";
import type { Fit } from "./formats";
import type { MappingTable } from "./mappings";
import { NodePlace } from "./place";
import { lowerASCII } from "./source";
import { Unknown } from "./value";

/**
 * A form in which Azure's answers come: one resource or a row of Resource Graph; {"value": […], "nextLink": "…"};
 * {"count": 1, "data": […], "skip_token": "…"}; {"interactions": [{"request": …, "response": …}]};
 * {"parameters": …, "responses": {"200": {"body": …}}}; {"error": {"code": "…", "message": "…"}}.
 */
type Shape = "" | "resource" | "list" | "query" | "recording" | "example" | "error";

/** Tells the shape of a map by its keys. */
export function shapeOf(n: Node | null): Shape {
  if (n?.kind !== "map") return "";
  if (isAzureID(idOf(n))) return "resource";
  if (n.get("interactions")?.kind === "list") return "recording";
  if (n.get("responses")?.kind === "map" && n.get("paths") === null) return "example";
  if (foldGet(n, "value")?.kind === "list") return "list";
  const data = n.get("data");
  if (data?.kind === "list" || (data?.kind === "map" && data.get("rows")?.kind === "list")) return "query";
  const error = n.get("error");
  return error?.kind === "map" && error.get("code") !== null ? "error" : "";
}

/** The id of what may be a resource, whose other parts need not be read for it. */
function idOf(n: Node): string {
  if (n instanceof Row) return n.outline?.id ?? resourceID(n.json);
  const id = foldText(n, "id");
  return isAzureID(id) ? id : foldText(n, "resourceid");
}

/** Recognises what Azure returns. */
export function fitsResources(root: Node, asked: boolean): Fit {
  switch (shapeOf(root)) {
    case "resource": return { by: 'its "id", which is a resource of Azure' };
    case "recording": return { by: 'its "interactions", which are recorded responses' };
    case "example": return { by: 'its "responses", which are examples of the REST API' };
    case "error": return { by: 'its "error"' };
    case "list": {
      const { items } = foldGet(root, "value")!;
      if (asked || items.length === 0 || items.some(shapeOf)) return { by: 'its "value", a list as Azure Resource Manager returns it' };
      return { why: 'no element of its "value" has the "id" of a resource' };
    }
    case "query": {
      const data = root.get("data")!;
      if (asked || data.kind === "map" || data.items.length === 0 || data.items.some(shapeOf)) return { by: 'its "data", rows of a query' };
      return { why: 'no element of its "data" has the "id" of a resource' };
    }
  }
  if (root.kind === "list") {
    if (asked || root.items.length === 0 || root.items.some(shapeOf)) return { by: "being a list of resources" };
    return { why: 'no element of it has the "id" of a resource' };
  }
  if (root.kind !== "map") return { why: "it is neither a map nor a list" };
  return { why: 'it has neither the "id" of a resource nor "value" or "data" with a list of them' };
}

/** Gives the resources of what Azure returned. */
export function flattenResources(table: MappingTable, root: Node, problems: Diagnostic[]): Flattened {
  const a = new Responses(table, problems);
  const listed = root.get("data")?.items ?? foldGet(root, "value")?.items ?? root.items;
  return { each: (visit) => a.read(root, visit), count: Math.max(1, listed.length), open: null, places: null, world: a.world };
}

/** One list of resources, as far as completeness is concerned. */
interface Page {
  /** What was asked for, where it was recorded, and what comes after. */
  uri: string;
  next: string;
  /** Lower-case type of every item; "" where they differ or are not known. */
  typ: string;
  /** The one parent or resource that the items belong to, as an identity; or "". */
  of: string;
  node: Node;
}

class Responses {
  readonly world: OpenWorld = { lists: new Map(), members: new Map() };
  /** Resources, of whatever type. */
  private found = 0;
  /** Something could not be read. */
  private failed = false;
  /** The resource at hand is a row of a table. */
  private cells = false;
  private visit: (r: Resource) => void = () => {};
  private readonly pages: Page[] = [];

  constructor(
    private readonly table: MappingTable,
    private readonly problems: Diagnostic[],
  ) {}

  /** Reads a document to its end, where it is known of which types it holds everything. */
  read(root: Node, visit: (r: Resource) => void): void {
    this.visit = visit;
    this.value(root, "", "");
    this.completeness();
    if (this.found === 0 && !this.failed && this.world.lists.size + this.world.members.size === 0) {
      this.report("input/no-resources", "warning", root, "there are no resources in it", "an empty list does not say what it is a list of, so nothing is known");
    }
  }

  private report(code: string, severity: "error" | "warning", n: Node, message: string, hint: string): void {
    if (severity === "error") this.failed = true;
    const d: Diagnostic = { code, severity, file: n.source.file, ...n.source.position(n.start), message, hint };
    if (n.source.file === "") delete d.file;
    if (hint === "") delete d.hint;
    this.problems.push(d);
  }

  private resource(n: Node, pointer: string, index: number, row: boolean): AzureID {
    const { id, found } = readResource(this.table, n, new NodePlace(n, pointer, index), row, this.cells, this.visit);
    this.found += found;
    if (n instanceof Row) n.release();
    return id;
  }

  /** resource for one of many, of which nobody asks what its id says. */
  private oneOf(n: Node, pointer: string, index: number, row: boolean): void {
    if (n instanceof Row && readOutline(this.table, n, new NodePlace(n, pointer, index), this.visit)) {
      this.found++;
      n.release();
    } else {
      this.resource(n, pointer, index, row);
    }
  }

  /** Reads anything that holds resources. `uri` is what the request asked for, where that was recorded. */
  private value(n: Node, pointer: string, uri: string): void {
    switch (shapeOf(n)) {
      case "resource":
        this.resource(n, pointer, -1, false);
        return;
      case "list":
        this.list(n, pointer, uri);
        return;
      case "query":
        this.query(n, pointer);
        return;
      case "recording":
        for (const [i, e] of n.get("interactions")!.items.entries()) this.interaction(e, `${pointer}/interactions/${i}`);
        return;
      case "example":
        this.example(n, pointer);
        return;
      case "error": {
        const e = n.get("error")!;
        const text = `${e.get("code")?.text() ?? ""}: ${e.get("message")?.text() ?? ""}`.replace(/^[: ]+|[: ]+$/g, "");
        this.report("input/azure-error", "error", n, `Azure returned an error instead of resources: ${quoted(text)}`, "run the command again, and check that it may read what it asks for");
        return;
      }
    }
    if (n.kind !== "list") {
      this.unreadable(n);
      return;
    }
    for (const [i, item] of n.items.entries()) {
      if (item.kind === "list") this.unreadable(item);
      else if (shapeOf(item) === "resource") this.oneOf(item, `${pointer}/`, i, false);
      else this.value(item, `${pointer}/${i}`, "");
    }
  }

  private unreadable(n: Node): void {
    const what = n.kind === "map" ? 'a map without the "id" of a resource' : n.describe();
    if (n instanceof Row) n.release();
    this.report("input/not-a-resource", "error", n, `this is ${what}, not a resource of Azure`, 'a resource has an "id" that begins with /subscriptions/');
  }

  /** Reads the answer to a request for all resources of a type. */
  private list(n: Node, pointer: string, uri: string): void {
    const p: Page = { uri, next: foldGet(n, "nextLink")?.text() ?? "", typ: "", of: "", node: n };
    const key = n.get("value") !== null ? "value" : "Value";
    const known = new Set<string>();
    const of = new Set<string>();
    let bare = false; // or not all can be read
    for (const [i, item] of foldGet(n, "value")!.items.entries()) {
      if (shapeOf(item) !== "resource") {
        this.unreadable(item);
        bare = true;
        continue;
      }
      const id = this.resource(item, `${pointer}/${key}/`, i, false);
      known.add(id.typ);
      of.add(ownerOf(id));
      bare ||= id.bare;
    }
    // A list without properties is an inventory, and one of several types or of the parts of several resources is no answer to one request.
    const whole = !bare && known.size < 2 && !uri.includes("filter=") && !uri.includes("top=");
    [p.typ = ""] = known;
    [p.of = ""] = of;
    if (whole && uri !== "") asked(p, this.table, uri);
    else if (!whole || (of.size > 1 && !authorizes(p))) p.typ = "";
    else if (of.size > 1) p.of = "";
    if (p.typ !== "" || p.next !== "") this.pages.push(p);
  }

  /** Reads the rows that Resource Graph returned. A query chooses rows and columns, so that it is never known to hold everything. */
  private query(n: Node, pointer: string): void {
    const data = n.get("data")!;
    const table = data.kind === "map";
    const list = table ? data.get("rows")!.items.map((row) => asObject(data.get("columns"), row)) : data.items;
    const before = `${pointer}/data/${table ? "rows/" : ""}`;
    this.cells = table;
    for (const [i, row] of list.entries()) {
      if (shapeOf(row) !== "resource") this.unreadable(row);
      else this.oneOf(row, before, i, true);
    }
    this.cells = false;
    const rows = list.length;
    let total = 0;
    for (const key of ["total_records", "totalRecords"]) {
      const v = n.get(key);
      if (v?.kind === "int") total = Number(v.value);
    }
    const token = (foldGet(n, "skip_token")?.text() ?? "") + (foldGet(n, "$skipToken")?.text() ?? "");
    if (total <= rows && token === "") return;
    const message = total > rows ? `the query found ${plural(total, "row")} and gave ${rows}` : `the query goes on after ${plural(rows, "row")}`;
    this.report("input/list-goes-on", "warning", n, message, "az graph query --first 1000 --skip-token gives the others; check them with --merge");
  }

  /** Reads one request with its response, as cloud-custodian and VCR record them. What is no answer about resources is passed over. */
  private interaction(n: Node, pointer: string): void {
    let body = n.get("response")?.get("body") ?? null;
    let at = `${pointer}/response/body`;
    const data = body?.get("data") ?? null;
    if (data !== null && shapeOf(body) !== "resource") {
      body = data;
      at += "/data";
    }
    const request = n.get("request");
    const method = request?.get("method")?.text() ?? "";
    const uri = method === "" || lowerASCII(method) === "get" ? (request?.get("uri")?.text() ?? "") : "";
    switch (shapeOf(body)) {
      case "resource":
        this.resource(body!, at, -1, false);
        return;
      case "list": {
        const { items } = foldGet(body!, "value")!;
        if (items.length === 0 || items.some(shapeOf)) this.list(body!, at, uri);
        return;
      }
      case "query":
        this.query(body!, at);
    }
  }

  /** Reads an example of the REST API: what it shows as the response. */
  private example(n: Node, pointer: string): void {
    const responses = n.get("responses")!;
    for (const e of responses.entries) {
      const body = e.value.get("body");
      if (e.key.startsWith("2") && shapeOf(body) !== "") {
        this.value(body!, `${pointer}/responses/${e.key}/body`, "");
        return;
      }
    }
  }

  /** Settles of which types every resource is here: those with a list of which no page is missing. */
  private completeness(): void {
    const { lists, members } = this.world;
    const askedFor = new Set(this.pages.map((p) => p.uri));
    const nexts = new Set(this.pages.map((p) => p.next));
    for (const p of this.pages) {
      const later = lowerASCII(p.uri).includes("skiptoken=");
      const goesOn = p.next !== "" && !askedFor.has(p.next);
      if (goesOn) {
        const what = p.typ === "" ? "the list" : `the list of ${quoted(p.typ)}`;
        this.report("input/list-goes-on", "warning", p.node, `${what} goes on at its "nextLink", which is not here`, "read the page at that address too; if all pages are here, declare the kind complete");
      }
      if (p.typ === "") continue;
      if (goesOn || (later && !nexts.has(p.uri))) lists.set(p.typ, new Unknown(`the list of ${quoted(p.typ)} goes on`));
      else if (p.of !== "" && (p.of.includes("/providers/") || !authorizes(p))) members.set(p.typ, [...(members.get(p.typ) ?? []), p.of]);
      else if (!lists.has(p.typ)) lists.set(p.typ, null);
    }
  }
}

/**
 * A row of a table as the object that "resultFormat": "objectArray" would give. A row that is no list, or has more cells
 * than there are columns with a name of their own, stays what it is.
 */
function asObject(columns: Node | null, row: Node): Node {
  if (row.kind !== "list" || columns === null || row.items.length > columns.items.length) return row;
  const out = new Node("map", null, row.source, row.start, row.end);
  for (const [i, value] of row.items.entries()) {
    const name = columns.items[i]!.get("name");
    if (name === null || name.text() === "" || out.get(name.text()) !== null) return row;
    out.entries.push({ key: name.text(), source: name.source, start: name.start, end: name.end, value });
  }
  return out;
}

/** Takes from a recorded request what was asked for: a type of which there may be none, and whose parts. */
function asked(p: Page, table: MappingTable, uri: string): void {
  let path = uri.split("?", 1)[0]!;
  const i = path.indexOf("://");
  if (i >= 0) {
    path = path.slice(i + 3);
    path = path.slice(Math.max(path.indexOf("/"), 0));
  }
  const id = parseID(`${path.replace(/\/+$/, "")}/-`);
  if (p.typ === "") p.typ = listed(table, id.typ);
  p.of = ownerOf(id);
}

/** The lower-case type of which a request lists the resources. A list over all locations leaves them out of its address. */
function listed(table: MappingTable, typ: string): string {
  if (table.byType.has(typ)) return typ;
  const slash = typ.indexOf("/");
  const located = slash < 0 ? `${typ}/locations/` : `${typ.slice(0, slash)}/locations${typ.slice(slash)}`;
  return table.byType.has(located) ? located : "";
}

/** Only a list of authorizations holds everything below its scope. */
function authorizes(p: Page): boolean {
  return p.typ.startsWith("microsoft.authorization/");
}
