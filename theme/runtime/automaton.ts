// Patterns that a backtracking RegExp could take for ever on: the program that
// Go's regexp/syntax compiles, run in step with the text. Time grows with the
// product of both lengths and never faster.

// An instruction: what it does, then where to go on.
const ALT = 0; // [ALT, a, b]
const EMPTY = 1; // [EMPTY, flags, next]
const MATCH = 2;
const NEXT = 3; // [NEXT, next]
const RUNE = 4; // [RUNE, next, from, to, from, to …]
type Instruction = number[];

// Flags of EMPTY, as in regexp/syntax.
const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;

const NEWLINE = 10;

/** Whether a text contains a match, like RegExp.test. */
export class Automaton {
  private readonly mark: Uint32Array;
  private generation = 0;

  constructor(
    private readonly program: Instruction[],
    private readonly start: number,
  ) {
    this.mark = new Uint32Array(program.length);
  }

  test(s: string): boolean {
    let threads: number[] = [];
    let before = -1;
    for (let i = 0; ; ) {
      const c = i < s.length ? s.codePointAt(i)! : -1;
      // A match may begin at each place.
      const here = this.follow([...threads, this.start], assertions(before, c));
      if (here === null) return true;
      if (c < 0) return false;
      threads = this.advance(here, c);
      before = c;
      i += c > 0xffff ? 2 : 1;
    }
  }

  /** The instructions that read a character, reached without one; null for a match. */
  private follow(stack: number[], flags: number): number[] | null {
    const { program, mark } = this;
    const generation = this.next();
    const out: number[] = [];
    while (stack.length > 0) {
      const pc = stack.pop()!;
      if (mark[pc] === generation) continue;
      mark[pc] = generation;
      const inst = program[pc]!;
      switch (inst[0]) {
        case ALT: stack.push(inst[2]!, inst[1]!); break;
        case EMPTY: if ((inst[1]! & ~flags) === 0) stack.push(inst[2]!); break;
        case NEXT: stack.push(inst[1]!); break;
        case MATCH: return null;
        case RUNE: out.push(pc); break;
      }
    }
    return out;
  }

  private next(): number {
    if (this.generation === 0xffffffff) {
      this.mark.fill(0);
      this.generation = 0;
    }
    return ++this.generation;
  }

  private advance(here: number[], c: number): number[] {
    const out: number[] = [];
    for (const pc of here) {
      const inst = this.program[pc]!;
      for (let i = 2; i < inst.length; i += 2) {
        if (c >= inst[i]! && c <= inst[i + 1]!) {
          out.push(inst[1]!);
          break;
        }
      }
    }
    return out;
  }
}

function assertions(before: number, after: number): number {
  return (before < 0 ? BEGIN_TEXT | BEGIN_LINE : before === NEWLINE ? BEGIN_LINE : 0)
    | (after < 0 ? END_TEXT | END_LINE : after === NEWLINE ? END_LINE : 0)
    | (isWord(before) !== isWord(after) ? WORD_BOUNDARY : NO_WORD_BOUNDARY);
}

function isWord(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122);
}

const automata = new Map<string, Automaton>();

/** The automaton of a program: instructions as JSON, made once. */
export function automaton(program: string, start: number): Automaton {
  const key = `${start} ${program}`;
  let a = automata.get(key);
  if (!a) automata.set(key, (a = new Automaton(JSON.parse(program) as Instruction[], start)));
  return a;
}
