import { stringify } from "yaml";
import type { GatheredDocument, GatheredFile } from "./gathered.ts";
import { type Json, redact } from "./redact.ts";

export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function render({ path, form }: GatheredDocument, shown: Json): GatheredFile {
  return {
    path,
    content: form === "yaml" ? stringify(shown, { lineWidth: 0 }) : jsonText(shown),
  };
}

/** Documents as they are stored, redacted, and what was taken out of them by their names. */
export function renderRedacted(documents: readonly GatheredDocument[]): {
  readonly files: readonly GatheredFile[];
  readonly secrets: Json;
} {
  const redacted = documents.map((one) => ({ one, ...redact(one.document) }));
  const taken = redacted.filter(({ secrets }) => secrets.length > 0);
  return {
    files: redacted.map(({ one, document }) => render(one, document)),
    secrets: {
      format: 1,
      documents: Object.fromEntries(
        taken.map(({ one, secrets }) => [
          one.path,
          secrets.map(({ pointer, value }) => ({ pointer, value })),
        ]),
      ),
    },
  };
}
