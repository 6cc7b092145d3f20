import type { Json } from "../recipe/redact.ts";
import { redactEnvironment, redactJson, redactYaml } from "../recipe/redact-file.ts";
import { redactText } from "../recipe/redact-text.ts";
import { type Masked, masked } from "../secret.ts";
import { conceal, concealText, mayNameSecret } from "./conceal.ts";

/** What of a file's content may be shown, or why nothing of it. */
export type Shown = { readonly text: string } | { readonly why: string };

/** Files that are one secret as a whole, by their names. */
const secretFile = /secret|passw|credential|token|htpasswd|(^|[._-])key([._-]|$)|\.(pem|p12|pfx)$/i;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const environment = /(^|\.)env($|[._-])/i;
/** Texts in which a value stands on the line of its name. */
const plainText =
  /(^|\/)(Dockerfile|Containerfile|Caddyfile|Makefile)[^/]*$|\.(conf|cfg|cnf|ini|toml|properties|sh|md|txt)$/i;

const orWhy = (text: string | undefined, why: string): Shown =>
  text === undefined ? { why } : { text };

/** A line that names a secret is one, whatever the syntax. */
function redactLines(text: string, instead: Masked): string {
  return text
    .split("\n")
    .map((line) => (mayNameSecret(line) ? instead(line) : redactText(line, instead)))
    .map((line) => concealText(line, instead))
    .join("\n");
}

/** Without comments, in which former values stand. */
function concealEnvironment(text: string, instead: Masked): string {
  const bare = text.replace(/^[ \t]*#.*$/gm, "#").replace(/^([^"'\n]*?)[ \t]+#.*$/gm, "$1");
  return concealText(redactEnvironment(bare, instead, mayNameSecret), instead);
}

/** Rather too little than too much: without its secrets, and only where it is known where they stand. */
export function shownText(path: string, content: Uint8Array, instead: Masked = masked): Shown {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (secretFile.test(name)) return { why: "its name tells of a secret" };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return { why: "it is not text" };
  }
  if (text.includes("\0")) return { why: "it is not text" };
  if (privateKey.test(text)) return { why: "it holds a private key" };
  if (environment.test(name)) return { text: concealEnvironment(text, instead) };
  const strip = (document: Json) => conceal(document, instead);
  if (/\.ya?ml$/i.test(name)) return orWhy(redactYaml(text, strip), "it is not YAML");
  if (/\.json$/i.test(name)) return orWhy(redactJson(text, strip), "it is not JSON");
  if (plainText.test(path)) return { text: redactLines(text, instead) };
  return { why: "only configuration files are shown" };
}
