// What scripts add to rendered Markdown: copy buttons on code, and a line under
// the words that a rule quotes.

import { el, icon } from "./element";

export function enhanceProse(): void {
  for (const prose of document.querySelectorAll<HTMLElement>(".prose")) {
    addCopyButtons(prose);
  }
  underlineClaims();
  addEventListener("hashchange", underlineClaims);
}

function addCopyButtons(prose: HTMLElement): void {
  for (const pre of prose.querySelectorAll<HTMLPreElement>("pre:not(.plain)")) {
    const frame = el("div", { class: "code-frame" });
    pre.replaceWith(frame);
    if (!pre.hasAttribute("tabindex")) pre.tabIndex = 0; // scrollable with the keyboard
    const button = el("button", { class: "copy", type: "button", "aria-label": "Copy" }, icon("copy"));
    button.addEventListener("click", () => void copyText(pre.textContent ?? "", button));
    frame.append(pre, button);
  }
}

/** Copies a text and shows a tick on the button for a moment. */
export async function copyText(text: string, button: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
  const image = button.querySelector(".icon");
  const before = image?.className ?? "";
  if (image) image.className = "icon icon-done";
  button.dataset["done"] = "";
  setTimeout(() => {
    if (image) image.className = before;
    delete button.dataset["done"];
  }, 1500);
}

/** The clipboard without permission, as on plain http and some file:// pages. */
function copyBySelection(text: string): void {
  const area = el("textarea", { class: "visually-hidden", readonly: true });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Finds each card's claim in the block it stands in, and underlines it without touching the text. */
function underlineClaims(): void {
  if (!("highlights" in CSS)) return;
  const ranges: Range[] = [];
  const target: Range[] = [];
  for (const card of document.querySelectorAll<HTMLElement>(".prose [data-claim]")) {
    const cards = card.closest(".rule-cards") ?? card;
    const claim = card.dataset["claim"] ?? "";
    const range = findText(cards.previousElementSibling, claim, cards) ?? findText(cards.parentElement, claim, cards);
    if (range === null) continue;
    ranges.push(range);
    if (card.dataset["rule"] === decodeURIComponent(location.hash.slice(1))) target.push(range);
  }
  CSS.highlights.set("claim", new Highlight(...ranges));
  CSS.highlights.set("claim-target", new Highlight(...target));
}

/** The range of a text in a block, white space collapsed, without what stands in `without`. */
function findText(block: Element | null, text: string, without: Element): Range | null {
  if (block === null || text === "") return null;
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, (node) =>
    without.contains(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  let visible = "";
  const places: { node: Text; offset: number }[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    for (let i = 0; i < node.data.length; i++) {
      const c = /\s/.test(node.data.charAt(i)) ? " " : node.data.charAt(i);
      if (c === " " && (visible === "" || visible.endsWith(" "))) continue;
      visible += c;
      places.push({ node, offset: i });
    }
  }
  const at = visible.indexOf(text);
  const start = places[at];
  const end = places[at + text.length - 1];
  if (start === undefined || end === undefined) return null;
  const range = document.createRange();
  range.setStart(start.node, start.offset);
  range.setEnd(end.node, end.offset + 1);
  return range;
}
