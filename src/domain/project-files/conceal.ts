import type { Json } from "../recipe/redact.ts";
import { redact } from "../recipe/redact.ts";
import { isSecretName } from "../recipe/secret-name.ts";
import type { Masked } from "../secret.ts";

/** Whether a name may stand for a secret: more than a recipe takes out, since this is only shown. */
export function mayNameSecret(name: string): boolean {
  return (
    isSecretName(name) ||
    /PWD|JWT|SALT|FERNET|DSN|LOGIN|HASH|PRIV|CERT|COOKIE|SIGN|SEED|BASIC|HTPASS/i.test(name)
  );
}

/** `user:password@`, and arguments that give a password without naming it: `-pX`, `-u me:X`. */
const nameless =
  /[^\s:/]+:[^\s:/@]+@|(?<=^|\s)-p(?=[^\s-])\S+|(?<=(?:^|\s)(?:-u|--user)[ =])\S+:\S+/g;
const keyBlock = /-----BEGIN[\s\S]*?(?:-----END[^\n]*|$)/g;

export function concealText(text: string, instead: Masked): string {
  return text
    .replace(keyBlock, (found) => instead(found))
    .replace(nameless, (found) => instead(found));
}

/** What stands below these are things by their names, not values of a secret. */
const holdsNames = /^(services|networks|volumes|configs|secrets|depends_on|extends|profiles)$/;

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{name: DB_PASSWORD, value: X}` and the like. */
function namedValue(value: { readonly [key: string]: Json }): boolean {
  return [value.name, value.key].some((name) => typeof name === "string" && mayNameSecret(name));
}

const credentialFlag = /^(-u|--user|-p)$/;

/** A document without whatever stands below a telling name, however deep. */
export function conceal(original: Json, instead: Masked): Json {
  const walk = (value: Json, isSecret: boolean, holder: string): Json => {
    if (Array.isArray(value)) {
      const items: readonly Json[] = value;
      return items.map((item, index) => {
        const before = items[index - 1];
        const follows = typeof before === "string" && credentialFlag.test(before);
        return walk(item, isSecret || follows, holder);
      });
    }
    if (isObject(value)) {
      const named = namedValue(value);
      const entries = Object.entries(value).map(([key, item]): [string, Json] => {
        const tells = !holdsNames.test(holder) && !holdsNames.test(key) && mayNameSecret(key);
        return [key, walk(item, isSecret || tells || (named && key === "value"), key)];
      });
      return Object.fromEntries(entries);
    }
    if (value === null || value === "") return value;
    if (isSecret) return instead(String(value));
    return typeof value === "string" ? concealText(value, instead) : value;
  };
  return walk(redact(original, instead).document, false, "");
}
