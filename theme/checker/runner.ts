// Runs checks in the worker, one at a time: a newer request replaces an older.

import type { Subject } from "../page/result";
import type { Answer, CheckOptions, CheckRequest, CheckResponse, Drawn, FilterRequest, GivenFile, MarkedLine } from "./protocol";

/** Rejection of a check that was cancelled or replaced. */
export class Cancelled extends Error {}

export class Runner {
  private worker: Worker | null = null;
  private next = 1;
  private latest = 0;
  /** The worker still has what was checked last: it ends with a check that is cancelled. */
  private remembers = false;

  /** `code` gives what the worker runs, once its script has been loaded; `drawn` takes the drawing of the last check; `progress` the share of a check that is done, `lines` those of what is not listed, too. */
  constructor(
    private readonly code: () => (() => void) | undefined,
    private readonly drawn: (d: Drawn | Error) => void = () => {},
    private readonly progress: (share: number) => void = () => {},
    private readonly lines: (lines: MarkedLine[]) => void = () => {},
  ) {}

  private running: { id: number; resolve: (a: Answer) => void; reject: (e: Error) => void } | null = null;

  /** Starts the worker ahead of the first check. */
  warm(): void {
    this.worker ??= this.start();
  }

  /** Checks, and draws for a width if there is one. */
  check(files: GivenFile[], options: CheckOptions, width?: number): Promise<Answer> {
    this.cancel();
    this.latest = this.next;
    return this.ask({ id: this.next++, files, options, ...(width === undefined ? {} : { width }) });
  }

  /** Whether filter can look through what was checked last. */
  get searchable(): boolean {
    return this.worker !== null && this.remembers;
  }

  /** Lists what has all the words, or is about a subject, of what was checked last. While something else is under way, that goes on and this is refused. */
  filter(words: string[], subject?: Subject): Promise<Answer> {
    if (this.running !== null) return Promise.reject(new Cancelled());
    return this.ask({ id: this.next++, words, ...(subject === undefined ? {} : { subject }) });
  }

  private ask(request: CheckRequest | FilterRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.running = { id: request.id, resolve, reject };
      try {
        this.worker ??= this.start();
        this.worker.postMessage(request);
      } catch (error) {
        this.running = null;
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Draws again what was checked last, unless that is still running. */
  draw(width: number): void {
    if (this.running === null && this.worker !== null) this.worker.postMessage({ id: this.latest, width });
  }

  /** Stops a running check. JavaScript cannot be interrupted, so its worker ends with it. */
  cancel(): void {
    if (this.running === null) return;
    this.worker?.terminate();
    this.worker = null;
    this.remembers = false;
    this.running.reject(new Cancelled());
    this.running = null;
  }

  private start(): Worker {
    this.remembers = false;
    const code = this.code();
    if (code === undefined) throw new Error("the rules could not be loaded");
    const url = URL.createObjectURL(new Blob([`(${code.toString()})()`], { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    worker.onmessage = (event: MessageEvent<CheckResponse>): void => this.finish(event.data);
    worker.onerror = (event): void => {
      event.preventDefault();
      this.worker = null;
      worker.terminate();
      this.running?.reject(new Error(event.message || "the worker could not start"));
      this.running = null;
    };
    return worker;
  }

  private finish(response: CheckResponse): void {
    if ("drawing" in response || "undrawn" in response) {
      if (response.id === this.latest) this.drawn("drawing" in response ? response.drawing : new Error(response.undrawn));
      return;
    }
    if ("lines" in response) {
      if (response.id === this.latest) this.lines(response.lines);
      return;
    }
    const run = this.running;
    if (run === null || run.id !== response.id) return;
    if ("share" in response) {
      this.progress(response.share);
      return;
    }
    this.running = null;
    if ("result" in response) {
      this.remembers = true;
      run.resolve(response);
    } else run.reject(new Error(response.failure));
  }
}
