import type { Workspace } from "../support/workspace.ts";
import { asCopied } from "./as-copied.ts";
import { comparable, filesOfCopy } from "./copies.ts";
import { differences } from "./differences.ts";
import { type Fixture, unitsOf } from "./fixture.ts";
import { judged } from "./judged.ts";
import { type Recorded, record } from "./record.ts";
import { awaitHealthy, type Site, siteAt } from "./site.ts";
import type { Stage, Step } from "./ways.ts";

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
  if (scope === "minimal") {
    for (const unit of unitsOf(fixture)) {
      const { code, stdout } = await restore(unit);
      const refused = fixture.containers?.includes(unit) === true ? 1 : 2;
      if (code !== refused) failures.push(`the copy of ${unit} is not refused: ${code} ${stdout}`);
    }
    return failures;
  }
  for (const [, project] of projects) {
    failures.push(...judged(await restore(project), `the copy of ${project}`, fixture.copyNotes));
  }
  for (const name of fixture.containers ?? []) {
    failures.push(...judged(await restore(name), `the copy of ${name}`, fixture.copyNotes));
  }
  await awaitHealthy(site);
  failures.push(...containerCopies(await record(site, fixture), fixture));
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

/** Containers that no compose file makes are alone: each has its state, its command and its data. */
function containerCopies({ containers, data }: Recorded, fixture: Fixture): string[] {
  return (fixture.containers ?? []).flatMap((name) => {
    const copy = copyOf(name);
    const own = lone(containers[copy], data, copy, fixture);
    return differences(lone(containers[name], data, name, fixture), own).map(
      (one) => `${copy}${one}`,
    );
  });
}

function lone(
  one: Recorded["containers"][string],
  data: Recorded["data"],
  name: string,
  { live = [] }: Fixture,
): unknown {
  const { Hostname, ...config } = one?.Config ?? {};
  const volumes = Object.entries(data).flatMap(([place, tree]) =>
    place.startsWith(`${name} `) && !live.some((one) => place.endsWith(one))
      ? [[place.slice(name.length), tree] as const]
      : [],
  );
  return { state: one?.State, config, data: Object.fromEntries(volumes) };
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
