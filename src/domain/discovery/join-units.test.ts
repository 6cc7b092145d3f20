import { describe, expect, it } from "vitest";
import type { ContainerSummary, Unit } from "../unit.ts";
import { describeUnit } from "./describe-unit.ts";
import type { DirectoryStack } from "./directory-stack.ts";
import { findUnit } from "./find-unit.ts";
import { groupContainers } from "./group-containers.ts";
import { joinUnits } from "./join-units.ts";

function container(
  name: string,
  labels: Record<string, string> = {},
  more: Partial<ContainerSummary> = {},
): ContainerSummary {
  const long = Object.entries(labels).map(([key, value]) => [`com.docker.compose.${key}`, value]);
  return {
    id: `id-${name}`,
    name,
    image: "i",
    imageId: "sha256:0",
    state: "running",
    labels: Object.fromEntries(long),
    mounts: [],
    ...more,
  };
}

const stack = (project: string, directory: string): DirectoryStack => ({
  project,
  workingDir: directory,
  composeFiles: [`${directory}/compose.yaml`],
  environmentFiles: [],
  services: [{ name: "web", image: "i" }, { name: "db" }],
});

function join(
  containers: readonly ContainerSummary[],
  directories: readonly DirectoryStack[] = [],
  directoryExists = true,
) {
  const { stacks, standalone } = groupContainers(containers);
  const resolved = stacks.map((found) => ({ ...found, directoryExists, services: [] }));
  return joinUnits({ stacks: resolved, directories, standalone });
}

describe("units", () => {
  it("come sorted by name, whatever the order of the containers", () => {
    const containers = ["b", "c", "a", "B"].map((name) => container(name));
    expect(join(containers).units.map(({ name }) => name)).toEqual(["B", "a", "b", "c"]);
  });

  it("take the labels of what runs as a service, not of one-offs and leftovers", () => {
    const of = (directory: string, oneoff = "False") => ({
      project: "p",
      service: "web",
      "project.working_dir": directory,
      oneoff,
    });
    const { units } = join([
      container("p-a", of("/once", "True")),
      container("p-b", of("/old"), { state: "exited" }),
      container("p-c", of("/now")),
    ]);
    expect(units).toHaveLength(1);
    expect(units[0]).toMatchObject({ workingDir: "/now", containers: [{}, {}, {}] });
  });

  it("keep a stack without any directory", () => {
    const { units } = join([container("p-a", { project: "p", service: "a" })]);
    expect(units[0]).toMatchObject({ name: "p", kind: "stack", composeFiles: [] });
    expect(units[0]).not.toHaveProperty("workingDir");
  });

  it("do not count a one-off container as its service", () => {
    const labels = { project: "p", service: "web", oneoff: "True" };
    const { units } = join([container("p-web-run", labels)], [stack("p", "/s/p")], false);
    expect(units[0]?.absentServices.map(({ name }) => name)).toEqual(["web", "db"]);
  });

  it("are one for two directories of one name, and the other is named in a warning", () => {
    const { units, warnings } = join([], [stack("p", "/s/one"), stack("p", "/s/two")]);
    expect(units.map(({ workingDir }) => workingDir)).toEqual(["/s/one"]);
    expect(warnings).toEqual([expect.stringMatching(/^\/s\/two is left out.*"p".*\/s\/one/)]);
  });

  it("stay with the directory that runs when another has its name", () => {
    const labels = { project: "p", service: "web", "project.working_dir": "/runs" };
    const { units, warnings } = join([container("p-web-1", labels)], [stack("p", "/s/p")]);
    expect(units.map(({ workingDir }) => workingDir)).toEqual(["/runs"]);
    expect(warnings).toEqual([expect.stringMatching(/^\/s\/p is left out.*\/runs/)]);
  });

  it("tell a container from a stack that is known by its directory alone", () => {
    const { units } = join([container("p")], [stack("p", "/s/p")]);
    expect(units.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      "standalone container:p",
      "stack p",
    ]);
  });
});

const wordpress: Unit = {
  name: "wordpress",
  kind: "stack",
  project: "wordpress",
  composeFiles: [],
  environmentFiles: [],
  absentServices: [],
  containers: ["a", "b", "c"].map((name, index) =>
    container(
      name,
      {},
      {
        mounts: [
          {
            type: "volume",
            volume: `v${index % 2}`,
            source: "/v",
            destination: "/d",
            readOnly: false,
          },
          { type: "bind", source: "/b", destination: "/b", readOnly: false },
        ],
      },
    ),
  ),
};

it("describes a unit in a line, shared volumes once", () => {
  expect(describeUnit(wordpress)).toBe("wordpress (stack, 3 containers, 2 volumes)");
});

describe("looking a unit up", () => {
  it("finds it by its exact name", () => {
    expect(findUnit([wordpress], "wordpress")).toBe(wordpress);
  });

  it("suggests the one that was probably meant", () => {
    const act = () => findUnit([wordpress], "wordpres");
    expect(act).toThrow(/there is no unit "wordpres" on this host: did you mean "wordpress"\?/);
    const hint = expect.stringContaining("stackhold list units");
    expect(act).toThrow(expect.objectContaining({ code: "UNKNOWN_UNIT", hint }));
  });
});
