// A result as text to take along.

import { verdicts, verdictNames } from "../page/result";
import type { CheckResult, Finding } from "../page/result";
import type { Waived } from "../runtime/waivers";

export const severities: readonly string[] = ["error", "warning", "info"];

/** The bytes of `plumbline check --format json`: findings that fail or are unknown. */
export function asJSON(result: CheckResult): string {
  const findings = result.findings.filter((f) => f.verdict === "fail" || f.verdict === "unknown");
  return JSON.stringify({ ...result, findings }) + "\n";
}

/** Markdown for an issue, a pull request or a mail. `site` is the address of the site's root. */
export function asMarkdown(result: CheckResult, titles: Map<string, string>, site: string): string {
  const lines = [`# Check of ${escape(result.input.file)}`, "", summaryLine(result), ""];
  for (const verdict of ["fail", "unknown"] as const) {
    const findings = bySeverity(result.findings.filter((f) => f.verdict === verdict));
    if (findings.length === 0) continue;
    lines.push(`## ${verdictNames[verdict]}`, "", "| Severity | Rule | Subject | Finding | Place |", "| --- | --- | --- | --- | --- |");
    for (const f of findings) lines.push(row(f, titles, site));
    lines.push("");
  }
  if (result.diagnostics.length > 0) {
    lines.push("## Problems in the input", "");
    for (const d of result.diagnostics) {
      const place = d.line === undefined ? (d.file ?? "") : `${d.file ?? ""}:${d.line}:${d.column ?? 1}`;
      lines.push(`- ${place === "" ? "" : `\`${place}\`: `}${d.severity}: ${escape(d.message)}${d.hint === undefined ? "" : ` (${escape(d.hint)})`}`);
    }
    lines.push("");
  }
  return lines.join("\n");
}

/** The worst first; what is waived last. */
export function bySeverity(findings: Finding[]): Finding[] {
  const rank = (f: Finding) => (f.waived === undefined ? severities.indexOf(f.severity) : severities.length);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/** "2 fail (1 waived), 1 unknown, 9 pass, 14 not applicable". */
export function summaryLine(result: CheckResult, waived = result.findings.filter((f) => f.waived !== undefined).length): string {
  return verdicts.map((v) => `${result.summary[v]} ${verdictNames[v].toLowerCase()}${v === "fail" && waived > 0 ? ` (${waived} waived)` : ""}`).join(", ");
}

function row(f: Finding, titles: Map<string, string>, site: string): string {
  const place = f.source.line < 1 ? "" : `\`${f.source.file}:${f.source.line}:${f.source.column}\``;
  const said = f.verdict === "unknown" ? (f.missing ?? []).map((m) => `${m.path}: ${m.reason}`).join("; ") : f.message;
  const text = f.waived === undefined ? said : `${said} (waived${until(f.waived)}: ${f.waived.reason})`;
  return `| ${f.severity} | [${escape(titles.get(f.rule) ?? f.rule)}](${site}${f.page}) | ${escape(f.subject.name)} | ${escape(text)} | ${place} |`;
}

/** When a waiver ends: " until 2027-01-31", or "". */
export function until({ expires }: Waived): string {
  return expires === undefined ? "" : ` until ${expires}`;
}

/** Text that Markdown shows as it is, also in a table. */
function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~]/g, "\\$&").replace(/\s+/g, " ");
}
