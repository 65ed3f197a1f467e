// What stands behind the "#" of the checker's address: a sample, a rule's
// example, or the reader's own files, compressed. It never reaches a server.

import { roles } from "../page/result";
import type { InputFile } from "../page/result";

export type Address =
  | { kind: "none" }
  | { kind: "sample"; name: string }
  | { kind: "example"; rule: string; example: string }
  | { kind: "state"; files: InputFile[] }
  | { kind: "broken" };

/** Longer addresses are cut by some mail and chat programs. */
export const longestAddress = 30_000;

export async function readAddress(hash: string): Promise<Address> {
  const query = new URLSearchParams(hash.replace(/^#/, "").replaceAll("+", "%2B"));
  const sample = query.get("sample");
  const rule = query.get("rule");
  const state = query.get("state");
  if (sample !== null) return { kind: "sample", name: sample };
  if (rule !== null) return { kind: "example", rule, example: query.get("example") ?? "" };
  if (state === null) return { kind: "none" };
  try {
    return { kind: "state", files: checkedFiles(JSON.parse(await inflate(state))) };
  } catch {
    return { kind: "broken" };
  }
}

/** The address of the reader's files, or null where it would be too long. */
export async function stateAddress(files: InputFile[]): Promise<string | null> {
  if (files.some((f) => f.blob !== undefined && f.text === "")) return null; // that could not be read
  const state = await deflate(JSON.stringify(files.map(({ name, text, role }) => ({ name, text, role }))));
  return state.length > longestAddress ? null : `#state=${state}`;
}

function checkedFiles(value: unknown): InputFile[] {
  const ok =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (f: Partial<InputFile>) =>
        typeof f.name === "string" &&
        typeof f.text === "string" &&
        roles.some((role) => role === f.role),
    );
  if (!ok) throw new Error("not a list of files");
  return (value as InputFile[]).map(({ name, text, role }) => ({ name, text, role }));
}

async function deflate(text: string): Promise<string> {
  const bytes = new Uint8Array(await through(new Blob([text]), new CompressionStream("deflate-raw")).arrayBuffer());
  let binary = "";
  for (const b of bytes) binary += String.fromCharCode(b);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function inflate(text: string): Promise<string> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  return through(new Blob([bytes]), new DecompressionStream("deflate-raw")).text();
}

function through(blob: Blob, stream: CompressionStream | DecompressionStream): Response {
  return new Response(blob.stream().pipeThrough(stream));
}
