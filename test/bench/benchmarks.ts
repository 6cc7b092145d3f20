import type { EngineAccess } from "../bed/access.ts";
import { benchDryRun, benchPoints, benchUnits, benchVersion } from "./answers.ts";
import { benchCopy, copySpace } from "./copy.ts";
import { benchDatabase } from "./downtime/database.ts";
import { benchDowntime } from "./downtime/downtime.ts";
import { benchPeers } from "./downtime/peers.ts";
import { downtimeSpace, fileSystems } from "./downtime/places.ts";
import { benchKopia, kopiaSpace } from "./kopia/kopia.ts";
import type { Options } from "./options.ts";
import type { Plan } from "./plan.ts";
import type { Outcome } from "./row.ts";

export interface Benchmark {
  /** Words joined by hyphens, each of which `--only` takes. */
  readonly name: string;
  /** Left out unless it is asked for. */
  readonly isLong: boolean;
  /** Bytes under the temporary directory. */
  readonly space: number;
  readonly run: (engine: EngineAccess, leftovers: AsyncDisposableStack) => Promise<Outcome>;
}

/** All there are, in order. `leftovers` are removed at the end of all: see `freeSpace`. */
export function benchmarks(plan: Plan): Benchmark[] {
  const { copies, downtimes, database, peers, kopia } = plan;
  const answer = { isLong: false, space: 0 };
  const usual = downtimes[0];
  return [
    { ...answer, name: "version", run: () => benchVersion(plan) },
    { ...answer, name: "units", run: (_, leftovers) => benchUnits(plan, leftovers) },
    { ...answer, name: "points", run: (...where) => benchPoints(plan, ...where) },
    { ...answer, name: "dry-run", run: (...where) => benchDryRun(plan, ...where) },
    ...copies.map((set) => ({
      name: `copy-${set.name}`,
      isLong: false,
      space: copySpace(set),
      run: (...where: Where) => benchCopy(set, ...where),
    })),
    ...downtimes.flatMap((set) =>
      fileSystems.map((fileSystem) => ({
        name: `downtime-${set.name}-${fileSystem}`,
        isLong: set !== usual,
        space: downtimeSpace(set),
        run: (...where: Where) => benchDowntime(set, fileSystem, ...where),
      })),
    ),
    ...fileSystems.map((fileSystem) => ({
      name: `downtime-database-${fileSystem}`,
      isLong: true,
      space: downtimeSpace(database),
      run: (...where: Where) => benchDatabase(database, fileSystem, ...where),
    })),
    ...kopia.map((set) => ({
      name: `kopia-${set.name}`,
      isLong: true,
      space: kopiaSpace(set),
      run: (...where: Where) => benchKopia(set, ...where),
    })),
    ...peers.map((set) => ({
      name: `peers-${set.name}`,
      isLong: true,
      space: downtimeSpace(set),
      run: (...where: Where) => benchPeers(set, ...where),
    })),
  ];
}

type Where = Parameters<Benchmark["run"]>;

/** Throws TypeError for a name that nothing has. */
export function chosen(all: readonly Benchmark[], { all: every, only }: Options): Benchmark[] {
  if (only.length === 0) return all.filter(({ isLong }) => every || !isLong);
  const matches = (name: string, wanted: string) => {
    const words = name.split("-");
    return wanted.split("-").every((word) => words.includes(word));
  };
  const unknown = only.find((wanted) => !all.some(({ name }) => matches(name, wanted)));
  if (unknown !== undefined) throw new TypeError(`no benchmark is called ${unknown}`);
  return all.filter(({ name }) => only.some((wanted) => matches(name, wanted)));
}
