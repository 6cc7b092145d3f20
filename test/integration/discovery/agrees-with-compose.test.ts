import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dockerEngine } from "../../../src/adapters/docker/engine.ts";
import { localStackFiles } from "../../../src/adapters/stack-files/stack-files.ts";
import { discoverUnits } from "../../../src/operations/discover-units.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { removeProject } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";

const image = "stackhold-test/busybox";
const service = `services: {app: {image: ${image}}}`;
const v = "$"; // A variable's sign, apart from the name for the linter's sake.

/** Directory → its files. */
const cases: Record<string, Record<string, string>> = {
  plain: { "compose.yaml": service },
  "Odd.Näme -x_Y": { "docker-compose.yaml": service },
  __lead: { "compose.yml": service },
  "both-spellings": { "docker-compose.yml": service, "docker-compose.yaml": service },
  "older-and-newer": { "docker-compose.yml": service, "compose.yml": service },
  "with-override": {
    "compose.yaml": `name: below\n${service}`,
    "compose.override.yaml": `name: above\n${service}`,
    "docker-compose.override.yml": service,
  },
  "stated-name": { "compose.yaml": `name: "Stated Name"\n${service}` },
  "name-of-environment": {
    "compose.yaml": `name: not-this\n${service}`,
    ".env": "COMPOSE_PROJECT_NAME=from-environment\n",
  },
  interpolated: {
    "compose.yaml": `name: ${v}{A:-no}-${v}{B-bb}-${v}{C:+cc}${v}{D:-${v}{A}x}-${v}E\n${service}`,
    ".env": "# note\nexport A='a a' # why\nC=\"1\"\nE=e$A\n",
  },
  "files-of-environment": {
    ".env": "COMPOSE_FILE=sub/one.yaml:two.yaml\nCOMPOSE_PROFILES=p\n",
    "compose.yaml": "services: {}",
    "sub/one.yaml": service,
    "two.yaml": `services: {more: {image: ${image}, profiles: [p]}, no: {image: ${image}, profiles: [q]}}`,
  },
  "anchors-and-tags": {
    "compose.yaml": `x-base: &base {image: ${image}}\nservices: {app: {<<: *base}, two: {<<: *base}}`,
    "compose.override.yaml": "services: {app: {environment: !reset {}}}",
  },
};

interface Truth {
  readonly project: string;
  readonly files: string[];
  readonly workingDir: string;
  readonly services: string[];
}

describeWithEngine("discovery by directory", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "stackhold-agrees-"));
    for (const [name, files] of Object.entries(cases)) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(root, name, path)), { recursive: true });
        await writeFile(join(root, name, path), text);
      }
    }
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each(Object.keys(cases))("agrees with Compose on %s", async (name) => {
    const extraStacks = [join(root, name)];
    using engine = dockerEngine({ endpoint: { address: bedEngine().dockerHost, origin: "test" } });
    const deps = { engine, stackFiles: localStackFiles() };
    const input = { stacksDir: "/nowhere", extraStacks };
    const ours = async () => {
      const { units, warnings } = await discoverUnits(input, deps);
      expect(warnings).toEqual([]);
      return units.find(({ workingDir }) => workingDir?.startsWith(`${root}/${name}`));
    };
    const byDirectory = await ours();
    const truth = await created(join(root, name));
    try {
      expect({
        project: byDirectory?.project,
        files: byDirectory?.composeFiles,
        workingDir: byDirectory?.workingDir,
        services: byDirectory?.absentServices.map((absent) => absent.name),
      }).toEqual(truth);
      expect(byDirectory?.absentServices[0]?.image).toBe(image);
      expect(await ours()).toMatchObject({ project: truth.project, absentServices: [] });
    } finally {
      await removeProject(bedEngine(), truth.project);
    }
  });
});

/** What Compose itself makes of the directory. */
async function created(directory: string): Promise<Truth> {
  const { env } = bedEngine();
  await run(["docker", "compose", "create"], { env, cwd: directory });
  const { stdout } = await run(["docker", "compose", "ps", "-aq"], { env, cwd: directory });
  const ids = stdout.split("\n").filter(Boolean);
  const inspected = await run(["docker", "inspect", ...ids], { env });
  const all = JSON.parse(inspected.stdout) as { Config: { Labels: Record<string, string> } }[];
  const labels = all.map(({ Config }) => Config.Labels);
  const label = (name: string) => labels[0]?.[`com.docker.compose.${name}`] ?? "";
  return {
    project: label("project"),
    files: label("project.config_files").split(","),
    workingDir: label("project.working_dir"),
    services: labels.map((each) => each["com.docker.compose.service"] ?? "").sort(),
  };
}
