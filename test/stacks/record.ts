import { describeTree, type TreeDescription } from "../fixtures/odd-tree/describe-tree.ts";
import { described } from "../support/networks.ts";
import type { Inspection } from "../support/without-ids.ts";
import type { Fixture } from "./fixture.ts";
import { normalised } from "./normalised.ts";
import { allContainers, type Site } from "./site.ts";

/** All that an engine has and all that its stacks say, without what is new each time. */
export interface Recorded {
  /** By name. */
  readonly containers: Readonly<Record<string, Inspection>>;
  readonly networks: Readonly<Record<string, Inspection>>;
  /** Named ones. */
  readonly volumes: Readonly<Record<string, Inspection>>;
  /** `CONTAINER DESTINATION` of each volume, anonymous ones too. */
  readonly data: Readonly<Record<string, TreeDescription>>;
  /** Of the directory of all stacks. */
  readonly files: TreeDescription;
  readonly answers: Readonly<Record<string, string>>;
}

/** `of` limits it to the containers of one project; networks and volumes are those that carry its label then. */
export async function record(site: Site, fixture: Fixture, of?: string): Promise<Recorded> {
  const inspected = await inspections(site, of);
  return {
    containers: Object.fromEntries(
      normalised(inspected, await dataRoot(site)).map((one) => [one.Name.slice(1), one]),
    ),
    networks: await definitions(site, "network", of),
    volumes: await definitions(site, "volume", of, namesOfVolumes(inspected)),
    data: data(inspected, fixture),
    files: files(site.root, fixture),
    answers: await fixture.ask(site),
  };
}

const dataRoot = async ({ docker }: Site): Promise<string> =>
  (await docker("info", "--format", "{{.DockerRootDir}}")).trim();

async function inspections(site: Site, of?: string): Promise<Inspection[]> {
  const ids = await allContainers(site);
  if (ids.length === 0) return [];
  const all: Inspection[] = JSON.parse(await site.docker("inspect", ...ids));
  return all
    .filter(({ Config }) => of === undefined || Config.Labels[`${compose}project`] === of)
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

const compose = "com.docker.compose.";

const namesOfVolumes = (inspected: readonly Inspection[]): string[] =>
  inspected.flatMap(({ Mounts }) => Mounts.flatMap(({ Name = [] }) => Name));

async function definitions(
  site: Site,
  what: "network" | "volume",
  of?: string,
  used: readonly string[] = [],
) {
  const custom = what === "network" ? ["--filter", "type=custom"] : [];
  const label = of === undefined ? [] : ["--filter", `label=${compose}project=${of}`];
  const listed = await site.docker(what, "ls", "--format", "{{.Name}}", ...custom, ...label);
  const names = [...new Set([...listed.split("\n"), ...used])].filter(
    (name) => name !== "" && !/^[0-9a-f]{64}$/.test(name),
  );
  const found = await Promise.all(
    names.map(async (name) => {
      const { Labels, ...definition } = await described(site.engine, what, name);
      // What `-v` makes has none, what is made by name may have an empty list.
      return [name, { ...definition, Labels: Labels ?? {} }] as const;
    }),
  );
  return Object.fromEntries(found);
}

function data(inspected: readonly Inspection[], { live = [] }: Fixture) {
  const found: Record<string, TreeDescription> = {};
  for (const { Name, Config, Mounts } of inspected) {
    const who = Config.Labels[`${compose}service`] ?? Name.slice(1);
    for (const { Type, Source, Destination } of Mounts) {
      if (Type !== "volume" || live.includes(`${who} ${Destination}`)) continue;
      found[`${Name.slice(1)} ${Destination}`] = describeTree(Source);
    }
  }
  return found;
}

function files(root: string, { parents = [] }: Fixture): TreeDescription {
  const all = Object.entries(describeTree(root));
  const isParent = (name: string) => parents.includes(name.slice(2));
  return Object.fromEntries(
    all
      .filter(([name]) => name !== "." && !name.includes("/.stackhold-safety"))
      .map(([name, facts]) => [name, isParent(name) ? withoutTime(facts) : facts]),
  );
}

/** Type, mode and owner, as `describeTree` writes them. */
function withoutTime(facts: string): string {
  return facts.split(" ").slice(0, 3).join(" ");
}
