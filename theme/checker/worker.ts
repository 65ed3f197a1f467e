// The worker: the rules of the site with their runtime. It has no address of its
// own and, under the page's policy, nothing to connect to.

import { check } from "../runtime/checks";
import type { CheckRequest, CheckResponse } from "./protocol";

// The library for workers contradicts the one for pages; this is all of it that is used.
interface Scope {
  onmessage: ((event: MessageEvent<CheckRequest>) => void) | null;
  postMessage(message: CheckResponse): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = (event): void => {
  void run(event.data);
};

async function run({ id, files, options }: CheckRequest): Promise<void> {
  const [first] = files;
  try {
    const result =
      files.length === 1 && first !== undefined
        ? await check(first.text, { ...options, file: first.file })
        : await check(files, options);
    scope.postMessage({ id, result });
  } catch (error) {
    // check() reports bad input as diagnostics, so this is a fault of the program.
    scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
  }
}
