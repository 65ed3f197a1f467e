// Functions with an implementation on each side: internal/lang/pure.go.

import ipaddr from "ipaddr.js";
import { fail, nameOf } from "./ops";
import type { Value } from "./value";

interface Prefix {
  bytes: number[];
  bits: number;
}

/** What prefixes mean: a rule compares the same few with each other over and over. */
const prefixes = new Map<string, Prefix>();
const MAX_PREFIXES = 10_000;

/** An address prefix or a single address, as net/netip reads them. */
function cidr(name: string, v: Value): Prefix {
  if (typeof v !== "string") return fail(`${name} takes text, not ${nameOf(v)}`);
  const known = prefixes.get(v);
  if (known !== undefined) return known;
  const parsed = parse(name, v);
  if (prefixes.size >= MAX_PREFIXES) prefixes.clear();
  prefixes.set(v, parsed);
  return parsed;
}

function parse(name: string, v: string): Prefix {
  const [address, length, ...rest] = v.split("/") as [string, string?, ...string[]];
  const bytes = rest.length === 0 ? addressBytes(address) : null;
  if (bytes !== null) {
    if (length === undefined) return { bytes, bits: bytes.length * 8 };
    if (/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bytes.length * 8) return { bytes, bits: Number(length) };
  }
  return fail(`${name}: ${JSON.stringify(v)} is neither an address nor a prefix`);
}

/** The bytes of an address in the strict spelling that net/netip accepts, else null. */
export function addressBytes(s: string): number[] | null {
  const last = s.slice(s.lastIndexOf(":") + 1); // an IPv6 address may end in an IPv4 one
  if (last.includes(".")) {
    const parts = last.split(".");
    if (parts.length !== 4 || !parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255)) return null;
    if (last === s) return parts.map(Number);
  }
  if (!s.includes(":") || s.includes("%") || !ipaddr.IPv6.isValid(s)) return null;
  return ipaddr.IPv6.parse(s).toByteArray();
}

function contains(outer: Prefix, inner: Prefix): boolean {
  if (outer.bytes.length !== inner.bytes.length || outer.bits > inner.bits) return false;
  const whole = outer.bits >> 3;
  for (let i = 0; i < whole; i++) if (outer.bytes[i] !== inner.bytes[i]) return false;
  const mask = 0xff00 >> (outer.bits & 7); // of the bits in the byte that the prefix ends in
  return ((outer.bytes[whole]! ^ inner.bytes[whole]!) & mask & 0xff) === 0;
}

type Pure = (...args: Value[]) => Value;

export const prefixLength: Pure = (v) => BigInt(cidr("prefixLength", v!).bits);
export const cidrContains: Pure = (a, b) => contains(cidr("cidrContains", a!), cidr("cidrContains", b!));
export const isIPv4: Pure = (v) => cidr("isIPv4", v!).bytes.length === 4;

/** The functions by name, for the tree evaluator. */
export const pure: Record<string, Pure> = { prefixLength, cidrContains, isIPv4 };
