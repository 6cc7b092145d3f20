import { type Masked, mask } from "../secret.ts";

const numbered = /\[secret-\d+\]/g;

/** Masks that are alike exactly where the secrets are, so that a comparison sees which differ. */
export function numberSecrets(): Masked {
  const numbers = new Map<string, number>();
  return (secret) => {
    const number = numbers.get(secret) ?? numbers.size + 1;
    numbers.set(secret, number);
    return `[secret-${number}]`;
  };
}

export function withoutNumbers(text: string): string {
  return text.replace(numbered, mask);
}

/** A diff as people read it: what came instead of a line that shows the same says what differs. */
export function diffWithoutNumbers(lines: readonly string[]): string[] {
  const removed = new Map(
    lines
      .filter((line) => line.startsWith("-"))
      .map((line) => [withoutNumbers(line).slice(1), line]),
  );
  return lines.map((line) => {
    const shown = withoutNumbers(line);
    const before = line.startsWith("+") ? removed.get(shown.slice(1)) : undefined;
    if (before === undefined) return shown;
    const same = new Set(before.match(numbered));
    return line.replace(numbered, (one) => (same.has(one) ? mask : "[secret, differs]"));
  });
}
