import { stat } from "node:fs/promises";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";

/** Makes or removes entries of a directory that stays, without its modification time telling. */
export async function keepTimes<T>(
  runner: Runner,
  directory: string,
  work: () => Promise<T>,
): Promise<T> {
  const { mtimeNs } = await stat(directory, { bigint: true });
  const result = await work();
  const date = `--date=@${asSeconds(mtimeNs)}`;
  requireSuccess(await runner.run({ program: "touch", args: ["-m", "-c", date, directory] }));
  return result;
}

/** Node's utimes takes seconds as a float, which has no room for nanoseconds. */
function asSeconds(nanoseconds: bigint): string {
  const digits = (nanoseconds < 0n ? -nanoseconds : nanoseconds).toString().padStart(10, "0");
  return `${nanoseconds < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
