import { secretForms } from "./secret-forms.ts";

/**
 * Blanks secrets in all that is printed or written down. A secret may be a word that Stackhold uses itself, and a
 * blank in a sentence that everybody knows would tell it: "the *** is wrong". So a secret stays, and only stays, where it is
 * a part of one of the fixed phrases that are printed whatever a secret may be: there it says nothing of it. At
 * least two words of the phrase must stand beside it; anywhere else, in the same text too, it is blanked.
 */
export interface Scrubber {
  /** Values of less than four characters are ignored. */
  register(secret: string): void;
  /** The same value with every registered secret in it blanked, at any depth. */
  scrub<T>(value: T): T;
}

const blank = "***";
/** Names of fields are ours, whatever a password may be. */
const fieldName = /^[A-Za-z_]\w*$/;

/** The phrases hold nothing that is put together at run time. */
export function createScrubber(phrases: readonly string[] = []): Scrubber {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;

  const text = (value: string): string =>
    pattern === undefined ? value : blankOut(value, pattern, spansOf(phrases, value));

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

interface Span {
  readonly start: number;
  readonly end: number;
}

function spansOf(phrases: readonly string[], value: string): Span[] {
  return phrases.flatMap((phrase) => {
    const spans: Span[] = [];
    for (let at = value.indexOf(phrase); at >= 0; at = value.indexOf(phrase, at + 1)) {
      spans.push({ start: at, end: at + phrase.length });
    }
    return spans;
  });
}

/** Whether it is a part of a phrase that says enough without it to be known. */
function isOfPhrase(value: string, { start, end }: Span, spans: readonly Span[]): boolean {
  return spans.some((span) => {
    if (start < span.start || end > span.end) return false;
    const beside = `${value.slice(span.start, start)} ${value.slice(end, span.end)}`;
    return (beside.match(/\p{L}{2,}/gu) ?? []).length >= 2;
  });
}

/** The pattern looks ahead, so that secrets which overlap are found and blanked as one. */
function blankOut(value: string, pattern: RegExp, known: readonly Span[]): string {
  let out = "";
  let done = 0;
  let open = -1;
  for (const match of value.matchAll(pattern)) {
    const end = match.index + (match[1]?.length ?? 0);
    if (isOfPhrase(value, { start: match.index, end }, known)) continue;
    if (open < 0 || match.index > done) {
      out += (open < 0 ? "" : blank) + value.slice(done, match.index);
      open = match.index;
    }
    done = Math.max(done, end);
  }
  return open < 0 ? value : out + blank + value.slice(done);
}
