// The filter above the page tree: it finds titles and the synonyms a TOC gives,
// shows the folders that hold a hit, and puts the tree back when emptied.

class Sidebar extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input");
    const tree = this.querySelector<HTMLElement>(".nav");
    const none = this.querySelector<HTMLElement>(".sidebar-none");
    if (input === null || tree === null || none === null) return;
    const open = new Map([...tree.querySelectorAll("details")].map((d) => [d, d.open]));
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const hits = filter(tree, words, false);
      for (const [d, was] of open) d.open = words.length > 0 || was;
      none.hidden = hits > 0;
    });
    tree.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }
}

/** Hides the items of a list that hold no hit; returns how many stay. Below a hit everything stays. */
function filter(list: Element, words: string[], within: boolean): number {
  let hits = 0;
  for (const item of list.children) {
    if (!(item instanceof HTMLElement)) continue;
    const nested = item.querySelector(":scope > details > ul");
    const label = item.querySelector("a, summary, .nav-heading")?.textContent ?? "";
    const text = `${label} ${item.dataset["synonyms"] ?? ""}`.toLowerCase();
    const hit = within || words.every((w) => text.includes(w));
    const below = nested === null ? 0 : filter(nested, words, hit);
    item.hidden = !hit && below === 0;
    if (!item.hidden) hits++;
  }
  return hits;
}

customElements.define("pl-sidebar", Sidebar);
