// Fails that are accepted for a time. Mirrors internal/rule/waivers.go.

import type { Diagnostic, Rule, Verdict } from "./check";
import { parse, quoted, shorten, type Node } from "./document";
import { didYouMean, lowerASCII, Source } from "./source";
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

interface Read {
  rule: string;
  subject: string;
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
  readonly problems: Diagnostic[] = [];
  private readonly list: Read[] = [];

  /** `today` is the day, in UTC, as 2027-01-31. */
  constructor(
    { file, text }: { file: string; text: string },
    private readonly today = new Date().toISOString().slice(0, 10),
  ) {
    const { root, problems } = parse(new Source(file, text));
    this.problems.push(...problems.list);
    if (root === null || problems.any || root.kind === "null") return;
    if (root.kind !== "list") {
      this.report("waiver/not-a-list", "error", root, `a file of waivers must be a list, not ${root.describe()}`, 'begin each waiver with "- rule:"');
      return;
    }
    for (const n of root.items) this.read(n);
  }

  private report(code: string, severity: "error" | "warning", at: { source: Source; start: number }, message: string, hint: string): void {
    const d: Diagnostic = { code, severity, file: at.source.file, ...at.source.position(at.start), message, hint };
    if (d.file === "") delete d.file;
    if (hint === "") delete d.hint;
    this.problems.push(d);
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
      if (v !== null && v.kind !== "null" && !(v.kind === "string" && v.text().trim() === "")) continue;
      wrong(n, "waiver/missing-key", `"${key}" of a waiver is missing`, "a waiver says which rule and subject it is about, and why");
    }
    if (!whole) return;
    const expires = values.get("expires");
    const waived: Waived = { reason: values.get("reason")!, ...(expires === undefined ? {} : { expires }) };
    this.list.push({ rule: values.get("rule")!, subject: lowerASCII(values.get("subject")!), waived, node: n, met: { fails: false, unknown: false, other: false } });
  }

  private expired(v: Read): boolean {
    return v.waived.expires !== undefined && v.waived.expires < this.today;
  }

  /** Looks for a waiver of a rule's verdict on an object, or on the topology, and notes what each waiver met. */
  waive(r: Rule, o: Obj | null, verdict: Verdict): Waived | null {
    let out: Waived | null = null;
    for (const v of this.list) {
      if (v.rule !== r.id || !(o === null ? v.subject === "input" : v.subject === lowerASCII(o.id) || v.subject === lowerASCII(o.name))) continue;
      if (verdict === "fail") {
        v.met.fails = true;
        if (!this.expired(v)) out ??= v.waived;
      } else if (verdict === "unknown") v.met.unknown = true;
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
