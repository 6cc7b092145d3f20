import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { formatBackupId } from "../../src/domain/backup-id.ts";
import { createRunner } from "../../src/exec/runner.ts";
import type { PendingPart, PointRef, PointWriter, Repository } from "../../src/ports/repository.ts";
import type { TwoPhase } from "../../src/ports/two-phase.ts";
import { aManifest } from "../../src/testing/manifest.ts";
import { filesystemSettings, openKopia } from "../support/real-kopia-repository.ts";
import { inArchive } from "./archive-way.ts";
import { realCapture } from "./capture.ts";
import { holdKopia } from "./held-kopia.ts";
import type { Site } from "./site.ts";
import type { Place, Way } from "./way.ts";

/** So many histories share a repository: each call reads the list of all that is in it. */
const shared = 30;
const part = { kind: "volume", name: "data" } as const;

interface Open {
  readonly repository: Repository;
  readonly root: string;
  readonly memory: string;
}

/** In a Kopia repository, a unit for each history; with two targets in an archive as well. */
export async function kopiaWay(gate: string, own: string): Promise<Way> {
  const kopia = await holdKopia(gate);
  const capture = realCapture(kopia.path);
  const monotonic = () => performance.now();
  const runner = createRunner({ environment: { ...process.env, PATH: kopia.path }, monotonic });
  const opened = new Map<number, Promise<Open>>();
  let points = 0;

  const open = async (group: number): Promise<Open> => {
    const root = join(own, `${group}`);
    await mkdir(join(root, "storage"), { recursive: true, mode: 0o700 });
    const settings = await filesystemSettings(root);
    const repository = await openKopia(settings, runner);
    await repository.open();
    return { repository, root, memory: join(settings.stateDir, "kept") };
  };
  const repositoryOf = async ({ number }: Site): Promise<Open> => {
    const group = Math.floor(number / shared);
    const found = opened.get(group) ?? open(group);
    opened.set(group, found);
    // Of two groups ago nothing is under way any more.
    const old = await opened.get(group - 2);
    if (old !== undefined) {
      opened.delete(group - 2);
      await rm(old.root, { recursive: true, force: true });
    }
    return found;
  };
  const begin = async (site: Site) => {
    const { repository, memory } = await repositoryOf(site);
    points += 1;
    const backupId = formatBackupId(new Date(Date.UTC(2026, 0, 1) + points * 1000));
    const ref = { host: "host", unit: `unit-${site.number}`, backupId };
    return { repository, memory, ref, writer: await repository.begin(ref) };
  };
  return {
    capture,
    holding: kopia,
    places: async (history, site, twoPhase) => {
      const { repository, ref, writer } = await begin(site);
      const own = inKopia(repository, ref, writer, site, twoPhase);
      if (history.targets === 1) return [own];
      return [own, inArchive(capture, site, twoPhase, { index: 1, byHand: history.byHand })];
    },
    earlier: async (site, twoPhase, fate) => {
      const { ref, writer, memory } = await begin(site);
      const pending = await storeIn(writer, site, twoPhase);
      return async () => {
        if (fate === "broken off") return;
        const settled = await pending.settle();
        if (fate === "discarded") return writer.discard();
        await writer.publish(aManifest(ref, [settled]));
        if (fate !== "forgotten") return;
        // Of all units: each reads everything again once.
        for (const name of await readdir(memory)) await rm(join(memory, name));
      };
    },
    [Symbol.asyncDispose]: () => kopia[Symbol.asyncDispose](),
  };
}

function inKopia(
  repository: Repository,
  ref: PointRef,
  writer: PointWriter,
  site: Site,
  twoPhase: TwoPhase,
): Place {
  let pending: PendingPart | undefined;
  return {
    store: async () => {
      pending = await storeIn(writer, site, twoPhase);
    },
    restore: async (directory) => {
      if (pending === undefined) throw new Error("nothing was stored");
      await writer.publish(aManifest(ref, [await pending.settle()]));
      const reader = await repository.read(ref);
      await reader.extract(part, directory, {});
    },
  };
}

async function storeIn(writer: PointWriter, site: Site, passes: TwoPhase): Promise<PendingPart> {
  const tree = { path: site.root, type: "directory", exclude: [] } as const;
  return writer.store({ ...part, source: site.root, tree, passes }, {});
}
