// The reader's files: one tab each, and the texts of large ones.

import { el, icon } from "../page/element";
import type { InputFile } from "../page/result";
import { decode } from "./decode";

/** What a file is, as far as its name and its first lines tell. */
export function guessRole(name: string, text: string): InputFile["role"] {
  const start = text.slice(0, 2000);
  if (/"\$schema"\s*:\s*"[^"]*deploymentParameters\.json/i.test(start)) return "parameters";
  if (/^\ufeff?\s*(?:(?:#|---)[^\n]*\n\s*)*(?:-\s|\[)/.test(start) && /\brule["']?\s*:/.test(start) && /\breason["']?\s*:/.test(start)) return "waivers";
  return /\.parameters\.json$/i.test(name) ? "parameters" : "topology";
}

/** A name for a pasted text, from what it looks like. */
export function guessName(text: string): string {
  return /^\s*[[{]/.test(text) ? "pasted.json" : "pasted.yaml";
}

export class Files {
  list: InputFile[] = [];
  current = 0;
  /** Ends when the texts that were asked for have been read, or cannot be. */
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly tabs: HTMLElement,
    private readonly chosen: () => void,
    private readonly changed: () => void,
  ) {
    this.tabs.addEventListener("keydown", (event) => this.steer(event));
  }

  get file(): InputFile | undefined {
    return this.list[this.current];
  }

  /** Reads the texts of large files, which the page shows once the worker, which reads them itself, has checked them: both at a time would slow each other. A file that cannot be read is the worker's to report. */
  read(): Promise<void> {
    return (this.reading = this.reading.then(() => this.readTexts()));
  }

  private async readTexts(): Promise<void> {
    for (const f of this.list) {
      const { blob } = f;
      if (blob === undefined || f.text !== "") continue;
      const text = await blob.arrayBuffer().then(decode).catch(() => null);
      if (f.blob !== blob) continue; // the reader has written another one meanwhile
      if (text === null) delete f.blob;
      else f.text = text;
      if (f === this.file) this.chosen();
    }
  }

  /** Takes files in; one of the same name is replaced. */
  add(files: InputFile[]): void {
    for (const f of files) {
      const at = this.list.findIndex((known) => known.name === f.name);
      if (at >= 0) this.list[at] = f;
      else this.list.push(f);
    }
    const [first] = files;
    if (first !== undefined) this.current = this.list.findIndex((f) => f.name === first.name);
    this.show();
    this.chosen();
  }

  replace(files: InputFile[]): void {
    this.list = [...files];
    this.current = 0;
    this.show();
    this.chosen();
  }

  choose(n: number): void {
    this.current = n;
    this.show();
    this.chosen();
  }

  chooseNamed(name: string): boolean {
    const n = this.list.findIndex((f) => f.name === name);
    if (n < 0) return false;
    if (n !== this.current) this.choose(n);
    return true;
  }

  show(): void {
    this.tabs.hidden = this.list.length === 0;
    this.tabs.replaceChildren(
      ...this.list.map((f, n) =>
        el(
          "span",
          { class: "file-tab", role: "presentation", "aria-current": n === this.current ? "true" : undefined },
          el(
            "button",
            {
              type: "button",
              role: "tab",
              "aria-selected": n === this.current ? "true" : "false",
              tabindex: n === this.current ? 0 : -1,
              title: f.name,
              click: () => this.choose(n),
            },
            f.name,
            f.role !== "topology" && el("span", { class: "file-kind" }, f.role),
          ),
          el("button", { class: "file-close", type: "button", "aria-label": `Remove ${f.name}`, click: () => this.remove(n) }, icon("close")),
        ),
      ),
    );
  }

  private remove(n: number): void {
    this.list.splice(n, 1);
    this.current = Math.max(0, Math.min(this.current - (n < this.current ? 1 : 0), this.list.length - 1));
    this.show();
    this.chosen();
    this.changed();
  }

  private steer(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || this.list.length === 0) return;
    event.preventDefault();
    this.choose((this.current + step + this.list.length) % this.list.length);
    this.tabs.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
  }
}
