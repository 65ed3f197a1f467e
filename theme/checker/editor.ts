// The text of the current file with line numbers, marks at the lines that
// findings stand at, and jumps to a place.

import { el } from "../page/element";
import type { Verdict } from "../page/result";

export interface Mark {
  line: number;
  verdict: Verdict | "diagnostic";
}

export class Editor {
  readonly area: HTMLTextAreaElement;
  private readonly numbers: HTMLElement;
  private readonly marks: HTMLElement;
  private readonly gutter: HTMLElement;
  private readonly highlight: HTMLElement;
  private lines = 0;
  private highlighted = 0;

  constructor(host: HTMLElement, changed: () => void) {
    const find = <T extends HTMLElement>(selector: string): T => host.querySelector<T>(selector) as T;
    this.area = find<HTMLTextAreaElement>(".editor-text");
    this.numbers = find(".editor-numbers");
    this.marks = find(".editor-marks");
    this.gutter = find(".editor-gutter");
    this.highlight = find(".editor-line");
    this.area.addEventListener("scroll", () => this.follow(), { passive: true });
    this.area.addEventListener("input", () => {
      this.number();
      this.unhighlight();
      changed();
    });
  }

  get text(): string {
    return this.area.value;
  }

  set text(text: string) {
    this.area.value = text;
    this.area.scrollTo(0, 0);
    this.number();
    this.unhighlight();
    this.mark([]);
  }

  /** Shows where findings stand; the worst of a line wins. */
  mark(marks: Mark[]): void {
    const order = ["diagnostic", "fail", "unknown", "pass", "not-applicable"];
    const worst = new Map<number, Mark>();
    for (const m of marks) {
      const known = worst.get(m.line);
      if (known === undefined || order.indexOf(m.verdict) < order.indexOf(known.verdict)) worst.set(m.line, m);
    }
    const height = this.lineHeight();
    this.marks.replaceChildren(
      ...[...worst.values()].map((m) => {
        const dot = el("span", { class: `editor-mark editor-mark-${m.verdict}` });
        dot.style.top = `${(m.line - 1) * height}px`;
        return dot;
      }),
    );
    this.follow();
  }

  /** Puts the caret at a place and the line in view. Line and column are 1-based; the column counts characters. */
  jump(line: number, column: number): void {
    let start = 0;
    for (let n = 1; n < line; n++) {
      const end = this.text.indexOf("\n", start);
      if (end < 0) break;
      start = end + 1;
    }
    const rest = this.text.slice(start, start + 2 * column);
    const caret = start + [...rest].slice(0, Math.max(0, column - 1)).join("").length;
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(caret, caret);
    this.area.scrollTop = (line - 1) * this.lineHeight() - this.area.clientHeight / 3;
    this.area.scrollLeft = 0;
    this.highlighted = line;
    this.highlight.hidden = false;
    this.follow();
    this.area.closest(".editor")?.scrollIntoView({ block: "nearest" });
  }

  private unhighlight(): void {
    this.highlighted = 0;
    this.highlight.hidden = true;
  }

  private number(): void {
    const text = this.area.value;
    let lines = 1;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
    if (lines !== this.lines) {
      this.lines = lines;
      this.numbers.textContent = Array.from({ length: lines }, (_, i) => i + 1).join("\n");
    }
    this.follow();
  }

  private follow(): void {
    const top = this.area.scrollTop;
    const shift = `translateY(${-top}px)`;
    this.numbers.style.transform = shift;
    this.marks.style.transform = shift;
    if (this.highlighted > 0) {
      this.highlight.style.transform = `translateY(${(this.highlighted - 1) * this.lineHeight() - top}px)`;
    }
    this.gutter.classList.toggle("editor-gutter-shadow", this.area.scrollLeft > 0);
  }

  private lineHeight(): number {
    return parseFloat(getComputedStyle(this.area).lineHeight);
  }
}
