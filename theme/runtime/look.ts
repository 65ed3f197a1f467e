// Rows of resources: where each ends, and what can be told of it without reading it. Mirrors internal/document/look.go, but for planned values.

import { isWord, MAX_DEPTH } from "./document";
import { hex4 } from "./json";
import { lowerASCII } from "./source";

/**
 * What a row says that is a resource with properties and refers to no other: "id" and "type" are texts, and "name" is the
 * end of the id where there is one; no other key says the same, nothing stands in "resources", and no key that ends in
 * "id" has a text with a slash in it. What the reader in Go takes for one is not quite the same: neither may be read
 * otherwise than as a whole.
 */
export interface Outline {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** Where the outlines of a text stand: as numbers, since there may be a hundred thousand of them. */
export class Outlines {
  private offsets = new Int32Array(0);
  private length = 0;

  constructor(private readonly text: string) {}

  /** Adds one, whose name ends with the id, and gives its number. */
  add(id: number, name: number, idEnd: number, type: number, typeEnd: number): number {
    const number = this.length;
    this.length += 5;
    if (this.length > this.offsets.length) {
      const grown = new Int32Array(2 * this.length);
      grown.set(this.offsets);
      this.offsets = grown;
    }
    const { offsets } = this;
    offsets[number] = id;
    offsets[number + 1] = name;
    offsets[number + 2] = idEnd;
    offsets[number + 3] = type;
    offsets[number + 4] = typeEnd;
    return number;
  }

  at(number: number): Outline {
    const { text, offsets } = this;
    const part = (from: number, to: number) => text.slice(offsets[number + from], offsets[number + to]);
    return { id: part(0, 2), name: part(1, 2), type: part(3, 4) };
  }
}

/** What keys of a row say of it. */
enum Tells { nothing, id, type, name, properties, more }

/** The keys that say of which resource a row is, or mean something else to its reader than to a look, by length. */
const byLength: { key: string; tells: Tells }[][] = [];
for (const [key, tells] of Object.entries({ id: Tells.id, type: Tells.type, name: Tells.name, properties: Tells.properties })) addKey(key, tells);
for (const key of ["resources", "resourceid", "resourcetype", "parent", "scope", "scopetype"]) addKey(key, Tells.more);

function addKey(key: string, tells: Tells): void {
  (byLength[key.length] ??= []).push({ key, tells });
}

// What is open around a value; IDS is a list under a key that ends in "id".
const LIST = 0;
const MAP = 1;
const IDS = 2;

/**
 * Finds the ends of maps that JSON.parse reads as the parser does, without reading them: strict JSON, without halves of
 * surrogate pairs, nesting without end, and numbers other than short whole ones. On its way it notes their outlines.
 */
export class RowScanner {
  readonly outlines: Outlines;
  private readonly open = new Uint8Array(MAX_DEPTH);
  /** There is more to the row at hand than an outline. */
  private odd = false;
  private hasProperties = false;
  /** Where the texts of its outline begin and end; 0 where there is none. */
  private readonly told = { id: 0, idEnd: 0, type: 0, typeEnd: 0, name: 0, nameEnd: 0 };

  constructor(private readonly text: string) {
    this.outlines = new Outlines(text);
  }

  /** The number of the outline of the map that was passed last, or -1. */
  outline(): number {
    const { text, told } = this;
    if (this.odd || !this.hasProperties || told.id === 0 || told.type === 0) return -1;
    let name = told.idEnd;
    while (name > told.id && text.charCodeAt(name - 1) !== 47) name--;
    const length = told.idEnd - name;
    if (length === 0 || (told.name !== 0 && (told.nameEnd - told.name !== length || !sameText(text, told.name, name, length)))) return -1;
    return this.outlines.add(told.id, name, told.idEnd, told.type, told.typeEnd);
  }

  /** The offset after the map that opens at an offset, or -1. */
  end(from: number): number {
    const { text, open, told } = this;
    told.id = told.type = told.name = 0;
    this.hasProperties = this.odd = false;
    let i = from;
    let depth = 0;
    let atKey = false;
    let ofID = false; // the last key ends in "id", whatever its case
    let tells = Tells.nothing; // by the last key of the row itself
    for (;;) {
      if (atKey) {
        if (text.charCodeAt(i) !== 34) return -1;
        const start = i + 1;
        i = stringEnd(text, start);
        if (i < 0) {
          if (i === BROKEN) return -1;
          i = -i;
          this.odd = true; // which key it is cannot be seen
        }
        ofID = (text.charCodeAt(i - 2) | 32) === 100 && (text.charCodeAt(i - 3) | 32) === 105;
        if (depth === 1) tells = this.tellsOf(start, i - 1);
        i = blankEnd(text, i);
        if (text.charCodeAt(i) !== 58) return -1;
        i = blankEnd(text, i + 1);
        atKey = false;
      }
      const c = text.charCodeAt(i);
      if (c === 34) {
        const start = i + 1;
        i = stringEnd(text, start);
        const escaped = i < 0;
        if (escaped) {
          if (i === BROKEN) return -1;
          i = -i;
        }
        if (depth === 1 && tells !== Tells.nothing) this.tell(tells, start, i - 1, escaped);
        else if (!this.odd && (open[depth - 1] === MAP ? ofID : open[depth - 1] === IDS) && (escaped || hasSlash(text, start, i))) this.odd = true;
      } else if (c === 123 || c === 91) {
        if (depth >= MAX_DEPTH - 2) return -1;
        const isMap = c === 123;
        if (depth === 1 && tells !== Tells.nothing) this.tellMap(tells, isMap);
        i = blankEnd(text, i + 1);
        if (text.charCodeAt(i) !== (isMap ? 125 : 93)) {
          open[depth] = isMap ? MAP : (open[depth - 1] === MAP ? ofID : open[depth - 1] === IDS) ? IDS : LIST;
          depth++;
          atKey = isMap;
          continue;
        }
        i++;
      } else {
        if (depth === 1 && tells !== Tells.nothing) this.odd = true;
        i = wordEnd(text, i, c);
        if (i < 0) return -1;
      }
      // The value is over, and perhaps what it stands in.
      for (;;) {
        if (depth === 0) return i;
        i = blankEnd(text, i);
        const next = text.charCodeAt(i++);
        const isMap = open[depth - 1] === MAP;
        if (next === 44) {
          i = blankEnd(text, i);
          atKey = isMap;
          break;
        }
        if (next !== (isMap ? 125 : 93)) return -1;
        depth--;
      }
    }
  }

  /** What a key of the row itself tells. One that differs from such a key in case alone may say the same. */
  private tellsOf(start: number, end: number): Tells {
    const { text } = this;
    const telling = byLength[end - start];
    if (telling === undefined) return Tells.nothing;
    const first = text.charCodeAt(start) | 32;
    for (let i = 0; i < telling.length; i++) {
      const { key, tells } = telling[i]!;
      if (key.charCodeAt(0) !== first) continue;
      if (text.startsWith(key, start)) return tells;
      if (lowerASCII(text.slice(start, end)) === key) this.odd = true;
    }
    return Tells.nothing;
  }

  /** Notes a text of the row itself. */
  private tell(tells: Tells, start: number, end: number, escaped: boolean): void {
    const { told } = this;
    if (escaped) {
      this.odd = true;
    } else if (tells === Tells.id && told.id === 0) {
      told.id = start;
      told.idEnd = end;
    } else if (tells === Tells.type && told.type === 0) {
      told.type = start;
      told.typeEnd = end;
    } else if (tells === Tells.name && told.name === 0) {
      told.name = start;
      told.nameEnd = end;
    } else {
      this.odd = true;
    }
  }

  /** Notes a map or list of the row itself. */
  private tellMap(tells: Tells, isMap: boolean): void {
    if (tells !== Tells.properties || !isMap || this.hasProperties) this.odd = true;
    this.hasProperties = true;
  }
}

/** The offset after white space. */
function blankEnd(text: string, from: number): number {
  let i = from;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return i;
    i++;
  }
}

const BROKEN = -1;

/** The offset after the closing quote of a string whose content begins at one, negative where it has escapes; or BROKEN. */
function stringEnd(text: string, from: number): number {
  let escaped = false;
  for (let i = from; ; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) return escaped ? -i - 1 : i + 1;
    if (c === 92) {
      if (!isEscape(text, ++i)) return BROKEN;
      escaped = true;
    } else if (!(c >= 32)) {
      return BROKEN; // or the end of the text
    }
  }
}

/** The offset after a word or number, or -1. */
function wordEnd(text: string, start: number, c: number): number {
  let i = start;
  if (c === 45 || isDigit(c)) {
    while (isDigit(text.charCodeAt(i + 1))) i++;
    const first = text.charCodeAt(c === 45 ? start + 1 : start);
    const length = ++i - start;
    // -0 is a float to JSON.parse, and a zero stands in front of no other digit.
    const whole = length <= 15 && (c === 45 ? length > 1 && first !== 48 : first !== 48 || length === 1);
    return whole && !isWord(text.charCodeAt(i)) ? i : -1;
  }
  const word = c === 116 ? "true" : c === 102 ? "false" : c === 110 ? "null" : "";
  i += word.length;
  return word !== "" && text.startsWith(word, start) && !isWord(text.charCodeAt(i)) ? i : -1;
}

/** Whether what stands after a backslash makes an escape that is no half of a surrogate pair. */
function isEscape(text: string, i: number): boolean {
  const c = text.charCodeAt(i);
  if (c !== 117) return '"\\/bfnrt'.includes(text.charAt(i) || " ");
  const unit = hex4(text, i + 1);
  return unit >= 0 && (unit & 0xf800) !== 0xd800;
}

function sameText(text: string, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (text.charCodeAt(a + i) !== text.charCodeAt(b + i)) return false;
  return true;
}

function hasSlash(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) === 47) return true;
  return false;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

