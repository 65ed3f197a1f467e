// The template of a document. Mirrors internal/topology/armdocument.go.

import { foldEqual, foldGet, foldText, MAX_LINKS, type ArmFrame, type ArmReader } from "./arm";
import { valueOf, type ArmEnv } from "./armeval";
import type { Node } from "./document";
import { fitsBareTemplate } from "./formats";

/** The template of a document, with what stands beside it. */
export interface ArmDocument {
  template: Node | null;
  /** Values, where the document gives some. */
  params: Node | null;
  /** Of a template spec: a list of {path, template}. */
  linked: Node | null;
}

/**
 * Finds the template of a document: the document itself, or what an export, a deployment, a deployment stack or a template
 * spec wraps. Its template is null where there is none.
 */
export function templateIn(root: Node): ArmDocument {
  if (isTemplate(root)) return { template: root, params: null, linked: null };
  for (const within of [root, foldGet(root, "properties")]) {
    const template = foldGet(within, "template");
    if (isTemplate(template)) return { template, params: foldGet(within, "parameters"), linked: null };
    const main = foldGet(within, "mainTemplate");
    if (isTemplate(main)) return { template: main, params: null, linked: foldGet(within, "linkedTemplates") };
  }
  return { template: null, params: null, linked: null };
}

function isTemplate(n: Node | null): n is Node {
  return n !== null && "by" in fitsBareTemplate(n, false);
}

/** The template of a document that is read as one. */
export function templateOf(root: Node): Node {
  return templateIn(root).template ?? root;
}

/** Finds the template of a template spec that a nested deployment links to by its path. */
export function linkedTemplate(r: ArmReader, env: ArmEnv, link: Node | null): Node | null {
  const n = foldGet(link, "relativePath");
  if (n === null || r.linked === null) return null;
  let links = 0;
  for (let f: ArmFrame | null = env.frame; f !== null; f = f.parent) {
    if (++links > MAX_LINKS) {
      r.limit(`more than ${MAX_LINKS} templates of the template spec deploy each other`);
      return null;
    }
  }
  const want = valueOf(r, env, n);
  if (typeof want !== "string") return null;
  r.steps += r.linked.items.length;
  for (const item of r.linked.items) {
    const template = foldGet(item, "template");
    if (isTemplate(template) && foldEqual(cleanPath(foldText(item, "path")), cleanPath(want))) return template;
  }
  return null;
}

/** A path without ".", "..", doubled slashes and a slash before it. */
function cleanPath(path: string): string {
  const out: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "..") {
      if (out.length > 0 && out[out.length - 1] !== "..") out.pop();
      else if (!/^[\\/]/.test(path)) out.push(part);
    } else if (part !== "" && part !== ".") {
      out.push(part);
    }
  }
  return out.length === 0 && !/^[\\/]/.test(path) ? "." : out.join("/");
}
