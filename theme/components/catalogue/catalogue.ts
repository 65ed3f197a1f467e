// The filters of the rule catalogue: words and levels.

class Catalogue extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector("input");
    const chips = [...this.querySelectorAll<HTMLElement>("[data-level][aria-pressed]")];
    const update = (): void => {
      const words = (input?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
      const levels = chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset["level"] ?? "");
      this.show(words, levels);
    };
    input?.addEventListener("input", update);
    for (const chip of chips) {
      chip.addEventListener("click", () => {
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
        update();
      });
    }
  }

  /** No pressed level shows all. */
  private show(words: string[], levels: string[]): void {
    let any = false;
    for (const group of this.querySelectorAll<HTMLElement>(".catalogue-group")) {
      let some = false;
      for (const rule of group.querySelectorAll<HTMLElement>(".catalogue-rule")) {
        const text = rule.dataset["text"] ?? "";
        const level = rule.dataset["level"] ?? "";
        rule.hidden = !words.every((w) => text.includes(w)) || (levels.length > 0 && !levels.includes(level));
        some ||= !rule.hidden;
      }
      group.hidden = !some;
      any ||= some;
    }
    const none = this.querySelector<HTMLElement>(".catalogue-none");
    if (none !== null) none.hidden = any;
  }
}

customElements.define("pl-catalogue", Catalogue);
