// Secrets in the values of a template. Mirrors internal/topology/armsecret.go.

import { declaration, foldGet, foldText, MAX_STEPS, MAX_TYPES, type ArmFrame, type ArmReader } from "./arm";
import { emptyValue, foldKey, isMap, keysOf, newMap } from "./armvalue";
import type { Node } from "./document";
import { lowerASCII } from "./source";
import { piece, quoteExpr } from "./unresolved";
import { Unknown, type RecordValue, type Value } from "./value";

/** What hiding one secret counts: the value around it is copied. */
const SECRET_STEPS = 20;

/** Names a value that may be a secret: in a reason, in a text, and in an expr. */
export interface SecretPath {
  source: string;
  text: string;
  expr: string;
}

/**
 * Replaces what the declaration of a parameter or output calls secure: what is in a secret is nobody's to print, a rule sees
 * only that it is there. Gives v itself where there is nothing to replace.
 */
export function hide(r: ArmReader, f: ArmFrame, n: Node, v: Value, at: SecretPath): Value {
  if (emptyValue(v)) return v;
  if (++r.steps > MAX_STEPS && r.exhausted()) return r.overLimit();
  const types = declaration(f, n);
  for (const t of types) {
    const kind = lowerASCII(foldText(t, "type"));
    if (!kind.startsWith("secure")) continue;
    if (!(v instanceof Unknown) || r.secrets.has(v.expr)) r.secrets.add(`{${at.expr}}`);
    r.steps += SECRET_STEPS;
    return piece(`[${at.source}] is a ${kind}`, `<${at.text}>`, at.expr);
  }
  if (Array.isArray(v)) return hideElements(r, f, types, v, at);
  return isMap(v) ? hideMembers(r, f, types, v, at) : v;
}

function hideMembers(r: ArmReader, f: ArmFrame, types: Node[], m: RecordValue, at: SecretPath): Value {
  let out = m;
  for (const k of keysOf(m)) {
    const member = memberType(f, types, m, k, 0);
    if (member === null) continue;
    const hidden = hide(r, f, member, m[k]!, {
      source: `${at.source}.${k}`, text: `${at.text}.${k}`, expr: `${at.expr}.${quoteExpr(lowerASCII(k))}`,
    });
    if (hidden === m[k]) continue;
    if (out === m) out = Object.assign(newMap(), m);
    out[k] = hidden;
  }
  return out;
}

/** The declared type of a property of an object, or null. level counts the variants inside each other. */
function memberType(f: ArmFrame, types: Node[], m: RecordValue, key: string, level: number): Node | null {
  for (const t of types) {
    const p = foldGet(foldGet(t, "properties"), key);
    if (p !== null) return p;
    const d = foldGet(t, "discriminator");
    if (d !== null && level < MAX_TYPES) {
      const kind = foldKey(m, foldText(d, "propertyName"));
      const variant = foldGet(foldGet(d, "mapping"), typeof kind === "string" ? kind : "");
      if (variant !== null) return memberType(f, declaration(f, variant), m, key, level + 1);
    }
    const more = foldGet(t, "additionalProperties");
    if (more?.kind === "map") return more;
  }
  return null;
}

function hideElements(r: ArmReader, f: ArmFrame, types: Node[], list: Value[], at: SecretPath): Value {
  let out = list;
  list.forEach((item, i) => {
    const element = elementType(types, i);
    if (element === null) return;
    const hidden = hide(r, f, element, item, { source: `${at.source}[${i}]`, text: `${at.text}[${i}]`, expr: `${at.expr}[${i}]` });
    if (hidden === item) return;
    if (out === list) out = [...list];
    out[i] = hidden;
  });
  return out;
}

/** The declared type of an element of a list, or null. */
function elementType(types: Node[], i: number): Node | null {
  for (const t of types) {
    const first = foldGet(t, "prefixItems")?.items[i];
    if (first !== undefined) return first;
    const items = foldGet(t, "items");
    if (items?.kind === "map") return items;
  }
  return null;
}

/** Whether a value is a secret of which nothing but that it is there may be known. */
export function notEmpty(r: ArmReader, v: Value): boolean {
  return v instanceof Unknown && r.secrets.has(v.expr);
}
