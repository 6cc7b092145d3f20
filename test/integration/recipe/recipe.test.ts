import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { restoreSecrets } from "../../../src/domain/recipe/redact.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { pointDirectory } from "../../support/archives.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { composeFile, image, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";
import { unpackPart } from "../../support/unpacked-point.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const planted = ["plantedEnv1", "plantedUrl2", "plantedArg3", "plantedLabel4", "plantedBuild5"];

/** One of everything that Compose lets a stack be made of. */
const files = {
  "main/compose.yaml": `
include: [../part/included.yaml]
services:
  web:
    image: ${image}
    init: true
    command: [sh, -c, "sleep infinity", --password, plantedArg3]
    env_file: [quoted.env, {path: none.env, required: false}]
    environment: {DATABASE: "postgres://shop:plantedUrl2@db/shop", PLAIN: "a$$b"}
    labels: {my.token: plantedLabel4}
    secrets: [db]
    configs: [site]
    networks: {front: {aliases: [www]}}
    build: {context: ctx, args: {API_TOKEN: plantedBuild5}}
  base:
    extends: {file: ../../NAME-common/base.yaml, service: base}
    network_mode: "service:web"
  tool: {image: ${image}, init: true, command: [sleep, infinity], profiles: [tools]}
  idle: {image: ${image}, init: true, command: [sleep, infinity], profiles: [never], env_file: never.env}
secrets: {db: {file: db.secret}}
configs: {site: {file: site.conf}}
networks: {front: {driver_opts: {com.docker.network.driver.mtu: "1400"}}}
`,
  "main/override.yaml": "services: {web: {hostname: shown}}\n",
  "main/never.env": "",
  "main/quoted.env": "DB_PASSWORD='plantedEnv1'\nQUOTED=\"a b\"\n",
  "main/db.secret": "in a file\n",
  "main/site.conf": "site\n",
  "main/ctx/Dockerfile": "FROM scratch\n",
  "part/included.yaml": `services: {extra: {image: ${image}, init: true, command: [sleep, infinity], env_file: extra.env}}\n`,
  "part/extra.env": "EXTRA=1\n",
  "part/.env": "INNER=1\n",
  "given.env": "GIVEN=1\n",
};

async function makeStack() {
  const engine = bedEngine();
  const stack = await createStack(engine, { files: {} });
  const write = async (path: string, text: string) => {
    await run(["mkdir", "-p", join(stack.dir, path, "..")]);
    await writeFile(join(stack.dir, path), text.replaceAll("NAME", stack.name));
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  await write(
    `../${stack.name}-common/base.yaml`,
    `services: {base: {image: ${image}, init: true, command: [sleep, infinity], env_file: base.env}}\n`,
  );
  await write(`../${stack.name}-common/base.env`, "BASE=1\n");
  const args = ["-f", "main/compose.yaml", "-f", "main/override.yaml", "--env-file", "given.env"];
  const up = () => stack.compose([...args, "--profile", "tools", "up", "-d", "--no-build"]);
  await up();
  return { stack, up };
}

/** Every file below a directory as latin1. */
async function allText(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1"));
  return (await Promise.all(texts)).join("\n");
}

async function expectNoSecretsOutside(workspace: Workspace, unit: string, output: string) {
  const logs = await allText(workspace.logDir);
  const state = await allText(workspace.stateDir);
  const manifest = JSON.stringify(newestManifest(workspace, unit));
  for (const secret of planted) {
    for (const text of [output, logs, state, manifest]) expect(text).not.toContain(secret);
  }
}

describeWithEngine("the recipe of a stack", () => {
  it("holds all that the stack is made of, with its secrets apart, the same every time", async () => {
    const { stack, up } = await makeStack();
    await using _stack = stack;
    await using workspace = await createWorkspace(bedEngine());
    const done = await workspace.stackhold(["backup", stack.name, "--events", "--verbose"]);
    expect(done.stdout + done.stderr).not.toContain("not protected");
    expect(done.code).toBe(0);
    const { result } = done.events().at(-1);
    const [unit] = result.units;
    expect(unit.coverage).toMatchObject({ gaps: [] });
    expect(unit.coverage.protected).toEqual(expect.arrayContaining(["recipe", "networks"]));
    await expectNoSecretsOutside(workspace, stack.name, done.stdout + done.stderr);

    await using recipe = await unpackPart(workspace, stack.name, "recipe");
    const main = join(stack.dir, "main");
    const outside = `outside${stack.dir}`;
    const container = (name: string) => `${stack.name}-${name}-1_inspect.json`;
    expect(recipe.names).toEqual(
      [
        ...[
          "compose.yaml",
          "override.yaml",
          "never.env",
          "quoted.env",
          "db.secret",
          "site.conf",
        ].map((name) => `compose/${name}`),
        ...["part/included.yaml", "part/extra.env", "part/.env", "given.env"].map(
          (name) => `${outside}/${name}`,
        ),
        ...["base.yaml", "base.env"].map((name) => `${outside}-common/${name}`),
        ...["base", "extra", "tool", "web"].map(container),
        ...["config.resolved.yaml", "coverage.json", "files.json", "images.json"],
        ...["secrets.json", "volumes.json"],
      ].sort(),
    );
    expect(await recipe.text("compose/quoted.env")).toBe(files["main/quoted.env"]);
    const listed = await recipe.json("files.json");
    expect(listed).toMatchObject({
      workingDir: main,
      environmentFiles: [join(stack.dir, "given.env")],
      builds: [{ service: "web", context: join(main, "ctx") }],
    });
    for (const { path, place } of listed.files) {
      expect(await recipe.text(place)).toBe(await readFile(path, "utf8"));
    }

    const secrets = await recipe.json("secrets.json");
    const redacted = recipe.names.filter((name) => /^(config|.*_inspect|images|vol)/.test(name));
    for (const name of redacted) {
      const text = await recipe.text(name);
      for (const secret of planted) expect(text).not.toContain(secret);
    }
    const configuration = restoreSecrets({
      document: parse(await recipe.text("config.resolved.yaml")),
      secrets: secrets.documents["config.resolved.yaml"],
    });
    expect(configuration).toMatchObject({
      services: {
        web: {
          hostname: "shown",
          environment: { DB_PASSWORD: "plantedEnv1", QUOTED: "a b", PLAIN: "a$$b" },
          build: { args: { API_TOKEN: "plantedBuild5" } },
        },
        base: { environment: { BASE: "1" } },
        tool: {},
        extra: { environment: { EXTRA: "1" } },
      },
    });
    expect(Object.keys(configuration as object)).toContain("services");
    expect(JSON.stringify(configuration)).not.toContain('"never"');
    const inspected = await run(["docker", "inspect", `${stack.name}-web-1`], {
      env: bedEngine().env,
    });
    const restored = restoreSecrets({
      document: await recipe.json(container("web")),
      secrets: secrets.documents[container("web")],
    });
    const [{ Config, HostConfig, Args }] = JSON.parse(inspected.stdout);
    expect(restored).toMatchObject({ Config, HostConfig, Args });
    expect(await recipe.json("images.json")).toMatchObject([
      { reference: image, digests: [expect.stringContaining("@sha256:")] },
    ]);

    await using networks = await unpackPart(workspace, stack.name, "networks");
    const all: { Name: string }[] = await networks.json("networks.json");
    expect(all.find(({ Name }) => Name === `${stack.name}_front`)).toMatchObject({
      Driver: "bridge",
      Options: { "com.docker.network.driver.mtu": "1400" },
      Labels: { "com.docker.compose.network": "front" },
      containers: [{ service: "web", aliases: expect.arrayContaining(["www"]) }],
    });

    await up();
    const again = await workspace.stackhold(["backup", stack.name, "--json"]);
    expect(again.code).toBe(0);
    const { backupId, units } = again.json();
    const hash = (parts: { kind: string; sha256: string }[], kind: string) =>
      parts.find((part) => part.kind === kind)?.sha256;
    for (const kind of ["recipe", "networks"]) {
      expect(hash(units[0].parts, kind)).toBe(hash(unit.parts, kind));
    }
    const point = pointDirectory(workspace, stack.name, backupId);
    expect((await stat(join(point, "recipe.tar.zst"))).mode & 0o777).toBe(0o600);
    const verified = await workspace.stackhold(["verify", stack.name, "--deep"]);
    expect(verified.code).toBe(0);
    const names = await workspace.stackhold(["files", "ls", stack.name, "recipe", "--json"]);
    expect(names.code).toBe(0);
    expect(names.stdout).toContain("images.json");
    const target = join(workspace.root, "unpacked");
    const to = ["restore", stack.name, "--to", `directory:${target}`, "--part", "recipe", "--yes"];
    expect((await workspace.stackhold(to)).code).toBe(0);
    expect((await stat(join(target, "recipe/secrets.json"))).mode & 0o777).toBe(0o600);
  });

  it("keeps no secret with `secrets: redact`, and says so", async () => {
    const { stack } = await makeStack();
    await using _stack = stack;
    await using workspace = await createWorkspace(bedEngine(), {
      config: { backup: { secrets: "redact", quiesce: "none" } },
    });
    const done = await workspace.stackhold(["backup", stack.name, "--scope", "full", "--json"]);
    expect(done.code).toBe(0);
    expect(done.json().units[0]).toMatchObject({ scope: "full" });
    expect(done.json().units[0].coverage.excluded).toEqual(
      expect.arrayContaining([
        { what: "secrets of the recipe", rule: "secrets: redact" },
        { what: `file:${join(stack.dir, "main/db.secret")}`, rule: "secrets: redact" },
      ]),
    );
    await using recipe = await unpackPart(workspace, stack.name, "recipe");
    expect(recipe.names).not.toContain("secrets.json");
    expect(recipe.names).not.toContain("compose/db.secret");
    expect(await recipe.text("compose/quoted.env")).toContain("QUOTED=");
    for (const name of recipe.names) {
      const text = await recipe.text(name);
      for (const secret of planted) expect(text, name).not.toContain(secret);
    }
  });
});

describeWithEngine("what a recipe lacks", () => {
  it("is a gap, and the unit is stored all the same", async () => {
    const app = service({ env_file: ["app.env"], environment: { STAGE: "first" } });
    const compose = composeFile({ app, side: service() });
    await using at = await stackAtWork(compose, { files: { "app.env": "A=1\n" } });
    const { stack, workspace } = at;
    const gapsOf = async () => {
      const done = await workspace.stackhold(["backup", stack.name, "--quiesce", "none", "--json"]);
      const { coverage, parts } = done.json().units[0];
      expect(parts.map(({ kind }: { kind: string }) => kind)).toContain("recipe");
      return coverage.gaps;
    };
    expect(await gapsOf()).toEqual([]);
    await writeFile(join(stack.dir, "compose.yaml"), compose.replace("first", "second"));
    expect(await gapsOf()).toEqual([
      {
        what: "service:app",
        why: "the running containers differ from the compose file",
        new: true,
      },
    ]);
    await rm(join(stack.dir, "app.env"));
    expect(await gapsOf()).toMatchObject([
      { what: `file:${stack.dir}/app.env`, why: "the stack names it, and it does not exist" },
      { what: "configuration", why: expect.stringContaining("app.env") },
    ]);
    await rm(join(stack.dir, "compose.yaml"));
    expect(await gapsOf()).toMatchObject([
      { what: `file:${stack.dir}/compose.yaml` },
      { what: "configuration" },
    ]);
  });

  it("are the files of a stack of which nothing says where they are; its volumes are told without passwords", async () => {
    const engine = bedEngine();
    const name = `orphan${process.pid}`;
    const docker = (...args: string[]) => run(["docker", ...args], { env: engine.env });
    const label = ["--label", `com.docker.compose.project=${name}`];
    const cifs = ["type=cifs", "device=//h/s", "o=username=u,password=plantedCifs"];
    await docker("volume", "create", ...label, ...cifs.flatMap((o) => ["--opt", o]), `${name}_net`);
    await docker("run", "-d", "--init", "--name", name, ...label, image, "sleep", "infinity");
    try {
      await using workspace = await createWorkspace(engine);
      const done = await workspace.stackhold(["backup", name, "--json"]);
      expect(done.code).toBe(3);
      expect(done.json().units[0].coverage.gaps).toMatchObject([
        { what: "volume:net" },
        { what: "configuration", why: expect.stringContaining("nothing says of which") },
      ]);
      const options = { type: "cifs", device: "//h/s", o: "username=u,password=[secret]" };
      expect(newestManifest(workspace, name).volumes).toMatchObject([{ options }]);
      await using recipe = await unpackPart(workspace, name, "recipe");
      expect(await recipe.json("volumes.json")).toMatchObject([{ name: `${name}_net`, options }]);
      expect((await recipe.json("secrets.json")).documents["volumes.json"]).toEqual([
        { pointer: "/0/options/o", value: "username=u,password=plantedCifs" },
      ]);
    } finally {
      await docker("rm", "-f", name);
      await docker("volume", "rm", `${name}_net`);
    }
  });

  it("is an image that no registry knows", async () => {
    const engine = bedEngine();
    const name = `lost${process.pid}`;
    const docker = (args: string[], input?: string) =>
      run(["docker", ...args], { env: engine.env, ...(input === undefined ? {} : { input }) });
    await docker(["build", "-t", name, "-"], `FROM ${image}\nLABEL made=${name}\n`);
    try {
      await docker(["run", "-d", "--init", "--name", name, "-v", "/d", name, "sleep", "infinity"]);
      await using workspace = await createWorkspace(engine);
      const backup = (...args: string[]) =>
        workspace.stackhold(["backup", name, "--quiesce", "none", "--json", ...args]);
      const first = await backup();
      expect(first.code).toBe(3);
      expect(first.json().units[0].coverage.gaps).toMatchObject([
        { what: `image:${name}`, why: expect.stringContaining("no registry knows it"), new: true },
      ]);
      expect((await backup()).code).toBe(0);
      expect((await backup("--scope", "minimal")).json().units[0]).toMatchObject({
        coverage: { gaps: [] },
        parts: [{ kind: "volume" }],
      });
      await using recipe = await unpackPart(workspace, name, "recipe", first.json().backupId);
      expect(recipe.names).toEqual([
        "coverage.json",
        "images.json",
        `${name}_inspect.json`,
        "secrets.json",
        "volumes.json",
      ]);
    } finally {
      await docker(["rm", "-fv", name]);
      await docker(["rmi", name]);
    }
  });
});
