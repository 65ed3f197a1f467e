// One resource that Azure returned. Mirrors internal/topology/azure.go.

import { foldGet, type Resource, type Returned } from "./arm";
import { foldKey, isMap, keysOf, literalValue, newMap } from "./armvalue";
import { isAzureID, parseID, type AzureID } from "./azureid";
import { quoted, Row, type Node } from "./document";
import type { MappingTable } from "./mappings";
import { FoundPlace, NodePlace, pointerPart } from "./place";
import { shapeOf } from "./resources";
import { lowerASCII } from "./source";
import { holdsID, references, typeOfID } from "./map";
import { Unknown, type Place, type RecordValue, type Value } from "./value";

/** Reads one resource, and those that stand in its "resources". `row` says that a query chose its columns, `cells` that they are cells of a table. */
export function readResource(table: MappingTable, n: Node, place: Place, row: boolean, cells: boolean, visit: (r: Resource) => void): { id: AzureID; found: number } {
  // What Azure returned is JSON, whose places are needed for few of the resources alone.
  const json = n instanceof Row ? n.json : (literalValue(n) as Json);
  const id = parseID(resourceID(json));
  let typ = typeText(json);
  if (typ !== "") id.typ = lowerASCII(typ);
  const canonical = table.also.get(id.typ);
  if (canonical !== undefined) typ = id.typ = canonical;
  if (id.typ !== "" && table.reads(id.typ) !== undefined) visit(resourceOf(table, n, json, place, id, typ || id.typ, row, cells));
  let found = 1;
  const nested = folded(json, NESTED) === undefined ? null : foldGet(n, NESTED);
  if (nested?.kind === "list") {
    const at = n.entries.findIndex((e) => e.value === nested);
    const key = cells ? at : n.entries[at]!.key;
    nested.items.forEach((item, i) => {
      if (shapeOf(item) !== "resource") return;
      found += readResource(table, item, new NodePlace(item, `${place.pointer}/${key}/`, i), row, false, visit).found;
    });
  }
  return { id, found };
}

const noReferences: Value[] = [];

/** Reads a row that is a resource, if its outline is all that mappings read of it. */
export function readOutline(table: MappingTable, n: Row, place: Place, visit: (r: Resource) => void): boolean {
  const { outline } = n;
  const typ = outline === null ? "" : table.outlined(outline.type);
  if (typ === "") return false;
  const body = newMap();
  body.type = typ;
  body.id = outline!.id;
  body.name = outline!.name;
  body.references = noReferences;
  visit({ body, place, exists: null, open: null, bare: false, returned: new ReturnedResource(table, body, n, place, false), outlined: true });
  return true;
}

/** A map of JSON. Whole numbers of a Row are numbers, elsewhere bigints. */
type Json = Readonly<Record<string, unknown>>;

/** What a key of a map says, read without case: the exact one, else the first. */
function folded(m: Json, key: string): unknown {
  if (Object.hasOwn(m, key)) return m[key];
  for (const k in m) if (k.length === key.length && lowerASCII(k) === key) return m[k];
  return undefined;
}

/** The same for a text, else "". `key` is in lower case. */
function foldedText(m: Json, key: string): string {
  const v = folded(m, key);
  return typeof v === "string" ? v : "";
}

/** The id of a resource: "id", or "ResourceId" in what PSRule exports. */
export function resourceID(m: Json): string {
  const id = foldedText(m, "id");
  return isAzureID(id) ? id : foldedText(m, "resourceid");
}

/** The type that a resource states: "type", or "ResourceType" in what PSRule exports. A type with the one that it extends in front is as in the id. */
function typeText(m: Json): string {
  let typ = foldedText(m, "type");
  if (!typ.includes("/")) typ = foldedText(m, "resourcetype");
  return lowerASCII(typ).includes("/providers/") ? "" : typ;
}

/** Holds the resources that stand in a resource, which are read as themselves. */
const NESTED = "resources";

/** What mappings read of a resource. */
function resourceOf(table: MappingTable, n: Node, json: Json, place: Place, id: AzureID, typ: string, row: boolean, cells: boolean): Resource {
  const body = newMap();
  const whole = n instanceof Row;
  const properties = folded(json, "properties");
  const read = isObject(properties) ? table.members(id.typ) : null;
  entries(table, body, json, whole, NESTED, read);
  if (!isObject(properties)) stateProperties(table, body, id, row);
  body.type = typ;
  body.id = resourceID(json);
  const name = foldedText(json, "name");
  body.name = name === "" ? id.name : name.slice(name.lastIndexOf("/") + 1);
  body.parent = id.parent === "" ? null : id.parent;
  body.scope = id.scope === "" ? null : id.scope;
  body.scopeType = (id.scope === "" ? "" : typeOfID(id.scope)) || null;
  const out: Resource = { body, place, exists: null, open: null, bare: id.bare, returned: new ReturnedResource(table, body, n, place, cells) };
  if (read !== null) {
    out.links = () => {
      if (!holdsID(json)) return [];
      const all = newMap();
      entries(table, all, json, whole, NESTED);
      all.id = body.id!;
      return references(all);
    };
  }
  return out;
}

function isObject(v: unknown): v is Json {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

/** Fills in the properties of a resource that has none of that name. */
function stateProperties(table: MappingTable, body: RecordValue, id: AzureID, row: boolean): void {
  const own = ownKeys(body);
  if (own.length === 0) {
    const reason = `${quoted(id.name)} is in the input without its properties`;
    id.bare = true;
    body.properties = new Unknown(reason);
    leaveOpen(body, table.stated, reason);
  } else if (!row && has(body, "provisioningState") && has(body, "resourceGroup")) {
    flatten(body);
  } else {
    // Columns that a query chose.
    const reason = `the input does not state all properties of ${quoted(id.name)}`;
    const properties = newMap();
    for (const key of own) {
      flatten(body[key]!);
      properties[key] = body[key]!;
    }
    leaveOpen(properties, table.properties, reason);
    body.properties = properties;
    leaveOpen(body, table.stated, reason);
  }
}

/** Makes unknown what a resource does not state. */
function leaveOpen(body: RecordValue, keys: Iterable<string>, reason: string): void {
  for (const key of keys) body[key] ??= new Unknown(reason);
}

function has(m: RecordValue, key: string): boolean {
  return (foldKey(m, key) ?? null) !== null;
}

/** The keys, in lower case, that any resource has beside its properties. */
const common = new Set(
  (
    "id name type kind location tags sku plan identity zones managedby managedbyextended extendedlocation etag systemdata " +
    "resourcegroup subscriptionid tenantid createdtime changedtime provisioningstate apiversion properties primary " +
    "resourceid resourcename resourcetype resourcegroupname subscriptionname extensionresourcename parentresource"
  ).split(" "),
);

/** Lists, in order, the keys of a resource that are its properties where the tool put them beside its id. */
function ownKeys(m: RecordValue): string[] {
  return keysOf(m).filter((key) => m[key] !== null && !common.has(lowerASCII(key)));
}

/** Undoes what az does to most resources, whose properties it puts beside their ids: each map with an id or a name gets its own content as "properties" too. */
function flatten(v: Value): void {
  if (Array.isArray(v)) {
    for (const item of v) flatten(item);
  } else if (isMap(v)) {
    for (const key in v) flatten(v[key]!);
    if ((v.properties ?? null) !== null || ((v.id ?? null) === null && (v.name ?? null) === null)) return;
    if (ownKeys(v).length > 0) v.properties = Object.assign(newMap(), v);
  }
}

/** The value of JSON, in the keys that mappings use. `whole` says that every number is a whole one. */
function literal(table: MappingTable, json: unknown, whole: boolean): Value {
  if (typeof json === "number") return whole ? BigInt(json) : json;
  if (json === null || typeof json !== "object") return json as Value;
  if (Array.isArray(json)) {
    return json.map((item) => {
      const v = literal(table, item, whole);
      if (isMap(v)) identified(v);
      return v;
    });
  }
  const out = newMap();
  entries(table, out, json as Json, whole);
  return out;
}

/** Adds what a map holds but for one key, all of it or only some. Of keys that differ in case alone, the spelling of the mappings wins, then the first. */
function entries(table: MappingTable, out: RecordValue, json: Json, whole: boolean, without = "", some: Set<string> | null = null): void {
  for (const k in json) {
    const key = table.spelled(k);
    if (key === without || (some !== null && !some.has(key)) || (key !== k && (key in out || Object.hasOwn(json, key)))) continue;
    out[key] = literal(table, json[k], whole);
  }
}

/** Completes a part of a resource, an element of a list with an id. One that has nothing of its own is known by its id alone; one without "properties" may have them beside the id. */
function identified(part: RecordValue): void {
  const { id } = part;
  if (typeof id !== "string" || !isAzureID(id)) return;
  part.name ??= parseID(id).name;
  if ((part.properties ?? null) !== null) return;
  if (ownKeys(part).length === 0) part.properties = new Unknown(`of ${quoted(parseID(id).name)} the input has the id alone`);
  else part.properties = Object.assign(newMap(), part);
}

/** Where parts of a resource stand. Their places do not hold on to it: of a large export there is one for each. */
class ReturnedResource implements Returned {
  private ways: Map<Value, Step[]> | null = null;

  constructor(
    private readonly table: MappingTable,
    private readonly body: RecordValue,
    private readonly node: Node,
    private readonly place: Place,
    private readonly cells: boolean,
  ) {}

  placeOf(part: Value): Place {
    const steps = isMap(part) ? (this.ways ??= waysOf(this.body)).get(part) : undefined;
    if (steps === undefined) return this.place;
    const { table, node, place, cells } = this;
    return new FoundPlace(() => partOf(table, node, place, cells, steps));
  }
}

/** A key of a map, in the spelling of the mappings, or an index of a list. */
type Step = string | number;

/** The ways to the parts of a resource that stand in lists. Copies of what stands beside an id are looked at last, since the document has the part beside the id. */
function waysOf(body: RecordValue): Map<Value, Step[]> {
  const out = new Map<Value, Step[]>();
  const walk = (v: Value, way: Step[]): void => {
    if (Array.isArray(v)) {
      v.forEach((item, i) => {
        if (isMap(item) && out.has(item)) return;
        const to = [...way, i];
        if (isMap(item)) out.set(item, to);
        walk(item, to);
      });
    } else if (isMap(v)) {
      for (const key in v) if (key !== "properties") walk(v[key]!, [...way, key]);
      if (v.properties !== undefined) walk(v.properties, [...way, "properties"]);
    }
  };
  walk(body, []);
  return out;
}

/** The place of a part, to which the steps lead from a resource. */
function partOf(table: MappingTable, resource: Node, place: Place, cells: boolean, steps: Step[]): Place {
  let node = resource;
  let { pointer } = place;
  for (const step of steps) {
    if (typeof step === "number") {
      node = node.items[step]!;
      pointer += `/${step}`;
      continue;
    }
    const { entries } = node;
    let i = entries.findIndex((e) => e.key === step);
    if (i < 0) i = entries.findIndex((e) => table.spelled(e.key) === step);
    pointer += `/${cells && node === resource ? i : pointerPart(entries[i]!.key)}`;
    node = entries[i]!.value;
  }
  return { file: node.source.file, pointer, ...node.source.position(node.start) };
}
