import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { longestName, looksCut } from "../../domain/file-name.ts";
import { escapeName, unescapeName } from "../../domain/part.ts";
import { reasonOf, StackholdError } from "../../errors.ts";
import type { Journal, JournalEntry } from "../../ports/journal.ts";
import { shortenApart } from "../file-names/shorten.ts";
import { removeDurably, writeDurably } from "./durable-file.ts";
import { journalSchema, versionSchema } from "./journal-schema.ts";

const suffix = ".json";
const limit = longestName - `${suffix}.tmp`.length;

/**
 * `<state_dir>/journal/<unit>.json`, 0600, the name escaped and, where it is too long for one of a
 * file, cut. What cannot be read is an error, never skipped.
 */
export function createJournalFiles(options: { readonly stateDir: string }): Journal {
  const directory = join(options.stateDir, "journal");
  /** Where a name was cut and nothing legible says which it was, the file's own stands for it. */
  const unnamed = new Map<string, string>();

  const fileOf = (unit: string) => {
    const stem = unnamed.get(unit) ?? shortenApart(escapeName(unit), limit);
    return join(directory, `${stem}${suffix}`);
  };

  async function unitOf(stem: string): Promise<string> {
    if (!looksCut(stem, limit)) return unescapeName(stem);
    const entry = await readEntry(join(directory, `${stem}${suffix}`)).catch(() => undefined);
    if (entry !== undefined) return entry.unit;
    unnamed.set(stem, stem);
    return stem;
  }

  return {
    async write(entry) {
      const file = fileOf(entry.unit);
      const text = `${JSON.stringify(journalSchema.parse(entry), null, 2)}\n`;
      try {
        await writeDurably(file, `${file}.tmp`, text);
      } catch (error) {
        throw unwritable(file, error);
      }
    },
    read: (unit) => readEntry(fileOf(unit)),
    async units() {
      const names = (await namesIn(directory)).filter((name) => name.endsWith(suffix));
      const units = names.map((name) => unitOf(name.slice(0, -suffix.length)));
      return (await Promise.all(units)).sort();
    },
    async close(unit) {
      const file = fileOf(unit);
      try {
        await rm(`${file}.tmp`, { force: true }); // of a writer that was killed
        await removeDurably(file);
      } catch (error) {
        if (!isMissing(error)) throw unwritable(file, error);
      }
    },
  };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(directory, error);
  }
}

/** Undefined when there is none. */
async function readEntry(file: string): Promise<JournalEntry | undefined> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(file, error);
  }
  const entry = journalSchema.safeParse(content);
  if (entry.success) return entry.data;
  const version = versionSchema.safeParse(content).data?.version ?? 0;
  throw version > 1 ? newer(file) : unreadable(file, entry.error);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function reason(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll("\n", " ");
  return reasonOf(error);
}

function unreadable(file: string, cause: unknown): StackholdError {
  return new StackholdError("LEFT_DOWN", `the journal ${file} cannot be read: ${reason(cause)}`, {
    hint: "a run was interrupted there: see that everything of its unit runs, then remove the file",
    cause,
  });
}

function newer(file: string): StackholdError {
  return new StackholdError("NEWER_FORMAT", `a newer Stackhold wrote the journal ${file}`, {
    hint: "a run was interrupted there: run `stackhold recover` of that newer Stackhold",
  });
}

function unwritable(file: string, cause: unknown): StackholdError {
  const full = cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
  return new StackholdError(
    full ? "NO_SPACE" : "TOOL_FAILED",
    `the journal ${file} cannot be written: ${reason(cause)}`,
    { hint: "state_dir must be a writable directory with free space", cause },
  );
}
