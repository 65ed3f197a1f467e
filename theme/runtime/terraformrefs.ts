// What a value of a plan may come from. Mirrors internal/topology/terraformrefs.go.
//
// A plan shows of an expression only which objects it refers to. This file follows
// those references to the objects that a value may come from: through the inputs
// and outputs of modules, with the keys of count and for_each. What a value comes
// from is known only where one object alone can be meant.

import { parseJSONText } from "./armvalue";
import { Node } from "./document";
import { configOf, isBool, MAX_TF_DEPTH, textAt, type TfInstance, type TfModule, type TfReader } from "./terraform";
import { itemAt, position, type TfStep } from "./terraformvalue";
import type { Value } from "./value";

/** What an expression may give. open: something else too. */
export interface TfValue {
  targets: TfTarget[];
  literals: Node[];
  open: boolean;
}

/** An attribute of an instance, or with no path the whole of it. element: the instance is one of a collection that no key has chosen from. */
export interface TfTarget {
  instance: TfInstance;
  path: TfStep[];
  element: boolean;
}

/** What each and count mean in an expression. */
interface TfEach {
  key: string;
  /** for_each */
  source: Node | null;
  /** Where source is evaluated. */
  module: TfModule | null;
}

/** A variable or output that is followed once. */
export interface Binding {
  value: TfValue | null;
}

/** Which element of a list an expression is asked for; of < 0 is the whole. */
interface TfElement {
  index: number;
  of: number;
}

const WHOLE: TfElement = { index: 0, of: -1 };

const nothing = (open: boolean): TfValue => ({ targets: [], literals: [], open });
const unknown = () => nothing(true);

function append(to: TfValue, v: TfValue): void {
  for (const target of v.targets) to.targets.push(target);
  for (const n of v.literals) to.literals.push(n);
  to.open ||= v.open;
}

/** The attribute that the path ends with. */
export function lastStep(t: TfTarget): string {
  return t.path.findLast((s) => !s.index)?.name ?? "";
}

/** The ids that an attribute may have, and whether it may have another: addresses of instances, and ids that the configuration writes out. */
export function candidates(t: TfReader, i: TfInstance, path: TfStep[]): { ids: Value[]; open: boolean } {
  return idsOf(t, attribute(t, i, path));
}

function idsOf(t: TfReader, v: TfValue): { ids: Value[]; open: boolean } {
  const ids = new Set<Value>();
  let { open } = v;
  for (const target of v.targets) {
    if (!t.step()) return { ids: [...ids], open: true };
    const last = lastStep(target);
    if (last === "" || last === "id") {
      ids.add(target.instance.id);
    } else if (target.instance.typ === "azurerm_virtual_hub" && last === "default_route_table_id") {
      // Azure makes it with the hub, under this name.
      ids.add(`${target.instance.id}/hubRouteTables/defaultRouteTable`);
    } else {
      // Another attribute of the resource, which may hold an id too.
      const inner = readTarget(t, target);
      for (const id of inner.ids) ids.add(id);
      open ||= inner.open;
    }
  }
  for (const n of v.literals) if (n.text().includes("/")) ids.add(n.text());
  return { ids: [...ids], open };
}

/** The ids in an attribute of an instance. */
function readTarget(t: TfReader, target: TfTarget): { ids: Value[]; open: boolean } {
  let n: Node | null = target.instance.values;
  let shape: Node | null = target.instance.unknown;
  // Steps that lead to no attribute lead through a map of the configuration.
  const has = (s: TfStep) => (n?.get(s.name) ?? null) !== null || (shape?.get(s.name) ?? null) !== null;
  const first = target.path.findIndex(has);
  target = { ...target, path: first < 0 ? [] : target.path.slice(first) };
  if (["", "id"].includes(lastStep(target))) return { ids: [target.instance.id], open: false };
  for (const s of target.path) {
    if (isBool(shape, true)) break;
    n = s.index ? itemAt(n, position(s)) : (n?.get(s.name) ?? null);
    shape = s.index ? itemAt(shape, position(s)) : (shape?.get(s.name) ?? null);
  }
  if (isBool(shape, true) && t.depth < MAX_TF_DEPTH) {
    t.depth++;
    const out = candidates(t, target.instance, target.path);
    t.depth--;
    return out;
  }
  if (n?.kind === "string") return { ids: [n.text()], open: false };
  return { ids: [], open: n === null || n.kind !== "null" };
}

/** Follows what the configuration says of an attribute of an instance. */
export function attribute(t: TfReader, i: TfInstance, path: TfStep[]): TfValue {
  const { nodes, element } = expressions(i, path);
  if (nodes.length === 0) return unknown();
  const each: TfEach = { key: i.key, source: i.config?.get("for_each_expression") ?? null, module: i.module };
  const out = nothing(false);
  for (const n of nodes) append(out, expression(t, n, i.module, each, element));
  return out;
}

function isExpression(n: Node): boolean {
  return n.get("references") !== null || n.get("constant_value") !== null;
}

/** Whether the configuration says something of an attribute. */
export function hasExpression(i: TfInstance, path: TfStep[]): boolean {
  return expressions(i, path).nodes.length > 0;
}

/** The map of expressions that the block at a path has, or null. */
export function expressionsAt(_: TfReader, i: TfInstance, path: TfStep[]): Node | null {
  let n = i.config?.get("expressions") ?? null;
  if (path.length > 0) {
    const { nodes } = expressions(i, path);
    if (nodes.length !== 1) return null;
    n = nodes[0]!;
  }
  return n === null || n.kind !== "map" || isExpression(n) ? null : n;
}

/** Finds the expressions of an attribute. Of blocks that may be the one at the path it gives those that nothing contradicts; the configuration does not say in which order Terraform sorts them. */
function expressions(i: TfInstance, path: TfStep[]): { nodes: Node[]; element: TfElement } {
  const config = i.config?.get("expressions") ?? null;
  let nodes: Node[] = config === null ? [] : [config];
  let values: Node | null = i.values;
  for (const [k, s] of path.entries()) {
    const next: (Node | null)[] = [];
    for (const n of nodes) {
      if (n.kind === "map" && isExpression(n)) {
        // The rest of the path leads into the value of one expression.
        const inList = s.index && values?.kind === "list" && k === path.length - 1;
        return { nodes, element: inList ? { index: position(s), of: values!.items.length } : WHOLE };
      }
      if (n.kind === "map" && !s.index) next.push(n.get(s.name));
      else if (n.kind === "map" && s.name === "0") next.push(n); // a single block
      else if (n.kind === "list" && s.index) next.push(...blocksFor(n, values, position(s)));
    }
    nodes = next.filter((n): n is Node => n !== null);
    values = s.index ? itemAt(values, position(s)) : (values?.get(s.name) ?? null);
  }
  return { nodes, element: WHOLE };
}

/** The blocks of a list that may be the one with an index, by the constants in them. */
function blocksFor(blocks: Node, values: Node | null, index: number): Node[] {
  const value = itemAt(values, index);
  let named = false;
  const out = blocks.items.filter((b) => {
    let fits = true;
    for (const e of b.entries) {
      const c = e.value.get("constant_value");
      const v = value?.get(e.key) ?? null;
      if (c === null || v === null || v.kind === "null" || c.kind === "list" || c.kind === "map") continue;
      if (c.kind !== v.kind || c.value !== v.value) fits = false;
      else if (e.key === "name") named = true;
    }
    return fits;
  });
  // Blocks that are made in a loop are not in the configuration.
  return values !== null && values.items.length !== blocks.items.length && !(named && out.length === 1) ? [] : out;
}

/** Follows the references of one expression. */
function expression(t: TfReader, n: Node, m: TfModule, each: TfEach | null, element: TfElement): TfValue {
  const constant = n.get("constant_value");
  if (constant !== null) return { targets: [], literals: [constant], open: false };
  const list = n.get("references");
  if (list === null || !t.step()) return unknown();
  const objects: TfStep[][] = []; // resources and modules
  const rest = nothing(false);
  const keys: string[] = [];
  let last = "";
  for (const item of list.items) {
    const text = item.text();
    // Each reference is followed by its own beginnings.
    if (last.startsWith(text) && (last.length === text.length || last[text.length] === "." || last[text.length] === "[")) continue;
    last = text;
    const steps = stepsOf(text);
    if (steps.length === 0) continue;
    switch (steps[0]!.name) {
      case "path":
      case "terraform":
      case "self": break;
      case "var":
      case "local":
      case "each":
      case "count": {
        const v = symbol(t, steps, m, each);
        append(rest, v);
        for (const l of v.literals) keys.push(...literalKeys(l));
        break;
      }
      default: objects.push(steps);
    }
  }
  const out = nothing(false);
  let chosen = false; // the other references are keys
  let groups: TfValue[] = [];
  for (const steps of objects) {
    const { value, keyed } = resourceRef(t, steps, m, keys);
    chosen ||= keyed;
    groups.push(value);
  }
  const inside = element.index >= 0 && element.index < element.of;
  if (groups.length === element.of && inside) groups = [groups[element.index]!];
  for (const v of groups) append(out, v);
  if (out.targets.length === element.of && groups.length === 1 && inside) out.targets = [out.targets[element.index]!];
  for (const target of rest.targets) out.targets.push(target);
  if (!chosen) {
    for (const l of rest.literals) out.literals.push(l);
    out.open ||= rest.open;
  }
  return out;
}

/** A scalar as a key of count or for_each. */
function literalKeys(n: Node): string[] {
  if (n.kind === "int") return [String(n.value), `"${n.value}`];
  return n.kind === "string" ? [`"${n.text()}`, n.text()] : [];
}

/** Follows a reference to a resource or module. keys are what may choose one of its instances; keyed: it has instances to choose from and the reference names none. */
function resourceRef(t: TfReader, steps: TfStep[], m: TfModule, keys: string[]): { value: TfValue; keyed: boolean } {
  if (steps[0]!.name === "resource" && steps.length > 2) steps = steps.slice(1);
  if (steps[0]!.name === "module") return moduleOutput(t, steps, m, keys);
  const data = steps[0]!.name === "data";
  const n = data ? 3 : 2;
  if (steps.length < n) return { value: unknown(), keyed: false };
  const label = `${data ? "data." : ""}${steps[n - 2]!.name}.${steps[n - 1]!.name}`;
  const group = t.byName.get(`${m.path} ${label}`);
  steps = steps.slice(n);
  if (group === undefined) return { value: nothing(configOf(m, label) === null), keyed: false };
  const of = (targets: TfTarget[]): TfValue => ({ targets, literals: [], open: false });
  const one = (instance: TfInstance, path: TfStep[]): TfTarget => ({ instance, path, element: false });
  const first = group.list[0]!;
  if (first.key === "") return { value: of([one(first, steps)]), keyed: false };
  const named = steps[0]?.index ? group.byKey.get(steps[0].name) : undefined;
  if (named !== undefined) return { value: of([one(named, steps.slice(1))]), keyed: false };
  if (steps.length === 0) {
    const chosen = keys.flatMap((key) => group.byKey.get(key) ?? []);
    if (chosen.length > 0) return { value: of(chosen.map((instance) => one(instance, []))), keyed: true };
  }
  if (!t.step(group.list.length)) return { value: unknown(), keyed: true };
  const all = of(group.list.map((instance) => ({ instance, path: [], element: true })));
  return steps.length > 0 ? { value: within(all, steps), keyed: false } : { value: all, keyed: true };
}

/** Keeps the elements of a collection that have one of the keys. */
function pick(v: TfValue, keys: string[]): TfValue {
  const targets = v.targets.filter((x) => x.element && keys.includes(x.instance.key)).map((x) => ({ ...x, element: false }));
  return { ...v, targets };
}

/** Applies the steps of a reference to what it begins with. */
function within(v: TfValue, steps: TfStep[]): TfValue {
  if (steps.length === 0) return v;
  const first = steps[0]!;
  const out = nothing(v.open);
  let { targets } = v;
  if (first.index && targets[0]?.element) {
    let picked = pick(v, [first.name]).targets;
    if (picked.length === 0 && first.name.startsWith('"')) {
      // A map by name: { for s in azurerm_subnet.x : s.name => s.id }
      const name = first.name.slice(1);
      picked = targets.filter((x) => x.element && textAt(x.instance.values, "name") === name).map((x) => ({ ...x, element: false }));
    }
    if (picked.length > 0) targets = picked;
    out.targets = targets.map((x) => ({ ...x, path: [...x.path, ...steps.slice(1)] }));
  } else {
    // Behind an id there is nothing: the steps lead through the map or list that the configuration has put it into.
    out.targets = targets.map((x) => (["id", "name"].includes(lastStep(x)) ? x : { ...x, path: [...x.path, ...steps] }));
  }
  for (let n of v.literals as (Node | null)[]) {
    for (const s of steps) {
      if (n === null) break;
      n = n.kind === "list" && s.index ? itemAt(n, position(s)) : n.get(s.name.replace(/^"/, ""));
    }
    if (n !== null) out.literals.push(n);
  }
  return out;
}

/** Follows var, each, count; what a local value is, no plan says. */
function symbol(t: TfReader, steps: TfStep[], m: TfModule, each: TfEach | null): TfValue {
  if (steps.length < 2) return unknown();
  const { name } = steps[1]!;
  switch (steps[0]!.name) {
    case "var": return within(variable(t, m, name), steps.slice(2));
    case "count":
    case "each":
      if (each === null || each.key === "") return unknown();
      return name === "value" ? eachValue(t, each, steps.slice(2)) : { targets: [], literals: [keyNode(t, each.key)], open: false };
    default: return unknown();
  }
}

function keyNode(t: TfReader, key: string): Node {
  if (key.startsWith('"')) return new Node("string", key.slice(1), t.root.source, 0, 0);
  return new Node("int", BigInt(position({ name: key, index: true })), t.root.source, 0, 0);
}

/** Follows each.value: of a map the element with the key, of a set the key itself. */
function eachValue(t: TfReader, each: TfEach, steps: TfStep[]): TfValue {
  const { source, module } = each;
  if (source === null || module === null) return unknown();
  const v = t.once(`each ${module.path} ${source.start}`, () => expression(t, source, module, null, WHOLE));
  if (v.literals.some((n) => n.kind === "list")) return { targets: [], literals: [keyNode(t, each.key)], open: false };
  return within(v, [{ name: each.key, index: true }, ...steps]);
}

/** Follows a binding the first time, and gives nothing where it needs itself. */
export function followBinding(this: TfReader, key: string, follow: () => TfValue): TfValue {
  const known = this.bound.get(key);
  if (known !== undefined) return known.value ?? unknown();
  if (this.depth >= MAX_TF_DEPTH) return unknown();
  const b: Binding = { value: null };
  this.bound.set(key, b);
  this.depth++;
  b.value = follow();
  this.depth--;
  return b.value;
}

/** Follows an input of a module upward to the call that sets it. */
function variable(t: TfReader, m: TfModule, name: string): TfValue {
  return t.once(`var ${m.path} ${name}`, () => {
    const literal = (n: Node): TfValue => ({ targets: [], literals: [n], open: false });
    if (m.parent === null) {
      const v = t.root.get("variables")?.get(name)?.get("value") ?? null;
      if (v !== null) return literal(v);
    } else {
      const x = m.call?.get("expressions")?.get(name) ?? null;
      if (x !== null) return expression(t, x, m.parent, { key: m.key, source: m.call!.get("for_each_expression"), module: m.parent }, WHOLE);
    }
    const v = m.config?.get("variables")?.get(name)?.get("default") ?? null;
    return v === null ? unknown() : literal(v);
  });
}

/** Follows an output of a called module downward. Where the reference does not name the output, it may be any. */
function moduleOutput(t: TfReader, steps: TfStep[], m: TfModule, keys: string[]): { value: TfValue; keyed: boolean } {
  if (steps.length < 2) return { value: unknown(), keyed: false };
  const { name } = steps[1]!;
  steps = steps.slice(2);
  const call = m.config?.get("module_calls")?.get(name) ?? null;
  let called: TfModule[];
  let keyed = false;
  if ((call?.get("count_expression") ?? null) === null && (call?.get("for_each_expression") ?? null) === null) {
    called = [t.child(m, name, "")];
  } else {
    called = m.children.filter((c) => c.name === name);
    if (steps[0]?.index) {
      keys = [steps[0].name];
      steps = steps.slice(1);
    } else {
      keyed = true;
    }
    const picked = called.filter((c) => keys.includes(c.key));
    if (picked.length > 0) called = picked;
  }
  if (called.length === 0) return { value: unknown(), keyed };
  const out = nothing(false);
  for (const c of called) {
    if (steps.length > 0 && !steps[0]!.index) append(out, within(output(t, c, steps[0]!.name), steps.slice(1)));
    else for (const e of c.config?.get("outputs")?.entries ?? []) append(out, output(t, c, e.key));
  }
  return { value: out, keyed };
}

function output(t: TfReader, m: TfModule, name: string): TfValue {
  return t.once(`out ${m.path} ${name}`, () => {
    const x = m.config?.get("outputs")?.get(name)?.get("expression") ?? null;
    return x === null ? unknown() : expression(t, x, m, null, WHOLE);
  });
}

/** Cuts an address or reference into its steps; of what is none it gives what it could read. */
export function stepsOf(text: string): TfStep[] {
  const out: TfStep[] = [];
  for (let i = 0; i < text.length; ) {
    if (text[i] === ".") {
      i++;
    } else if (text[i] !== "[") {
      let end = i;
      while (end < text.length && text[end] !== "." && text[end] !== "[") end++;
      out.push({ name: text.slice(i, end), index: false });
      i = end;
    } else if (text[i + 1] === '"') {
      let end = i + 2;
      while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      if (end >= text.length) return out;
      const name = parseJSONText(text.slice(i + 1, end + 1));
      out.push({ name: `"${typeof name === "string" ? name : ""}`, index: true });
      i = end + 2;
    } else {
      const end = text.indexOf("]", i);
      if (end < 0) return out;
      out.push({ name: text.slice(i + 1, end), index: true });
      i = end + 1;
    }
  }
  return out;
}
