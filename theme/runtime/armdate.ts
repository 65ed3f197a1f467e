// Template functions over dates. Mirrors internal/topology/armdate.go.

import type { ArmCall, FunctionTable } from "./armcall";
import type { Result } from "./armeval";
import { onceOnly } from "./armtext";
import { quoted } from "./document";

export const dateFunctions: FunctionTable = {
  utcNow: { max: 1, run: onceOnly },
  dateTimeAdd: { min: 2, max: 3, run: dateTimeAdd },
  dateTimeFromEpoch: { min: 1, max: 1, run: fromEpoch },
  dateTimeToEpoch: { min: 1, max: 1, run: toEpoch },
};

const SECONDS_OF_DAY = 24 * 60 * 60;
const FIRST_MOMENT = -62135596800; // 0001-01-01T00:00:00Z
const LAST_MOMENT = 253402300799; // 9999-12-31T23:59:59Z
const ISO_FORMAT = "yyyy-MM-ddTHH:mm:ssZ";

function dateTimeAdd(c: ArmCall): Result {
  const [base, duration, format] = c.args;
  if (typeof base !== "string" || typeof duration !== "string") return c.fail("it takes a date, a duration and a format");
  const moment = parseMoment(base);
  if (moment === null) return c.fail(`${quoted(base)} is not a date that this reader knows`);
  const seconds = parseDuration(duration);
  if (seconds === null) return c.fail(`${quoted(duration)} is not a duration`);
  const sum = moment.seconds + seconds;
  if (sum < FIRST_MOMENT || sum > LAST_MOMENT) return c.fail("the date is out of range");
  const layout = format === undefined ? moment.layout : typeof format === "string" ? format : "";
  return formatMoment(sum, layout) ?? c.fail(`the date format ${quoted(layout)} is not one this reader knows`);
}

function fromEpoch(c: ArmCall): Result {
  const n = c.args[0]!;
  if (typeof n !== "bigint" || n < BigInt(FIRST_MOMENT) || n > BigInt(LAST_MOMENT)) return c.fail("it takes a number of seconds");
  return formatMoment(Number(n), ISO_FORMAT)!;
}

function toEpoch(c: ArmCall): Result {
  const s = c.args[0]!;
  const moment = typeof s === "string" ? parseMoment(s) : null;
  return moment === null ? c.fail("it takes a date") : BigInt(moment.seconds);
}

const MOMENT = /^(\d{4})(-?)(\d\d)-?(\d\d)(?:([T ])(\d\d):?(\d\d):?(\d\d)(?:\.\d{1,7})?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Reads a date in ISO 8601 as seconds since 1970, with the format it is written in. */
function parseMoment(s: string): { seconds: number; layout: string } | null {
  const m = MOMENT.exec(s);
  if (m === null) return null;
  const [year, month, day, hour, minute, second] = [m[1], m[3], m[4], m[6], m[7], m[8]].map((d) => Number(d ?? 0)) as [number, number, number, number, number, number];
  const days = daysOf(year, month, day);
  const back = dateOf(days);
  if (back[0] !== year || back[1] !== month || back[2] !== day || year === 0 || hour > 23 || minute > 59 || second > 59) return null;
  let seconds = days * SECONDS_OF_DAY + hour * 3600 + minute * 60 + second;
  const zone = (m[9] ?? "").replace(":", "");
  if (zone.length === 5) {
    const offset = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3)) * 60;
    seconds += zone[0] === "+" ? -offset : offset;
  }
  const dash = m[2]!;
  const colon = dash === "" ? "" : ":";
  let layout = `yyyy${dash}MM${dash}dd`;
  if (m[5] !== undefined) layout += `${m[5]}HH${colon}mm${colon}ss${m[9] !== undefined ? "Z" : ""}`;
  return { seconds, layout };
}

const DURATION = /^(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;
const UNITS = [365 * SECONDS_OF_DAY, 30 * SECONDS_OF_DAY, 7 * SECONDS_OF_DAY, SECONDS_OF_DAY, 3600, 60, 1];

/** Reads a duration in ISO 8601. Azure counts 365 days to a year and 30 to a month. */
function parseDuration(s: string): number | null {
  const m = DURATION.exec(s);
  if (m === null || s.endsWith("P") || s.endsWith("T")) return null;
  const seconds = UNITS.reduce((sum, unit, i) => sum + Number(m[i + 2] ?? 0) * unit, 0);
  return m[1] === "" ? seconds : -seconds + 0;
}

/** Writes seconds since 1970 in a .NET format, or gives null. */
function formatMoment(seconds: number, layout: string): string | null {
  if (layout === "u") layout = "yyyy-MM-dd HH:mm:ssZ";
  else if (layout === "s") layout = "yyyy-MM-ddTHH:mm:ss";
  if (layout.length < 2) return null;
  const days = Math.floor(seconds / SECONDS_OF_DAY);
  const [year, month, day] = dateOf(days);
  const second = seconds - days * SECONDS_OF_DAY;
  const hour = Math.floor(second / 3600);
  const minute = Math.floor(second / 60) % 60;
  const half = ((hour + 11) % 12) + 1;
  const two = (n: number) => String(n).padStart(2, "0");
  const parts = new Map<string, string>([
    ["yyyy", String(year).padStart(4, "0")], ["yy", two(year % 100)], ["MM", two(month)], ["M", String(month)], ["dd", two(day)], ["d", String(day)],
    ["HH", two(hour)], ["H", String(hour)], ["hh", two(half)], ["h", String(half)], ["mm", two(minute)], ["m", String(minute)],
    ["ss", two(second % 60)], ["s", String(second % 60)], ["tt", hour < 12 ? "AM" : "PM"], ["fff", "000"], ["T", "T"], ["Z", "Z"], ["K", "Z"],
  ]);
  let out = "";
  for (let i = 0; i < layout.length; ) {
    const c = layout[i]!;
    let end = i + 1;
    if (/[A-Za-z]/.test(c)) {
      while (layout[end] === c) end++;
      const part = parts.get(layout.slice(i, end));
      if (part === undefined) return null;
      out += part;
    } else if (c === "'" || c === '"') {
      const close = layout.indexOf(c, end);
      if (close < 0) return null;
      out += layout.slice(end, close);
      end = close + 1;
    } else if (c === "\\" || c === "%") {
      return null;
    } else {
      out += c;
    }
    i = end;
  }
  return out;
}

/** Counts the days since 1970 of a date of the Gregorian calendar, by eras of 400 years that begin in March. */
function daysOf(year: number, month: number, day: number): number {
  if (month <= 2) year--;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** The inverse of daysOf: year, month, day. */
function dateOf(days: number): [number, number, number] {
  days += 719468;
  const era = Math.floor(days / 146097);
  const dayOfEra = days - era * 146097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = ((shifted + 2) % 12) + 1;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}
