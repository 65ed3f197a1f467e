// Functions with an implementation on each side: internal/lang/pure.go.

import { fail, nameOf } from "./ops";
import type { Value } from "./value";

interface Prefix {
  bytes: number[];
  bits: number;
}

/** An address prefix or a single address, as net/netip reads them. */
function cidr(name: string, v: Value): Prefix {
  if (typeof v !== "string") return fail(`${name} takes text, not ${nameOf(v)}`);
  const [address, length, ...rest] = v.split("/") as [string, string?, ...string[]];
  const bytes = rest.length === 0 ? addressBytes(address) : null;
  if (bytes !== null) {
    if (length === undefined) return { bytes, bits: bytes.length * 8 };
    if (/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bytes.length * 8) return { bytes, bits: Number(length) };
  }
  return fail(`${name}: ${JSON.stringify(v)} is neither an address nor a prefix`);
}

const IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/** The bytes of an address in the spellings that net/netip accepts, but for zones; else null. */
export function addressBytes(s: string): number[] | null {
  if (!s.includes(":")) {
    const bytes = IPV4.test(s) ? s.split(".").map(Number) : [];
    return bytes.length === 4 && bytes.every((b) => b < 256) ? bytes : null;
  }
  const [head, tail, ...more] = s.split("::") as [string, string?, ...string[]];
  const before = groupBytes(head, tail === undefined);
  const after = groupBytes(tail ?? "", true);
  if (before === null || after === null || more.length > 0) return null;
  const zeros = 16 - before.length - after.length;
  if (tail === undefined ? zeros !== 0 : zeros < 2) return null;
  return [...before, ...new Array<number>(zeros).fill(0), ...after];
}

/** The bytes of groups of an IPv6 address; the last group of an address may be an IPv4 one. */
function groupBytes(s: string, last: boolean): number[] | null {
  const out: number[] = [];
  const groups = s === "" ? [] : s.split(":");
  for (const [i, g] of groups.entries()) {
    if (last && i === groups.length - 1 && g.includes(".")) {
      const bytes = addressBytes(g);
      if (bytes === null) return null;
      out.push(...bytes);
    } else if (GROUP.test(g)) {
      const n = parseInt(g, 16);
      out.push(n >> 8, n & 255);
    } else {
      return null;
    }
  }
  return out;
}

function contains(outer: Prefix, inner: Prefix): boolean {
  if (outer.bytes.length !== inner.bytes.length || outer.bits > inner.bits) return false;
  const whole = outer.bits >> 3;
  for (let i = 0; i < whole; i++) if (outer.bytes[i] !== inner.bytes[i]) return false;
  return ((outer.bytes[whole]! ^ inner.bytes[whole]!) & (0xff00 >> (outer.bits & 7)) & 0xff) === 0;
}

type Pure = (...args: Value[]) => Value;

export const prefixLength: Pure = (v) => BigInt(cidr("prefixLength", v!).bits);
export const cidrContains: Pure = (a, b) => contains(cidr("cidrContains", a!), cidr("cidrContains", b!));
export const isIPv4: Pure = (v) => cidr("isIPv4", v!).bytes.length === 4;

/** The functions by name, for the tree evaluator. */
export const pure: Record<string, Pure> = { prefixLength, cidrContains, isIPv4 };
