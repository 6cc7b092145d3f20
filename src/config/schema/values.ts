import { z } from "zod";
import { secretOf } from "../../domain/secret.ts";
import { durationPattern, parseDuration } from "../duration.ts";

/** What a value is beyond its JSON type; loading, printing and the reference act on it. */
export type Trait = "duration" | "path" | "secret" | "secret file";

export const traits = z.registry<{ readonly trait: Trait }>();

const notADuration = "not a duration: write 30, 30s, 15m, 26h or 2d";

/** Read as text or a number of seconds, given as seconds. */
export function duration() {
  return z
    .union(
      [z.int(notADuration).min(0, notADuration), z.string().regex(durationPattern, notADuration)],
      {
        error: notADuration,
      },
    )
    .transform((value) => (typeof value === "number" ? value : (parseDuration(value) ?? 0)))
    .register(traits, { trait: "duration" });
}

/** On the machine Stackhold runs on; made absolute before validation. */
export function path() {
  return z.string().min(1, "an empty path").register(traits, { trait: "path" });
}

export function text(error = "an empty text") {
  return z.string().min(1, error);
}

export function count(minimum = 1, maximum = Number.MAX_SAFE_INTEGER) {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
  const error = `not a whole number, ${range}`;
  return z.int(error).min(minimum, error).max(maximum, error);
}

export function list<T extends z.ZodType>(item: T) {
  return z.array(item);
}

/** A name that becomes part of file names and commands. */
export function plainName(what: string) {
  return z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, `not a ${what}: letters, digits, dots, _ and - only`);
}

/** The value itself, inline. */
export function secret(what: string) {
  return z
    .string()
    .min(1, "an empty secret")
    .transform(secretOf)
    .optional()
    .register(traits, { trait: "secret" })
    .describe(`${what}. Inline only in a file of mode 0600`);
}

/** The file that holds the secret of the key beside it. */
export function secretFile(what: string) {
  return z
    .string()
    .min(1, "an empty path")
    .optional()
    .register(traits, { trait: "secret file" })
    .describe(`File with ${what}; one newline at its end is dropped`);
}

type Block = Readonly<Record<string, unknown>>;
type Check = (value: Block, context: z.RefinementCtx) => void;

/** Keys that must have a value. Secrets were read from their files before this, and are asked for as files. */
export function required(...keys: readonly string[]): Check {
  return (value, context) => {
    for (const key of keys.filter((each) => value[each] === undefined)) {
      const path = [key === "username" ? key : `${key}_file`];
      context.addIssue({ code: "custom", path, message: "is missing" });
    }
  };
}

export function allOrNone(...keys: readonly string[]): Check {
  return (value, context) => {
    if (keys.some((key) => value[key] !== undefined)) required(...keys)(value, context);
  };
}
