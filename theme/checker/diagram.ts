// The diagram of what was checked: drawn by the worker, coloured by the findings,
// and the way from a box to what was found about it and back.

import { el, icon } from "../page/element";
import type { Subject } from "../page/result";
import type { Found } from "../runtime/figure/draw";
import type { Drawn } from "./protocol";

const steps = [0.5, 0.65, 0.8, 1, 1.25, 1.6, 2];
const key = "plumbline:diagram";
/** Milliseconds between the last change of the window's size and a new drawing. */
const pause = 250;

/** What a style sheet gives to a drawing, for a file that has none. */
const properties = ["fill", "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "paint-order", "font-family", "font-size", "font-weight"];

export class Diagram {
  readonly element: HTMLElement;
  private readonly view = el("div", { class: "diagram-view", tabindex: 0, role: "region", "aria-label": "Diagram, scrolls; plus and minus change its size" });
  private svg: SVGSVGElement | null = null;
  private drawn: Drawn = null;
  private zoom = steps.indexOf(1);
  /** Numbers of elements by what they stand for. */
  private readonly numbers = new Map<string, number[]>();
  private width = 0;
  private later = 0;

  /** `file` names a download, `follow` leads from a box to what was found about it, `redraw` asks for another width. */
  constructor(
    private readonly file: () => string,
    private readonly follow: (f: Found) => void,
    redraw: (width: number) => void,
  ) {
    const tool = (image: string, label: string, act: () => void): HTMLElement =>
      el("button", { class: "button button-small button-quiet", type: "button", title: label, "aria-label": label, click: act }, icon(image));
    const body = el(
      "details",
      { class: "diagram", open: kept() !== "closed" },
      el("summary", {}, icon("chevron"), el("span", {}, "Diagram")),
      el("div", { class: "diagram-tools" }, tool("minus", "Smaller", () => this.resize(-1)), tool("plus", "Larger", () => this.resize(1)), tool("download", "Download as SVG", () => this.download())),
      this.view,
    );
    body.addEventListener("toggle", () => {
      keepState(body.open ? "open" : "closed");
      if (body.open) ask();
    });
    this.element = el("section", { class: "check-diagram", "aria-label": "Diagram", hidden: true }, body);
    const ask = (): void => {
      const width = this.room;
      if (width === 0 || Math.abs(width - this.width) < 48) return;
      this.width = width;
      redraw(width);
    };
    new ResizeObserver(() => {
      clearTimeout(this.later);
      this.later = setTimeout(ask, pause);
    }).observe(this.view);
    this.view.addEventListener("keydown", (event) => this.press(event));
    this.view.addEventListener("click", (event) => this.choose(event.target as Element));
    for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) this.view.addEventListener(type, (event) => this.point(event));
    this.drag();
  }

  /** The pixels that a drawing has, as far as they are known. */
  get room(): number {
    return Math.floor(this.view.clientWidth);
  }

  /** The width to draw for before the diagram is on the page. */
  widthIn(place: HTMLElement): number {
    this.width = this.room || Math.max(300, place.clientWidth - 26);
    return this.width;
  }

  /** Shows a drawing with what was found. */
  show(d: Drawn | Error): void {
    this.drawn = d instanceof Error ? null : d;
    this.numbers.clear();
    this.element.hidden = d === null;
    if (d === null || d instanceof Error) {
      this.svg = null;
      this.view.replaceChildren(d === null ? "" : el("p", { class: "soft" }, `The diagram could not be drawn: ${d.message}`));
      return;
    }
    d.subjects.forEach((list, n) => {
      for (const [kind, id] of list) {
        const known = this.numbers.get(`${kind} ${id}`);
        if (known === undefined) this.numbers.set(`${kind} ${id}`, [n]);
        else known.push(n);
      }
    });
    const svg = document.importNode(new DOMParser().parseFromString(d.svg, "image/svg+xml").documentElement, true) as unknown as SVGSVGElement;
    this.svg = svg;
    this.view.replaceChildren(svg);
    this.scale();
    this.mark();
  }

  has(s: Subject): boolean {
    return this.numbers.has(`${s.kind} ${s.id}`);
  }

  /** Makes what findings are about a way to them. */
  private mark(): void {
    if (this.svg === null || this.drawn === null) return;
    const { found } = this.drawn;
    // Boxes that lead somewhere are more than a picture.
    this.svg.setAttribute("role", found.length > 0 ? "group" : "img");
    for (const { n, fail, unknown, worst, names } of found) {
      const e = this.at(n);
      if (e === null) continue;
      e.setAttribute("tabindex", "0");
      e.setAttribute("role", "button");
      e.setAttribute("data-subject", `${worst.kind} ${worst.id}`);
      const counts = [fail > 0 ? `${fail} fail` : "", unknown > 0 ? `${unknown} unknown` : ""].filter(Boolean).join(", ");
      e.setAttribute("aria-label", `${names.join(", ")}: ${counts}`);
    }
  }

  private at(n: number): SVGElement | null {
    return this.svg?.querySelector<SVGElement>(`[data-n="${n}"]`) ?? null;
  }

  /** Brings what a finding is about into view. */
  locate(s: Subject): void {
    const [n] = this.numbers.get(`${s.kind} ${s.id}`) ?? [];
    const e = n === undefined ? null : this.at(n);
    if (e === null) return;
    (this.element.querySelector("details") as HTMLDetailsElement).open = true;
    this.element.scrollIntoView({ block: "nearest" });
    const box = e.getBoundingClientRect();
    const view = this.view.getBoundingClientRect();
    this.view.scrollBy({ left: box.x + box.width / 2 - view.x - view.width / 2, top: box.y + box.height / 2 - view.y - view.height / 2 });
    this.hot(`${s.kind} ${s.id}`);
    e.focus({ preventScroll: true });
  }

  /** Points out what findings of a subject are about, none for "". */
  hot(subject: string): void {
    for (const e of this.svg?.querySelectorAll(".t-hot") ?? []) e.classList.remove("t-hot");
    for (const n of this.numbers.get(subject) ?? []) this.at(n)?.classList.add("t-hot");
  }

  private choose(target: Element): void {
    const n = Number(target.closest<SVGElement>("[data-subject]")?.dataset["n"] ?? -1);
    const found = this.drawn?.found.find((f) => f.n === n);
    if (found !== undefined) this.follow(found);
  }

  private point(event: Event): void {
    const subject = event.type.endsWith("out") ? "" : ((event.target as Element).closest<SVGElement>("[data-subject]")?.dataset["subject"] ?? "");
    this.hot(subject);
    for (const e of document.querySelectorAll(".finding-hot")) e.classList.remove("finding-hot");
    if (subject !== "") for (const e of document.querySelectorAll(`.finding[data-subject="${CSS.escape(subject)}"]`)) e.classList.add("finding-hot");
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      const target = event.target as Element;
      if (target === this.view) return;
      event.preventDefault();
      this.choose(target);
    }
    if (event.key === "+" || event.key === "=") this.resize(1);
    if (event.key === "-") this.resize(-1);
    if (event.key === "0") this.resize(steps.indexOf(1) - this.zoom);
  }

  private resize(by: number): void {
    this.zoom = Math.max(0, Math.min(steps.length - 1, this.zoom + by));
    this.scale();
  }

  private scale(): void {
    if (this.svg === null || this.drawn === null) return;
    const by = steps[this.zoom] ?? 1;
    this.svg.setAttribute("width", String(Math.round(this.drawn.width * by)));
    this.svg.setAttribute("height", String(Math.round(this.drawn.height * by)));
  }

  /** A mouse drags the drawing; a finger scrolls it by itself. */
  private drag(): void {
    let from: { x: number; y: number } | null = null;
    this.view.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && event.button === 0) from = { x: event.clientX, y: event.clientY };
    });
    this.view.addEventListener("pointermove", (event) => {
      if (from === null || event.buttons === 0) {
        from = null;
        return;
      }
      this.view.scrollBy({ left: from.x - event.clientX, top: from.y - event.clientY, behavior: "instant" });
      from = { x: event.clientX, y: event.clientY };
    });
  }

  private download(): void {
    if (this.svg === null || this.drawn === null) return;
    const url = URL.createObjectURL(new Blob([standalone(this.svg, this.drawn.width, this.drawn.height)], { type: "image/svg+xml" }));
    el("a", { href: url, download: this.file() }).click();
    setTimeout(() => URL.revokeObjectURL(url));
  }
}

/** The drawing as a file of its own, with its styles as attributes and the page behind it. */
export function standalone(svg: SVGSVGElement, width: number, height: number): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const shapes = "rect, path, text";
  const copies = copy.querySelectorAll(shapes);
  svg.querySelectorAll(shapes).forEach((e, i) => {
    const style = getComputedStyle(e);
    for (const p of properties) {
      if (p.startsWith("font") && e.tagName !== "text") continue;
      const value = style.getPropertyValue(p);
      if (value !== "" && value !== "normal") copies[i]?.setAttribute(p, value);
    }
  });
  for (const e of [copy, ...copy.querySelectorAll("*")]) for (const name of ["class", "tabindex", "data-n", "data-subject", "role", "aria-label"]) e.removeAttribute(name);
  copy.setAttribute("role", "img");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(document.body).getPropertyValue("background-color") || "none");
  copy.insertBefore(ground, copy.querySelector("g"));
  return new XMLSerializer().serializeToString(copy) + "\n";
}

function kept(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keepState(state: string): void {
  try {
    localStorage.setItem(key, state);
  } catch {
    return; // a browser without storage forgets
  }
}
