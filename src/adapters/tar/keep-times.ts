import { stat } from "node:fs/promises";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";

/** Makes or removes entries of a directory that stays, without its modification time telling. */
export async function keepTimes<T>(
  runner: Runner,
  directory: string,
  work: () => Promise<T>,
): Promise<T> {
  const before = await modified(directory);
  const restore = async () => {
    if ((await modified(directory)) === before) return;
    const date = `--date=@${asSeconds(before)}`;
    requireSuccess(await runner.run({ program: "touch", args: ["-m", "-c", date, directory] }));
  };
  try {
    const result = await work();
    await restore();
    return result;
  } catch (failure) {
    await restore().catch(() => undefined);
    throw failure;
  }
}

async function modified(directory: string): Promise<bigint> {
  return (await stat(directory, { bigint: true })).mtimeNs;
}

/** Node's utimes takes seconds as a float, which has no room for nanoseconds. */
function asSeconds(nanoseconds: bigint): string {
  const digits = (nanoseconds < 0n ? -nanoseconds : nanoseconds).toString().padStart(10, "0");
  return `${nanoseconds < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
