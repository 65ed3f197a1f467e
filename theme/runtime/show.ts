// How messages and facts print values. Mirrors internal/lang/show.go.

import { sortedKeys } from "./evaluate";
import { compareText } from "./ops";
import { Dict, Obj, Partial, Unknown, type Value } from "./value";

export function show(v: Value): string {
  switch (typeof v) {
    case "string": return v;
    case "boolean":
    case "bigint": return String(v);
    case "number":
      if (!Number.isFinite(v) && !Number.isNaN(v)) return v > 0 ? "+Inf" : "-Inf";
      return v === 0 ? "0" : String(v);
  }
  if (v === null) return "none";
  if (v instanceof Obj) return v.name;
  if (v instanceof Unknown) return v.text || "unknown";
  if (v instanceof Partial) return [...v.items.map(show), "unknown"].join(", ");
  if (Array.isArray(v)) return v.map(show).join(", ");
  if (v instanceof Dict) return "{" + v.list().map(([k, x]) => `${show(k)}: ${show(x)}`).sort(compareText).join(", ") + "}";
  return "{" + sortedKeys(v).map((k) => `${k}: ${show(v[k]!)}`).join(", ") + "}";
}
