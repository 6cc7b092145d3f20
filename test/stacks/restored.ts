import { lstat, rm } from "node:fs/promises";
import { run } from "../bed/run.ts";
import type { Workspace } from "../support/workspace.ts";
import { bindsBelow, dataAlone } from "./data-alone.ts";
import { differences } from "./differences.ts";
import { unitsOf } from "./fixture.ts";
import { judged } from "./judged.ts";
import { type Recorded, record } from "./record.ts";
import { makeByHand } from "./set-up.ts";
import { awaitHealthy, type Site } from "./site.ts";
import type { Stage, Step } from "./ways.ts";

/** Where they were, on either engine. */
export async function restored(
  stage: Stage,
  site: Site,
  work: Workspace,
  { scope, point, way }: Step,
): Promise<string[]> {
  const { fixture, before } = stage;
  if (scope === "minimal") await allButData(site, stage);
  const failures: string[] = [];
  for (const unit of unitsOf(fixture)) {
    const from = way === "other engine" ? ["--host", "here"] : [];
    const args = ["restore", unit, "--at", point, ...from, "--yes", "--json"];
    failures.push(...judged(await work.stackhold(args), `the restore of ${unit}`, fixture.notes));
  }
  await awaitHealthy(site);
  const held = (all: Recorded) => (scope === "minimal" ? dataAlone(all, site.root) : all);
  return [...failures, ...differences(held(before), held(await record(site, fixture)))];
}

/**
 * A point of scope minimal has the data alone. Whoever restores it has the compose files from elsewhere, makes by hand what is
 * made by hand, containers without a stack among it, and has none of the data.
 */
async function allButData(site: Site, { fixture, before, kept }: Stage): Promise<void> {
  await run(["cp", "-a", `${kept}/.`, site.root]);
  for (const bind of bindsBelow(before, site.root)) {
    const found = await lstat(bind).catch(() => undefined);
    // The link is a project file, and without what it leads to it would not be followed.
    if (!found?.isSymbolicLink()) await rm(bind, { recursive: true, force: true });
  }
  await makeByHand(site, fixture);
  if (fixture.containers) await fixture.begin?.(site);
}
