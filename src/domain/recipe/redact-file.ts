import { parse, stringify } from "yaml";
import { type Masked, masked } from "../secret.ts";
import type { ReferenceRole } from "./compose-references.ts";
import { type Json, redact } from "./redact.ts";
import { redactText } from "./redact-text.ts";
import { jsonText } from "./render.ts";
import { isSecretName } from "./secret-name.ts";

/** A variable and its value, which may span lines where it is quoted. */
const variable =
  /^([ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*)("(?:[^"\\]|\\[\s\S])*"|'[^']*'|[^\n]*)/gm;

export function redactEnvironment(
  text: string,
  instead: Masked = masked,
  isSecret: (name: string) => boolean = isSecretName,
): string {
  const without = text.replace(variable, (line, begin: string, name: string, value: string) =>
    isSecret(name) && value.trim() !== "" ? `${begin}${instead(value)}` : line,
  );
  return redactText(without, instead);
}

/**
 * What may be kept of a file where no secrets are: undefined where all of it is one, or where
 * nobody can tell. A compose file keeps its content, not its comments.
 */
export function redactFile(text: string, role: ReferenceRole): string | undefined {
  switch (role) {
    case "environment":
      return redactEnvironment(text);
    case "compose":
      return redactYaml(text);
    case "config":
      return redactText(text);
    default:
      return undefined;
  }
}

/** Takes the secrets out of what was read. */
export type Strip = (document: Json) => Json;

const withoutSecrets: Strip = (document) => redact(document).document;

/** A JSON file that stays one; undefined where it is none. */
export function redactJson(text: string, strip: Strip = withoutSecrets): string | undefined {
  try {
    return jsonText(strip(JSON.parse(text) as Json));
  } catch {
    return undefined;
  }
}

export function redactYaml(text: string, strip: Strip = withoutSecrets): string | undefined {
  try {
    const read = parse(text, { merge: true, logLevel: "error" }) as Json;
    return stringify(strip(read), { lineWidth: 0 });
  } catch {
    return undefined;
  }
}
