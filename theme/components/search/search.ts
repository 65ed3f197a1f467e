// Search over headings and rules. The index is made when the site is built and
// loaded, as a script, the first time the dialog opens.

import MiniSearch from "minisearch";
import type { AsPlainObject, SearchResult } from "minisearch";

import { count, el, icon } from "../../page/element";
import { loadScript, pageHref } from "../../page/site";

/** Fields of the index: internal/render/search.go writes them. */
interface Hit extends SearchResult {
  url: string;
  title: string;
  context: string;
  kind: "page" | "section" | "rule";
  summary: string;
}

const limit = 20;

class Search extends HTMLElement {
  private index: Promise<MiniSearch> | null = null;
  private selected = 0;
  private readonly dialog = this.querySelector("dialog") as HTMLDialogElement;
  private readonly input = this.querySelector("input") as HTMLInputElement;
  private readonly list = this.querySelector(".search-results") as HTMLElement;
  private readonly status = this.querySelector(".search-status") as HTMLElement;

  connectedCallback(): void {
    this.querySelector(".search-open")?.addEventListener("click", () => this.open());
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!slash && !ctrlK) return;
      event.preventDefault();
      this.open();
    });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // the backdrop
    });
    this.input.addEventListener("input", () => void this.search());
    this.input.addEventListener("keydown", (event) => this.steer(event));
    this.list.addEventListener("click", () => this.dialog.close());
  }

  private open(): void {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.select();
    void this.search();
  }

  private load(): Promise<MiniSearch> {
    this.index ??= loadScript(document.documentElement.dataset["search"] ?? "").then(() => {
      const data = window.plumblineData?.search;
      if (data === undefined) throw new Error("the search index is empty");
      const stop = new Set(data.stopWords);
      return MiniSearch.loadJS(data.index as AsPlainObject, {
        processTerm: (term) => (stop.has(term.toLowerCase()) ? null : term.toLowerCase()),
        fields: ["title", "context", "text"],
        storeFields: ["url", "title", "context", "kind", "summary"],
        searchOptions: {
          boost: { title: 4, context: 2 },
          boostDocument: (_, __, stored) => (stored?.["kind"] === "section" ? 1 : 1.4),
          prefix: true,
          fuzzy: (term) => (term.length > 4 ? 0.2 : false),
          combineWith: "AND",
        },
      });
    });
    this.index.catch(() => {
      this.index = null;
    });
    return this.index;
  }

  private async search(): Promise<void> {
    const query = this.input.value.trim();
    let hits: Hit[] = [];
    try {
      const index = await this.load();
      if (query !== this.input.value.trim()) return; // a later key was faster
      hits = query === "" ? [] : (index.search(query) as Hit[]);
    } catch {
      this.status.textContent = "The search index could not be loaded.";
      return;
    }
    this.selected = 0;
    this.list.replaceChildren(...hits.slice(0, limit).map((h, i) => option(h, i)));
    this.status.textContent =
      query === "" ? "" : hits.length === 0 ? `Nothing found for “${query}”.` : count(hits.length, "hit");
    this.input.setAttribute("aria-expanded", String(hits.length > 0));
    this.select(0);
  }

  private steer(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const n = this.list.children.length;
      if (n > 0) this.select((this.selected + step + n) % n);
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only be emptied
      this.dialog.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.list.children[this.selected]?.querySelector("a")?.click();
    }
  }

  private select(n: number): void {
    this.selected = n;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === n)));
    const item = this.list.children[n];
    if (item === undefined) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }
}

function option(hit: Hit, n: number): HTMLElement {
  const image = { page: "file", section: "link", rule: "shield" }[hit.kind];
  return el(
    "li",
    { role: "option", id: `plSearchResult-${n}` },
    el(
      "a",
      { href: pageHref(hit.url), tabindex: -1 },
      icon(image),
      el("span", {}, marked(hit.title, hit.terms)),
      hit.context !== "" && el("span", { class: "search-context" }, marked(hit.context, hit.terms)),
      hit.summary !== "" && el("span", { class: "search-text" }, marked(hit.summary, hit.terms)),
    ),
  );
}

/** A text with the found terms marked. */
function marked(text: string, terms: string[]): (Node | string)[] {
  const words = terms.map((t) => t.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return [text];
  return text.split(new RegExp(`(${words.join("|")})`, "gi")).map((part, i) => (i % 2 === 1 ? el("mark", {}, part) : part));
}

customElements.define("pl-search", Search);
