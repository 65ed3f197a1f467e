// Beside the table of contents: what the reader's topology fails on this page.

import { el, icon } from "../../page/element";
import { kept, onKept } from "../../page/result";

class PageRules extends HTMLElement {
  connectedCallback(): void {
    this.show();
    onKept(() => this.show());
    document.addEventListener("plumbline:kept", () => this.show());
  }

  private show(): void {
    this.querySelector(".page-rules-own")?.remove();
    const rules = kept()?.rules ?? {};
    const open = [...document.querySelectorAll<HTMLElement>(".rule-card[data-rule]")].flatMap((card) => {
      const id = card.dataset["rule"] ?? "";
      const verdict = rules[id]?.verdict;
      const title = card.querySelector("a")?.textContent ?? id;
      return verdict === "fail" || verdict === "unknown" ? [{ id, verdict, title }] : [];
    });
    if (open.length === 0) return;
    this.querySelector("p")?.after(
      el(
        "ul",
        { class: "page-rules-own", role: "list" },
        open.map((r) =>
          el("li", { "data-verdict": r.verdict }, icon(r.verdict), el("a", { href: `#${r.id}` }, r.title)),
        ),
      ),
    );
  }
}

customElements.define("pl-page-rules", PageRules);
