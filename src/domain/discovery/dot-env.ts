import { interpolate } from "./interpolate.ts";

const line = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*?)\s*$/;

/**
 * The variables of a `.env` file by the rules of docs.docker.com/compose/how-tos/environment-variables:
 * comments, `export`, quotes, `$NAME` outside single quotes. Values that span lines are cut at the first.
 */
export function parseDotEnv(
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const row of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const [, name, raw] = line.exec(row) ?? [];
    if (name === undefined || raw === undefined) continue;
    variables[name] = unquote(raw, { ...variables, ...environment });
  }
  return variables;
}

function unquote(raw: string, variables: Readonly<Record<string, string>>): string {
  const [, single] = /^'([^']*)'/.exec(raw) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"((?:[^"\\]|\\.)*)"/.exec(raw) ?? [];
  if (double !== undefined) return interpolate(unescapeQuoted(double), variables);
  return interpolate(raw.replace(/(^|\s+)#.*$/, ""), variables);
}

function unescapeQuoted(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}
