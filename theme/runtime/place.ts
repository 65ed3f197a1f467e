// Where values stand in a document. Mirrors internal/topology/place.go.

import { isMap } from "./armvalue";
import type { Node } from "./document";
import type { Source } from "./source";
import type { Place, RecordValue, Value } from "./value";

/** Knows the parent of every node, so that a JSON pointer is written only for what is asked for. */
export class PlaceTable {
  private readonly parent = new Map<Node, { node: Node; key: string }>();
  private readonly values = new Map<RecordValue, Node>();
  private readonly known = new Map<Node, Place>();

  constructor(
    private readonly source: Source,
    root: Node | null,
  ) {
    if (root !== null) this.walk(root);
  }

  /** Notes where a node stands, in a table that was made without the document. */
  step(node: Node | null, parent: Node | null, key: string): void {
    if (node !== null && parent !== null) this.parent.set(node, { node: parent, key });
  }

  private walk(root: Node): void {
    const pending = [root];
    for (let n = pending.pop(); n !== undefined; n = pending.pop()) {
      n.items.forEach((item, i) => {
        this.parent.set(item, { node: n!, key: String(i) });
        pending.push(item);
      });
      for (const e of n.entries) {
        this.parent.set(e.value, { node: n, key: e.key });
        pending.push(e.value);
      }
    }
  }

  /** The place of a node. Copies ask for the same one again and again. */
  at(n: Node): Place {
    const known = this.known.get(n);
    if (known !== undefined) return known;
    let pointer = "";
    for (let step = this.parent.get(n); step !== undefined; step = this.parent.get(step.node)) {
      pointer = `/${pointerPart(step.key)}${pointer}`;
    }
    const place = { file: this.source.file, pointer, ...this.source.position(n.start) };
    this.known.set(n, place);
    return place;
  }

  /** Gives a node that stands for another one its place. */
  alias(n: Node, of: Node): void {
    const step = this.parent.get(of);
    if (step !== undefined) this.parent.set(n, step);
  }

  /** Records where an element of a list was read, if it is a map, and gives it back. */
  set(value: Value, n: Node): Value {
    if (isMap(value)) this.values.set(value, n);
    return value;
  }

  /** The place of a value that was read from the document, or the fallback. */
  of(v: Value, fallback: Place): Place {
    const n = isMap(v) ? this.values.get(v) : undefined;
    return n === undefined ? fallback : this.at(n);
  }
}

/** The place of a node, whose pointer and line are made when somebody asks for them: without the closure of a FoundPlace, since a large export has one for each resource. */
export class NodePlace implements Place {
  /** The pointer is the text, followed by the index unless that is negative. */
  constructor(
    private readonly node: Node,
    private readonly before: string,
    private readonly index: number,
  ) {}

  get file(): string {
    return this.node.source.file;
  }

  get pointer(): string {
    return this.index < 0 ? this.before : `${this.before}${this.index}`;
  }

  get line(): number {
    return this.node.source.position(this.node.start).line;
  }

  get column(): number {
    return this.node.source.position(this.node.start).column;
  }
}

/** A place that is found when somebody asks for it. */
export class FoundPlace implements Place {
  private known: Place | null = null;

  constructor(private readonly find: () => Place) {}

  private get place(): Place {
    return (this.known ??= this.find());
  }

  get file(): string {
    return this.place.file;
  }

  get pointer(): string {
    return this.place.pointer;
  }

  get line(): number {
    return this.place.line;
  }

  get column(): number {
    return this.place.column;
  }
}

/** A key as JSON pointers write it. */
export function pointerPart(key: string): string {
  return /[~/]/.test(key) ? key.replace(/~/g, "~0").replace(/\//g, "~1") : key;
}
