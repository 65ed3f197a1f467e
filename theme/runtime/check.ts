// Runs the rules over a topology. Mirrors internal/rule/check.go.

import { evaluate, type Context, type Expr, type Library } from "./evaluate";
import type { Trace } from "./explainer";
import { Called } from "./frame";
import type { Subjects } from "./link";
import type { Listed } from "./listed";
import { compareText, nameOf } from "./ops";
import { show } from "./show";
import { both, openValue, RuntimeError } from "./tree";
import { Unknown, type Missing, type Obj, type Place, type Value, type World } from "./value";
import { Waivers, type Given, type Waived } from "./waivers";

/** A rule as internal/rulejs writes it. */
export interface Rule {
  id: string;
  title: string;
  severity: string;
  /** Collection of the subjects, or null for the whole topology. */
  kind: string | null;
  /** Name of the subject in the expressions. */
  subject: string;
  /** Where the quoted sentence stands, relative to the site. */
  page: string;
  fix: string;
  where: Expr | null;
  assert: Expr | null;
  fact: Expr | null;
  message: (string | Expr)[] | null;
}

export interface Diagnostic {
  code: string;
  severity: "error" | "warning" | "info";
  rule?: string;
  file?: string;
  line?: number;
  column?: number;
  message: string;
  hint?: string;
}

export type Verdict = "pass" | "fail" | "unknown" | "not-applicable";

export interface Subject {
  kind: string;
  id: string;
  name: string;
}

export interface Finding {
  rule: string;
  severity: string;
  verdict: Verdict;
  subject: Subject;
  message: string;
  fix: string;
  page: string;
  source: Place;
  missing?: Missing[];
  /** How the verdict came about, where that was asked for. */
  explanation?: Explanation;
  /** Of a fail that is accepted. */
  waived?: Waived;
}

export interface Fact {
  rule: string;
  subject: Subject;
  value: string | null;
  missing: Missing[];
  explanation?: Explanation;
}

/** `where` is absent from a rule that applies always, `assert` and `fact` from one that does not apply. */
export interface Explanation {
  where?: Trace;
  assert?: Trace;
  fact?: Trace;
}

/** What check gives: section 5 of the contract, members in this order. */
export interface Result {
  version: 1;
  input: { file: string; format: string; subjects: Record<string, number>; unstated: string[] };
  summary: Record<Verdict, number>;
  findings: Finding[];
  facts: Fact[];
  diagnostics: Diagnostic[];
}

/** A linked topology, as the readers make it. */
export interface Topology {
  file: string;
  format: string;
  /** null where nothing could be read. */
  world: World | null;
  /** Stated kinds in model order; objects in input order. */
  subjects: Subjects[];
  unstated: string[];
  problems: Diagnostic[];
  /** By the reason of an unknown, the kinds whose objects would settle it. */
  needs?: Map<string, string[]>;
}

export interface CheckOptions {
  /** Keep pass and not-applicable findings. */
  all?: boolean;
  /** Run only these rules. */
  rules?: string[];
  /** Fails that are accepted: the text of a file, one file or several, or the waivers. */
  waivers?: Given;
  /** Called now and then with the share of the work that is done, up to 1. */
  progress?: (share: number) => void;
}

/** Says how a rule came to its verdict or value on a subject; undefined where that is not wanted. */
export type Explain = (r: Rule, subject: Subject, w: Context, args: Value[]) => Explanation | undefined;

const HINT = "guard the value, for example with ?. or ??";

/** Checks a topology. `listed` says what the result lists of it, where that is not everything. */
export function checkTopology(rules: Rule[], lib: Library, t: Topology, options: CheckOptions, explain?: Explain, listed?: Listed): Result {
  const subjects: Record<string, number> = {};
  for (const s of t.subjects) subjects[s.kind] = s.objects.length + (s.counted ?? 0);
  const out: Result = {
    version: 1,
    input: { file: t.file, format: t.format, subjects, unstated: t.unstated },
    summary: { pass: 0, fail: 0, unknown: 0, "not-applicable": 0 },
    findings: [],
    facts: [],
    diagnostics: [],
  };
  const waivers = options.waivers === undefined ? null : new Waivers(options.waivers);
  const problems = [...t.problems];
  if (t.world) {
    let w: Context = { collections: t.world.collections, declared: t.world.declared, lib, open: new Map(), called: new Called() };
    if (listed) w = { ...w, full: w, called: new Called() };
    const wanted = options.rules?.length ? rules.filter((r) => options.rules!.includes(r.id)) : rules;
    const checker = new Checker(t, w, options, out.summary, problems, explain, listed, waivers);
    const found = checker.rules(wanted);
    if (!t.problems.some((d) => d.severity === "error")) waivers?.unmet(rules, wanted);
    out.findings = found.flatMap((f) => f.findings);
    out.facts = found.flatMap((f) => f.facts);
  }
  if (waivers !== null) problems.push(...waivers.problems.list);
  out.diagnostics = sortDiagnostics(problems);
  return out;
}

/** What one rule gives on a topology, all verdicts of it, in the form that both engines are compared in. */
export function outcomeOf(r: Rule, lib: Library, t: Topology & { world: World }): Pick<Result, "findings" | "facts" | "diagnostics"> {
  const problems: Diagnostic[] = [];
  const summary = { pass: 0, fail: 0, unknown: 0, "not-applicable": 0 };
  const checker = new Checker(t, { collections: t.world.collections, declared: t.world.declared, lib }, { all: true }, summary, problems);
  const found: Found = { rule: r, findings: [], facts: [] };
  const { subjects } = t;
  if (r.kind === null) checker.subject(found, null);
  for (let i = 0; i < subjects.length; i++) {
    if (subjects[i]!.kind !== r.kind) continue;
    const { objects } = subjects[i]!;
    for (let j = 0; j < objects.length; j++) checker.subject(found, objects[j]!);
  }
  return { findings: found.findings, facts: found.facts, diagnostics: sortDiagnostics(problems) };
}

/** What one rule finds. */
interface Found {
  rule: Rule;
  findings: Finding[];
  facts: Fact[];
}

class Checker {
  constructor(
    readonly t: Topology,
    readonly w: Context,
    readonly options: CheckOptions,
    readonly summary: Result["summary"],
    readonly problems: Diagnostic[],
    readonly explain?: Explain,
    readonly listed?: Listed,
    readonly waivers: Waivers | null = null,
  ) {}

  /** Runs rules, all that are about an object before those about the next: what they read of it is then near at hand. */
  rules(wanted: Rule[]): Found[] {
    const found = wanted.map((rule): Found => ({ rule, findings: [], facts: [] }));
    const about = new Map<string, Found[]>();
    for (const f of found) {
      const { kind } = f.rule;
      if (kind === null) this.subject(f, null);
      else if (about.has(kind)) about.get(kind)!.push(f);
      else about.set(kind, [f]);
    }
    const { subjects } = this.t;
    const { progress } = this.options;
    const count = progress ? subjects.reduce((n, s) => n + (about.has(s.kind) ? s.objects.length : 0), 0) : 0;
    let done = 0;
    for (let i = 0; i < subjects.length; i++) {
      const { kind, objects } = subjects[i]!;
      const rules = about.get(kind) ?? [];
      for (let j = 0; j < objects.length && rules.length > 0; j++) {
        for (let k = 0; k < rules.length; k++) this.subject(rules[k]!, objects[j]!);
        if ((++done & 1023) === 0) progress?.(0.6 + (0.4 * done) / count);
      }
    }
    progress?.(1);
    return found;
  }

  subject(f: Found, o: Obj | null): void {
    const r = f.rule;
    const args: Value[] = o ? [o] : [];
    try {
      if (r.fact) this.fact(f, r.fact, o, args);
      else this.judge(f, o, args);
    } catch (e) {
      if (!(e instanceof RuntimeError)) throw e;
      this.waivers?.waive(r, o, null);
      this.problems.push(runtimeProblem(r, e));
    }
  }

  judge(f: Found, o: Obj | null, args: Value[]): void {
    const r = f.rule;
    let { verdict, open } = verdictOf(r, this.w, o, args);
    const message = verdict === "fail" && r.message ? this.message(r.message, args) : r.title;
    this.summary[verdict]++;
    const waived = this.waivers?.waive(r, o, verdict) ?? null;
    if (!this.options.all && (verdict === "pass" || verdict === "not-applicable")) return;
    if (this.listed && !this.listed.finding(r, verdict, o, o?.name ?? INPUT, message, waived !== null)) return;
    const finding: Finding = {
      rule: r.id,
      severity: r.severity,
      verdict,
      subject: subjectOf(o),
      message,
      fix: r.fix,
      page: r.page,
      source: o ? written(o.place) : { file: this.t.file, pointer: "", line: 1, column: 1 },
    };
    if (open !== null && this.w.full) open = verdictOf(r, this.w.full, o, args).open;
    if (open !== null && open.missing.length > 0) finding.missing = open.missing;
    this.explained(finding, r, args);
    if (waived !== null) finding.waived = waived;
    f.findings.push(finding);
  }

  explained<T extends Finding | Fact>(of: T, r: Rule, args: Value[]): T {
    const explanation = this.explain?.(r, of.subject, this.w.full ?? this.w, args);
    if (explanation) of.explanation = explanation;
    return of;
  }

  message(parts: (string | Expr)[], args: Value[]): string {
    return parts.map((p) => (typeof p === "string" ? p : show(evaluate(p, this.w, args)))).join("");
  }

  fact(f: Found, fact: Expr, o: Obj | null, args: Value[]): void {
    const r = f.rule;
    const { w } = this;
    const v = factOf(r, fact, w, args);
    if (v === null || (this.listed && !this.listed.fact(r))) return;
    const open = openValue(v) === null ? null : openValue(w.full ? factOf(r, fact, w.full, args) : v);
    const said = open === null ? { value: show(v), missing: [] } : { value: null, missing: open.missing };
    f.facts.push(this.explained({ rule: r.id, subject: subjectOf(o), ...said }, r, args));
  }
}

/** The name of the whole topology as a subject. */
const INPUT = "input";

function subjectOf(o: Obj | null): Subject {
  return o ? { kind: o.kind, id: o.id, name: o.name } : { kind: "topology", id: "", name: INPUT };
}

/** A place as a finding lists it. */
function written({ file, pointer, line, column }: Place): Place {
  return { file, pointer, line, column };
}

function runtimeProblem(r: Rule, e: RuntimeError): Diagnostic {
  const place = e.at ? { line: e.at[0], column: e.at[1] } : {};
  return { code: "rule/runtime", severity: "error", rule: r.id, file: e.file, ...place, message: e.message, hint: HINT };
}

/** Reads the result of a condition; one that is neither true nor false is the author's bug. */
function condition(x: Expr, v: Value): boolean | Unknown {
  if (typeof v === "boolean" || v instanceof Unknown) return v;
  throw new RuntimeError(`a condition is true or false, not ${nameOf(v)}`, x.file, x.tree.at);
}

interface Judgement {
  verdict: Verdict;
  /** What left it open. */
  open: Unknown | null;
}

/** The verdict on an object, or on the whole topology. */
function verdictOf(r: Rule, w: Context, o: Obj | null, args: Value[]): Judgement {
  const out = ruleOn(r, w, args);
  if (!o?.exists || (out.verdict !== "pass" && out.verdict !== "fail")) return out;
  return { verdict: "unknown", open: Unknown.read(new Unknown(o.exists.reason), "", r.subject) };
}

/** The value of a fact; null where there is nothing to say, and unknown where it is not known whether there is. */
function factOf(r: Rule, fact: Expr, w: Context, args: Value[]): Value {
  if (r.where) {
    const applies = condition(r.where, evaluate(r.where, w, args));
    if (applies !== true) return applies === false ? null : applies;
  }
  return evaluate(fact, w, args);
}

/** The verdict on an object that exists. */
function ruleOn(r: Rule, w: Context, args: Value[]): Judgement {
  let where: Unknown | null = null;
  if (r.where) {
    const applies = condition(r.where, evaluate(r.where, w, args));
    if (applies === false) return { verdict: "not-applicable", open: null };
    if (applies instanceof Unknown) where = applies;
  }
  let holds: boolean | Unknown;
  try {
    holds = condition(r.assert!, evaluate(r.assert!, w, args));
  } catch (e) {
    if (where && e instanceof RuntimeError) return { verdict: "unknown", open: where };
    throw e;
  }
  if (holds === true) return { verdict: "pass", open: null };
  if (holds === false) return where ? { verdict: "unknown", open: where } : { verdict: "fail", open: null };
  return { verdict: "unknown", open: both(where, holds) };
}

/** By file, place, code and message, without exact duplicates; as diag.List.Sorted. */
export function sortDiagnostics(list: Diagnostic[]): Diagnostic[] {
  if (list.length === 0) return [];
  const key = (d: Diagnostic) => [d.file ?? "", d.line ?? 0, d.column ?? 0, d.code, d.message] as const;
  const compare = (a: Diagnostic, b: Diagnostic): number => {
    const x = key(a);
    const y = key(b);
    return compareText(x[0], y[0]) || x[1] - y[1] || x[2] - y[2] || compareText(x[3], y[3]) || compareText(x[4], y[4]);
  };
  const sorted = [...list].sort(compare);
  return sorted.filter((d, i) => i === 0 || compare(sorted[i - 1]!, d) !== 0 || sorted[i - 1]!.rule !== d.rule).map(record);
}

/** A diagnostic with its members in the order of diag.Record. */
function record(d: Diagnostic): Diagnostic {
  const { code, severity, rule, file, line, column, message, hint } = d;
  const out: Partial<Diagnostic> = { code, severity };
  if (rule) out.rule = rule;
  if (file) out.file = file;
  if (line) out.line = line;
  if (column) out.column = column;
  return { ...out, message, ...(hint && { hint }) } as Diagnostic;
}
