import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { removeProject } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { image, service } from "../../support/services.ts";
import { unpackPart } from "../../support/unpacked-point.ts";
import { createWorkspace } from "../../support/workspace.ts";

const project = `managed${process.pid}`;
/** What the manager calls a directory that the host has elsewhere. */
const inside = `/managed-${process.pid}`;
const managers = [`${project}-manager`, `${project}-other`];

describeWithEngine("a stack that a manager in a container has made", () => {
  let root = "";
  const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

  /** Read only: what it may write would be live-shared. */
  const addManager = async (name: string) => {
    const directory = join(root, name, project);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "compose.yaml"), `services: {app: ${service()}}\n`);
    await writeFile(join(directory, ".env"), "A=1\n");
    const mount = ["-v", `${join(root, name)}:${inside}:ro`];
    await docker("run", "-d", "--init", "--name", name, ...mount, image, "sleep", "infinity");
    return directory;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "stackhold-managed-"));
    const labels = {
      project,
      service: "app",
      "config-hash": "of the manager's own paths",
      "project.working_dir": `${inside}/${project}`,
      "project.config_files": `${inside}/${project}/compose.yaml`,
    };
    const args = Object.entries(labels).flatMap(([name, value]) => [
      "--label",
      `com.docker.compose.${name}=${value}`,
    ]);
    await docker("run", "-d", "--init", ...args, image, "sleep", "infinity");
  });

  afterEach(async () => {
    await removeProject(bedEngine(), project);
    await run(["docker", "rm", "-f", ...managers], { env: bedEngine().env, allowFailure: true });
    await rm(root, { recursive: true, force: true });
  });

  it("is found through the mounts of that container", async () => {
    const directory = await addManager(managers[0] ?? "");
    await using workspace = await createWorkspace(bedEngine());
    const done = await workspace.stackhold(["backup", project, "--json"]);
    expect(done.code).toBe(0);
    const [unit] = done.json().units;
    expect(unit.coverage.gaps).toEqual([]);
    expect(unit.parts).toContainEqual(
      expect.objectContaining({ kind: "project", source: directory }),
    );
    await using recipe = await unpackPart(workspace, project, "recipe");
    expect(await recipe.json("files.json")).toMatchObject({
      workingDir: directory,
      seenAs: `${inside}/${project}`,
    });
    expect(recipe.names).toContain("compose/compose.yaml");
    expect(recipe.names).toContain("compose/.env");
  });

  it("is a gap that names the places where it may lie in several", async () => {
    const places = [];
    for (const name of managers) places.push(await addManager(name));
    await using workspace = await createWorkspace(bedEngine());
    const done = await workspace.stackhold(["backup", project, "--json"]);
    expect(done.code).toBe(3);
    const [unit] = done.json().units;
    const gap = unit.coverage.gaps.find(({ what }: { what: string }) => what === "project");
    for (const place of places) expect(gap.why).toContain(place);
    expect(unit.parts.map(({ kind }: { kind: string }) => kind)).not.toContain("project");
  });
});
