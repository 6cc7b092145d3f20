import { expect, it } from "vitest";
import { dockerComposer } from "../../../src/adapters/compose/composer.ts";
import { createRunner } from "../../../src/exec/runner.ts";
import type { ComposeProject, Composer } from "../../../src/ports/composer.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { labelled } from "../../support/labelled.ts";

const service = "image: stackhold-test/busybox\n    command: [sleep, '1000']\n    init: true";
const files = {
  "compose.yaml": `
services:
  db:
    ${service}
    volumes: [data:/data]
  web:
    ${service}
    depends_on: [db]
    deploy: {replicas: 2}
  tool:
    ${service}
    profiles: [tools]
    depends_on: [helper, db]
  helper:
    ${service}
    profiles: [helpers]
  debug:
    ${service}
    profiles: [debug]
    volumes: [debug:/data]
    networks: [debug]
volumes: {data: {}, debug: {}}
networks: {debug: {}}
`,
};

const composerWith = (
  environment: NodeJS.ProcessEnv,
  extra: Record<string, string> = {},
): Composer =>
  dockerComposer({
    runner: createRunner({ environment, monotonic: () => performance.now() }),
    environment: extra,
  });

const projectOf = (stack: Stack, ...names: string[]): ComposeProject => ({
  project: stack.name,
  workingDir: stack.dir,
  files: ["compose.yaml", ...names].map((name) => `${stack.dir}/${name}`),
  environmentFiles: [],
});

/** `db created`, … */
async function states(stack: Stack): Promise<string[]> {
  return (await stack.ps()).map(({ service: name, state }) => `${name} ${state}`).sort();
}

describeWithEngine("the Compose adapter", () => {
  const composer = () => {
    const { dockerHost, env } = bedEngine();
    return composerWith({ ...env, DOCKER_HOST: "unix:///nowhere" }, { DOCKER_HOST: dockerHost });
  };

  it("tells Compose's version", async () => {
    expect(await composer().version()).toMatch(/^2\.\d+\.\d+/);
  });

  it("creates what is named and nothing else, and starts nothing", async () => {
    await using stack = await createStack(bedEngine(), { files });
    const project = projectOf(stack);
    await composer().create(project, [{ name: "web", replicas: 2 }]);
    expect(await states(stack)).toEqual(["web created", "web created"]);
    await composer().create(project, [{ name: "tool", replicas: 1 }]);
    expect(await states(stack)).toEqual(["tool created", "web created", "web created"]);
    const made = await labelled(bedEngine(), stack.name);
    expect(made.filter((one) => one.endsWith("debug"))).toEqual([]);
  });

  it("creates what is missing and leaves what is there, running or not, whatever its number", async () => {
    await using stack = await createStack(bedEngine(), { files });
    await stack.up();
    const before = await stack.ps();
    const gone = before.find(({ name }) => name.endsWith("web-1"));
    await stack.compose(["stop", "-t", "0", "db"]);
    const { env } = bedEngine();
    const { run } = await import("../../bed/run.ts");
    await run(["docker", "rm", "-f", gone?.id ?? ""], { env });
    const wanted = [
      { name: "db", replicas: 1 },
      { name: "web", replicas: 2 },
    ];
    await composer().create(projectOf(stack), wanted);
    expect(await states(stack)).toEqual(["db exited", "web created", "web running"]);
    const kept = before.filter(({ id }) => id !== gone?.id).map(({ id }) => id);
    expect(await stack.containerIds()).toEqual(expect.arrayContaining(kept));
    await composer().create(projectOf(stack), [{ name: "web", replicas: 1 }]);
    expect(await states(stack)).toEqual(["db exited", "web created", "web running"]);
  });

  it("does not recreate a container whose service has changed in the file", async () => {
    await using stack = await createStack(bedEngine(), {
      files: { ...files, "more.yaml": "services: {db: {environment: {A: b}}}" },
    });
    await stack.up("db");
    const [before] = await stack.containerIds();
    const wanted = [
      { name: "db", replicas: 1 },
      { name: "web", replicas: 1 },
    ];
    await composer().create(projectOf(stack, "more.yaml"), wanted);
    expect(await stack.containerIds()).toContain(before);
    expect(await states(stack)).toEqual(["db running", "web created"]);
  });

  it("takes a stack down with services behind profiles, and keeps its volumes", async () => {
    await using stack = await createStack(bedEngine(), { files });
    await stack.compose(["--profile", "*", "up", "-d"]);
    await stack.compose(["exec", "-T", "db", "touch", "/data/kept"]);
    await composer().down(projectOf(stack), 1);
    expect(await stack.ps()).toEqual([]);
    await composer().create(projectOf(stack), [{ name: "db", replicas: 1 }]);
    await stack.compose(["start", "db"]);
    expect((await stack.exec("db", ["ls", "/data"])).stdout).toBe("kept\n");
  });

  it("resolves the files, environment files included", async () => {
    const text = "services: {db: {image: $IMAGE, labels: {a: $NOWHERE}}}";
    await using stack = await createStack(bedEngine(), {
      files: { "compose.yaml": text, "my.env": "IMAGE=some/where:1" },
    });
    const project = { ...projectOf(stack), environmentFiles: [`${stack.dir}/my.env`] };
    expect(await composer().config(project)).toContain("image: some/where:1");
    const { json, unset } = await composer().resolve(project);
    expect(unset).toEqual(["NOWHERE"]);
    expect(JSON.parse(json)).toMatchObject({
      name: stack.name,
      services: { db: { image: "some/where:1" } },
    });
  });

  it("says what Compose said when it fails, without its progress", async () => {
    await using stack = await createStack(bedEngine(), {
      files: { "compose.yaml": "services: {db: {image: stackhold.invalid/none:1}}" },
    });
    const failing = composer().create(projectOf(stack), [{ name: "db", replicas: 1 }]);
    await expect(failing).rejects.toMatchObject({
      code: "COMPOSE_FAILED",
      message: expect.stringMatching(
        new RegExp(`^creating the containers of ${stack.name}: .*stackhold.invalid`),
      ),
    });
    await expect(failing).rejects.not.toThrow(/Pulling|level=/);
  });

  it("tells a missing plugin from a failing one, and a missing docker program", async () => {
    await using stack = await createStack(bedEngine(), { files });
    const { env } = bedEngine();
    const missing = { code: "TOOL_MISSING" };
    const bare = composerWith({ ...env, DOCKER_CONFIG: stack.root, HOME: stack.root });
    await expect(bare.version()).rejects.toMatchObject(missing);
    await expect(bare.down(projectOf(stack))).rejects.toMatchObject(missing);
    const none = composerWith({ ...env, PATH: stack.root });
    await expect(none.down(projectOf(stack))).rejects.toMatchObject(missing);
  });
});
