// Fails that are accepted for a time. Mirrors internal/rule/waivers.go.

import { trimSpace } from "./armvalue";
import type { Rule, Verdict } from "./check";
import { parse, quoted, shorten, type Node } from "./document";
import { didYouMean, fileOf, isFile, lowerASCII, Problems, Source, type NamedText } from "./source";
import type { Obj } from "./value";

/** One waiver as an object; in a file the same as YAML or JSON. */
export interface Waiver {
  rule: string;
  /** Name or id of the subject; "input" is the topology. */
  subject: string;
  reason: string;
  owner?: string;
  /** The last day on which it holds, in UTC, as 2027-01-31. */
  expires?: string;
}

/** Says that a fail is accepted, and until when. */
export interface Waived {
  reason: string;
  expires?: string;
}

/** What the option of a check can be: the text of a file, files, or waivers. */
export type Given = string | NamedText | NamedText[] | Waiver[];

interface Read {
  rule: string;
  waived: Waived;
  node: Node;
  /** What its subjects came to. */
  met: { fails: boolean; unknown: boolean; other: boolean };
}

/** The keys of a waiver. Who owns it is for people to read. */
const KEYS = ["rule", "subject", "reason", "owner", "expires"];
const THEY_ARE = `its keys are ${KEYS.join(", ")}`;

/** The waivers of one file, for one check. */
export class Waivers {
  readonly problems = new Problems();
  private readonly list: Read[] = [];
  /** By rule and by subject in lower case. */
  private readonly of = new Map<string, Map<string, Read[]>>();

  /** Of files, or as objects. `today` is the day, in UTC, as 2027-01-31. */
  constructor(
    given: Given,
    private readonly today = new Date().toISOString().slice(0, 10),
  ) {
    const files = Array.isArray(given) && given.length > 0 && (given as unknown[]).every(isFile) ? (given as NamedText[]) : [fileOf(given, "waivers")];
    for (const f of files) this.readFile(f);
  }

  private readFile({ file, text }: NamedText): void {
    const { root, problems } = parse(new Source(file, text));
    this.problems.list.push(...problems.list);
    if (root === null || problems.any || root.kind === "null") return;
    if (root.kind !== "list") {
      this.report("waiver/not-a-list", "error", root, `a file of waivers must be a list, not ${root.describe()}`, 'begin each waiver with "- rule:"');
      return;
    }
    for (const n of root.items) this.read(n);
  }

  private report(code: string, severity: "error" | "warning", at: { source: Source; start: number }, message: string, hint: string): void {
    this.problems.add(severity, code, at.source, at.start, message, hint);
  }

  private read(n: Node): void {
    if (n.kind !== "map") {
      this.report("waiver/not-a-map", "error", n, `a waiver must be a map, not ${n.describe()}`, THEY_ARE);
      return;
    }
    const values = new Map<string, string>();
    let whole = true;
    const wrong = (at: { source: Source; start: number }, code: string, message: string, hint: string) => {
      this.report(code, "error", at, message, hint);
      whole = false;
    };
    for (const e of n.entries) {
      const { key, value } = e;
      if (!KEYS.includes(key)) wrong(e, "waiver/unknown-key", `a waiver has no key "${shorten(key)}"`, didYouMean(key, KEYS) || THEY_ARE);
      else if (value.kind === "null") continue;
      else if (value.kind !== "string") wrong(value, "waiver/wrong-value", `"${key}" must be a text, not ${value.describe()}`, "");
      else if (key === "expires" && !isDay(value.text())) wrong(value, "waiver/wrong-value", `"expires" is ${value.describe()}, which is no day`, "write it as year-month-day, for example 2027-01-31");
      else values.set(key, value.text());
    }
    for (const key of ["rule", "subject", "reason"]) {
      const v = n.get(key);
      if (v !== null && v.kind !== "null" && !(v.kind === "string" && trimSpace(v.text()) === "")) continue;
      wrong(n, "waiver/missing-key", `"${key}" of a waiver is missing`, "a waiver says which rule and subject it is about, and why");
    }
    if (!whole) return;
    const expires = values.get("expires");
    const waived: Waived = { reason: values.get("reason")!, ...(expires === undefined ? {} : { expires }) };
    const v: Read = { rule: values.get("rule")!, waived, node: n, met: { fails: false, unknown: false, other: false } };
    const subject = lowerASCII(values.get("subject")!);
    this.list.push(v);
    const bySubject = this.of.get(v.rule) ?? new Map<string, Read[]>();
    this.of.set(v.rule, bySubject.set(subject, [...(bySubject.get(subject) ?? []), v]));
  }

  private expired(v: Read): boolean {
    return v.waived.expires !== undefined && v.waived.expires < this.today;
  }

  /** Looks for a waiver of a rule's verdict on an object, or on the topology, and notes what each waiver met. The verdict is null where the rule failed to come to one. */
  waive(r: Rule, o: Obj | null, verdict: Verdict | null): Waived | null {
    const bySubject = this.of.get(r.id);
    if (bySubject === undefined) return null;
    const names = o === null ? ["input"] : [...new Set([lowerASCII(o.name), lowerASCII(o.id)])];
    const list = names.flatMap((name) => bySubject.get(name) ?? []);
    if (names.length > 1 && list.length > 1) list.sort((a, b) => this.list.indexOf(a) - this.list.indexOf(b));
    let out: Waived | null = null;
    for (const v of list) {
      if (verdict === "fail") {
        v.met.fails = true;
        if (!this.expired(v)) out ??= v.waived;
      } else if (verdict === "unknown" || verdict === null) v.met.unknown = true;
      else v.met.other = true;
    }
    return out;
  }

  /** Reports the waivers that are over or accept nothing. What a rule that did not run would have found nobody knows. */
  unmet(all: Rule[], ran: Rule[]): void {
    const ids = all.map((r) => r.id);
    for (const v of this.list) {
      const { met, node } = v;
      const rule = quoted(v.rule);
      const subject = quoted(node.get("subject")!.text());
      const of = all.find((r) => r.id === v.rule);
      if (of === undefined) this.report("waiver/unused", "warning", node, `there is no rule ${rule}`, didYouMean(v.rule, ids));
      else if (of.fact) this.report("waiver/unused", "warning", node, `${rule} is a fact, which does not fail`, "remove the waiver");
      else if (!ran.includes(of)) continue;
      else if ((met.fails || met.unknown) && this.expired(v)) {
        this.report("waiver/expired", "warning", node, `the waiver of ${rule} for ${subject} expired on ${v.waived.expires}`, "mend what it accepted, or agree on another day");
      } else if (met.fails || met.unknown) continue;
      else if (met.other) this.report("waiver/unused", "warning", node, `${subject} does not fail ${rule}`, "remove the waiver");
      else this.report("waiver/unused", "warning", node, `${rule} has no subject ${subject} here`, "a waiver names a subject by its name or id, as findings show them");
    }
  }
}

/** Whether a text is a day of the calendar, as 2027-01-31. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const d = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(d.getTime()) && d.toISOString().startsWith(text);
}
