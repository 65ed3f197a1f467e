// A rule beside the sentence it quotes. Where the reader has checked a topology
// in this browser, the card shows the rule's verdict on it.

import { count, el, icon } from "../../page/element";
import { kept, onKept, verdictNames } from "../../page/result";
import type { RuleVerdict } from "../../page/result";
import { pageHref } from "../../page/site";

class RuleCard extends HTMLElement {
  connectedCallback(): void {
    this.show();
    onKept(() => this.show());
    document.addEventListener("plumbline:kept", () => this.show());
  }

  private show(): void {
    for (const e of this.querySelectorAll(".badge, .rule-card-detail")) e.remove();
    delete this.dataset["verdict"];
    const verdict = kept()?.rules[this.dataset["rule"] ?? ""];
    if (verdict === undefined) return;
    const isFact = verdict.facts.length > 0;
    this.dataset["verdict"] = isFact ? "fact" : verdict.verdict;
    this.querySelector(".rule-card-line")?.append(isFact ? factBadge(verdict) : badge(verdict));
    const lines = detail(verdict);
    if (lines.length > 0) this.append(el("div", { class: "rule-card-detail" }, el("ul", { role: "list" }, lines)));
  }
}

function badge(r: RuleVerdict): HTMLElement {
  const n = r.counts[r.verdict];
  const name = verdictNames[r.verdict];
  const text = r.verdict === "fail" || r.verdict === "unknown" ? `${name} · ${n}` : name;
  return el("span", { class: `badge badge-${r.verdict}`, title: "On your topology" }, icon(r.verdict), text);
}

function factBadge(r: RuleVerdict): HTMLElement {
  return el("span", { class: "badge", title: "On your topology" }, icon("fact"), count(r.facts.length, "value"));
}

function detail(r: RuleVerdict): HTMLElement[] {
  const lines = r.subjects.map((s) =>
    el("li", { "data-verdict": s.verdict }, el("strong", {}, s.name), s.text === "" ? "" : ` — ${s.text}`),
  );
  for (const f of r.facts) {
    lines.push(el("li", { "data-verdict": "fact" }, el("strong", {}, f.name), ` — ${f.value ?? "unknown"}`));
  }
  const more = r.counts.fail + r.counts.unknown - r.subjects.length;
  if (more > 0) lines.push(el("li", {}, el("a", { href: pageHref("check/") }, `${count(more, "more", "more")} in the checker`)));
  return lines;
}

customElements.define("pl-rule", RuleCard);
