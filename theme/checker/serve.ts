// A worker's side of what page and worker say to each other.

import type { Subject } from "../runtime/check";
import { decode } from "./decode";
import type { Answer, CheckOptions, CheckRequest, CheckResponse, DrawRequest, Drawn, FilterRequest, GivenFile, MarkedLine, TextFile } from "./protocol";

// The library for workers contradicts the one for pages; this is all of it that is used.
interface Scope {
  onmessage: ((event: MessageEvent<CheckRequest | FilterRequest | DrawRequest>) => void) | null;
  postMessage(message: CheckResponse): void;
}

/** What a worker can do. */
export interface Work {
  check(text: string | TextFile[], options: CheckOptions & { file?: string; progress: (share: number) => void }): Promise<Answer>;
  filter?(words: string[], subject?: Subject): Answer | null;
  draw?(width: number): Drawn;
  /** The lines of all findings of the last check, where it listed a part of them; null where it listed all. */
  lines?(): MarkedLine[] | null;
}

/** Milliseconds between two reports of progress. */
const often = 100;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function textOf(f: GivenFile): Promise<TextFile> {
  return "text" in f ? f : { file: f.file, text: decode(await f.blob.arrayBuffer()) };
}

/** Answers requests. */
export function serve(work: Work): void {
  const scope = globalThis as unknown as Scope;
  const picture = (id: number, width: number): void => {
    try {
      scope.postMessage({ id, drawing: work.draw?.(width) ?? null });
    } catch (error) {
      scope.postMessage({ id, undrawn: reason(error) });
    }
  };
  const filter = ({ id, words, subject }: FilterRequest): void => {
    try {
      const answer = work.filter?.(words, subject);
      scope.postMessage(answer ? { id, ...answer } : { id, failure: "nothing has been checked" });
    } catch (error) {
      scope.postMessage({ id, failure: reason(error) });
    }
  };
  scope.onmessage = ({ data }): void => {
    if ("words" in data) {
      filter(data);
      return;
    }
    if (!("files" in data)) {
      picture(data.id, data.width);
      return;
    }
    const { id, files, width } = data;
    let said = performance.now();
    const progress = (share: number): void => {
      const now = performance.now();
      if (now - said < often) return;
      said = now;
      scope.postMessage({ id, share });
    };
    const options = { ...data.options, progress };
    const checked = async (): Promise<Answer> => {
      const texts = await Promise.all(files.map(textOf));
      const [first] = texts;
      return texts.length === 1 && first !== undefined ? work.check(first.text, { ...options, file: first.file }) : work.check(texts, options);
    };
    checked().then(
      (answer) => {
        scope.postMessage({ id, ...answer });
        if (width !== undefined) picture(id, width);
        const lines = work.lines?.() ?? null;
        if (lines !== null) scope.postMessage({ id, lines });
      },
      // check() reports bad input as diagnostics, so this is a fault of the program.
      (error: unknown) => scope.postMessage({ id, failure: reason(error) }),
    );
  };
}
