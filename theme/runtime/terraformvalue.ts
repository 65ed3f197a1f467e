// The values of a plan or state. Mirrors internal/topology/terraformvalue.go.

import type { Resource } from "./arm";
import { emptyValue, isMap, keysOf, literalValue, newMap, parseJSONText } from "./armvalue";
import type { Node } from "./document";
import { normalID } from "./link";
import { typeOfID } from "./map";
import { indexOf, isBool, MAX_INSTANCES, textAt, type TfInstance, type TfReader } from "./terraform";
import { attribute, candidates, expressionsAt, hasExpression, lastStep } from "./terraformrefs";
import { identityOf, piece, quoteExpr, UNRESOLVED } from "./unresolved";
import { Unknown, type RecordValue, type Value } from "./value";

/** One step of a path into a value: an attribute, or the index of a list or map. */
export interface TfStep {
  name: string;
  index: boolean;
}

/** The index that a step into a list names, or -1. */
export function position(s: TfStep): number {
  const n = /^[+-]?[0-9]{1,18}$/.test(s.name) ? Number(s.name) + 0 : -1;
  return n >= 0 && n <= MAX_INSTANCES ? n : -1;
}

export function pathText(steps: readonly TfStep[]): string {
  return steps.map((s) => (s.index ? indexOf(s.name) : `.${s.name}`)).join("");
}

/** Flattens one instance. */
export function resourceOf(t: TfReader, i: TfInstance): Resource {
  const isAzapi = i.managed && (i.typ === "azapi_resource" || i.typ === "azapi_update_resource");
  const body = bodyOf(t, i, isAzapi ? null : t.table.attributes(i.label));
  const out: Resource = {
    body, place: t.places.at(i.values!), exists: i.exists, open: i.open, bare: false, returned: null, spelled: true, referred: !i.managed, 
    links: () => links(t, i, objectOf(t, i, i.values, i.unknown, i.sensitive, [], null)),
  };
  if (!i.managed) return out;
  if (isAzapi) azapi(t, i, body.values as RecordValue, out);
  switch (i.typ) {
    case "azurerm_resource_group_template_deployment":
    case "azurerm_subscription_template_deployment":
    case "azurerm_template_deployment":
      t.open ??= new Unknown(`${i.address} deploys a template, which is not read`);
  }
  return out;
}

/**
 * What mappings read: the values as they stand, beside them those that a mapping may need more of. "values" holds all of
 * them, also those called type, id and name; "configured" leaves out what the configuration leaves to the provider;
 * "azureId" is the id in Azure, or what stands for it; "given" lists the attributes that have a value; and beside each *_id
 * stands the type that it leads to.
 * wanted names the attributes that mappings read; null is all.
 */
export function bodyOf(t: TfReader, i: TfInstance, wanted: Set<string> | null): RecordValue {
  const values = objectOf(t, i, i.values!, i.unknown, i.sensitive, [], wanted);
  let configured = values;
  const body = newMap();
  const expressions = i.config?.get("expressions") ?? null;
  for (const name of keysOf(values)) {
    const v = values[name]!;
    body[name] = v;
    if (chosen(i, name, expressions)) {
      if (configured === values) configured = Object.assign(newMap(), values);
      delete configured[name];
    }
    if (name === "scope" || name.endsWith("_id")) {
      const key = `${name.replace(/_id$/, "")}_type`;
      if (!(key in values)) body[key] = typeOf(t, v);
    }
  }
  if (wanted === null || wanted.has("given")) body.given = given(i, expressions);
  const real = textAt(i.values, "id");
  body.azureId = real.startsWith("/") ? real : i.id;
  body.type = i.label;
  body.id = i.id;
  body.values = values;
  body.configured = configured;
  body.name = nameOf(i, values.name);
  return body;
}

/** The attributes that have a value, whether it is known or not. */
function given(i: TfInstance, expressions: Node | null): Value[] {
  const out: Value[] = [];
  for (const e of i.values?.entries ?? []) if (e.value.kind !== "null" && !(e.value.kind === "string" && e.value.text() === "")) out.push(e.key);
  for (const e of i.unknown?.entries ?? []) if (isBool(e.value, true) && !chosen(i, e.key, expressions)) out.push(e.key);
  return out;
}

/** Whether the provider chooses the value of an attribute that the configuration does not mention: it is not known, and nothing that the plan does not say stands in it. */
function chosen(i: TfInstance, name: string, expressions: Node | null): boolean {
  return expressions !== null && expressions.get(name) === null && isBool(i.unknown?.get(name), true);
}

/** The name of the resource in Azure, or where it has none, or one that is not known yet, its address. */
function nameOf(i: TfInstance, name: Value | undefined): Value {
  if (typeof name === "string" && name !== "") return name;
  return name instanceof Unknown ? new Unknown(name.reason, i.address, name.expr) : i.address;
}

function objectOf(t: TfReader, i: TfInstance, n: Node | null, unknown: Node | null, sensitive: Node | null, path: TfStep[], wanted: Set<string> | null): RecordValue {
  const out = newMap();
  const inside = (name: string) => [...path, { name, index: false }];
  for (const e of n?.entries ?? []) {
    if (wanted !== null && !wanted.has(e.key)) continue;
    if (composite(e.value)) t.places.step(e.value, n, e.key);
    const u = part(unknown, e.key);
    const s = part(sensitive, e.key);
    out[e.key] = isPlain(i, e.value, u, s, e.key) ? plain(t, e.value, e.key) : valueAt(t, i, e.value, u, s, inside(e.key));
  }
  if (unknown?.kind === "map") {
    for (const e of unknown.entries) if (!(e.key in out) && wanted?.has(e.key) !== false) out[e.key] = valueAt(t, i, null, e.value, part(sensitive, e.key), inside(e.key));
  }
  if (i.lean) {
    for (const e of expressionsAt(t, i, path)?.entries ?? []) if (!(e.key in out) && wanted?.has(e.key) !== false) out[e.key] = unresolved(t, i, inside(e.key));
  }
  return out;
}

/** What a shape says of one attribute: a mark on the whole is on each part. */
export function part(shape: Node | null, name: string): Node | null {
  return isBool(shape, true) ? shape : (shape?.get(name) ?? null);
}

export function itemAt(shape: Node | null, i: number): Node | null {
  return isBool(shape, true) ? shape : (shape?.items[i] ?? null);
}

export function valueAt(t: TfReader, i: TfInstance, n: Node | null, unknown: Node | null, sensitive: Node | null, path: TfStep[]): Value {
  if (isBool(unknown, true)) {
    if (path.length > 1 && path.at(-1)!.name === "id" && path[0]!.name !== "body") return null; // of a block, which the provider gives it
    return unresolvedList(t, i, path);
  }
  const last = path.findLast((s) => !s.index)?.name ?? "";
  if (n !== null && (isBool(sensitive, true) || (n.kind === "string" && isSecret(last))) && !emptyValue(literalValue(n))) {
    // What is in a secret is nobody's to print: a rule sees only that it is there.
    const where = i.address + pathText(path);
    const u = piece(`${where} is sensitive`, "<sensitive>", quoteExpr(where));
    t.refs.follow(u, () => candidates(t, i, path));
    return u;
  }
  if (n !== null && isPlain(i, n, unknown, sensitive, last)) return plain(t, n, last);
  if (n?.kind === "list" || (n === null && unknown?.kind === "list")) return itemsOf(t, i, n, unknown, sensitive, path);
  if (n?.kind === "map" || ((n === null || n.kind === "null") && unknown?.kind === "map" && unknown.entries.length > 0)) {
    const out = objectOf(t, i, n?.kind === "map" ? n : null, unknown, sensitive, path, null);
    if (n?.kind === "map") t.places.set(out, n);
    return out;
  }
  return n === null ? null : scalar(t, n, last);
}

/** A value that holds no others. The id of what the plan deletes is none. */
function scalar(t: TfReader, n: Node, last: string): Value {
  return n.kind === "string" && t.refs.gone.size > 0 && last !== "id" && t.refs.gone.has(normalID(n.text())) ? null : literalValue(n);
}

/** Whether a shape marks anything. */
function marked(shape: Node | null): boolean {
  return shape !== null && (isBool(shape, true) || shape.items.some(marked) || shape.entries.some((e) => marked(e.value)));
}

/** Whether nothing of a value is open or secret. */
function isPlain(i: TfInstance, n: Node, unknown: Node | null, sensitive: Node | null, last: string): boolean {
  return !i.lean && !marked(unknown) && !marked(sensitive) && !(n.kind === "string" && isSecret(last)) && !holdsSecret(n);
}

function composite(n: Node): boolean {
  return n.kind === "list" || n.kind === "map";
}

/** A value of which nothing is open or marked as sensitive. last is the attribute that it is of. */
function plain(t: TfReader, n: Node, last: string): Value {
  if (n.kind === "list") {
    return n.items.map((item, k) => {
      if (composite(item)) t.places.step(item, n, String(k));
      return plain(t, item, last);
    });
  }
  if (n.kind !== "map") return scalar(t, n, last);
  const out = newMap();
  for (const e of n.entries) {
    if (composite(e.value)) t.places.step(e.value, n, e.key);
    out[e.key] = plain(t, e.value, e.key);
  }
  t.places.set(out, n);
  return out;
}

/** Whether a text inside of a value is a secret by its name. */
function holdsSecret(n: Node): boolean {
  return n.items.some(holdsSecret) || n.entries.some((e) => (e.value.kind === "string" && isSecret(e.key)) || holdsSecret(e.value));
}

/** Recognises attributes that are secrets by their names: plans of old versions do not say what is sensitive. */
function isSecret(last: string): boolean {
  return ["password", "secret", "shared_key", "access_key", "private_key", "connection_string", "custom_data", "user_data"].some((end) => last.endsWith(end));
}

function itemsOf(t: TfReader, i: TfInstance, n: Node | null, unknown: Node | null, sensitive: Node | null, path: TfStep[]): Value[] {
  const count = Math.max(n?.items.length ?? 0, unknown?.kind === "list" ? unknown.items.length : 0);
  return Array.from({ length: count }, (_, k) => {
    t.places.step(itemAt(n, k), n, String(k));
    return valueAt(t, i, itemAt(n, k), itemAt(unknown, k), itemAt(sensitive, k), [...path, { name: String(k), index: true }]);
  });
}

/** A value that is not known before the plan is carried out. What the configuration says of it is followed when a link asks for it. */
function unresolved(t: TfReader, i: TfInstance, path: TfStep[]): Unknown {
  const where = i.address + pathText(path);
  const u = piece(`${where} is known after apply`, where.includes("/") ? UNRESOLVED : `<${where}>`, quoteExpr(where));
  const target = sameName(t, i, path);
  if (target !== null) return new Unknown(u.reason, target.text, target.expr);
  if (i.config === null || hasExpression(i, path)) t.refs.follow(u, () => candidates(t, i, path));
  return u;
}

/** An unknown value, or for a list of ids what its elements are. */
function unresolvedList(t: TfReader, i: TfInstance, path: TfStep[]): Value {
  const last = path.at(-1);
  if (last === undefined || last.index || !last.name.endsWith("_ids")) return unresolved(t, i, path);
  const { ids, open } = candidates(t, i, path);
  return open || ids.length === 0 ? unresolved(t, i, path) : ids;
}

/** The name that an attribute such as virtual_network_name takes from a resource of that type, so that both are the same text. */
function sameName(t: TfReader, i: TfInstance, path: TfStep[]): Unknown | null {
  const last = path.at(-1);
  if (last === undefined || last.index) return null;
  const of = last.name.endsWith("_name") ? last.name.slice(0, -"_name".length) : null;
  if (of === null && !last.name.endsWith("_ip_address")) return null;
  const v = attribute(t, i, path);
  const target = v.targets[0];
  if (v.open || v.targets.length !== 1 || target!.instance === i) return null;
  let name = lastStep(target!);
  if (of !== null && (name === "name" || name === "") && of.endsWith(target!.instance.typ.replace(/^azurerm_/, ""))) name = "name";
  else if (of === null && name.endsWith("_ip_address")) name = pathText(target!.path).slice(1);
  else return null;
  const where = `${target!.instance.address}.${name}`;
  return piece("", where.includes("/") ? UNRESOLVED : `<${where}>`, quoteExpr(where));
}

/** The type of the resource that an id leads to: of the provider, or of Azure for one that is not in the plan. */
export function typeOf(t: TfReader, id: Value): Value {
  if (typeof id === "string") {
    if (id === "") return null;
    const instance = t.refs.instances.get(t.refs.address(id));
    if (instance !== undefined) return instance.label;
    const typ = typeOfID(id);
    return typ !== "" && !typ.startsWith("/") ? typ : null;
  }
  if (!(id instanceof Unknown)) return null;
  const follow = t.refs.attributes.get(id.expr);
  if (follow !== undefined) {
    let { ids, open } = follow();
    let typ = "";
    for (const c of ids) {
      const found = typeof c === "string" ? (t.refs.instances.get(c)?.label ?? "") : "";
      if (found === "" || (typ !== "" && typ !== found)) open = true;
      typ = found;
    }
    if (!open && typ !== "") return typ;
  }
  return new Unknown(id.reason);
}

/** The ids that a resource holds, each once, as {type, id}. */
function links(t: TfReader, i: TfInstance, values: RecordValue): Value[] {
  const out: Value[] = [];
  const seen = new Set([normalID(i.id)]);
  const walk = (key: string, v: Value): void => {
    if (Array.isArray(v)) {
      for (const item of v) walk(key, item);
    } else if (isMap(v)) {
      for (const k of keysOf(v)) walk(k, v[k]!);
    } else if ((typeof v === "string" || v instanceof Unknown) && /_ids?$/.test(key)) {
      const identity = identityOf(v);
      const type = typeOf(t, v);
      if (identity === null || typeof type !== "string" || seen.has(identity)) return;
      seen.add(identity);
      out.push(Object.assign(newMap(), { type, id: v }));
    }
  };
  walk("", values);
  return out;
}

/** Makes a resource of Azure's own form of one that the azapi provider writes: it is read as in a template. */
function azapi(t: TfReader, i: TfInstance, values: RecordValue, out: Resource): void {
  const typ = typeof values.type === "string" ? values.type.split("@")[0]! : "";
  if (typ === "") {
    if (values.type instanceof Unknown) t.open = new Unknown(values.type.reason);
    return;
  }
  let body = values.body ?? null;
  if (typeof body === "string") body = parseJSONText(body) ?? body;
  const resource = newMap();
  if (isMap(body)) Object.assign(resource, body);
  else if (body instanceof Unknown) resource.properties = new Unknown(body.reason);
  else if (body === null) resource.properties = newMap();
  resource.type = typ;
  resource.id = i.id;
  resource.name = out.body.name!;
  if (typ.split("/").length > 2) resource.parent = values.parent_id ?? null;
  resource.scope = null;
  resource.scopeType = null;
  if (i.typ === "azapi_update_resource") {
    out.referred = true;
    resource.id = updated(t, i, values.resource_id ?? null);
  }
  out.body = resource;
  out.mappings = "arm";
  out.spelled = false;
}

/** The id of the resource that another one changes. */
function updated(t: TfReader, i: TfInstance, id: Value): Value {
  if (typeof id === "string") return t.refs.address(id);
  if (!(id instanceof Unknown)) return i.id;
  const found = t.refs.attributes.get(id.expr)?.();
  return found && !found.open && found.ids.length === 1 ? found.ids[0]! : id;
}
