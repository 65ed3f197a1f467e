// Template functions over address ranges. Mirrors internal/topology/armaddress.go.

import ipaddr from "ipaddr.js";
import type { ArmCall, FunctionTable } from "./armcall";
import type { Result } from "./armeval";
import { newMap } from "./armvalue";
import { addressBytes } from "./pure";
import type { Value } from "./value";

export const addressFunctions: FunctionTable = {
  cidrSubnet: { min: 3, max: 3, run: cidrSubnet },
  cidrHost: { min: 2, max: 2, run: cidrHost },
  parseCidr: { min: 1, max: 1, run: parseCidr },
};

/** An address range: the number of its first address, in a space of bits bits, and the length of its prefix. */
class Network {
  constructor(
    readonly first: bigint,
    readonly prefix: number,
    readonly bits: number,
  ) {}

  /** How many addresses a prefix of the length covers. */
  size(prefix: number): bigint {
    return 1n << BigInt(this.bits - prefix);
  }

  address(offset: bigint): string {
    let n = this.first + offset;
    const bytes: number[] = new Array(this.bits / 8).fill(0);
    for (let i = bytes.length - 1; i >= 0; i--) {
      bytes[i] = Number(n & 255n);
      n >>= 8n;
    }
    const a = ipaddr.fromByteArray(bytes);
    if (a instanceof ipaddr.IPv6 && a.isIPv4MappedAddress()) return `::ffff:${a.toIPv4Address().toString()}`;
    return a instanceof ipaddr.IPv6 ? a.toRFC5952String() : a.toString();
  }
}

function networkOf(v: Value): Network | null {
  if (typeof v !== "string") return null;
  const slash = v.lastIndexOf("/");
  const length = v.slice(slash + 1);
  const bytes = slash < 0 ? null : addressBytes(v.slice(0, slash));
  if (bytes === null || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bytes.length * 8) return null;
  const bits = bytes.length * 8;
  const prefix = Number(length);
  const n = bytes.reduce((n, b) => (n << 8n) | BigInt(b), 0n);
  const host = BigInt(bits - prefix);
  return new Network((n >> host) << host, prefix, bits);
}

function cidrSubnet(c: ArmCall): Result {
  const [v, prefix, index] = c.args as [Value, Value, Value];
  const n = networkOf(v);
  if (n === null || typeof prefix !== "bigint" || typeof index !== "bigint") return c.fail("it takes an address range, a prefix length and an index");
  const outside = "the prefix length or the index is outside the range";
  if (prefix < BigInt(n.prefix) || prefix > BigInt(n.bits) || index < 0n) return c.fail(outside);
  const offset = index * n.size(Number(prefix));
  return offset >= n.size(n.prefix) ? c.fail(outside) : `${n.address(offset)}/${prefix}`;
}

function cidrHost(c: ArmCall): Result {
  const [v, index] = c.args as [Value, Value];
  const n = networkOf(v);
  if (n === null || typeof index !== "bigint" || index < 0n) return c.fail("it takes an address range and an index");
  // The address of the network itself is no host; in IPv4 neither is the last.
  const offset = n.prefix < n.bits - 1 ? index + 1n : index;
  return offset >= n.size(n.prefix) ? c.fail("the index is outside the range") : n.address(offset);
}

function parseCidr(c: ArmCall): Result {
  const n = networkOf(c.args[0]!);
  if (n === null) return c.fail("it takes an address range");
  const last = n.size(n.prefix) - 1n;
  const inside = n.bits === 32 && n.prefix < 31;
  const out = newMap();
  out.network = n.address(0n);
  out.netmask = new Network(n.size(0) - n.size(n.prefix), 0, n.bits).address(0n);
  out.firstUsable = n.address(inside ? 1n : 0n);
  out.lastUsable = n.address(inside ? last - 1n : last);
  out.cidr = BigInt(n.prefix);
  if (n.bits === 32) out.broadcast = n.address(last);
  return out;
}
