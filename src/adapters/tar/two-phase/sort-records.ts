import { open } from "node:fs/promises";
import { type ProcessResult, requireSuccess } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import { noSpace } from "../errno.ts";
import { nameField } from "../listing.ts";
import { signalOf } from "../measure.ts";
import { full } from "../tar-messages.ts";
import type { Spool } from "./spool.ts";

interface Options {
  readonly signal?: AbortSignal;
}

/** sort(1) takes a share of the machine's memory unless it is told how much. */
const memory = "--buffer-size=64M";

/** Sorts find's records by the bytes of their names; of a name that is there twice one record stays. */
export function sortByName(
  runner: Runner,
  from: string,
  to: string,
  spool: Spool,
  options: Options,
): Promise<void> {
  return sortRecords(runner, nameField, from, to, spool, options);
}

/** The same for records whose names begin with another field. */
export function sortRecords(
  runner: Runner,
  field: number,
  from: string,
  to: string,
  spool: Spool,
  options: Options,
): Promise<void> {
  return sort(runner, ["--field-separator= ", `--key=${field}`], from, to, spool, options);
}

/** Sorts names by their bytes, each once: parents come before their children. */
export function sortNames(
  runner: Runner,
  from: string,
  to: string,
  spool: Spool,
  options: Options,
): Promise<void> {
  return sort(runner, [], from, to, spool, options);
}

async function sort(
  runner: Runner,
  key: readonly string[],
  from: string,
  to: string,
  spool: Spool,
  options: Options,
): Promise<void> {
  const how = ["--zero-terminated", "--unique", memory, `--temporary-directory=${spool.at(".")}`];
  const sort = { program: "sort", args: [...how, ...key, `--output=${to}`, from] };
  requireWritten(await runner.run(sort, { diesWithParent: true, ...signalOf(options) }), to);
}

/** The names of records, in their order. */
export async function cutNames(
  runner: Runner,
  from: string,
  to: string,
  options: Options,
): Promise<void> {
  const handle = await open(to, "w", 0o600);
  try {
    const args = ["--zero-terminated", "--delimiter= ", `--fields=${nameField}-`, from];
    const running = { stdout: handle.fd, diesWithParent: true, ...signalOf(options) };
    requireWritten(await runner.run({ program: "cut", args }, running), to);
  } finally {
    await handle.close();
  }
}

function requireWritten(result: ProcessResult, file: string): void {
  const isFull = result.verdict === "failure" && full.test(result.stderr);
  if (isFull && !result.cancelled) throw noSpace(`cannot write ${file}`);
  requireSuccess(result);
}
