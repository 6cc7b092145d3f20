/** Shorter values would blank ordinary words. */
const shortest = 4;
/** A piece of base64 shorter than this is likely to occur by chance. */
const shortestPiece = 8;

/** Every spelling under which a secret may turn up in a message, the longest first. */
export function secretForms(secret: string): string[] {
  const forms = new Set<string>();
  for (const text of [secret, secret.trim(), ...longLines(secret)]) {
    if (text.length < shortest) continue;
    for (const form of [text, quoted(text), ...urlEncoded(text), ...base64(text)]) forms.add(form);
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

/** Tools quote keys and certificates line by line. */
function longLines(secret: string): string[] {
  const lines = secret.split("\n").map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= shortestPiece);
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function urlEncoded(text: string): string[] {
  const strict = encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const variants = [
    encodeURIComponent(text.toWellFormed()),
    encodeURI(text.toWellFormed()),
    strict,
    strict.replaceAll("%20", "+"),
  ];
  return variants.flatMap((v) => [v, v.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
}

/**
 * Base64 of the secret alone, and the characters that it always gives when it stands within a
 * longer text (`user:password`), for each of the three alignments.
 */
function base64(text: string): string[] {
  const raw = Buffer.from(text);
  const pieces = [0, 1, 2].map((offset) => {
    const bits = Buffer.concat([Buffer.alloc(offset), raw])
      .toString("base64")
      .replaceAll("=", "");
    const tail = (offset + raw.length) % 3 === 0 ? 0 : 1;
    return bits.slice(offset === 0 ? 0 : offset + 1, bits.length - tail);
  });
  const whole = raw.toString("base64");
  const all = [
    whole,
    whole.replaceAll("=", ""),
    ...pieces.filter((piece) => piece.length >= shortestPiece),
  ];
  return all.flatMap((b) => [b, b.replaceAll("+", "-").replaceAll("/", "_")]);
}
