import { secretForms } from "./secret-forms.ts";

export interface Scrubber {
  /** Values of less than four characters are ignored. */
  register(secret: string): void;
  /** The same value with every registered secret in it blanked, at any depth. */
  scrub<T>(value: T): T;
}

const blank = "***";
/** Names of fields are ours, whatever a password may be. */
const fieldName = /^[A-Za-z_]\w*$/;

export function createScrubber(): Scrubber {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;

  const text = (value: string): string =>
    pattern === undefined ? value : blankOut(value, pattern);

  function walk(value: unknown): unknown {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== "object") return value;
    if (value instanceof Error) return { name: value.name, message: text(value.message) };
    if ("toJSON" in value && typeof value.toJSON === "function") return walk(value.toJSON());
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        fieldName.test(key) ? key : text(key),
        walk(item),
      ]),
    );
  }

  return {
    register(secret) {
      for (const form of secretForms(secret)) forms.add(form);
      if (forms.size === 0) return;
      const longestFirst = [...forms].sort((a, b) => b.length - a.length);
      pattern = new RegExp(`(?=(${longestFirst.map(escapePattern).join("|")}))`, "g");
    },
    scrub<T>(value: T): T {
      return pattern === undefined ? value : (walk(value) as T);
    },
  };
}

function escapePattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** The pattern looks ahead, so that secrets which overlap are found and blanked as one. */
function blankOut(value: string, pattern: RegExp): string {
  let out = "";
  let done = 0;
  let open = -1;
  for (const match of value.matchAll(pattern)) {
    const end = match.index + (match[1]?.length ?? 0);
    if (open < 0 || match.index > done) {
      out += (open < 0 ? "" : blank) + value.slice(done, match.index);
      open = match.index;
    }
    done = Math.max(done, end);
  }
  return open < 0 ? value : out + blank + value.slice(done);
}
