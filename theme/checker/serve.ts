// A worker's side of what page and worker say to each other.

import type { CheckResult } from "../page/result";
import type { CheckOptions, CheckRequest, CheckResponse, TextFile } from "./protocol";

// The library for workers contradicts the one for pages; this is all of it that is used.
interface Scope {
  onmessage: ((event: MessageEvent<CheckRequest>) => void) | null;
  postMessage(message: CheckResponse): void;
}

/** Answers requests with a function of checks.mjs. */
export function serve(work: (text: string | TextFile[], options: CheckOptions & { file?: string }) => Promise<CheckResult>): void {
  const scope = globalThis as unknown as Scope;
  scope.onmessage = ({ data: { id, files, options } }): void => {
    const [first] = files;
    const done = files.length === 1 && first !== undefined ? work(first.text, { ...options, file: first.file }) : work(files, options);
    done.then(
      (result) => scope.postMessage({ id, result }),
      // check() reports bad input as diagnostics, so this is a fault of the program.
      (error: unknown) => scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) }),
    );
  };
}
