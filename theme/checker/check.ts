// The checker's page: texts in, findings out. The work is done by the worker;
// this element holds the files, the filters and what the address says.

import { el, icon } from "../page/element";
import type { ExampleData, RuleData } from "../page/data";
import { copyText } from "../page/prose";
import { forget, keep, keptFiles, summarise, verdicts, verdictNames } from "../page/result";
import type { CheckResult, InputFile, Subject, Verdict } from "../page/result";
import { fixFolderLinks, loadScript, pageHref, root, version } from "../page/site";
import { decode } from "./decode";
import { Diagram } from "./diagram";
import { Editor } from "./editor";
import type { Mark } from "./editor";
import { Files, guessName, guessRole } from "./files";
import { diagnosticsList, factsSection, findingsSection, inputSection } from "./findings";
import type { Lookup } from "./findings";
import { LARGE } from "./large";
import { asJSON, asMarkdown, summaryLine } from "./report";
import type { Found } from "../runtime/figure/draw";
import type { Counts } from "../runtime/listed";
import { matches } from "../runtime/listed";
import type { CheckOptions, Drawn, GivenFile, MarkedLine, TextFile } from "./protocol";
import { Cancelled, Runner } from "./runner";
import { readAddress, stateAddress } from "./share";
import { Explainer } from "./why";

/** Milliseconds between the last key and a check, and before a check shows that it is busy. */
const pause = 500;
const patience = 300;
/** How much of a large file is read to tell what it is. */
const roleBytes = 8000;

class Checker extends HTMLElement {
  private readonly runner = new Runner(
    () => window.plumblineWorker,
    (d) => this.showDrawing(d),
    (share) => this.progressed(share),
    (lines) => {
      this.lines = lines;
      this.markLines();
    },
  );
  private readonly diagram = new Diagram(
    () => `${(this.files.file?.name ?? "topology").replace(/\.[^.]*$/, "")}.svg`,
    (found) => void this.reveal(found),
    (width) => this.runner.draw(width),
  );
  private readonly explainer = new Explainer(this.dataset["explainer"] ?? "");
  /** How many checks were begun. */
  private checks = 0;
  /** What the shown result is of. */
  private checked: { files: GivenFile[]; options: CheckOptions } | null = null;
  private readonly editor = new Editor(this, () => this.edited());
  private readonly files = new Files(this.find(".file-tabs"), () => this.showFile(), () => void this.check());
  private readonly status = this.find(".check-status");
  private readonly output = this.find(".check-result");
  private readonly progress = this.find(".check-progress");
  private readonly empty = [...this.output.childNodes];
  private result: CheckResult | null = null;
  /** How much there is of what the result lists. */
  private counts: Counts | null = null;
  /** Where all findings stand, if the result lists a part only. */
  private lines: MarkedLine[] = [];
  /** What the worker listed for the words of the filter, or about one subject of that name, where the result lists a part only. */
  private filtered: { words: string; subject: Subject | undefined; result: CheckResult; counts: Counts | null } | null = null;
  private shown = new Set<Verdict>(["fail", "unknown"]);
  private words = "";
  private remember = false;
  private later = 0;
  private rules = new Map<string, RuleData>();
  /** What the page shows above the result of a rule's example. */
  private example: HTMLElement | null = null;

  connectedCallback(): void {
    for (const r of window.plumblineData?.rules ?? []) this.rules.set(r.id, r);
    this.listen();
    this.files.show();
    setTimeout(() => this.warm());
    addEventListener("hashchange", () => void this.readAddress());
    void this.readAddress();
  }

  private find<T extends HTMLElement = HTMLElement>(selector: string): T {
    return this.querySelector<T>(selector) as T;
  }

  private listen(): void {
    this.addEventListener("click", (event) => {
      const action = (event.target as Element).closest<HTMLElement>("[data-action]")?.dataset["action"];
      if (action === "check") void this.check();
      if (action === "cancel") this.runner.cancel();
      if (action === "clear") this.clear();
    });
    this.editor.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.check();
    });
    this.editor.area.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.length < LARGE) {
        setTimeout(() => void this.check());
        return;
      }
      event.preventDefault();
      this.take([{ name: guessName(text), text, role: guessRole("", text) }]);
    });
    this.find<HTMLInputElement>("input[type=file]").addEventListener("change", (event) => {
      const input = event.target as HTMLInputElement;
      void this.open([...(input.files ?? [])]).then(() => {
        input.value = "";
      });
    });
    this.find("[data-option=input]").addEventListener("change", () => void this.check());
    this.find<HTMLSelectElement>("[data-option=role]").addEventListener("change", (event) => {
      if (this.files.file === undefined) return;
      this.files.file.role = (event.target as HTMLSelectElement).value as InputFile["role"];
      this.files.show();
      void this.check();
    });
    addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.classList.add("check-dropping");
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) this.classList.remove("check-dropping");
    });
    addEventListener("drop", (event) => {
      this.classList.remove("check-dropping");
      if (event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      void this.open([...event.dataTransfer.files]);
    });
  }

  /** A worker that cannot start is reported by the first check. */
  private warm(): void {
    try {
      this.runner.warm();
    } catch {
      return;
    }
  }

  // Input

  private async open(list: File[]): Promise<void> {
    if (list.length === 0) return;
    const files = await Promise.all(
      list.map(async (f): Promise<InputFile> => {
        const large = f.size >= LARGE;
        const text = decode(await (large ? f.slice(0, roleBytes) : f).arrayBuffer());
        const role = guessRole(f.name, text);
        if (!large) return { name: f.name, text, role };
        return role === "topology" ? { name: f.name, text: "", blob: f, role } : { name: f.name, text: decode(await f.arrayBuffer()), role };
      }),
    );
    files.sort((a, b) => Number(a.role !== "topology") - Number(b.role !== "topology"));
    this.take(files);
  }

  private take(files: InputFile[]): void {
    this.leaveAddress();
    this.words = "";
    this.files.add(files);
    void this.check();
  }

  private edited(): void {
    const text = this.editor.text;
    if (this.files.file === undefined) {
      if (text === "") return;
      this.files.list = [{ name: guessName(text), text, role: guessRole("", text) }];
      this.files.current = 0;
      this.files.show();
      this.showOptions();
    } else {
      this.files.file.text = text;
      delete this.files.file.blob;
    }
    this.leaveAddress();
    clearTimeout(this.later);
    this.later = setTimeout(() => void this.check(), pause);
  }

  private showFile(): void {
    const { file } = this.files;
    this.editor.text = file?.text ?? "";
    if (file?.blob !== undefined && file.text === "") this.editor.wait();
    this.showOptions();
    this.markLines();
  }

  private showOptions(): void {
    const role = this.find<HTMLSelectElement>("[data-option=role]");
    this.find(".file-role").hidden = this.files.list.length < 2 && (this.files.file?.role ?? "topology") === "topology";
    role.value = this.files.file?.role ?? "topology";
    this.find("[data-action=clear]").hidden = this.files.list.length === 0;
  }

  private clear(): void {
    this.runner.cancel();
    clearTimeout(this.later);
    this.leaveAddress();
    forget();
    document.dispatchEvent(new Event("plumbline:kept"));
    this.files.replace([]);
    this.reset();
    this.editor.area.focus();
  }

  // The address

  private async readAddress(): Promise<void> {
    const address = await readAddress(location.hash);
    if (address.kind !== "none") {
      this.words = "";
      this.example = null;
    }
    switch (address.kind) {
      case "sample": {
        const sample = window.plumblineData?.samples?.find((s) => s.name === address.name);
        if (sample === undefined) return this.fail(`This site has no sample “${address.name}”.`);
        this.files.replace([{ name: `${sample.name}.yaml`, text: sample.text, role: "topology" }]);
        break;
      }
      case "example":
        return this.openExample(address.rule, address.example);
      case "state":
        this.files.replace(address.files);
        break;
      case "broken":
        return this.fail("The address of this page is damaged: what it held could not be read.");
      case "none": {
        const known = keptFiles();
        if (known === null || this.files.list.length > 0) return;
        this.remember = known.remember;
        this.files.replace(known.files);
      }
    }
    await this.check();
  }

  private async openExample(rule: string, name: string): Promise<void> {
    try {
      await loadScript(this.dataset["examples"] ?? "");
    } catch {
      return this.fail("The examples could not be loaded.");
    }
    const examples = window.plumblineData?.examples?.[rule] ?? [];
    const example = examples.find((e) => e.name === name);
    if (example === undefined) return this.fail(`Rule “${rule}” has no example “${name}”.`);
    this.files.replace([{ name: `${rule}.yaml`, text: example.text, role: "topology" }]);
    this.words = rule;
    this.example = exampleNote(example, this.rules.get(rule));
    for (const v of verdicts) this.shown.add(v);
    await this.check();
  }

  /** The address names a sample or a state only while it is what the page shows. */
  private leaveAddress(): void {
    this.example = null;
    if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  }

  // Checking

  private async check(): Promise<void> {
    const number = ++this.checks;
    clearTimeout(this.later);
    if (this.files.list.some((f) => f.role !== "topology" && f.blob !== undefined)) await this.files.read();
    const texts = (role: InputFile["role"]): TextFile[] =>
      this.files.list.filter((f) => f.role === role).map((f) => ({ file: f.name, text: f.text }));
    const topology = this.files.list
      .filter((f) => f.role === "topology")
      .map((f): GivenFile => (f.blob === undefined ? { file: f.name, text: f.text } : { file: f.name, blob: f.blob }));
    if (topology.every((f) => "text" in f && f.text.trim() === "")) {
      this.runner.cancel();
      forget();
      document.dispatchEvent(new Event("plumbline:kept"));
      this.reset();
      return;
    }
    const parameters = texts("parameters");
    const [declared] = texts("declared");
    const waivers = texts("waivers");
    const started = performance.now();
    const busy = this.showBusy(started);
    let result: CheckResult;
    try {
      const options = {
        input: this.find<HTMLSelectElement>("[data-option=input]").value,
        all: true,
        ...(parameters.length > 0 ? { parameters } : {}),
        ...(declared === undefined ? {} : { declared }),
        ...(waivers.length > 0 ? { waivers } : {}),
      };
      const answer = await this.runner.check(topology, options, this.diagram.widthIn(this.find(".check-output")));
      this.result = result = answer.result;
      this.counts = answer.counts ?? null;
      this.filtered = null;
      this.lines = [];
      this.checked = { files: topology, options };
    } catch (error) {
      if (!(error instanceof Cancelled)) this.fail(`The checker failed: ${(error as Error).message}`);
      else if (this.result === null) this.reset();
      if (number === this.checks) void this.files.read(); // else the next check does
      return;
    } finally {
      busy();
    }
    this.showResult(Math.round(performance.now() - started));
    await this.files.read();
    if (this.result !== result) return; // there is another one
    keep(summarise(result, this.counts), this.files.list, this.remember);
    document.dispatchEvent(new Event("plumbline:kept"));
  }

  /** Shows that a check runs, if it takes long enough to wonder; returns what ends it. */
  private showBusy(started: number): () => void {
    const text = this.find(".check-progress-text");
    const update = (): void => {
      text.textContent = `Checking… ${((performance.now() - started) / 1000).toFixed(1)} s`;
    };
    this.progressed(0);
    let ticking = 0;
    const wait = setTimeout(() => {
      update();
      this.progress.hidden = false;
      ticking = setInterval(update, 200);
    }, patience);
    return () => {
      clearTimeout(wait);
      clearInterval(ticking);
      this.progress.hidden = true;
    };
  }

  /** Shows how much of the check is done; until anything is known of it, that it goes on. */
  private progressed(share: number): void {
    const bar = this.find(".check-progress-bar");
    bar.classList.toggle("check-progress-known", share > 0);
    bar.style.setProperty("--share", `${Math.round(100 * share)}%`);
    bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
  }

  private reset(): void {
    this.result = null;
    this.status.textContent = "";
    this.output.replaceChildren(...this.empty);
    this.markLines();
  }

  private fail(message: string): void {
    this.result = null;
    this.status.textContent = message;
    this.output.replaceChildren(el("p", { class: "alert alert-caution" }, message));
  }

  // The result

  private get look(): Lookup {
    return {
      rules: this.rules,
      kinds: window.plumblineData?.kinds ?? {},
      has: (file) => this.placeOf(file) !== null,
      searchable: this.runner.searchable,
      drawn: (s) => this.diagram.has(s),
      locate: (s) => this.diagram.locate(s),
      explain: async (f) => this.checked && this.explainer.explain(this.checked.files, this.checked.options, f),
      jump: (file, line, column) => {
        const place = this.placeOf(file);
        if (place === null) return;
        const { result } = this;
        void this.files.read().then(() => {
          if (this.result !== result) return; // there is another one
          this.files.chooseNamed(place.name);
          this.editor.jump(place.line + line, column);
        });
      },
    };
  }

  /** The reader's file, and the lines above the document, where each line of a file is one: "vms.ndjson:3". */
  private placeOf(file: string): { name: string; line: number } | null {
    const known = (name: string): boolean => this.files.list.some((f) => f.name === name);
    if (known(file)) return { name: file, line: 0 };
    const [, name = "", line = ""] = /^(.*):(\d+)$/.exec(file) ?? [];
    return known(name) ? { name, line: Number(line) - 1 } : null;
  }

  /** `milliseconds` is null where the result is not a new one. */
  private showResult(milliseconds: number | null): void {
    const result = this.result;
    if (result === null) return;
    if (milliseconds !== null) this.status.textContent = `${summaryLine(result, this.counts?.waived)} in ${result.input.file}, ${milliseconds} ms`;
    this.output.replaceChildren(
      ...(this.example === null ? [] : [this.example]),
      this.toolbar(result),
      this.diagram.element,
      el("div", { class: "check-lists" }),
    );
    this.showLists();
    this.markLines();
  }

  private showLists(): void {
    const result = this.result;
    if (result === null) return;
    const words = wordsOf(this.words);
    const look = this.look;
    const sections: (Node | null)[] = [diagnosticsList(result, look)];
    const cut = this.counts?.cut === true;
    const searched = cut && words.length > 0 && this.runner.searchable;
    if (searched && this.filtered?.words !== words.join(" ")) {
      void this.filter(words);
      return;
    }
    const listed = searched && this.filtered !== null ? this.filtered : { result, counts: this.counts };
    const title = (rule: string): string => this.rules.get(rule)?.title ?? "";
    for (const v of verdicts) {
      const findings = listed.result.findings.filter((f) => f.verdict === v && (searched || matches(words, { id: f.rule, title: title(f.rule), severity: f.severity }, f.subject.name, f.message)));
      const all = (rule: string): number | undefined => (cut && (searched || words.length === 0) ? listed.counts?.rules[rule]?.findings[v] : undefined);
      if (this.shown.has(v) && findings.length > 0) sections.push(findingsSection(v, findings, look, all));
    }
    if (result.summary.fail === 0 && result.summary.unknown === 0 && result.diagnostics.every((d) => d.severity !== "error")) {
      sections.push(allClear(result));
    }
    sections.push(factsSection(result, look, (rule) => this.counts?.rules[rule]?.facts), inputSection(result, look));
    const lists = this.find(".check-lists");
    lists.replaceChildren(...sections.filter((s) => s !== null));
    fixFolderLinks(lists);
  }

  /** Has the worker look for words in everything it found. What the reader types meanwhile is looked for next. */
  private async filter(words: string[]): Promise<void> {
    if (await this.ask(words)) this.showLists();
  }

  /** Keeps as filtered what has the words or, if one is given, is about a subject of that name; says whether there is such an answer. */
  private async ask(words: string[], subject?: Subject): Promise<boolean> {
    const of = this.result;
    if (!this.runner.searchable) return false;
    try {
      const { result, counts } = await this.runner.filter(subject === undefined ? words : [], subject);
      if (of !== this.result) return false;
      this.filtered = { words: words.join(" "), subject, result, counts: counts ?? null };
      return true;
    } catch (error) {
      if (!(error instanceof Cancelled)) this.fail(`The checker failed: ${(error as Error).message}`);
      return false;
    }
  }

  private showDrawing(d: Drawn | Error): void {
    this.diagram.show(d);
    for (const b of this.querySelectorAll<HTMLElement>(".finding-locate")) {
      const [kind = "", ...id] = (b.closest<HTMLElement>("[data-subject]")?.dataset["subject"] ?? "").split(" ");
      b.hidden = !this.diagram.has({ kind, id: id.join(" "), name: "" });
    }
  }

  /** Leads from a box of the diagram to the first finding about it, whatever the filters say. */
  private async reveal({ worst, fail }: Found): Promise<void> {
    const find = (): HTMLElement | null => this.querySelector(`.finding[data-subject="${CSS.escape(`${worst.kind} ${worst.id}`)}"]`);
    const { result } = this;
    if (result === null) return;
    if (find() === null) {
      const verdict = fail > 0 ? "fail" : "unknown";
      let words = "";
      if (!result.findings.some((f) => f.verdict === verdict && f.subject.kind === worst.kind && f.subject.id === worst.id)) {
        words = worst.name.trim() || worst.id;
        if (!(await this.ask(wordsOf(words), worst))) {
          this.status.textContent = `What was found about ${worst.name} is not listed here. plumbline check lists all of it.`;
          return;
        }
      }
      this.words = words;
      this.shown.add("fail").add("unknown");
      this.showResult(null);
    }
    for (const more of find() === null ? this.querySelectorAll<HTMLElement>(".finding-list .list-more button") : []) more.click();
    const item = find();
    if (item === null) return;
    item.tabIndex = -1;
    item.scrollIntoView({ block: "center" });
    item.focus({ preventScroll: true });
  }

  private toolbar(result: CheckResult): HTMLElement {
    const chips = verdicts.map((v) =>
      el(
        "button",
        {
          class: `chip chip-${v}`,
          type: "button",
          "aria-pressed": this.shown.has(v) ? "true" : "false",
          click: (event) => {
            if (!this.shown.delete(v)) this.shown.add(v);
            (event.currentTarget as Element).setAttribute("aria-pressed", String(this.shown.has(v)));
            this.showLists();
          },
        },
        icon(v),
        el("strong", {}, result.summary[v].toLocaleString("en-US")),
        verdictNames[v].toLowerCase(),
      ),
    );
    const filter = el("input", { class: "field", type: "search", placeholder: "Filter findings", "aria-label": "Filter findings" });
    filter.value = this.words;
    filter.addEventListener("input", () => {
      this.words = filter.value;
      if (this.filtered?.subject !== undefined) this.filtered = null;
      this.showLists();
    });
    return el(
      "div",
      { class: "result-bar" },
      el("div", { class: "chips", role: "group", "aria-label": "Show verdicts" }, chips),
      el("div", { class: "result-tools" }, filter, this.exports()),
    );
  }

  private exports(): HTMLElement[] {
    const button = (name: string, image: string, text: () => string | Promise<string>): HTMLElement => {
      const b = el("button", { class: "button button-small", type: "button" }, icon(image), name);
      b.addEventListener("click", () => void Promise.resolve(text()).then((t) => (t === "" ? undefined : copyText(t, b))));
      return b;
    };
    const remember = el("input", { type: "checkbox" });
    remember.checked = this.remember;
    remember.addEventListener("change", () => {
      this.remember = remember.checked;
      if (this.result !== null) keep(summarise(this.result, this.counts), this.files.list, this.remember);
    });
    return [
      button("JSON", "copy", () => this.whole(asJSON)),
      button("Markdown", "copy", () => this.whole((result) => asMarkdown(result, this.titles(), new URL(root, location.href).href))),
      button("Link", "link", () => this.shareLink()),
      el("label", { class: "choice", title: "Otherwise this tab forgets it when it closes" }, remember, "Remember in this browser"),
    ];
  }

  /** The result as a text, which must not leave anything out. */
  private whole(text: (result: CheckResult) => string): string {
    if (this.result === null) return "";
    if (this.counts?.cut !== true) return text(this.result);
    this.status.textContent = "There is more in this result than the page lists. plumbline check writes all of it, as JSON or Markdown.";
    return "";
  }

  private titles(): Map<string, string> {
    return new Map([...this.rules.values()].map((r) => [r.id, r.title]));
  }

  /** Puts the files into the address and returns it; what is too long for an address is offered as a file. */
  private async shareLink(): Promise<string> {
    await this.files.read();
    const address = await stateAddress(this.files.list);
    if (address === null) {
      this.status.textContent = "This topology is too large for a link. Send the file itself, or the copied result.";
      return "";
    }
    history.replaceState(null, "", address);
    return location.href;
  }

  private markLines(): void {
    const current = this.files.file?.name;
    const marks: Mark[] = [];
    const add = (file: string | undefined, line: number | undefined, verdict: Mark["verdict"]): void => {
      const place = this.placeOf(file ?? "");
      if (place !== null && place.name === current && line !== undefined) marks.push({ line: place.line + line, verdict });
    };
    const { result } = this;
    for (const f of result?.findings ?? []) {
      if (f.verdict === "fail" || f.verdict === "unknown") add(f.source.file, f.source.line, f.verdict);
    }
    if (result !== null) for (const l of this.lines) add(l.file, l.line, l.verdict);
    for (const d of result?.diagnostics ?? []) add(d.file, d.line, "diagnostic");
    this.editor.mark(marks);
  }
}

/** What is written into the filter, word by word. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function exampleNote(example: ExampleData, rule: RuleData | undefined): HTMLElement {
  return el(
    "div",
    { class: "alert alert-note check-example" },
    el("p", { class: "alert-title" }, `Example “${example.name}”`),
    el("p", {}, "Of the rule ", rule === undefined ? "" : el("a", { href: pageHref(`rules/${rule.id}/`) }, rule.title), ". Expected: ", el("strong", {}, example.expect), "."),
    example.note !== "" && el("p", {}, "Differs from its sample: ", el("code", {}, example.note)),
  );
}

function allClear(result: CheckResult): HTMLElement {
  const text =
    result.summary.pass > 0
      ? "Plumb. Every rule that applies to this topology passes."
      : "No rule of this site applies to what this topology holds.";
  return el("p", { class: "all-clear" }, icon(result.summary.pass > 0 ? "pass" : "not-applicable"), text);
}

document.documentElement.dataset["checker"] = version;
customElements.define("pl-check", Checker);
