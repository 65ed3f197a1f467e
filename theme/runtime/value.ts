// Values that expressions see, under the names of internal/lang/value.go.
//
// int is bigint, float is number, nil is null, a list an Array, a record a
// plain object without prototype. Obj, Unknown and Partial complete them.

/** The list of an unknown to which no path leads yet. */
const none: Missing[] = [];

/** A value that the input does not determine. Thrown by a read to stop the fast evaluator. */
export class Unknown {
  private list: Missing[] | null = none;
  /** What the list is made of, while nobody has asked for it: most unknowns are never listed. */
  private from: Unknown | null = null;
  private and: Unknown | null = null;
  /** Gives the same unknown as one that knows what it is made of. */
  private find: (() => Unknown) | null = null;
  private base = "";
  private path = "";

  constructor(
    /** Why: `[parameters('x')] has no default`. */
    readonly reason: string,
    /** What a name or id shows where only part of it is known: `<host>-pip`. */
    readonly text = "",
    /** Identity of an unresolved text: its whole normalised expression. */
    readonly expr = "",
  ) {}

  /** Paths, as the rule writes them, of every unknown that left a result open. */
  get missing(): Missing[] {
    return (this.list ??= this.find !== null ? this.find().missing : this.and === null ? this.opened() : this.merged());
  }

  set missing(list: Missing[]) {
    this.list = list;
  }

  /** Whether any path leads to it yet. */
  get named(): boolean {
    return this.find === null ? this.list !== none : this.find().named;
  }

  /** An unknown read by a path: a leaf gets the path, a derived value's paths get the base prefixed. */
  static read(u: Unknown, base: string, path: string): Unknown {
    const out = new Unknown(u.reason, u.text, u.expr);
    out.list = null;
    out.from = u;
    out.base = base;
    out.path = path;
    return out;
  }

  /** Another value that is open for the same reason. */
  static of(u: Unknown, text = "", expr = ""): Unknown {
    const out = new Unknown(u.reason, text, expr);
    out.list = u.list;
    out.from = u.from;
    out.and = u.and;
    out.find = u.find;
    out.base = u.base;
    out.path = u.path;
    return out;
  }

  /** What two unknowns leave open together. */
  static both(a: Unknown, b: Unknown): Unknown {
    const out = new Unknown(a.reason);
    out.list = null;
    out.from = a;
    out.and = b;
    return out;
  }

  /** An unknown that is made anew where somebody asks for its list. */
  static later(u: Unknown, find: () => Unknown): Unknown {
    const out = new Unknown(u.reason, u.text, u.expr);
    out.list = null;
    out.find = find;
    return out;
  }

  private opened(): Missing[] {
    const u = this.from!;
    if (!u.named) return [{ path: this.path || "value", reason: u.reason }]; // a value that was computed has no path
    return u.missing.map((m) => (m.path.startsWith(".") ? { path: this.base + m.path, reason: m.reason } : m));
  }

  // Loops merge what each element leaves open, so that parts may stand in each other a thousand deep.
  private merged(): Missing[] {
    const out: Missing[] = [];
    const seen = new Set<string>();
    let first = true;
    const pending: Unknown[] = [this];
    for (let u = pending.pop(); u !== undefined; u = pending.pop()) {
      if (u.list === null && u.and !== null) {
        pending.push(u.and, u.from!);
        continue;
      }
      for (const m of u.missing) {
        const key = `${m.path}\0${m.reason}`;
        if (!first && seen.has(key)) continue;
        seen.add(key);
        out.push(m);
      }
      first = false;
    }
    return out;
  }
}

export interface Missing {
  path: string;
  reason: string;
}

/** A list that is not fully known. With `open` there may be more elements; without, some are objects whose existence is unknown. */
export class Partial {
  constructor(readonly items: Value[], readonly open: Unknown | null) {}
}

/** Where an object stands in the text the user gave. Line and column are 1-based; the column counts code points. */
export interface Place {
  file: string;
  pointer: string;
  line: number;
  column: number;
}

/** An object of the model. Two objects are equal only if they are the same object. */
export class Obj {
  /** Why it is unknown whether the object exists, or null. */
  exists: Unknown | null = null;
  /** Why the identity of a stub is unknown, or null. */
  unresolved: Unknown | null = null;
  constructor(
    readonly kind: string,
    readonly id: string,
    readonly name: string,
    readonly place: Place,
    /**
     * Every stated field and inverse list: a value, null, Unknown or Partial. A
     * derived value joins them when it is first read, and is undefined before.
     */
    readonly fields: Record<string, Value> = Object.create(null) as Record<string, Value>,
  ) {
    fields.id = id;
    fields.name = name;
  }
}

/** A derived value whose expression failed; reading it fails the reader. */
export class FailedValue {
  constructor(readonly error: object) {}
}

/** Stands for the elements of a map, which a closure can count but not read. */
export const NO_ELEMENT = Object.freeze({});

export interface RecordValue {
  [key: string]: Value;
}

/** What records are made of. It inherits nothing, so that every key is one of the record's own, `__proto__` and `constructor` too. */
class Bare {}
delete (Bare.prototype as { constructor?: unknown }).constructor;
Object.setPrototypeOf(Bare.prototype, null);
const bare: object = Bare.prototype;

/** A record without keys. Unlike what Object.create(null) makes, engines keep it in the form that they read fastest. */
export function newRecord(): RecordValue {
  return new Bare() as RecordValue;
}

/** Whether a value is a record: neither a list nor one of the classes here. */
export function isRecord(v: unknown): v is RecordValue {
  if (v === null || typeof v !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(v);
  return prototype === null || prototype === bare;
}

/** A map whose keys need not be text: what groupBy and fromPairs give in Go. */
export class Dict {
  private readonly entries = new Map<string, [Value, Value]>();
  /** `absent` is what a key that is not there reads as. */
  constructor(readonly absent: () => Value) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: Value): Value {
    const entry = this.entries.get(tag(key));
    return entry ? entry[1] : this.absent();
  }

  has(key: Value): boolean {
    return this.entries.has(tag(key));
  }

  /** NaN is never a key that is there already, in Go as in IEEE 754, so each gets an entry of its own. */
  set(key: Value, value: Value): void {
    this.entries.set(Number.isNaN(key) ? `NaN ${this.entries.size}` : tag(key), [key, value]);
  }

  list(): [Value, Value][] {
    return [...this.entries.values()];
  }
}

const identities = new WeakMap<object, number>();
let identity = 0;

/** A key as Go compares it: by type and value, an object by identity. */
function tag(key: Value): string {
  if (key instanceof Obj) {
    let n = identities.get(key);
    if (n === undefined) identities.set(key, (n = ++identity));
    return "object " + n;
  }
  return `${typeof key} ${String(key)}`;
}

export type Value = null | boolean | bigint | number | string | Value[] | RecordValue | Dict | Obj | Unknown | Partial;

/** What expressions can read: the collections of one topology and the declared facts. */
export interface World {
  collections: Record<string, Value>;
  declared: Record<string, Value>;
}
