import { lstat, rm } from "node:fs/promises";
import { run } from "../bed/run.ts";
import type { Finished } from "../support/stackhold.ts";
import type { Workspace } from "../support/workspace.ts";
import { asCopied } from "./as-copied.ts";
import { comparable, filesOfCopy } from "./copies.ts";
import { bindsBelow, dataAlone } from "./data-alone.ts";
import { differences } from "./differences.ts";
import { type Fixture, unitsOf } from "./fixture.ts";
import { type Recorded, record } from "./record.ts";
import { makeByHand } from "./set-up.ts";
import { awaitHealthy, type Site, siteAt } from "./site.ts";

export const scopes = ["minimal", "standard", "full"] as const;
export const ways = ["in place", "other name", "other engine"] as const;
export type Scope = (typeof scopes)[number];
export type Way = (typeof ways)[number];

export interface Stage {
  readonly fixture: Fixture;
  readonly before: Recorded;
  /** The directory of all stacks as it was. */
  readonly kept: string;
}

export interface Step {
  readonly scope: Scope;
  readonly point: string;
  readonly way: Way;
}

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

const copyOf = (project: string): string => `twin-of-${project}`;

/** Every stack beside its original, which runs. What cannot be copied must say so. */
export async function copied(
  { fixture, before }: Stage,
  site: Site,
  work: Workspace,
  { scope, point }: Step,
): Promise<string[]> {
  const failures: string[] = [];
  const restore = (unit: string) =>
    work.stackhold(["restore", unit, "--at", point, "--to", `project:${copyOf(unit)}`, "--json"]);
  const projects = Object.entries(fixture.stacks);
  if (scope === "minimal" || projects.length === 0) {
    for (const unit of unitsOf(fixture)) {
      const { code, stdout } = await restore(unit);
      if (code !== 2) failures.push(`the copy of ${unit} is not refused: ${code} ${stdout}`);
    }
    return failures;
  }
  for (const [, project] of projects) {
    failures.push(...judged(await restore(project), `the copy of ${project}`, fixture.copyNotes));
  }
  await awaitHealthy(site);
  const twin = siteAt({ ...site, nameOf: copyOf });
  for (const [folder, project] of projects) {
    const copy = copyOf(project);
    const own = await record(twin, fixture, copy);
    const files = comparable(filesOfCopy(own.files, copy), folder);
    const original = await record(site, fixture, project);
    const wanted = comparable(pick(original.files, files, folder), folder);
    const answers = (all: Recorded) => without(all.answers, fixture.notCopied);
    const found = differences(
      asCopied({ ...original, files: wanted, answers: answers(original) }, project),
      asCopied({ ...own, files, answers: answers(own) }, project, copy),
    );
    failures.push(...found.map((one) => `${copy}${one}`));
  }
  failures.push(...differences(before.answers, await fixture.ask(site), "original"));
  return failures;
}

const without = (answers: Recorded["answers"], names: readonly string[] = []) =>
  Object.fromEntries(Object.entries(answers).filter(([name]) => !names.includes(name)));

/** Of the originals' files the project directory, and beside it what the copy has. */
const pick = (files: Recorded["files"], copy: Recorded["files"], folder: string) =>
  Object.fromEntries(
    Object.entries(files).filter(
      ([name]) => !name.includes("-twin-of-") && (name.startsWith(`./${folder}/`) || name in copy),
    ),
  );

/** What it says besides having succeeded, unless that is foreseen. */
export function judged(
  { code, stdout }: Finished,
  what: string,
  foreseen: RegExp | undefined,
): string[] {
  if (code === 0) return [];
  const { error, warnings = [], units = [] }: Result = JSON.parse(stdout);
  const said = [
    ...[error, ...units.map((unit) => unit.error)].flatMap((one) => one?.message ?? []),
    ...[{ warnings }, ...units].flatMap((one) => one.warnings),
    ...units.flatMap(({ coverage }) => coverage.gaps.map(({ what, why }) => `${what}: ${why}`)),
  ];
  const surprises = said.filter((one) => foreseen?.test(one) !== true);
  if (code === 3 && surprises.length === 0) return [];
  return [`${what} exits with ${code}: ${surprises.join("; ")}`];
}

/** Of the documents of a backup and of a restore. */
interface Result {
  readonly error?: { readonly message: string };
  readonly warnings?: readonly string[];
  readonly units?: readonly {
    readonly error?: { readonly message: string };
    readonly warnings: readonly string[];
    readonly coverage: { readonly gaps: readonly { what: string; why: string }[] };
  }[];
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
