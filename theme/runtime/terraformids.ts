// How the resources of plans and states are named. Mirrors internal/topology/terraformids.go.

import { foldEqual } from "./arm";
import { normalID, notInInput } from "./link";
import { lowerASCII } from "./source";
import { quoted, type Node } from "./document";
import { isBool, textAt, type TfInstance, type TfReader } from "./terraform";
import { part, valueAt } from "./terraformvalue";
import { exprPieces, identityOf, joinText, literalExpr, piece, quoteExpr, settled, UNRESOLVED } from "./unresolved";
import { Unknown, type Value } from "./value";

/** Whether a kind has an object with an identity. */
export type Has = (identity: string) => boolean;

/** Knows how the documents of one input name their resources. */
export class References {
  /** By what stands for their id. */
  readonly instances = new Map<string, TfInstance>();
  /** Identities of those. */
  private readonly used = new Set<string>();
  /** By identity of the id in Azure. */
  private readonly ids = new Map<string, string>();
  /** By identity of type/group/name; "" where several have it. */
  private readonly names = new Map<string, string>();
  /** Instances whose id in Azure is not known yet, by group and name. */
  private readonly unborn = new Map<string, TfInstance[]>();
  /** Identities of ids that the input deletes. */
  readonly gone = new Set<string>();
  /** Of ids in the input. */
  private readonly subscriptions = new Set<string>();
  /** By the expr of an attribute that is not known yet: the ids that it may have, and whether it may have another. */
  readonly attributes = new Map<string, () => { ids: Value[]; open: boolean }>();

  /** Notes how to find what an attribute may be, which is done once. */
  follow(u: Unknown, find: () => { ids: Value[]; open: boolean }): void {
    let found: { ids: Value[]; open: boolean } | null = null;
    this.attributes.set(u.expr, () => {
      if (found === null) {
        found = { ids: [], open: true }; // what needs itself is open
        found = find();
      }
      return found;
    });
  }

  /** Whether it is known what an attribute may be. */
  follows(u: Unknown): boolean {
    return this.attributes.has(u.expr);
  }

  /** Whether it is known of what a text begins with. */
  followsIn(u: Unknown): boolean {
    const first = exprPieces(u.expr)[0];
    return first !== undefined && first.unresolved && this.attributes.has(first.text);
  }

  setGone(id: string): void {
    this.gone.add(normalID(id));
  }

  /** What stands for an id in Azure, or the id itself. */
  address(id: string): string {
    return this.ids.get(normalID(id)) ?? id;
  }

  /** Gives an instance the id that stands for it: its address, or what stands for the same resource in another document or for the resource that a data source reads. */
  register(t: TfReader, i: TfInstance): void {
    let real = ownID(i.values);
    if (isBool(i.sensitive, true) || isBool(i.sensitive?.get("id"), true)) real = "";
    const names = namesOf(t, i);
    const old = real === "" ? "" : (this.ids.get(normalID(real)) ?? "");
    if (old !== "") i.id = old;
    else if (!i.managed && names !== "") i.id = this.names.get(names) ?? "";
    if (i.id === "") {
      // Addresses differ in case, identities do not.
      i.id = i.address;
      for (let n = 2; this.used.has(normalID(i.id)); n++) i.id = `${i.address} (${n})`;
      this.used.add(normalID(i.id));
      this.instances.set(i.id, i);
    }
    this.addID(real, i, true);
    this.addID(i.before, i, false);
    if (names !== "") {
      const taken = this.names.get(names);
      this.names.set(names, taken !== undefined && taken !== i.id ? "" : i.id);
    }
    const group = textAt(i.values, "resource_group_name");
    const name = textAt(i.values, "name");
    if (real !== "" || group === "" || name === "") return;
    const key = `${lowerASCII(group)}/${lowerASCII(name)}`;
    const list = this.unborn.get(key);
    if (list === undefined) this.unborn.set(key, [i]);
    else list.push(i);
  }

  /** Notes the id that an instance has in Azure. */
  private addID(id: string, i: TfInstance, sure: boolean): void {
    if (!id.startsWith("/")) return;
    const identity = normalID(id);
    if (!this.ids.has(identity)) this.ids.set(identity, i.id);
    const parts = identity.split("/");
    if (sure && parts.length > 2 && parts[1] === "subscriptions") this.subscriptions.add(parts[2]!);
  }

  /** What an id means: the object of a kind that stands for it. An id that means no object of the input stays as it is. */
  resolve(id: Value, has: Has): Value {
    id = settled(id);
    if (typeof id === "string") return has(normalID(literalExpr(id))) ? id : this.resolveText(id, has);
    return id instanceof Unknown ? this.resolveUnknown(id, has) : id;
  }

  private resolveText(id: string, has: Has): Value {
    const known = this.ids.get(normalID(id));
    if (known !== undefined) return known;
    if (!id.startsWith("/")) return this.resolveName(id);
    // A part of a resource has its id before its own name.
    const parts = id.replace(/\/+$/, "").split("/");
    for (let n = parts.length - 2; n > 8; n -= 2) {
      const whole = this.ids.get(normalID(parts.slice(0, n).join("/")));
      if (whole !== undefined) return `${whole}/${parts.slice(n).join("/")}`;
    }
    if (parts.length < 9 || !foldEqual(parts[1]!, "subscriptions") || (this.subscriptions.size > 0 && !this.subscriptions.has(lowerASCII(parts[2]!)))) return id;
    // The configuration writes out the id of a resource that is not there yet.
    const found = (this.unborn.get(`${lowerASCII(parts[4]!)}/${lowerASCII(parts.at(-1)!)}`) ?? []).filter(
      (i) => has(normalID(literalExpr(i.id))) && (parts.length === 9 || hasName(i, parts[parts.length - 3]!)),
    );
    if (found.length === 0) return id;
    return found.length === 1 ? found[0]!.id : piece(`several resources may be ${quoted(id)}`, UNRESOLVED, quoteExpr(id));
  }

  /** Finds a resource by type/group/name. One that is not in the input is not known by its id, so it may be any that is. */
  private resolveName(id: string): Value {
    const slash = id.indexOf("/");
    const typ = slash < 0 ? id : id.slice(0, slash);
    const rest = slash < 0 ? "" : id.slice(slash + 1);
    const next = rest.indexOf("/");
    const group = next < 0 ? rest : rest.slice(0, next);
    const name = next < 0 ? "" : rest.slice(next + 1);
    if (slash < 0 || typ.includes(".") || !typ.includes("_") || name === "") return id;
    const known = this.names.get(normalID(literalExpr(id)));
    if (known === undefined) return joinText(piece(notInInput(name), `<${group}>`, quoteExpr(`${typ}/${group}`)), "/", name);
    return known === "" ? piece(`several resources of the type ${typ} are called ${quoted(name)}`, UNRESOLVED, quoteExpr(id)) : known;
  }

  /** Whether an id is that of a part of a resource, which Azure may have made with it. */
  private isPart(id: string): boolean {
    for (let i = id.indexOf("/"); i >= 0; i = id.indexOf("/", i + 1)) if (this.instances.has(id.slice(0, i))) return true;
    return false;
  }

  private resolveUnknown(u: Unknown, has: Has): Value {
    const named = this.names.get(normalID(u.expr));
    if (named) return named;
    const parts = exprPieces(u.expr);
    if (parts.length === 0 || !parts[0]!.unresolved || parts.length > 2 || parts[1]?.unresolved) return u;
    const follow = this.attributes.get(parts[0]!.text);
    if (follow === undefined) return u;
    let { ids, open } = follow();
    const found: Value[] = [];
    for (const id of ids) {
      const s = this.resolve(joinText(id, parts[1]?.text ?? ""), has);
      if (typeof s !== "string") open = true;
      // Either of the input, or an object that is not in it.
      else if (has(normalID(literalExpr(s))) || s.startsWith("/") || this.isPart(s)) found.push(s);
    }
    return open || found.length !== 1 ? u : found[0]!;
  }
}

/** The id that a resource has in Azure. What associates two resources has the id of one of them. */
export function ownID(values: Node | null): string {
  const id = textAt(values, "id");
  const shared = (values?.entries ?? []).some((e) => e.key !== "id" && e.key.endsWith("_id") && foldEqual(e.value.text(), id));
  return id !== "" && shared ? "" : id;
}

/** The identity of type, group and name of an instance, or "". */
function namesOf(t: TfReader, i: TfInstance): string {
  const text = (key: string): Value => {
    const v = valueAt(t, i, i.values?.get(key) ?? null, part(i.unknown, key), part(i.sensitive, key), [{ name: key, index: false }]);
    return (v instanceof Unknown && v.expr !== "") || (typeof v === "string" && v !== "") ? v : null;
  };
  const group = text("resource_group_name");
  const name = text("name");
  return group === null || name === null ? "" : (identityOf(joinText(`${i.typ}/`, group, "/", name)) ?? "");
}

/** Whether an attribute names the parent of a resource. */
function hasName(i: TfInstance, name: string): boolean {
  return (i.values?.entries ?? []).some((e) => e.key !== "name" && e.key.endsWith("_name") && foldEqual(e.value.text(), name));
}
