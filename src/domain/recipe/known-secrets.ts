import { mask } from "../secret.ts";
import type { GatheredDocument } from "./gathered.ts";
import { redact } from "./redact.ts";

/** Shorter ones would take ordinary words out of a sentence. */
const shortest = 6;

/** The texts that redaction takes out of documents, and each line of those that have several. */
export function knownSecrets(documents: readonly Pick<GatheredDocument, "document">[]): string[] {
  const found = new Set<string>();
  const note = (secret: string) => {
    const bare = secret.replace(/^(["'])([\s\S]*)\1$/, "$2");
    for (const text of [secret, bare, ...bare.split("\n").map((line) => line.trim())]) {
      if (text.length >= shortest) found.add(text);
    }
    return mask;
  };
  for (const { document } of documents) redact(document, note);
  return [...found].toSorted((a, b) => b.length - a.length);
}

/** A sentence of others without them, whatever it calls them. */
export function withoutKnown(text: string, secrets: readonly string[]): string {
  return secrets.reduce((kept, secret) => kept.replaceAll(secret, mask), text);
}
