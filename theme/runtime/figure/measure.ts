// Widths of text without a browser: the advance widths of the site's sans serif at
// its boldest weight in use, and a little more, since a reader may have another
// font. What the table lacks counts as wide as such letters can be.

/** Hundredths of an em, from U+0020 to U+007E. */
const widths = [
  20, 31, 48, 51, 51, 84, 64, 27, 32, 32, 44, 51, 27, 32, 27, 34, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 27, 27, 51, 51, 51, 44,
  87, 56, 60, 58, 62, 54, 51, 63, 66, 28, 49, 60, 50, 74, 66, 67, 58, 67, 59, 54, 55, 65, 54, 80, 54, 50, 54, 32, 34, 32, 51, 50,
  55, 52, 56, 46, 56, 51, 32, 52, 56, 26, 26, 52, 27, 84, 56, 55, 56, 56, 37, 43, 36, 56, 49, 75, 48, 49, 44, 32, 25, 32, 51,
];
const slack = 1.06;

/** Accents and joiners that add no width of their own. */
const weightless = /^[\u0300-\u036f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f]$/;
/** What belongs to the letter before it, and is as wide as a letter where a font lacks it. */
const mark = /^\p{M}$/u;

/** The width of a text in pixels, rounded up. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const c of text) sum += advance(c);
  return Math.ceil((sum * slack * size) / 100);
}

function advance(c: string): number {
  const code = c.codePointAt(0)!;
  if (code < 0x7f) return widths[code - 0x20] ?? 51;
  if (c === "×" || c === "·" || c === "–" || c === "’") return 51;
  if (weightless.test(c)) return 0;
  if (code < 0x250) return 68;
  if (code < 0x1100) return 82;
  return c === "…" ? 96 : 140;
}

/** A text cut to a width, with an ellipsis where something is missing; "" where not even that fits. */
export function fitted(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const dots = textWidth("…", size);
  let out = "";
  let sum = 0;
  for (const c of clusters(text)) {
    sum += [...c].reduce((n, x) => n + advance(x), 0);
    if (Math.ceil((sum * slack * size) / 100) + dots > width) break;
    out += c;
  }
  return out === "" ? "" : out.trimEnd() + "…";
}

/** Letters with what belongs to them, so that a cut leaves no half of an emoji. */
function clusters(text: string): string[] {
  const out: string[] = [];
  let joined = false;
  for (const c of text) {
    if (out.length > 0 && (joined || mark.test(c) || weightless.test(c) || isModifier(c))) out[out.length - 1] += c;
    else out.push(c);
    joined = c === "\u200d";
  }
  return out;
}

/** A skin colour of an emoji. */
function isModifier(c: string): boolean {
  const code = c.codePointAt(0)!;
  return code >= 0x1f3fb && code <= 0x1f3ff;
}

/** Text on one line that XML can hold. */
export function clean(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/g, " ").trim();
}
