import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryDirectory } from "../../src/testing/points.ts";
import type { EngineAccess } from "../bed/access.ts";
import { run } from "../bed/run.ts";
import { wipe } from "../bed/wipe.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import { copied } from "./copied.ts";
import { destroy, removeFiles } from "./destroy.ts";
import { type Fixture, unitsOf } from "./fixture.ts";
import type { Hosts } from "./hosts.ts";
import { judged } from "./judged.ts";
import { record } from "./record.ts";
import { keptIn, type RepositoryKind } from "./repositories.ts";
import { restored } from "./restored.ts";
import { setUp } from "./set-up.ts";
import { siteAt } from "./site.ts";
import type { Scope, Stage, Way } from "./ways.ts";
import { ownWords } from "./words.ts";

export interface Cell {
  readonly scope: Scope;
  readonly way: Way;
  /** What was not as it should have been, a line each. */
  readonly failures: readonly string[];
}

export interface Play {
  readonly scopes: readonly Scope[];
  readonly ways: readonly Way[];
  readonly repository: RepositoryKind;
  readonly signal?: AbortSignal;
}

/** Backs a fixture up at each scope, then destroys and restores it in each way, and compares. */
export async function* play(
  fixture: Fixture,
  { here, there }: Hosts,
  { scopes, ways, repository, signal }: Play,
): AsyncGenerator<Cell> {
  await using undo = new AsyncDisposableStack();
  const root = await directory(undo);
  const kept = await directory(undo);
  const words = await ownWords(root);
  const nameOf = (project: string) => project;
  const at = (engine: EngineAccess) => siteAt({ engine, root, words, nameOf });
  const shared = await keptIn(undo.use(await temporaryDirectory()).path, repository);
  const workAt = async (engine: EngineAccess, host: string) => {
    undo.defer(() => wipe(engine));
    const options = { ...shared, stacksDir: root, config: { host, ...shared.config } };
    return undo.use(await createWorkspace(engine, options));
  };
  const work = await workAt(here, "here");
  const other = await workAt(there, "there");

  await setUp(at(here), fixture);
  const points = new Map<Scope, string>();
  for (const scope of scopes) points.set(scope, await backUp(work, fixture, scope));
  const before = await record(at(here), fixture);
  await run(["cp", "-a", `${root}/.`, kept]);
  const stage: Stage = { fixture, before, kept };
  await destroy(at(here), fixture);

  for (const [scope, point] of points) {
    for (const [index, way] of ways.entries()) {
      signal?.throwIfAborted();
      const step = { scope, point, way };
      const failures = await attempt(() => {
        if (way === "other name") return copied(stage, at(here), work, step);
        if (way === "in place") return restored(stage, at(here), work, step);
        return restored(stage, at(there), other, step);
      });
      yield { scope, way, failures };
      // A copy is made beside the original that runs.
      if (way === "in place" && ways[index + 1] === "other name") continue;
      for (const engine of [here, there]) await wipe(engine);
      await removeFiles(root);
    }
  }
}

async function attempt(act: () => Promise<string[]>): Promise<string[]> {
  try {
    return await act();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

async function directory(undo: AsyncDisposableStack): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "stackhold-fixture-"));
  await chmod(path, 0o755); // services that are not root reach their bind mounts through it
  undo.defer(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function backUp(work: Workspace, fixture: Fixture, scope: Scope): Promise<string> {
  const done = await work.stackhold(["backup", ...unitsOf(fixture), "--scope", scope, "--json"]);
  const wrong = judged(done, `the backup at scope ${scope}`, fixture.warns);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  return done.json().backupId;
}
