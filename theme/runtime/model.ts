// The model as data, as internal/model writes it with (*Model).JSON.

import type { Value } from "./value";

export interface Model {
  kinds: Kind[];
  declared: Field[];
}

export interface Kind {
  name: string;
  one: string;
  title: string;
  /** An object that others only refer to is a subject too. */
  fromReferences: boolean;
  fields: Field[];
  derived: string[];
  /** Makes what an object of the kind holds: every field, undefined until it is set. */
  holder?: new () => Record<string, Value>;
}

/** Gives each kind the class of what its objects hold. Nothing is inherited: `constructor` is a field like any other. */
export function shaped(model: Model, holders: Record<string, new () => object>): Model {
  for (const k of model.kinds) {
    const holder = holders[k.name] as NonNullable<Kind["holder"]>;
    delete (holder.prototype as { constructor?: unknown }).constructor;
    Object.setPrototypeOf(holder.prototype, null);
    k.holder = holder;
  }
  return model;
}

export interface Field {
  name: string;
  type: Type;
  /** Of a link: the list of this kind's objects on the linked object. */
  inverse?: string;
  /** What an absent field means; without it, unknown. */
  default?: unknown;
}

export interface Type {
  name: "string" | "int" | "number" | "bool" | "cidr" | "ip" | "enum" | "record" | "link" | "any" | "list";
  enum?: string[];
  link?: string;
  elem?: Type;
  fields?: Field[];
}

export function kindOf(model: Model, name: string): Kind | null {
  for (const k of model.kinds) if (k.name === name) return k;
  return null;
}

/** Whether absence of the field has a meaning. */
export function hasDefault(f: Field): boolean {
  return f.default !== undefined;
}

/** The default as a value of the field's type: an int is a bigint. */
export function defaultValue(f: Field): Value {
  return typed(f.type, f.default ?? null);
}

function typed(t: Type, v: unknown): Value {
  if (Array.isArray(v)) return v.map((item) => typed(t.elem ?? t, item));
  if (typeof v === "number" && t.name === "int") return BigInt(v);
  return v as Value;
}
