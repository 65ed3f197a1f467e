// One topology from one or more texts: decode, detect the format, flatten, map, link. Mirrors internal/topology/read.go.

import { foldEqual, readArm, type Flattened } from "./arm";
import { giveParameters, readParameters, unusedParameters, addProblem, type GivenParameter, type Parameter } from "./armparam";
import type { Diagnostic, Topology } from "./check";
import { readDeclared, type DeclaredFacts } from "./declared";
import { detect } from "./detect";
import { Node, parse, quoted } from "./document";
import { foreignText } from "./foreign";
import { formatOf } from "./formats";
import { parseJSONPart } from "./json";
import { linesOf, type Line } from "./lines";
import { link } from "./link";
import { Mapper } from "./map";
import { noChanges, readNative } from "./native";
import type { Program } from "./program";
import { flattenResources } from "./resources";
import { fileOf, Problems, Source } from "./source";
import { readTerraform } from "./terraform";
import { References } from "./terraformids";
import { foreignTerraform } from "./terraformtext";
import type { Unknown } from "./value";

/** The flags of `plumbline check` that say how to read an input; texts or objects instead of paths. */
export interface ReadOptions {
  /** auto, native, arm, terraform or resources; default auto. */
  input?: string;
  /** Texts of parameter files, or values by name; several, the later wins. */
  parameters?: ParameterOption | ParameterOption[];
  /** "/subscriptions/…/resourceGroups/…" */
  scope?: string;
  /** Called now and then with the share of the work that is done; reading is over at 0.6. */
  progress?: (share: number) => void;
  /** Declared facts: text of a file, or the facts. */
  declared?: string | { file: string; text: string } | Record<string, unknown>;
}

export type ParameterOption = string | { file: string; text: string } | Record<string, unknown>;

/** One document with its format. */
export interface Input {
  source: Source;
  root: Node | null;
  format: string;
  /** What the format was recognised by. */
  by: string;
}

/**
 * Reads one topology. Problems of the texts are in its problems; its world is null where nothing could be read. With
 * `counting`, objects of kinds that nothing looks at may be counted without being made.
 */
export function read(program: Program, files: { file: string; text: string }[], options: ReadOptions = {}, counting = false): Topology {
  const r = new Reader(program, options, counting);
  for (const f of files) r.decode(f);
  return r.topology();
}

/** Collects the documents of one topology. */
export class Reader {
  private readonly docs: Input[] = [];
  private given: GivenParameter[] = [];
  /** Shared by all plans and states of the input. */
  private references: References | null = null;
  private mapper: Mapper | null = null;
  private readonly problems: Diagnostic[] = [];
  private scope: string;

  constructor(
    private readonly program: Program,
    private readonly options: ReadOptions,
    private readonly counting: boolean,
  ) {
    this.scope = options.scope ?? "";
  }

  decode(f: { file: string; text: string }): void {
    const lines = linesOf(f.text);
    if (lines === null) this.decodeText(f);
    else this.decodeLines(new Source(f.file, f.text), lines);
  }

  /** Reads the lines of a file, each whole document with its line as the name of a file of its own. */
  private decodeLines(source: Source, lines: Line[]): void {
    this.watch(source);
    const root = new Node("list", null, source, 0, source.text.length);
    for (const line of lines) {
      if (!line.resource) {
        this.decodeText({ file: `${source.file}:${line.number}`, text: line.text.replace(/\r$/, "") });
        continue;
      }
      const read = parseJSONPart(source, line.start, line.end);
      this.problems.push(...read.problems.list);
      if (read.root !== null && !read.problems.any) root.items.push(read.root);
    }
    if (root.items.length > 0) this.docs.push({ source, root, ...detect(this.program.model, root, this.options.input ?? "", this.problems) });
  }

  /** Tells how far a text has been read. Of several, each begins anew, since how many will follow is not known here. */
  private watch(source: Source): void {
    const { progress } = this.options;
    if (progress !== undefined) source.progress = (offset) => progress((0.25 * offset) / source.text.length);
  }

  /** Reads a text that is one document. */
  private decodeText(f: { file: string; text: string }): void {
    const source = new Source(f.file, f.text);
    this.watch(source);
    if (foreignText(source, this.problems)) {
      this.docs.push({ source, root: null, format: "", by: "" });
      return;
    }
    const foreign = foreignTerraform(source.text);
    if (foreign !== null) {
      addProblem(this.problems, "input/unrecognised", { source, offset: 0 }, foreign.message, foreign.hint);
      this.docs.push({ source, root: null, format: "", by: "" });
      return;
    }
    const { root, problems } = parse(source);
    this.problems.push(...problems.list);
    if (root === null || problems.any) {
      this.docs.push({ source, root: null, format: "", by: "" });
      return;
    }
    this.docs.push({ source, root, ...detect(this.program.model, root, this.options.input ?? "", this.problems) });
  }

  topology(): Topology {
    const t: Topology = { file: "", format: "", world: null, subjects: [], unstated: [], problems: this.problems };
    t.file = distinct(this.docs.map((d) => d.source.file));
    t.format = distinct(this.docs.map((d) => d.format));
    if (this.docs.length > 0 && this.docs.every((d) => d.format !== "")) this.build(t);
    return t;
  }

  /** Fills in what documents of known format say. */
  private build(t: Topology): void {
    this.given = readParameters(parametersOf(this.options.parameters), this.problems);
    this.checkScope();
    if (this.docs.some((d) => d.format === "native")) {
      this.native(t);
      return;
    }
    const templates = this.docs.filter((d) => d.format === "arm").map((d) => d.root!);
    const mapper = this.map();
    unusedParameters(this.given, templates, this.problems);
    const declared = this.facts(this.declared());
    const input = mapper.finish();
    input.complete = declared.complete;
    this.incomplete(mapper.open, input.complete);
    const out = link(input);
    t.world = { collections: out.collections, declared: declared.values };
    t.subjects = out.subjects;
    t.unstated = out.unstated;
    t.needs = out.needs;
  }

  /** Maps all documents. Of a single answer of Azure objects that nothing looks at are only counted, unless it has one of them twice. */
  private map(): Mapper {
    const counting = this.counting && this.docs.length === 1 && this.docs[0]!.format === "resources";
    const before = this.problems.length;
    const counted = this.mapAll(counting);
    if (!counted.countedTwice) return counted;
    this.problems.length = before;
    return this.mapAll(false, false);
  }

  private mapAll(counting: boolean, telling = true): Mapper {
    const mapper = (this.mapper = new Mapper(this.program, this.problems, counting));
    this.docs.forEach((d, n) => {
      const f = formatOf(d.format)!;
      const done = n / this.docs.length;
      mapper.add(f.flatten(this, d, n), d.source.file, f.mappings, (share) => telling && this.options.progress?.(0.3 + 0.25 * (done + share / this.docs.length)));
    });
    return mapper;
  }

  /** Reads a topology in the model's own words, in one document or several. */
  private native(t: Topology): void {
    if (t.format !== "native") {
      const { file } = this.docs.find((d) => d.format === "native")!.source;
      this.problems.push({ code: "input/merge", severity: "error", file, message: "a native topology cannot be merged with other inputs", hint: "check the files one by one" });
      return;
    }
    unusedParameters(this.given, [], this.problems);
    const { source, root } = this.docs.at(-1)!;
    const before = this.docs.slice(0, -1).map((d) => d.root);
    const native = readNative(this.program.model, source, root, { ...noChanges, declared: this.declared() }, before);
    t.world = native.world;
    t.subjects = native.subjects;
    t.unstated = native.unstated;
    this.problems.push(...native.problems);
  }

  /** The resources of an ARM template. */
  flattenTemplate(d: Input, n: number): Flattened {
    const { flat, problems } = readArm(d.source, d.root!, this.scope, giveParameters(d.root!, this.given, this.problems), n > 0 ? `${n}!` : "");
    this.problems.push(...problems);
    return flat;
  }

  /** The resources of what Azure returned. */
  flattenResources(d: Input): Flattened {
    return flattenResources(this.mapper!.table("arm"), d.root!, this.problems);
  }

  /** The resources of a plan or state. */
  flattenTerraform(d: Input): Flattened {
    this.references ??= new References();
    return readTerraform(d.source, d.root!, this.references, this.mapper!.table("terraform"), this.problems);
  }

  /** The declared facts that the options give: a map of them, or one under "declared". */
  private declared(): Node | null {
    const option = this.options.declared;
    if (option === undefined) return null;
    const f = fileOf(option, "declared");
    const { root, problems } = parse(new Source(f.file, f.text));
    this.problems.push(...problems.list);
    return problems.any ? null : (root?.get("declared") ?? root);
  }

  private facts(root: Node | null): DeclaredFacts {
    const problems = new Problems();
    const facts = readDeclared(this.program.model, root, new Map(), problems);
    this.problems.push(...problems.list);
    return facts;
  }

  /** Says once why the input may hold more than can be read of it. */
  private incomplete(open: Map<string, Unknown>, complete: Set<string>): void {
    const said = new Set<string>();
    for (const k of this.program.model.kinds) {
      const u = open.get(k.name);
      if (u === undefined || complete.has(k.name) || said.has(u.reason)) continue;
      said.add(u.reason);
      this.problems.push({
        code: "input/incomplete",
        severity: "warning",
        file: this.docs[0]!.source.file,
        message: `not everything can be read: ${u.reason}`,
        hint: "what is missing leaves verdicts unknown",
      });
    }
  }

  private checkScope(): void {
    const parts = this.scope.replace(/\/$/, "").split("/");
    const ok =
      this.scope === "" ||
      (parts.length >= 3 && parts[0] === "" && foldEqual(parts[1]!, "subscriptions") && parts[2] !== "" &&
        (parts.length === 3 || (parts.length === 5 && foldEqual(parts[3]!, "resourceGroups") && parts[4] !== "")));
    if (ok) return;
    addProblem(this.problems, "input/scope", null, `the scope ${quoted(this.scope)} is not the id of a subscription or resource group`, "write /subscriptions/ID or /subscriptions/ID/resourceGroups/NAME");
    this.scope = "";
  }
}

function distinct(list: string[]): string {
  return [...new Set(list.filter((s) => s !== ""))].join(", ");
}

/** Parameters in order; a text among values by name is one of NAME=VALUE, and so is a text that looks like one. */
function parametersOf(option: ReadOptions["parameters"]): Parameter[] {
  if (option === undefined) return [];
  return (Array.isArray(option) ? option : [option]).flatMap((p): Parameter[] => {
    const pair = typeof p === "string" ? /^([A-Za-z_]\w*)=([^]*)$/.exec(p) : null;
    if (pair) return [{ name: pair[1]!, value: pair[2]! }];
    if (typeof p === "string" || (typeof p.file === "string" && typeof p.text === "string") || "parameters" in p) return [fileOf(p, "parameters")];
    return Object.entries(p).map(([name, value]): Parameter => ({ name, value: typeof value === "string" ? value : JSON.stringify(value) }));
  });
}
