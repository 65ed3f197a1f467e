// Functions with an implementation on each side: internal/lang/pure.go.

import ipaddr from "ipaddr.js";
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
  for (let i = 0; i < outer.bits; i++) {
    const bit = 128 >> (i & 7);
    if ((outer.bytes[i >> 3]! & bit) !== (inner.bytes[i >> 3]! & bit)) return false;
  }
  return true;
}

type Pure = (...args: Value[]) => Value;

export const prefixLength: Pure = (v) => BigInt(cidr("prefixLength", v!).bits);
export const cidrContains: Pure = (a, b) => contains(cidr("cidrContains", a!), cidr("cidrContains", b!));
export const isIPv4: Pure = (v) => cidr("isIPv4", v!).bytes.length === 4;

/** The functions by name, for the tree evaluator. */
export const pure: Record<string, Pure> = { prefixLength, cidrContains, isIPv4 };
