import { type Masked, masked } from "../secret.ts";
import { awaitsSecret, redactAssignment } from "./redact-text.ts";
import { isSecretName } from "./secret-name.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What stood in a place of a document, by its JSON pointer (RFC 6901). */
export interface TakenSecret {
  readonly pointer: string;
  readonly value: Json;
}

export interface Redacted {
  readonly document: Json;
  readonly secrets: readonly TakenSecret[];
}

/** A text that Compose itself calls a secret. */
const inlineSecret = /^\/secrets\/[^/]+\/content$/;

/** Lists of names or mounts, whatever their key says. */
const isStructure = (key: string) => key === "secrets";

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * Takes secrets out of a document: values whose key tells, credentials in URLs and arguments. With
 * `restoreSecrets` it is as it was, exactly.
 */
export function redact(original: Json, instead: Masked = masked): Redacted {
  const secrets: TakenSecret[] = [];
  const take = (pointer: string, value: Json, shown: string): Json => {
    if (shown !== value) secrets.push({ pointer, value });
    return shown;
  };
  const walk = (value: Json, pointer: string, isSecret: boolean): Json => {
    if (isList(value)) {
      return value.map((item, index) => {
        const follows = awaitsSecret(value[index - 1]) && !isOption(item);
        return walk(item, pointerTo(pointer, index), isSecret || follows);
      });
    }
    if (isObject(value)) {
      const entries = Object.entries(value).map(([key, item]): [string, Json] => {
        const at = pointerTo(pointer, key);
        const named = isSecretName(key) && !isStructure(key);
        return [key, walk(item, at, !isObject(item) && (named || inlineSecret.test(at)))];
      });
      return Object.fromEntries(entries);
    }
    if (value === null || value === "") return value;
    if (isSecret) return take(pointer, value, instead(String(value)));
    return typeof value === "string"
      ? take(pointer, value, redactAssignment(value, instead))
      : value;
  };
  return { document: walk(original, "", false), secrets };
}

function isOption(item: Json): boolean {
  return typeof item === "string" && item.startsWith("-");
}

/** The document that `redact` was given. */
export function restoreSecrets({ document, secrets }: Redacted): Json {
  const taken = new Map(secrets.map(({ pointer, value }) => [pointer, value]));
  const walk = (value: Json, pointer: string): Json => {
    const secret = taken.get(pointer);
    if (secret !== undefined) return secret;
    if (isList(value)) return value.map((item, index) => walk(item, pointerTo(pointer, index)));
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, walk(item, pointerTo(pointer, key))]),
    );
  };
  return walk(document, "");
}
