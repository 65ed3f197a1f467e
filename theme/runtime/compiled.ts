// Compiled expressions as internal/rulejs writes them: the function, and the tree
// as JSON that is read when it is first needed. internal/rulejs/tree.go says what
// the JSON looks like.

import { Node, type Expr } from "./evaluate";
import type { Pattern } from "./ops";

type Written = null | string | boolean | number | Written[];

class Compiled implements Expr {
  private read: Node | undefined;

  constructor(
    readonly run: Expr["run"],
    private readonly text: string,
    readonly vars: string[],
    readonly file: string,
    private readonly patterns: (() => Pattern[]) | undefined,
  ) {}

  get tree(): Node {
    return (this.read ??= new Reader(this.patterns?.() ?? []).node(JSON.parse(this.text) as Written)!);
  }
}

export function compiled(run: Expr["run"], tree: string, vars: string[], file: string, patterns?: () => Pattern[]): Expr {
  return new Compiled(run, tree, vars, file, patterns);
}

class Reader {
  private matches = 0;

  constructor(private readonly patterns: Pattern[]) {}

  node(w: Written): Node | null {
    if (w === null) return null;
    if (!Array.isArray(w)) return new Node("lit", "", w);
    const op = w[0] as string;
    if (op === "nil") return new Node("lit");
    if (op === "int") return new Node("lit", "", BigInt(w[1] as string));
    const optional = op.endsWith("?");
    const n = new Node(optional ? op.slice(0, -1) : op, (w[1] as string | null) ?? "");
    n.optional = optional;
    if (w[2]) n.at = [w[2] as number, w[3] as number];
    if (op === "bin" && w[1] === "matches") n.re = this.patterns[this.matches++]!;
    if (w.length > 4) n.args = w.slice(4).map((arg) => this.node(arg));
    return n;
  }
}
