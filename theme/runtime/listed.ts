// What a page lists of a result. A topology of a hundred thousand objects has more
// findings than anybody reads, or than a worker can hand over in reasonable time:
// all are counted, and of each rule and verdict the first are listed.

import type { Rule, Subject, Verdict } from "./check";
import type { Obj } from "./value";

/** How many findings and facts a rule has, whether they are listed or not. */
export interface RuleCounts {
  findings: Record<Verdict, number>;
  facts: number;
}

export interface Counts {
  /** By rule. */
  rules: Record<string, RuleCounts>;
  /** Fails that are accepted. */
  waived: number;
  /** Some are not listed. */
  cut: boolean;
}

/** How many findings an object has that ask for something. */
export interface Tally {
  fail: number;
  unknown: number;
}

/** Counts what a check finds, and says what is listed of it. */
export class Listed {
  readonly counts: Counts = { rules: {}, waived: 0, cut: false };
  /** What was found about each object, listed or not, for those about which there is something. */
  readonly about = new Map<Obj, Tally>();

  /** `most` of a rule's findings of one verdict, and of its facts; `words` must all stand in what is said of one, in lower case; `only` is the subject, if there is one. */
  constructor(
    private readonly most: number,
    private readonly words: readonly string[] = [],
    private readonly only?: Pick<Subject, "kind" | "id">,
  ) {}

  /** Counts a finding, and says whether it is listed. One that is waived asks for nothing. */
  finding(r: Rule, verdict: Verdict, o: Obj | null, subject: string, message: string, waived: boolean): boolean {
    const { only } = this;
    if (only !== undefined && (o?.kind !== only.kind || o.id !== only.id)) return false;
    if (!matches(this.words, r, subject, message)) return false;
    if (o !== null && !waived && (verdict === "fail" || verdict === "unknown")) {
      let tally = this.about.get(o);
      if (tally === undefined) this.about.set(o, (tally = { fail: 0, unknown: 0 }));
      tally[verdict]++;
    }
    if (waived) this.counts.waived++;
    return this.list(++this.of(r).findings[verdict]);
  }

  /** The same for a fact. */
  fact(r: Rule): boolean {
    return this.list(++this.of(r).facts);
  }

  private of(r: Rule): RuleCounts {
    return (this.counts.rules[r.id] ??= { findings: { pass: 0, fail: 0, unknown: 0, "not-applicable": 0 }, facts: 0 });
  }

  private list(n: number): boolean {
    this.counts.cut ||= n > this.most;
    return n <= this.most;
  }
}

/** Whether all words stand in what a finding says of the subject of a name, ignoring case. */
export function matches(words: readonly string[], r: { id: string; title: string; severity: string }, subject: string, message: string): boolean {
  if (words.length === 0) return true;
  const text = `${r.id} ${r.title} ${subject} ${message} ${r.severity}`.toLowerCase();
  return words.every((w) => text.includes(w));
}
