import { type Masked, masked } from "../secret.ts";
import { isSecretName } from "./secret-name.ts";

/** `scheme://user:password@`; a password may hold a slash, a port may not be taken for one. */
const userInfo =
  /(?<![\w+.-])([a-z][\w+.-]*:\/\/)(?:[^\s/?#"'<>@:]*:(?!\d+[/?#])[^\s"'<>]*|[^\s/?#"'<>]*)@/gi;

const quoted = `"(?:[^"\\\\]|\\\\.)*"|'[^']*'`;
const scheme = "(?:(?:Bearer|Basic|Digest|Token|Negotiate|ApiKey)\\s+)?";

/** To the next blank, or to where the next parameter of a list begins. */
const word = "(?:(?![&;](?:\\s|$|\\s*[\\w.-]+=))\\S)";

/** A name and where its value begins, and what that value may be. */
interface Form {
  readonly name: RegExp;
  readonly value: RegExp;
}

/**
 * `name=value`, `"name": "value"`, `Name: value`; not `name:value`, which is a port or a tag, nor
 * `/srv/name: words`, which is what is said of a file.
 */
const assignment: Form = {
  name: /(?<![\w.-])([\w.-]+)(?:["']\s*[=:]|\s*=|(?<!\/[\w.-]*):(?=\s))[^\S\n]*/g,
  value: new RegExp(`${quoted}|${scheme}${word}+`, "iy"),
};

/** `--name value`; what begins with a dash is the next option. */
const option: Form = {
  name: /(?<![\w.-])(--?[A-Za-z][\w.-]*)\s+/g,
  value: new RegExp(`${quoted}|[^\\s"'-]\\S*`, "y"),
};

/** Only the value of a telling name is passed over: others may hold a name themselves. */
function redactForm(text: string, { name, value }: Form, instead: Masked): string {
  let kept = "";
  let end = 0;
  for (const found of text.matchAll(name)) {
    const at = found.index + found[0].length;
    if (found.index < end || !isSecretName(found[1] ?? "")) continue;
    value.lastIndex = at;
    if (!value.test(text)) continue;
    kept += text.slice(end, at) + instead(text.slice(at, value.lastIndex));
    end = value.lastIndex;
  }
  return kept + text.slice(end);
}

const whole = /^(-{0,2}[A-Za-z_][\w./-]*=)(.+)$/s;

/** An argument, or a variable of a list, that is one assignment from its first to its last character. */
export function redactAssignment(text: string, instead: Masked = masked): string {
  const [, name = "", value = ""] = whole.exec(text) ?? [];
  return isSecretName(name) ? `${name}${instead(value)}` : redactText(text, instead);
}

/**
 * Takes out of a text what looks like a secret: credentials in URLs, and what follows a telling
 * name as its value. Rather too much than too little.
 */
export function redactText(text: string, instead: Masked = masked): string {
  const without = text.replace(
    userInfo,
    (all, begin: string) => `${begin}${instead(all.slice(begin.length, -1))}@`,
  );
  return redactForm(redactForm(without, assignment, instead), option, instead);
}

/** An option whose value is the next argument. */
export function awaitsSecret(argument: unknown): boolean {
  return typeof argument === "string" && /^--?[\w.-]+$/.test(argument) && isSecretName(argument);
}
