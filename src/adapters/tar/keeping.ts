import { chmod, chown, link, lstat, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Runner } from "../../exec/runner.ts";
import { systemError } from "./errno.ts";

/** What a file system keeps of what an archive has, as far as a trial shows. */
export interface Keeping {
  readonly modes: boolean;
  readonly owners: boolean;
  readonly links: boolean;
  /** Times are rounded down to a multiple of so many nanoseconds; 0 where none is kept. */
  readonly granularity: bigint;
  /** Times beyond these become these, in nanoseconds since 1970. */
  readonly earliest: bigint;
  readonly latest: bigint;
}

const billion = 1_000_000_000n;
const odd = { text: "1000000001.123456789", nanoseconds: 1_000_000_001_123_456_789n };
/** From ext4 and xfs to FAT, by what statx and touch show of them. */
const granularities = [1n, 100n, 1000n, 1_000_000n, 10_000_000n, billion, 2n * billion];
/** Years 1 and 9999; what a file system makes of them is its limit. */
const [first, last] = ["-62135596800", "253402300799"];
const sureLatest = (2n ** 31n - 1n) * billion;

/** Tries it out with a file in an empty directory, which is empty again afterwards. */
export async function probeKeeping(runner: Runner, directory: string): Promise<Keeping> {
  const file = join(directory, ".stackhold-trial");
  const other = `${file}-link`;
  try {
    await writeFile(file, "", { flag: "wx", mode: 0o600 });
    const timeOf = async (text: string) => {
      const args = ["-m", "-c", `--date=@${text}`, file];
      const { verdict } = await runner.run({ program: "touch", args });
      return verdict === "success" ? (await lstat(file, { bigint: true })).mtimeNs : undefined;
    };
    const granularity = granularityOf(await timeOf(odd.text));
    const [earliest = 0n, latest = 0n] = [await timeOf(first), await timeOf(last)];
    return {
      granularity,
      earliest: earliest < 0n ? earliest : 0n,
      latest: latest > sureLatest ? latest : sureLatest,
      links: await keepsLinks(file, other),
      modes: await keepsModes(file),
      owners: await keepsOwners(file),
    };
  } catch (failure) {
    throw systemError(failure, `cannot write into ${directory}`);
  } finally {
    for (const each of [file, other]) await rm(each, { force: true });
  }
}

function granularityOf(kept: bigint | undefined): bigint {
  return granularities.find((each) => kept === roundedDown(odd.nanoseconds, each)) ?? 0n;
}

export function roundedDown(time: bigint, granularity: bigint): bigint {
  const rest = time % granularity;
  return time - (rest < 0n ? rest + granularity : rest);
}

async function keepsLinks(file: string, other: string): Promise<boolean> {
  try {
    await link(file, other);
    const [one, two] = [await lstat(file, { bigint: true }), await lstat(other, { bigint: true })];
    return one.ino === two.ino && two.nlink === 2n;
  } catch {
    return false;
  }
}

async function keepsModes(file: string): Promise<boolean> {
  const modes = [0o6751, 0o400, 0o600];
  for (const mode of modes) {
    await chmod(file, mode).catch(() => undefined);
    if (((await lstat(file)).mode & 0o7777) !== mode) return false;
  }
  return true;
}

/** Only root may give a file away; whoever else unpacks has nothing but files of his own. */
async function keepsOwners(file: string): Promise<boolean> {
  const { uid } = await lstat(file);
  if (process.getuid?.() !== 0) return uid === process.getuid?.();
  await chown(file, 1, 2).catch(() => undefined);
  const kept = await lstat(file);
  return kept.uid === 1 && kept.gid === 2;
}

/** For people: what cannot be compared because it is not kept. */
export function notKept(keeping: Keeping): readonly string[] {
  return [
    ...(keeping.owners ? [] : ["owners"]),
    ...(keeping.modes ? [] : ["permissions"]),
    ...(keeping.links ? [] : ["hard links"]),
    ...(keeping.granularity === 1n ? [] : ["exact times"]),
  ];
}
