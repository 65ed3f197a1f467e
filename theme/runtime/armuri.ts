// Template functions over addresses of the web. Mirrors internal/topology/armuri.go.

import type { ArmCall, FunctionTable } from "./armcall";
import type { Result } from "./armeval";
import { encodeBase64, fromBase64, guardText, texts } from "./armtext";
import { toText } from "./armvalue";
import { lowerASCII } from "./source";

export const uriFunctions: FunctionTable = {
  uri: { min: 2, max: 2, run: uri },
  dataUri: { min: 1, max: 1, run: dataURI },
  dataUriToString: { min: 1, max: 1, run: fromDataURI },
};

/** Resolves a path against an address, where .NET would change nothing else. */
function uri(c: ArmCall): Result {
  const s = texts(c);
  if (s === null) return c.fail("it takes two texts");
  const base = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]+)([^?#]*)/.exec(s[0]!);
  if (base === null) return c.fail("the first text is not an address");
  const [host, path, relative] = [base[1]!, base[2]!, s[1]!];
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(relative)) return relative;
  if (!/^[A-Za-z0-9._~/:&=+,-][A-Za-z0-9._~/:?&=+,-]*$/.test(relative) || host !== lowerASCII(host)) return c.runtime();
  if (relative.startsWith("//") || /(^|\/)\.{1,2}(\/|$)/.test(`${path}/${relative}`)) return c.runtime();
  if (relative.startsWith("/")) return host + relative;
  return host + (path === "" ? "/" : path.slice(0, path.lastIndexOf("/") + 1)) + relative;
}

function dataURI(c: ArmCall): Result {
  const s = toText(c.args[0]!);
  return typeof s === "string" ? guardText(c, `data:text/plain;charset=utf8;base64,${encodeBase64(s)}`) : c.fail("it takes a text");
}

/** Reads "data:type;base64,…" and "data:type,…". */
function fromDataURI(c: ArmCall): Result {
  const s = c.args[0]!;
  const comma = typeof s === "string" ? s.indexOf(",") : -1;
  const head = comma < 0 ? "" : lowerASCII((s as string).slice(0, comma));
  const data = comma < 0 ? "" : (s as string).slice(comma + 1);
  if (head.startsWith("data:")) {
    try {
      const out = head.endsWith(";base64") ? fromBase64(data) : decodeURIComponent(data);
      if (out !== null) return out;
    } catch {
      // not encoded
    }
  }
  return c.fail("the text is not a data address");
}
