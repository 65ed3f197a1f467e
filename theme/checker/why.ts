// "Why?": how a finding came about, asked of a worker of its own that is loaded
// when it is first needed.

import { el, icon } from "../page/element";
import type { Finding } from "../page/result";
import { loadScript } from "../page/site";
import type { Explanation } from "../runtime/check";
import type { Trace, TracedElement } from "../runtime/explainer";
import type { CheckOptions, GivenFile } from "./protocol";
import { Runner } from "./runner";

/** Explains the findings of one check. */
export class Explainer {
  private readonly runner = new Runner(() => window.plumblineExplainer);
  private last: Promise<unknown> = Promise.resolve();

  /** `script` is the path of the worker's code. */
  constructor(private readonly script: string) {}

  /** How a finding came about, null where the check does not give it any more. */
  explain(files: GivenFile[], options: CheckOptions, f: Finding): Promise<Explanation | null> {
    // A runner does one thing at a time, and a newer request would replace this one.
    const answer = this.last.then(async () => {
      await loadScript(this.script);
      const { result } = await this.runner.check(files, { ...options, rules: [f.rule], subject: f.subject.id });
      const same = (g: Finding): boolean => g.rule === f.rule && g.subject.id === f.subject.id && g.source.file === f.source.file && g.source.pointer === f.source.pointer;
      return result.findings.find(same)?.explanation ?? null;
    });
    this.last = answer.catch(() => undefined);
    return answer;
  }
}

/** The disclosure below a finding; `ask` is called when the reader first opens it. */
export function whyDisclosure(ask: () => Promise<Explanation | null>): HTMLElement {
  const body = el("div", { class: "why-body", "aria-live": "polite" }, el("p", { class: "soft" }, "Looking…"));
  const why = el("details", { class: "why" }, el("summary", {}, icon("chevron"), "Why?"), body);
  why.addEventListener(
    "toggle",
    () =>
      void ask().then(
        (e) => body.replaceChildren(...explanation(e)),
        (error: unknown) => body.replaceChildren(el("p", { class: "soft" }, `This could not be explained: ${(error as Error).message}`)),
      ),
    { once: true },
  );
  return why;
}

function explanation(e: Explanation | null): Node[] {
  if (e === null) return [el("p", { class: "soft" }, "The text has changed since.")];
  const part = (title: string, trace: Trace | undefined): Node[] =>
    trace === undefined ? [] : [el("p", { class: "caps" }, title), el("ul", { class: "trace", role: "list" }, row(trace))];
  return [...part("Applies where", e.where), ...part("Must hold", e.assert), ...part("Value", e.fact)];
}

/** A sub-expression with its value, and what it is made of. */
function row(t: Trace, ...before: Node[]): HTMLElement {
  const inside = [
    ...(t.parts ?? []).map((p) => row(p)),
    ...(t.elements ?? []).map(element),
    ...(t.omitted !== undefined && t.elements !== undefined
      ? [el("li", { class: "soft" }, `and ${t.omitted.toLocaleString("en-US")} that did not decide`)]
      : []),
    ...(t.definition === undefined
      ? []
      : [el("li", {}, el("details", { class: "trace-definition" }, el("summary", {}, icon("chevron"), "Where it comes from"), el("ul", { class: "trace", role: "list" }, row(t.definition))))]),
  ];
  return el("li", {}, ...before, el("code", {}, t.expr), " ", outcome(t), ...reason(t), inside.length > 0 && el("ul", { class: "trace", role: "list" }, inside));
}

function element(e: TracedElement): HTMLElement {
  const missing = (e.missing ?? []).map((m) => el("span", { class: "soft" }, ` may not exist: ${m.reason} `));
  return row(e.result, el("strong", { class: "trace-element", title: `Element ${e.index}` }, e.value || `[${e.index}]`), ...missing, document.createTextNode(" "));
}

/** Why an unknown is unknown stands where it was read. */
function reason(t: Trace): Node[] {
  const [only] = t.missing ?? [];
  if (only === undefined || t.missing?.length !== 1 || t.parts !== undefined || t.elements !== undefined || t.definition !== undefined) return [];
  return [document.createTextNode(" "), el("span", { class: "soft" }, only.reason)];
}

function outcome(t: Trace): HTMLElement {
  const name = (kind: string, text: string): HTMLElement => el("span", { class: `trace-value trace-${kind}` }, text);
  if (t.error !== undefined) return name("false", t.error);
  if (t.value === undefined) return name("skipped", "not looked at");
  if (t.missing !== undefined) return name("unknown", t.value);
  if (t.value === "true" || t.value === "false") return name(t.value, t.value);
  return name("plain", t.value === "" ? "empty" : t.value);
}
