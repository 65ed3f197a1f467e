// The text of the current file with line numbers, marks at the lines that
// findings stand at, and jumps to a place.

import { el } from "../page/element";
import type { Verdict } from "../page/result";
import { LARGE } from "./large";

export interface Mark {
  line: number;
  verdict: Verdict | "diagnostic";
}

/** How much of a large text is shown at once, and how much of it above the line that was asked for. */
const windowLines = 400;
const windowText = 100_000;
const above = 20;

/** The part of a large text that is shown. */
interface Window {
  text: string;
  /** Where each line begins. */
  starts: number[];
  /** Number of the first line shown, from 1, and of the line after the last. */
  first: number;
  end: number;
  /** How many characters of the first line are left out. */
  skipped: number;
}

export class Editor {
  readonly area: HTMLTextAreaElement;
  private readonly numbers: HTMLElement;
  private readonly marks: HTMLElement;
  private readonly gutter: HTMLElement;
  private readonly highlight: HTMLElement;
  private readonly note: HTMLElement;
  private window: Window | null = null;
  private marked: Mark[] = [];
  private shownNumbers = "";
  private highlighted = 0;

  constructor(host: HTMLElement, changed: () => void) {
    const find = <T extends HTMLElement>(selector: string): T => host.querySelector<T>(selector) as T;
    this.area = find<HTMLTextAreaElement>(".editor-text");
    this.numbers = find(".editor-numbers");
    this.marks = find(".editor-marks");
    this.gutter = find(".editor-gutter");
    this.highlight = find(".editor-line");
    this.note = find(".editor-note");
    this.area.addEventListener("scroll", () => this.follow(), { passive: true });
    this.area.addEventListener("input", () => {
      this.number();
      this.unhighlight();
      changed();
    });
  }

  get text(): string {
    return this.window?.text ?? this.area.value;
  }

  set text(text: string) {
    const large = text.length >= LARGE;
    this.window = large ? { text, starts: lineStarts(text), first: 1, end: 1, skipped: 0 } : null;
    this.area.readOnly = large;
    this.note.hidden = !large;
    if (this.window !== null) this.open(this.window, 1, 1);
    else this.area.value = text;
    this.area.scrollTo(0, 0);
    this.number();
    this.unhighlight();
    this.mark([]);
  }

  /** Says that a large text is not shown yet. */
  wait(): void {
    this.text = "";
    this.area.readOnly = true;
    this.note.hidden = false;
    this.note.replaceChildren(el("span", {}, "This file is large. Its text is shown as soon as it has been checked."));
  }

  /** Shows a part of a large text with a place in it. */
  private open(w: Window, line: number, column: number): void {
    const lines = w.starts.length;
    w.first = Math.max(1, Math.min(line - above, lines - windowLines + 1));
    w.skipped = 0;
    if (column > windowText / 2 || w.starts[line - 1]! - w.starts[w.first - 1]! > windowText / 2) {
      w.first = line;
      w.skipped = Math.max(0, column - windowText / 2);
    }
    const from = w.starts[w.first - 1]! + w.skipped;
    const to = Math.min(from + windowText, w.starts[w.first - 1 + windowLines] ?? w.text.length);
    w.end = w.first;
    while (w.end < lines && w.starts[w.end]! < to) w.end++;
    w.end++;
    this.area.value = w.text.slice(from, to);
    const size = `${(w.text.length / 1_000_000).toFixed(1)} million characters`;
    const step = (name: string, to: number, possible: boolean): HTMLElement =>
      el("button", { class: "button button-small", type: "button", disabled: !possible, click: () => this.turn(to) }, name);
    const part = lines === 1 ? `characters ${count(w.skipped + 1)} to ${count(w.skipped + to - from)}` : `lines ${count(w.first)} to ${count(w.end - 1)} of ${count(lines)}`;
    this.note.replaceChildren(
      el("span", {}, `The text is checked as a whole. With ${size} it is too large to edit here: these are ${part}.`),
      ...(lines === 1 ? [] : [step("Earlier", Math.max(1, w.first - windowLines + above), w.first > 1), step("Later", w.end + above, w.end <= lines)]),
    );
  }

  private turn(line: number): void {
    if (this.window === null) return;
    this.open(this.window, line, 1);
    this.area.scrollTo(0, 0);
    this.number();
    this.unhighlight();
    this.mark(this.marked);
  }

  /** Shows where findings stand; the worst of a line wins. */
  mark(marks: Mark[]): void {
    this.marked = marks;
    const order = ["diagnostic", "fail", "unknown", "pass", "not-applicable"];
    const worst = new Map<number, Mark>();
    for (const m of marks) {
      if (this.window !== null && (m.line < this.window.first || m.line >= this.window.end)) continue;
      const known = worst.get(m.line);
      if (known === undefined || order.indexOf(m.verdict) < order.indexOf(known.verdict)) worst.set(m.line, m);
    }
    const height = this.lineHeight();
    this.marks.replaceChildren(
      ...[...worst.values()].map((m) => {
        const dot = el("span", { class: `editor-mark editor-mark-${m.verdict}` });
        dot.style.top = `${(m.line - this.first) * height}px`;
        return dot;
      }),
    );
    this.follow();
  }

  /** Number of the first line in the text field. */
  private get first(): number {
    return this.window?.first ?? 1;
  }

  /** Puts the caret at a place and the line in view. Line and column are 1-based; the column counts characters. */
  jump(line: number, column: number): void {
    const w = this.window;
    if (w !== null && (line < w.first || line >= w.end - 1 || w.skipped > 0 || column > windowText / 2)) {
      this.open(w, Math.min(line, w.starts.length), column);
      this.number();
      this.mark(this.marked);
    }
    const shown = this.area.value;
    const below = line - this.first;
    let start = 0;
    for (let n = 0; n < below; n++) {
      const end = shown.indexOf("\n", start);
      if (end < 0) break;
      start = end + 1;
    }
    const before = Math.max(0, column - 1 - (below === 0 ? (w?.skipped ?? 0) : 0));
    const rest = shown.slice(start, start + 2 * before);
    const caret = start + [...rest].slice(0, before).join("").length;
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(caret, caret);
    this.area.scrollTop = below * this.lineHeight() - this.area.clientHeight / 3;
    this.area.scrollLeft = 0;
    this.highlighted = below + 1;
    this.highlight.hidden = false;
    this.follow();
    this.area.closest(".editor")?.scrollIntoView({ block: "nearest" });
  }

  private unhighlight(): void {
    this.highlighted = 0;
    this.highlight.hidden = true;
  }

  private number(): void {
    const lines = lineStarts(this.area.value).length;
    const numbers = `${this.first} ${lines}`;
    if (numbers !== this.shownNumbers) {
      this.shownNumbers = numbers;
      this.numbers.textContent = Array.from({ length: lines }, (_, i) => this.first + i).join("\n");
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

function lineStarts(text: string): number[] {
  const out = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) out.push(at + 1);
  return out;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
