import { chown, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, image, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";
import { createWorkspace } from "../../support/workspace.ts";

/** Nobody listens there, so that asking for it fails at once. */
const nowhere = "127.0.0.1:1/stackhold-test";

/** One of its own, of which the engine knows nothing once the name is gone. */
async function build(name: string, text = name): Promise<void> {
  const input = `FROM ${image}\nLABEL made=${text}\n`;
  await run(["docker", "build", "-t", name, "-"], { env: bedEngine().env, input });
}

async function imageId(name: string): Promise<string> {
  const argv = ["docker", "image", "inspect", "-f", "{{.Id}}", name];
  return (await run(argv, { env: bedEngine().env })).stdout.trim();
}

describeWithEngine("restore of a stack whose image is nowhere", () => {
  it("names all that is missing before anything is touched", async () => {
    const engine = bedEngine();
    const docker = (...args: string[]) => run(["docker", ...args], { env: engine.env });
    const names = ["one", "two"].map((name) => `${nowhere}/${name}-${process.pid}:1`);
    const services = Object.fromEntries(
      names.map((name, index) => [`lost${index}`, service({ image: name })]),
    );
    const kept = service({ volumes: ["data:/data"] });
    const files = { "compose.yaml": composeFile({ ...services, kept }, { data: {} }) };
    await using stack = await createStack(engine, { files });
    await using work = await createWorkspace(engine, { stacksDir: stack.root });
    for (const name of names) await build(name);
    const saved = join(work.root, "images.tar");
    await docker("save", "-o", saved, ...names);
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 3);
    await stack.compose(["rm", "-s", "-f", "lost0", "lost1"]);
    await docker("rmi", "-f", ...names);
    await rm(`${stack.dir}/compose.yaml`);

    const watch = watchEngine(engine);
    const restore = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(restore, 1);
    expect(restore.json().error.code).toBe("IMAGE_MISSING");
    for (const name of names) expect(restore.json().error.message).toContain(name);
    expect(await watch.happened(stack.name)).toEqual([]);
    expect((await run(["ls", "-A", stack.dir])).stdout).toBe("");

    await docker("load", "-i", saved);
    expectExit(await work.stackhold(["restore", stack.name, "--yes"]), 0);
    expect((await stack.ps()).map(({ state }) => state)).toEqual(["running", "running", "running"]);

    const [name = ""] = names;
    await stack.compose(["rm", "-s", "-f", "lost0"]);
    const ran = await imageId(name);
    await build(name, "another");
    await docker("rmi", "-f", ran);
    const other = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(other, 3);
    expect(other.json().warnings).toEqual([
      expect.stringContaining(`${name} is another image than the one that ran (sha256:`),
    ]);
    await stack.compose(["rm", "-s", "-f", "lost0"]);
    await docker("rmi", "-f", ...names);
  });

  it("takes the image that ran where its name means another one, until somebody follows the name", async () => {
    const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });
    const name = `${nowhere}/moved-${process.pid}:1`;
    const compose = composeFile({ app: service({ image: name }), web: service() });
    await using at = await stackWithPoint(compose, {
      prepare: () => build(name, "first"),
      exit: 3, // the image is in no registry
    });
    const { stack, work } = at;
    const first = await imageId(name);
    await stack.compose(["rm", "-s", "-f", "app"]);
    await build(name, "second");
    const second = await imageId(name);

    const made = async () => {
      const { stdout } = await docker("inspect", "-f", "{{.Image}}", `${stack.name}-app-1`);
      return stdout.trim();
    };
    await chown(stack.dir, 1234, 4321);
    const restored = await at.restore();
    expectExit(restored, 3);
    const { mode, uid, gid } = await stat(join(stack.dir, "compose.stackhold-images.yaml"));
    expect([mode & 0o777, uid, gid]).toEqual([0o600, 1234, 4321]);
    expect(restored.json().warnings).toEqual([
      `${name} is another image by now: app is made of the one that ran (${first}), by compose.stackhold-images.yaml; to follow the name again: docker compose up -d in ${stack.dir}`,
    ]);
    expect([await made(), await imageId(name)]).toEqual([first, second]);
    expect(await readFile(join(stack.dir, "compose.yaml"), "utf8")).toBe(compose);
    const again = await work.stackhold(["backup", stack.name, "--json"]);
    const [unit] = again.json().units;
    const gaps: { what: string }[] = unit.coverage.gaps;
    expect(gaps.filter(({ what }) => !what.startsWith("image:"))).toEqual([]);

    const copy = await at.copy("--at", restored.json().backupId, "--no-start");
    expectExit(copy, 3);
    expect(copy.json().warnings).toEqual([expect.stringContaining(`made of the one that ran`)]);

    await stack.compose(["up", "-d"]);
    expect(await made()).toBe(second);
    await stack.down();
    await docker("rmi", "-f", name);
  });

  it("takes an image that has lost its name", async () => {
    const engine = bedEngine();
    const docker = (...args: string[]) => run(["docker", ...args], { env: engine.env });
    const name = `${nowhere}/nameless-${process.pid}:1`;
    const compose = composeFile({ app: service({ image: name }) });
    await using at = await stackWithPoint(compose, {
      prepare: () => docker("tag", image, name),
    });
    await at.stack.compose(["rm", "-s", "-f", "app"]);
    await docker("rmi", name);
    expectExit(await at.restore(), 0);
    expect((await at.stack.ps()).map(({ state }) => state)).toEqual(["running"]);
    await docker("rmi", "-f", name);
  });

  it("needs none for containers that are there", async () => {
    const engine = bedEngine();
    const docker = (...args: string[]) => run(["docker", ...args], { env: engine.env });
    const name = `${nowhere}/there-${process.pid}:1`;
    const app = service({ image: name, volumes: ["data:/data"] });
    const files = { "compose.yaml": composeFile({ app }, { data: {} }) };
    await using stack = await createStack(engine, { files });
    await using work = await createWorkspace(engine, { stacksDir: stack.root });
    await docker("tag", image, name);
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await docker("rmi", "-f", name);
    expectExit(await work.stackhold(["restore", stack.name, "--yes"]), 0);
  });
});
