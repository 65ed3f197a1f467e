// Says on every page that the verdicts shown are about the reader's own
// topology, and lets them forget it.

import { el, icon } from "../../page/element";
import { forget, kept, onKept, verdictNames } from "../../page/result";
import { pageHref } from "../../page/site";

class TopologyBar extends HTMLElement {
  connectedCallback(): void {
    this.show();
    onKept(() => this.show());
    document.addEventListener("plumbline:kept", () => this.show());
  }

  private show(): void {
    const k = kept();
    this.hidden = k === null;
    if (k === null) return;
    const badges = (["fail", "unknown", "pass"] as const)
      .filter((v) => k.summary[v] > 0)
      .map((v) =>
        el(
          "span",
          { class: `badge badge-${v}`, title: verdictNames[v] },
          icon(v),
          String(k.summary[v]),
          el("span", { class: "visually-hidden" }, ` ${verdictNames[v]}`),
        ),
      );
    this.replaceChildren(
      el("span", { class: "soft" }, "Verdicts on"),
      el("strong", { title: k.name }, k.name),
      ...badges,
      el("a", { class: "button button-small button-quiet", href: pageHref("check/") }, "Findings"),
      el(
        "button",
        {
          class: "button button-small button-quiet",
          type: "button",
          click: () => {
            forget();
            document.dispatchEvent(new Event("plumbline:kept"));
          },
        },
        "Forget",
      ),
    );
  }
}

customElements.define("pl-topology", TopologyBar);
