// Plans and states of Terraform and OpenTofu. Mirrors internal/topology/terraform.go.

import type { Flattened, Resource } from "./arm";
import type { Diagnostic } from "./check";
import { Node, quoted, Row } from "./document";
import type { MappingTable } from "./mappings";
import { PlaceTable } from "./place";
import type { Source } from "./source";
import { ownID, type References } from "./terraformids";
import { followBinding, stepsOf, type Binding } from "./terraformrefs";
import { bodyOf, resourceOf } from "./terraformvalue";
import { Unknown } from "./value";

export const MAX_INSTANCES = 100_000;
export const MAX_TF_STEPS = 2_000_000;
export const MAX_TF_DEPTH = 100;

/** One instance of a module; the root has no parent. */
export interface TfModule {
  path: string;
  parent: TfModule | null;
  /** Of the call. */
  name: string;
  /** Of the instance, as keyOf writes it. */
  key: string;
  call: Node | null;
  config: Node | null;
  children: TfModule[];
  /** The resources of config by mode, type and name; null before they are needed. */
  resources: Map<string, Node> | null;
}

/** One instance of a resource, as it is after the plan. */
export class TfInstance {
  module!: TfModule;
  mode = "";
  typ = "";
  name = "";
  key = "";
  address = "";
  /** What stands for its id: its address, or that of the same resource. */
  id = "";
  /** In the configuration. */
  config: Node | null = null;
  /** Values leave out what is not known yet. */
  lean = false;
  /** Its id in Azure before the plan. */
  before = "";
  exists: Unknown | null = null;
  open: Unknown | null = null;

  constructor(
    public values: Node | null,
    /** The same shape, true where the value is not known yet. */
    public unknown: Node | null,
    /** The same shape, true where the value is nobody's to see. */
    public sensitive: Node | null,
  ) {}

  get managed(): boolean {
    return this.mode !== "data";
  }

  /** The type with its mode: "azurerm_subnet", "data.azurerm_subnet". */
  get label(): string {
    return this.managed ? this.typ : `data.${this.typ}`;
  }
}

/** All instances of one resource of the configuration. */
export interface TfGroup {
  list: TfInstance[];
  byKey: Map<string, TfInstance>;
}

/** The key of an instance: 0, or "name with its opening quote, so that no number is a name. */
function keyOf(n: Node | null): string {
  if (n?.kind === "int") return String(n.value);
  return n?.kind === "string" ? `"${n.text()}` : "";
}

export function textAt(n: Node | null | undefined, key: string): string {
  return n?.get(key)?.text() ?? "";
}

/** Whether a node is this boolean. */
export function isBool(n: Node | null | undefined, want: boolean): boolean {
  return n?.kind === "bool" && n.value === want;
}

/** Flattens a plan or state. */
export function readTerraform(source: Source, root: Node, refs: References, table: MappingTable, problems: Diagnostic[]): Flattened {
  const t = new TfReader(source, root, refs, table, problems);
  if (!t.checkVersion()) return { each: () => {}, count: 0, open: null, places: t.places, world: null, references: refs, unstated: true };
  t.collect();
  // A data source may read what another resource makes.
  for (const managed of [true, false]) {
    for (const instance of t.instances) if (instance.managed === managed) refs.register(t, instance);
  }
  const resources: Resource[] = t.instances.map((instance) => resourceOf(t, instance));
  for (const instance of t.deleted) {
    instance.module = t.top;
    instance.id = instance.address;
    resources.push({ body: bodyOf(t, instance, table.attributes(instance.typ)), place: t.places.at(instance.values!), exists: null, open: null, bare: false, returned: null, gone: true, spelled: true });
  }
  if (!t.azure) {
    t.problem("input/terraform-nothing", "warning", root, `no resource of the ${t.what} is one of Azure's`, "resources of the providers azurerm and azapi are read");
  }
  return { each: (visit) => resources.forEach(visit), count: resources.length, open: t.open, places: t.places, world: null, references: refs, unstated: !t.azure };
}

/** Reads one plan or state. */
export class TfReader {
  readonly places: PlaceTable;
  readonly top: TfModule;
  readonly instances: TfInstance[] = [];
  readonly deleted: TfInstance[] = [];
  /** By module path, mode, type and name. */
  readonly byName = new Map<string, TfGroup>();
  /** Variables and outputs that were followed. */
  readonly bound = new Map<string, Binding>();
  /** "plan" or "state", for messages. */
  what = "plan";
  /** A resource is one of Azure's. */
  azure = false;
  open: Unknown | null = null;
  depth = 0;
  private steps = 0;
  private limited = false;
  private readonly modules = new Map<string, TfModule>();
  private readonly addresses = new Set<string>();
  private readonly dropped = new Set<string>();

  constructor(
    private readonly source: Source,
    readonly root: Node,
    readonly refs: References,
    readonly table: MappingTable,
    private readonly problems: Diagnostic[],
  ) {
    this.places = new PlaceTable(source, null);
    this.top = { path: "", parent: null, name: "", key: "", call: null, config: root.get("configuration")?.get("root_module") ?? null, children: [], resources: null };
    this.modules.set("", this.top);
  }

  problem(code: string, severity: "error" | "warning", n: Node, message: string, hint: string): void {
    const d: Diagnostic = { code, severity, file: this.source.file, ...this.source.position(n.start), message, hint };
    if (this.source.file === "") delete d.file;
    this.problems.push(d);
  }

  /** Reports a format that is not known yet. */
  checkVersion(): boolean {
    const raw = this.root.get("version");
    if (raw !== null && (raw.kind !== "int" || raw.value !== 4n)) {
      this.problem("input/terraform-version", "error", raw, "this is a raw state of another version than 4", "write it as JSON: terraform show -json");
      return false;
    }
    const v = this.root.get("format_version");
    const major = v?.text().split(".")[0];
    if (v === null || major === "0" || major === "1") return true;
    this.problem("input/terraform-version", "error", v, `the format version ${quoted(v.text())} is not known`, "0.1 to 1.x are read");
    return false;
  }

  /** Finds the instances that exist once the plan is carried out. */
  collect(): void {
    if (this.root.get("version") !== null) {
      this.what = "state";
      this.rawState();
      return;
    }
    const changes = this.root.get("resource_changes");
    this.list(this.root, "resource_changes", (n) => this.change(n, null));
    this.list(this.root, "deferred_changes", (n) => {
      const reason = textAt(n, "reason");
      const c = this.inside(n, "resource_change");
      if (c !== null) this.change(c, new Unknown(`the plan defers a part of what it deploys${reason === "" ? "" : ` (${reason})`}`));
    });
    if (isBool(this.root.get("errored"), true)) this.open = new Unknown("the plan ended with errors, and what it does not list may exist");
    else if (isBool(this.root.get("complete"), false)) this.open = new Unknown("the plan is not complete, and what it does not list may exist");
    const values = this.inside(this.root, "values");
    if (values !== null) {
      this.what = "state";
      this.module(this.inside(values, "root_module"), false, null);
    }
    // What a plan leaves as it is stands in its planned values too, and data that is known already in the state before it.
    this.module(this.inside(this.inside(this.root, "planned_values"), "root_module"), changes === null, null);
    this.module(this.inside(this.inside(this.inside(this.root, "prior_state"), "values"), "root_module"), false, (i) => !i.managed);
  }

  /** Visits the maps of a list. */
  private list(n: Node, key: string, visit: (n: Node) => void): void {
    const l = n.get(key);
    if (l === null || l.kind === "null") return;
    const wrong = (n: Node, what: string) =>
      this.problem("input/terraform-shape", "error", n, `${what}, not ${n.describe()}`, "give the output of terraform show -json as it is");
    if (l.kind !== "list") {
      wrong(l, `${quoted(key)} must be a list`);
      return;
    }
    this.places.step(l, n, key);
    l.items.forEach((item, i) => {
      this.places.step(item, l, String(i));
      if (item instanceof Row && this.isKnown(item)) return;
      if (item.kind === "map") visit(item);
      else wrong(item, `an element of ${quoted(key)} must be a map`);
    });
  }

  /** The value of a key, whose place is then known. */
  private inside(n: Node | null, key: string): Node | null {
    const v = n?.get(key) ?? null;
    this.places.step(v, n, key);
    return v;
  }

  /** Reads one of "resource_changes". exists says why it may not come about. */
  private change(n: Node, exists: Unknown | null): void {
    if (textAt(n, "deposed") !== "") return; // an object that waits to be deleted
    const change = this.inside(n, "change");
    const actions = (change?.get("actions")?.items ?? []).map((a) => a.text()).join(" ");
    const part = (key: string) => this.inside(change, key);
    if (actions === "delete") {
      this.gone(n, part("before"));
      return;
    }
    // What is forgotten stays, and Terraform no longer looks after it.
    const instance =
      actions === "forget" ? new TfInstance(part("before"), null, part("before_sensitive")) : new TfInstance(part("after"), part("after_unknown"), part("after_sensitive"));
    instance.exists = exists;
    instance.open = exists;
    instance.before = ownID(part("before"));
    this.add(instance, n, textAt(n, "module_address"));
  }

  /** Notes a resource that the plan deletes: its id means nothing any more, and what it says of other resources no longer holds. */
  private gone(n: Node, before: Node | null): void {
    this.dropped.add(textAt(n, "address"));
    const id = ownID(before);
    if (id !== "") this.refs.setGone(id);
    if (before?.kind !== "map" || textAt(n, "mode") === "data") return;
    const instance = new TfInstance(before, null, null);
    instance.mode = "managed";
    instance.typ = textAt(n, "type");
    instance.address = textAt(n, "address");
    this.deleted.push(instance);
  }

  /** Reads the resources of a module of a state or of planned values. lean is set where they leave out what is not known yet. */
  private module(root: Node | null, lean: boolean, want: ((i: TfInstance) => boolean) | null): void {
    const pending: Node[] = root === null ? [] : [root];
    for (const n of pending) {
      this.list(n, "resources", (item) => {
        const instance = new TfInstance(this.inside(item, "values"), null, item.get("sensitive_values"));
        instance.lean = lean;
        instance.mode = textAt(item, "mode");
        if (textAt(item, "deposed_key") === "" && (want === null || want(instance))) this.add(instance, item, textAt(n, "address"));
      });
      this.list(n, "child_modules", (child) => pending.push(child));
    }
  }

  /** Whether a resource of planned values stands among the changes, too, where more is said of it. */
  private isKnown(row: Row): boolean {
    const { address, type, deposed_key } = row.json;
    row.release();
    if (typeof address !== "string" || typeof type !== "string" || address === "" || type === "" || deposed_key) return false;
    if (!this.addresses.has(address) && !this.dropped.has(address)) return false;
    this.azure ||= isAzure(type);
    return true;
  }

  /** Reads a state file as Terraform keeps it, version 4. */
  private rawState(): void {
    this.list(this.root, "resources", (n) => {
      const module = textAt(n, "module");
      const prefix = (module === "" ? "" : `${module}.`) + (textAt(n, "mode") === "data" ? "data." : "");
      this.list(n, "instances", (item) => {
        if (textAt(item, "deposed") !== "") return;
        const instance = new TfInstance(this.inside(item, "attributes"), null, sensitivePaths(this.root, item.get("sensitive_attributes")));
        instance.mode = textAt(n, "mode");
        instance.typ = textAt(n, "type");
        instance.name = textAt(n, "name");
        instance.key = keyOf(item.get("index_key"));
        instance.address = `${prefix}${instance.typ}.${instance.name}${indexOf(instance.key)}`;
        this.keep(instance, item, module);
      });
    });
  }

  /** Completes an instance with what stands beside its values. */
  private add(instance: TfInstance, n: Node, module: string): void {
    instance.mode = textAt(n, "mode");
    instance.typ = textAt(n, "type");
    instance.name = textAt(n, "name");
    instance.address = textAt(n, "address");
    instance.key = keyOf(n.get("index"));
    this.keep(instance, n, module);
  }

  /** Keeps an instance if it is the first with its address. */
  private keep(instance: TfInstance, n: Node, module: string): void {
    if (instance.typ === "" || instance.address === "") {
      this.problem("input/terraform-shape", "error", n, 'the resource has no "type" or no "address"', "give the output of terraform show -json as it is");
      return;
    }
    this.azure ||= isAzure(instance.typ);
    if (this.addresses.has(instance.address) || this.dropped.has(instance.address)) return;
    if (this.instances.length >= MAX_INSTANCES) {
      this.limit(`the ${this.what} has more than ${MAX_INSTANCES} resources`);
      this.open = new Unknown(`the ${this.what} exceeds a limit of the reader`);
      return;
    }
    if (instance.values?.kind !== "map") {
      this.problem("input/terraform-shape", "error", instance.values ?? n,
        `the values of ${instance.address} must be a map, not ${instance.values?.describe() ?? "missing"}`, "give the output of terraform show -json as it is");
      instance.values = new Node("map", null, n.source, n.start, n.end);
      this.places.alias(instance.values, n);
    }
    instance.module = this.moduleOf(module);
    instance.config = configOf(instance.module, `${instance.label}.${instance.name}`);
    this.addresses.add(instance.address);
    this.instances.push(instance);
    const label = `${instance.module.path} ${instance.label}.${instance.name}`;
    let group = this.byName.get(label);
    if (group === undefined) this.byName.set(label, (group = { list: [], byKey: new Map() }));
    group.list.push(instance);
    group.byKey.set(instance.key, instance);
  }

  /** Reports that the plan exceeds a limit of the reader, once. */
  limit(message: string): void {
    if (this.limited) return;
    this.limited = true;
    this.problem("input/terraform-limit", "error", this.root, message, "what is beyond it is unknown");
  }

  /** Counts what following references costs. */
  step(more = 0): boolean {
    this.steps += more + 1;
    if (this.steps <= MAX_TF_STEPS) return true;
    this.limit(`it takes more than ${MAX_TF_STEPS} steps to follow the references of the plan`);
    return false;
  }

  /** The module instance with a path such as module.a["k"].module.b. */
  private moduleOf(path: string): TfModule {
    const known = this.modules.get(path);
    if (known !== undefined) return known;
    const steps = stepsOf(path);
    let m = this.top;
    for (let i = 0; i + 1 < steps.length && steps[i]!.name === "module" && !steps[i]!.index; i += 2) {
      const name = steps[i + 1]!.name;
      const key = steps[i + 2]?.index ? steps[i + 2]!.name : "";
      if (key !== "" || steps[i + 2]?.index) i++;
      m = this.child(m, name, key);
    }
    this.modules.set(path, m);
    return m;
  }

  /** An instance of a module that another one calls. */
  child(m: TfModule, name: string, key: string): TfModule {
    const path = `${m.path === "" ? "" : `${m.path}.`}module.${name}${indexOf(key)}`;
    const known = this.modules.get(path);
    if (known !== undefined) return known;
    const call = m.config?.get("module_calls")?.get(name) ?? null;
    const c: TfModule = { path, parent: m, name, key, call, config: call?.get("module") ?? null, children: [], resources: null };
    this.modules.set(path, c);
    m.children.push(c);
    return c;
  }

  /** Follows a binding the first time, and gives nothing where it needs itself. */
  readonly once = followBinding;
}

/** A key behind an address. */
export function indexOf(key: string): string {
  if (key === "") return "";
  return key.startsWith('"') ? `[${JSON.stringify(key.slice(1))}]` : `[${key}]`;
}

/** The paths of a raw state in the shape of a value. */
function sensitivePaths(root: Node, list: Node | null): Node | null {
  if (list === null) return null;
  const at = (kind: "map" | "bool") => new Node(kind, kind === "bool" ? true : null, root.source, root.start, root.start);
  const out = at("map");
  for (const path of list.items) {
    // The first step is enough: what is inside of it is not shown either.
    const name = textAt(path.items[0], "value");
    if (name !== "") out.entries.push({ key: name, source: root.source, start: root.start, end: root.start, value: at("bool") });
  }
  return out;
}

/** What the configuration says of a resource, or null. */
export function configOf(m: TfModule, label: string): Node | null {
  if (m.resources === null) {
    m.resources = new Map();
    for (const n of m.config?.get("resources")?.items ?? []) {
      m.resources.set(`${textAt(n, "mode") === "data" ? "data." : ""}${textAt(n, "type")}.${textAt(n, "name")}`, n);
    }
  }
  return m.resources.get(label) ?? null;
}

/** Whether a type of resources is one of Azure's providers. */
function isAzure(typ: string): boolean {
  return typ.startsWith("azurerm_") || typ.startsWith("azapi_");
}
