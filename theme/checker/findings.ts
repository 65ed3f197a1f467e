// A result as HTML: diagnostics, findings by verdict, severity and rule, facts,
// and what the input does not state.

import { count, el, icon } from "../page/element";
import { verdictNames } from "../page/result";
import type { CheckResult, Diagnostic, Fact, Finding, Subject, Verdict } from "../page/result";
import type { Explanation } from "../runtime/check";
import type { Missing, Place } from "../runtime/value";
import type { RuleData } from "../page/data";
import { pageHref } from "../page/site";
import { bySeverity, until } from "./report";
import { whyDisclosure } from "./why";

/** What the lists need beside the result. */
export interface Lookup {
  rules: Map<string, RuleData>;
  /** Titles of the model's kinds. */
  kinds: Record<string, string>;
  /** Whether a file is one of the reader's; a problem of a rule stands in a page of the site. */
  has: (file: string) => boolean;
  /** The filter looks through more than what is listed. */
  searchable: boolean;
  /** Called when the reader follows a place into the text. */
  jump: (file: string, line: number, column: number) => void;
  /** Says how a finding came about. */
  explain: (f: Finding) => Promise<Explanation | null>;
  /** Whether the diagram shows what a finding is about. */
  drawn: (s: Subject) => boolean;
  /** Called when the reader asks where that is. */
  locate: (s: Subject) => void;
}

/** Subjects of one rule shown at once; a button shows the rest. */
const shown = 25;

export function diagnosticsList(result: CheckResult, look: Lookup): HTMLElement | null {
  if (result.diagnostics.length === 0) return null;
  const errors = result.diagnostics.filter((d) => d.severity === "error").length;
  return el(
    "section",
    { class: `problems ${errors > 0 ? "problems-error" : ""}`, "aria-label": "Problems in the input" },
    el("h2", { class: "result-title" }, "Problems in the input ", el("span", { class: "chip-count" }, String(result.diagnostics.length))),
    growing(result.diagnostics, (d) => diagnosticItem(d, look), "problem-list"),
  );
}

function diagnosticItem(d: Diagnostic, look: Lookup): HTMLElement {
  const place = d.file === undefined || d.line === undefined ? null : placeButton({ file: d.file, line: d.line, column: d.column ?? 1 }, look);
  return el(
    "li",
    { class: `problem problem-${d.severity}` },
    icon(d.severity),
    el(
      "div",
      {},
      el("p", {}, capital(d.message), " ", el("code", { class: "problem-code" }, d.code)),
      d.hint !== undefined && el("p", { class: "soft" }, capital(d.hint)),
      d.rule !== undefined && el("p", { class: "soft" }, "Rule ", ruleLink(d.rule, look)),
    ),
    place,
  );
}

/** How many findings or facts of a rule there are, where that may be more than are listed. */
type All = (rule: string) => number | undefined;

/** The findings of one verdict, worst severity first, each rule once. */
export function findingsSection(verdict: Verdict, findings: Finding[], look: Lookup, all: All): HTMLElement {
  const groups = Map.groupBy(bySeverity(findings), (f) => f.rule);
  let total = 0;
  for (const [rule, list] of groups) total += all(rule) ?? list.length;
  return el(
    "section",
    { class: "verdict-section", "data-verdict": verdict, "aria-label": verdictNames[verdict] },
    el(
      "h2",
      { class: "result-title" },
      el("span", { class: `badge badge-${verdict} badge-plain` }, icon(verdict), verdictNames[verdict]),
      el("span", { class: "chip-count" }, number(total)),
    ),
    [...groups].map(([rule, list]) => (verdict === "fail" || verdict === "unknown" ? openGroup : quietGroup)(rule, list, all(rule) ?? list.length, look)),
  );
}

/** A rule with something to do: every subject with its message, and the fix. */
function openGroup(rule: string, findings: Finding[], total: number, look: Lookup): HTMLElement {
  const [first] = findings;
  const data = look.rules.get(rule);
  const fix = el("div", { class: "fix-text" });
  fix.innerHTML = data?.fix ?? ""; // rendered when the site was built, from its own pages
  return el(
    "article",
    { class: `finding-group finding-${first?.severity ?? "info"}` },
    el(
      "header",
      { class: "finding-head" },
      el("span", { class: `badge badge-${first?.severity ?? "info"} badge-plain`, title: first?.severity }, icon(first?.severity ?? "info"), el("span", { class: "visually-hidden" }, first?.severity ?? "")),
      el("h3", {}, ruleLink(rule, look)),
    ),
    growing(findings, (f) => findingItem(f, look), "finding-list", total, look.searchable ? " The filter above looks through the others too." : ""),
    fix.innerHTML !== "" && el("div", { class: "fix" }, el("p", { class: "caps" }, "Fix"), fix),
    first !== undefined && el("p", { class: "finding-links" }, guidanceLink(first, look)),
  );
}

function findingItem(f: Finding, look: Lookup): HTMLElement {
  return el(
    "li",
    { class: "finding", "data-subject": `${f.subject.kind} ${f.subject.id}` },
    el(
      "div",
      { class: "finding-subject" },
      el("strong", { title: f.subject.id }, f.subject.name),
      el("span", { class: "soft" }, kindTitle(f.subject.kind, look)),
      f.subject.kind !== "topology" &&
        el("button", { class: "finding-locate", hidden: !look.drawn(f.subject), type: "button", title: "Show in the diagram", "aria-label": `Show ${f.subject.name} in the diagram`, click: () => look.locate(f.subject) }, icon("target")),
      f.waived !== undefined && el("span", { class: "badge" }, "waived", until(f.waived)),
      placeButton(f.source, look),
    ),
    f.verdict === "fail" && el("p", {}, f.message),
    f.waived !== undefined && el("p", { class: "soft" }, `Waived: ${f.waived.reason}`),
    f.missing !== undefined && missingList(f.missing),
    whyDisclosure(() => look.explain(f)),
  );
}

function missingList(missing: Missing[]): HTMLElement {
  return el(
    "ul",
    { class: "missing-list", role: "list" },
    missing.map((m) => el("li", {}, el("code", {}, m.path), " ", m.reason)),
  );
}

/** A rule with nothing to do: its subjects on request. */
function quietGroup(rule: string, findings: Finding[], total: number, look: Lookup): HTMLElement {
  const list = growing(
    findings,
    (f) => el("li", {}, el("span", {}, f.subject.name), placeButton(f.source, look)),
    "quiet-list",
    total,
  );
  return el(
    "details",
    { class: "quiet-group" },
    el("summary", {}, icon("chevron"), el("span", {}, look.rules.get(rule)?.title ?? rule), el("span", { class: "chip-count" }, number(total))),
    list,
    el("p", { class: "finding-links" }, ruleLink(rule, look, "Rule"), findings[0] !== undefined && guidanceLink(findings[0], look)),
  );
}

export function factsSection(result: CheckResult, look: Lookup, all: All): HTMLElement | null {
  if (result.facts.length === 0) return null;
  const groups = Map.groupBy(result.facts, (f) => f.rule);
  return el(
    "section",
    { class: "facts", "aria-label": "Facts" },
    el("h2", { class: "result-title" }, "Facts"),
    [...groups].map(([rule, facts]) =>
      el("div", { class: "fact-group" }, el("h3", {}, ruleLink(rule, look)), growing(facts, factItem, "fact-list", all(rule))),
    ),
  );
}

function factItem(f: Fact): HTMLElement {
  return el(
    "li",
    {},
    el("span", {}, f.subject.name),
    f.value === null ? el("span", { class: "fact-unknown" }, "unknown", missingList(f.missing)) : el("strong", {}, f.value),
  );
}

/** What the input holds, and which kinds it says nothing about. */
export function inputSection(result: CheckResult, look: Lookup): HTMLElement {
  const held = Object.entries(result.input.subjects).filter(([, n]) => n > 0);
  const formats: Record<string, string> = {
    native: "native topology",
    arm: "ARM template",
    resources: "resources",
    terraform: "Terraform",
  };
  return el(
    "section",
    { class: "input-summary", "aria-label": "What was read" },
    el("h2", { class: "result-title" }, "What was read"),
    el(
      "p",
      {},
      `${result.input.file || "The text"}, read as ${result.input.format.split(", ").map((f) => formats[f] ?? f).join(", ") || "nothing"}. `,
      held.length === 0 && "It holds no object that a rule looks at.",
    ),
    held.length > 0 &&
      el(
        "ul",
        { class: "kind-list", role: "list" },
        held.map(([kind, n]) => el("li", {}, el("strong", {}, String(n)), " × ", kindTitle(kind, look))),
      ),
    result.input.unstated.length > 0 &&
      el(
        "details",
        { class: "unstated" },
        el("summary", {}, icon("chevron"), `${count(result.input.unstated.length, "kind")} not stated`),
        el("p", { class: "soft" }, "The input says nothing about these, so no rule judges them: ", result.input.unstated.map((k) => kindTitle(k, look)).join(", "), "."),
      ),
  );
}

function ruleLink(rule: string, look: Lookup, text?: string): HTMLElement {
  return el("a", { href: pageHref(`rules/${rule}/`) }, text ?? look.rules.get(rule)?.title ?? rule);
}

function guidanceLink(f: Finding, look: Lookup): HTMLElement {
  const title = look.rules.get(f.rule)?.pageTitle;
  return el("a", { class: "guidance-link", href: pageHref(f.page) }, title === undefined ? "The sentence behind it" : `The sentence behind it: ${title}`);
}

function placeButton(s: Omit<Place, "pointer"> & { pointer?: string }, look: Lookup): HTMLElement | null {
  if (s.line < 1) return null;
  const place = `${s.file}:${s.line}:${s.column}`;
  if (!look.has(s.file)) return el("span", { class: "place" }, place);
  return el(
    "button",
    { class: "place", type: "button", title: s.pointer, click: () => look.jump(s.file, s.line, s.column) },
    place,
  );
}

function kindTitle(kind: string, look: Lookup): string {
  return kind === "topology" ? "whole topology" : (look.kinds[kind] ?? kind);
}

/** A list that shows its first items, and the rest when asked; of all that there are, the items may be a part: `others` says where the others are. */
function growing<T>(items: T[], item: (value: T) => HTMLElement, name: string, all = items.length, others = ""): HTMLElement {
  const list = el("ul", { class: name, role: "list" }, items.slice(0, shown).map(item));
  if (items.length <= shown) return list;
  list.classList.add("list-long");
  const more = el("button", { class: "button button-small", type: "button" }, `Show ${number(items.length - shown)} more`);
  const last = el("li", { class: "list-more" }, more);
  more.addEventListener("click", () => {
    last.remove();
    list.append(...items.slice(shown).map(item));
    if (all > items.length) list.append(el("li", { class: "list-more soft" }, `These are the first ${number(items.length)} of ${number(all)}.${others} plumbline check lists all of them.`));
  });
  list.append(last);
  return list;
}

function number(n: number): string {
  return n.toLocaleString("en-US");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
