// The result of a check, as `plumbline check --format json` prints it, and its
// short form that the pages keep in the browser to show each rule's verdict.

import type { Diagnostic, Fact, Finding, Result, Subject, Verdict } from "../runtime/check";
import type { Counts } from "../runtime/listed";
import { siteKey, version } from "./site";

export type { Diagnostic, Fact, Finding, Subject, Verdict };
export type CheckResult = Result;

/** Worst first: the verdict of a rule is the worst over its subjects. */
export const verdicts: readonly Verdict[] = ["fail", "unknown", "pass", "not-applicable"];

export const verdictNames: Record<Verdict, string> = {
  fail: "Fail",
  unknown: "Unknown",
  pass: "Pass",
  "not-applicable": "Not applicable",
};

/** What a file of the reader can be. */
export const roles = ["topology", "parameters", "declared", "waivers"] as const;

/** What a page shows of one rule. */
export interface RuleVerdict {
  verdict: Verdict;
  counts: Record<Verdict, number>;
  /** The worst subjects, at most `shown` of them. */
  subjects: { name: string; verdict: Verdict; text: string }[];
  /** Values of a fact rule. */
  facts: { name: string; value: string | null }[];
}

/** The reader's last check, short enough for the browser's storage. */
export interface Kept {
  version: string;
  name: string;
  summary: Record<Verdict, number>;
  rules: Record<string, RuleVerdict>;
}

const shown = 8;
/** Characters that browsers may have room for; they keep 5 to 10 MB of a site. */
const storable = 5_000_000;
const key = `plumbline:topology:${siteKey}`;

/** Sums a result up by rule. It must hold all four verdicts; how often each, `counts` says where it lists a part. */
export function summarise(result: CheckResult, counts: Counts | null): Kept {
  const rules: Record<string, RuleVerdict> = {};
  const entry = (rule: string): RuleVerdict =>
    (rules[rule] ??= {
      verdict: "not-applicable",
      counts: { pass: 0, fail: 0, unknown: 0, "not-applicable": 0 },
      subjects: [],
      facts: [],
    });
  for (const f of result.findings) {
    const r = entry(f.rule);
    r.counts[f.verdict]++;
    if (verdicts.indexOf(f.verdict) < verdicts.indexOf(r.verdict)) r.verdict = f.verdict;
    if (f.verdict === "fail" || f.verdict === "unknown") {
      const text = f.verdict === "fail" ? f.message : (f.missing ?? []).map((m) => `${m.path}: ${m.reason}`).join("; ");
      r.subjects.push({ name: f.subject.name, verdict: f.verdict, text: f.waived === undefined ? text : `${text} (waived: ${f.waived.reason})` });
    }
  }
  for (const f of result.facts) {
    entry(f.rule).facts.push({ name: f.subject.name, value: f.value });
  }
  for (const [id, r] of Object.entries(rules)) {
    Object.assign(r.counts, counts?.rules[id]?.findings);
    r.subjects.sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));
    r.subjects.length = Math.min(r.subjects.length, shown);
    r.facts.length = Math.min(r.facts.length, shown);
  }
  return { version, name: result.input.file, summary: result.summary, rules };
}

/** A text of the reader's input. */
export interface InputFile {
  name: string;
  text: string;
  /** The file itself, where it is large: who needs its text reads it, which is quicker than to copy the text. */
  blob?: Blob;
  role: (typeof roles)[number];
}

/**
 * Keeps the last check in this browser: for this tab, or until it is forgotten.
 * Where the texts are too large for the storage, the verdicts alone are kept.
 */
export function keep(kept: Kept, files: InputFile[], remember: boolean): void {
  const store = storage(remember);
  forget();
  if (store === null) return;
  try {
    store.setItem(key, JSON.stringify(kept));
    const known = files.every((f) => f.blob === undefined || f.text !== "");
    if (known && files.reduce((n, f) => n + f.text.length, 0) < storable) store.setItem(`${key}:files`, JSON.stringify(files.map(({ name, text, role }) => ({ name, text, role }))));
  } catch {
    try {
      store.removeItem(`${key}:files`);
      store.setItem(key, JSON.stringify(kept));
    } catch {
      // The storage is full: the result stands on the checker's page only.
    }
  }
}

export function forget(): void {
  for (const store of [storage(false), storage(true)]) {
    store?.removeItem(key);
    store?.removeItem(`${key}:files`);
  }
}

/** The last check, if it was made with the rules of this site as it is now. */
export function kept(): Kept | null {
  const text = read(key);
  if (text === null) return null;
  try {
    const k = JSON.parse(text) as Kept;
    return k.version === version ? k : null;
  } catch {
    return null;
  }
}

/** The texts of the last check, also of one made with older rules. */
export function keptFiles(): { files: InputFile[]; remember: boolean } | null {
  for (const remember of [false, true]) {
    const text = storage(remember)?.getItem(`${key}:files`) ?? null;
    if (text === null) continue;
    try {
      return { files: JSON.parse(text) as InputFile[], remember };
    } catch {
      return null;
    }
  }
  return null;
}

/** Calls back when another tab keeps or forgets a check. */
export function onKept(changed: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === key || event.key === null) changed();
  });
}

function read(name: string): string | null {
  return storage(false)?.getItem(name) ?? storage(true)?.getItem(name) ?? null;
}

function storage(remember: boolean): Storage | null {
  try {
    return remember ? localStorage : sessionStorage;
  } catch {
    return null; // switched off by the browser
  }
}
