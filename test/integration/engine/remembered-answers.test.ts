import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dockerComposer } from "../../../src/adapters/compose/composer.ts";
import { composeMemory } from "../../../src/adapters/compose/remember.ts";
import { localStackFiles } from "../../../src/adapters/stack-files/stack-files.ts";
import type { Unit } from "../../../src/domain/unit.ts";
import { createRunner } from "../../../src/exec/runner.ts";
import { answerSources } from "../../../src/operations/recipe/answer-sources.ts";
import { followFiles } from "../../../src/operations/recipe/follow-files.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";

const stack = {
  "compose.yaml": `
include: [sub/more.yaml]
services:
  app: {image: "some:\${TAG:-none}", env_file: [app.env, {path: later.env, required: false}]}
  worker: {extends: {file: base/base.yaml, service: base}}
`,
  "app.env": "WORD=secretOne\n",
  "sub/more.yaml": `services: {more: {image: 'some:\${INNER:-none}'}}\n`,
  "base/base.yaml": "services: {base: {image: base, env_file: base.env}}\n",
  "base/base.env": "BASE=1\n",
};

let root = "";
let variables: Record<string, string> = {};
const at = (name: string) => join(root, "stack", name);
const memory = () => join(root, "state", "compose");

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(at(name)), { recursive: true });
  await writeFile(at(name), text);
}

/** What a run of Stackhold hears from Compose, and how often it had to ask it. */
async function ask(names: readonly string[] = ["compose.yaml"], meanwhile = async () => {}) {
  const { env, dockerHost } = bedEngine();
  const own = { ...env, ...variables };
  const extra = { DOCKER_HOST: dockerHost };
  const runner = createRunner({ environment: own, monotonic: () => performance.now() });
  let asked = 0;
  const composer = dockerComposer({
    runner: {
      run: async (command, options) => {
        if (command.args.includes("config")) {
          asked += 1;
          await meanwhile();
        }
        return runner.run(command, options);
      },
    },
    environment: extra,
    memory: composeMemory(memory(), own, extra),
  });
  const project = {
    ...{ project: "shop", workingDir: join(root, "stack"), environmentFiles: [] },
    files: names.map(at),
  };
  const unit = { ...project, composeFiles: project.files, containers: [] } as unknown as Unit;
  const follow = () => followFiles(unit, project.workingDir, localStackFiles());
  const sources = answerSources(await follow(), follow);
  const { json, unset } = await composer.resolve(project, sources);
  const hashes = await composer.hashes(project, json, sources);
  return { asked, services: JSON.parse(json).services, unset, hashes: Object.fromEntries(hashes) };
}

describeWithEngine("an answer of Compose", () => {
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "stackhold-answers-"));
    variables = {};
    await mkdir(join(root, "state"));
    for (const [name, text] of Object.entries(stack)) await put(name, text);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("is given again to the same question, and to no other", async () => {
    const first = await ask();
    expect(first.asked).toBe(2);
    expect(first.services.app).toMatchObject({
      image: "some:none",
      environment: { WORD: "secretOne" },
    });
    expect(Object.keys(first.hashes).sort()).toEqual(["app", "more", "worker"]);
    expect(await ask()).toEqual({ ...first, asked: 0 });
    await put("compose.override.yaml", "services: {app: {hostname: other}}\n");
    const second = await ask(["compose.yaml", "compose.override.yaml"]);
    expect(second).toMatchObject({ asked: 2, services: { app: { hostname: "other" } } });
    expect(second.hashes.app).not.toBe(first.hashes.app);
    const { services, hashes } = first;
    expect(await ask()).toMatchObject({ services, hashes });
  });

  it.each([
    [
      "a compose file",
      "compose.yaml",
      stack["compose.yaml"].replace("some:", "same:"),
      { app: { image: "same:none" } },
    ],
    ["an env file", "app.env", "WORD=secretTwo\n", { app: { environment: { WORD: "secretTwo" } } }],
    [
      "an included file",
      "sub/more.yaml",
      "services: {more: {image: 'same:one'}}\n",
      { more: { image: "same:one" } },
    ],
    [
      "an extended file",
      "base/base.yaml",
      "services: {base: {image: brew, env_file: base.env}}\n",
      { worker: { image: "brew" } },
    ],
    ["its env file", "base/base.env", "BASE=2\n", { worker: { environment: { BASE: "2" } } }],
    ["a new .env", ".env", "TAG=1\n", { app: { image: "some:1" } }],
    ["a new .env of what is included", "sub/.env", "INNER=1\n", { more: { image: "some:1" } }],
    [
      "an optional file that comes",
      "later.env",
      "LATER=1\n",
      { app: { environment: { LATER: "1" } } },
    ],
  ])("is a new one after a change of %s", async (_, name, text, services) => {
    const first = await ask();
    const before = await stat(at(name)).catch(() => undefined);
    await put(name, text);
    // As a change within one tick of the clock: nothing but the content tells it.
    if (before !== undefined) await utimes(at(name), before.atime, before.mtime);
    const second = await ask();
    expect(second).toMatchObject({ asked: 2, services });
    expect(second.hashes).not.toEqual(first.hashes);
    expect(await ask()).toEqual({ ...second, asked: 0 });
  });

  it("is a new one when a file goes, and the old one when it is as before", async () => {
    await put(".env", "TAG=1\n");
    expect((await ask()).services.app.image).toBe("some:1");
    await put(".env", "TAG=2\n");
    expect((await ask()).services.app.image).toBe("some:2");
    await rm(at(".env"));
    expect((await ask()).services.app.image).toBe("some:none");
  });

  it("is a new one in another environment", async () => {
    const first = await ask();
    variables = { DOCKER_DEFAULT_PLATFORM: "linux/arm64" };
    expect(await ask()).toMatchObject({ asked: 2 });
    variables = { HOME: root };
    expect(await ask()).toMatchObject({ asked: 2 });
    variables = {};
    expect((await ask()).services).toEqual(first.services);
  });

  it("is a new one of another Compose", async () => {
    const plugins = join(root, "docker", "cli-plugins");
    await mkdir(plugins, { recursive: true });
    const plugin = join(plugins, "docker-compose");
    await copyFile(join(bedEngine().env.DOCKER_CONFIG ?? "", "cli-plugins/docker-compose"), plugin);
    variables = { DOCKER_CONFIG: join(root, "docker") };
    expect(await ask()).toMatchObject({ asked: 2 });
    expect(await ask()).toMatchObject({ asked: 0 });
    await appendFile(plugin, "\n");
    expect(await ask()).toMatchObject({ asked: 2 });
    const real = `${plugin}.real`;
    await copyFile(plugin, real);
    await rm(plugin);
    await writeFile(plugin, `#!/bin/sh\nexec ${real} "$@"\n`, { mode: 0o755 });
    for (const _ of [1, 2]) expect(await ask()).toMatchObject({ asked: 2 });
  });

  it.each([
    [
      "whose paths depend on variables",
      `services: {app: {image: some, env_file: '\${NAME:-app}.env'}}`,
    ],
    [
      "that lead into the user's home",
      "services: {app: {image: some, env_file: [{path: ~/none.env, required: false}]}}",
    ],
    ["that lack something", "services: {app: {image: some}}\nsecrets: {s: {file: none}}"],
    [
      "that follow links",
      "services: {app: {image: some, build: ., develop: {watch: [{path: ., action: rebuild}]}}}",
    ],
  ])("is never remembered for files %s", async (_, text) => {
    await put("compose.yaml", text);
    for (const _ of [1, 2]) expect(await ask()).toMatchObject({ asked: 2 });
    await expect(readdir(memory())).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is never remembered where an env file names others", async () => {
    await put(".env", "COMPOSE_ENV_FILES=app.env\n");
    for (const _ of [1, 2]) expect(await ask()).toMatchObject({ asked: 2 });
  });

  it("is not remembered when a file changed while it was given", async () => {
    let edits = 0;
    const edit = async () => {
      edits += 1;
      await put("app.env", `WORD=edit${edits}\n`);
    };
    expect((await ask(undefined, edit)).asked).toBe(2);
    expect(await readdir(memory()).catch(() => [])).toEqual([]);
    expect(await ask()).toMatchObject({
      asked: 2,
      services: { app: { environment: { WORD: "edit2" } } },
    });
  });

  it("is kept where only its user can read, and holds no secret for who has no files", async () => {
    await ask();
    expect((await stat(memory())).mode & 0o777).toBe(0o700);
    const names = await readdir(memory());
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect((await stat(join(memory(), name))).mode & 0o777).toBe(0o600);
      const text = await readFile(join(memory(), name), "latin1");
      for (const word of ["secretOne", "services", "some"]) expect(text).not.toContain(word);
    }
  });

  it("is asked for again where what was kept is damaged, or cannot be kept", async () => {
    const first = await ask();
    for (const name of await readdir(memory())) {
      const bytes = await readFile(join(memory(), name));
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await writeFile(join(memory(), name), bytes);
    }
    expect(await ask()).toEqual(first);
    expect(await ask()).toMatchObject({ asked: 0 });
    for (const name of await readdir(memory())) await writeFile(join(memory(), name), "");
    expect(await ask()).toEqual(first);
    await rm(memory(), { recursive: true });
    await writeFile(memory(), "");
    for (const _ of [1, 2]) expect(await ask()).toEqual(first);
  });

  it("goes after three months, when another one comes", async () => {
    await ask();
    const [old, young] = ["of-a-stack-that-is-gone", "of-another-one"];
    for (const [name, days] of [
      [old, 91],
      [young, 89],
    ] as const) {
      await writeFile(join(memory(), name), "sealed");
      const then = new Date(Date.now() - days * 86_400_000);
      await utimes(join(memory(), name), then, then);
    }
    await put("app.env", "WORD=new\n");
    await ask();
    const left = await readdir(memory());
    expect(left).not.toContain(old);
    expect(left).toContain(young);
  });
});
