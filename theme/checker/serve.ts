// A worker's side of what page and worker say to each other.

import type { CheckResult } from "../page/result";
import type { CheckOptions, CheckRequest, CheckResponse, DrawRequest, Drawn, TextFile } from "./protocol";

// The library for workers contradicts the one for pages; this is all of it that is used.
interface Scope {
  onmessage: ((event: MessageEvent<CheckRequest | DrawRequest>) => void) | null;
  postMessage(message: CheckResponse): void;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Answers requests with a function of checks.mjs, and draws what it was about. */
export function serve(work: (text: string | TextFile[], options: CheckOptions & { file?: string }) => Promise<CheckResult>, draw?: (width: number) => Drawn): void {
  const scope = globalThis as unknown as Scope;
  const picture = (id: number, width: number): void => {
    try {
      scope.postMessage({ id, drawing: draw?.(width) ?? null });
    } catch (error) {
      scope.postMessage({ id, undrawn: reason(error) });
    }
  };
  scope.onmessage = ({ data }): void => {
    if (!("files" in data)) {
      picture(data.id, data.width);
      return;
    }
    const { id, files, options, width } = data;
    const [first] = files;
    const done = files.length === 1 && first !== undefined ? work(first.text, { ...options, file: first.file }) : work(files, options);
    done.then(
      (result) => {
        scope.postMessage({ id, result });
        if (width !== undefined) picture(id, width);
      },
      // check() reports bad input as diagnostics, so this is a fault of the program.
      (error: unknown) => scope.postMessage({ id, failure: reason(error) }),
    );
  };
}
