import { didYouMean } from "../domain/suggest.ts";
import type { Finding } from "./issues.ts";
import { isRecord, type Key } from "./shape.ts";
import { pathText } from "./walk.ts";

function field(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

/** Lists of repository names, wherever they stand. */
function namings(raw: unknown): { path: readonly Key[]; names: unknown }[] {
  const block = (path: readonly Key[], holder: unknown) => ({
    path: [...path, "repositories"],
    names: field(holder, "repositories"),
  });
  return [
    block(["backup"], field(raw, "backup")),
    ...entries(field(raw, "units")).map(([name, unit]) => block(["units", name], unit)),
    ...entries(field(raw, "schedules")).map(([name, s]) => block(["schedules", name], s)),
  ];
}

/** What no single key shows: values that contradict each other or name what is not there. */
export function crossChecks(raw: unknown): Finding[] {
  const findings: Finding[] = [];
  if (field(raw, "retention") !== undefined && field(raw, "retention_days") !== undefined) {
    const message =
      "`retention_days` and `retention` are both given: the first is short for the second";
    findings.push({ path: ["retention_days"], message });
  }
  const given = field(raw, "repositories");
  const known = given === undefined ? ["local"] : entries(given).map(([name]) => name);
  for (const { path, names } of namings(raw)) {
    if (!Array.isArray(names)) continue;
    names.forEach((name, index) => {
      if (typeof name !== "string" || known.includes(name)) return;
      const where = `\`${pathText([...path, index])}\``;
      const message = `${where}: there is no repository "${name}"${didYouMean(name, known)}`;
      findings.push({ path: [...path, index], message });
    });
  }
  return findings;
}
