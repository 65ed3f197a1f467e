// NDJSON: texts whose lines are JSON values. Mirrors internal/topology/lines.go.

import { isAzureID } from "./azureid";
import { lowerASCII } from "./source";
import { TERRAFORM_LOG } from "./terraformtext";

/** A line that is not blank, with its number from 1 and where it begins and ends in the text. */
export interface Line {
  number: number;
  start: number;
  end: number;
  text: string;
  /** It is a single resource or row; such lines are one topology together. Others are whole documents. */
  resource: boolean;
}

const BLANK = /^[ \t\r\ufeff]*$/;

/** The lines of NDJSON, else null: no other document that is read has a whole value in its first line and begins another in the next. */
export function linesOf(text: string): Line[] | null {
  const lines = rawLines(text);
  const first = lines.next().value;
  const second = lines.next().value;
  if (!first || !second || first.text.trimStart().startsWith(TERRAFORM_LOG) || !opens(first.text) || !opens(second.text) || !/[}\]][ \t\r]*$/.test(first.text)) return null;
  const out = [first, second, ...lines];
  for (const line of out) line.resource = isResourceLine(line.text);
  return out;
}

function* rawLines(text: string): Generator<Line, undefined> {
  let start = 0;
  for (let number = 1; start < text.length; number++) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end);
    if (!BLANK.test(line)) yield { number, start, end, text: line, resource: false };
    start = end + 1;
  }
}

function opens(line: string): boolean {
  return /^\ufeff?[ \t\r]*[{[]/.test(line);
}

/** Whether a line is a single resource or row: a map whose own "id" is one of Azure. */
function isResourceLine(line: string): boolean {
  let depth = 0;
  let key = "";
  if (!/^[ \t\r\ufeff]*\{/.test(line)) return false;
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (c === 123 || c === 91) depth++;
    else if (c === 125 || c === 93) depth--;
    else if (c === 34) {
      const start = i + 1;
      for (i++; i < line.length && line.charCodeAt(i) !== 34; i++) if (line.charCodeAt(i) === 92) i++;
      if (depth !== 1 || i >= line.length) continue;
      const text = line.slice(start, i);
      if (/^[ \t]*:/.test(line.slice(i + 1, i + 20))) key = lowerASCII(text);
      else if ((key === "id" || key === "resourceid") && isAzureID(text.replaceAll("\\/", "/"))) return true;
    }
  }
  return false;
}
