import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { byHand, expectDone } from "../../support/by-hand.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { loneContainers } from "../../support/lone-containers.ts";
import { composeFile, image, service } from "../../support/services.ts";
import { type StackWithPoint, stackWithPoint } from "../../support/stack-with-point.ts";
import { createWorkspace } from "../../support/workspace.ts";
import { openFront } from "../engine/front.ts";

/** Nobody listens there, so that no registry answers for it. */
const own = (name: string) => `127.0.0.1:1/stackhold-test/${name}-${process.pid}:1`;
const config = { backup: { images: "save" } };

const docker = async (...args: string[]) =>
  (await run(["docker", ...args], { env: bedEngine().env })).stdout.trim();

/** One of its own, of which the engine knows nothing once the name is gone; tells its id. */
async function build(name: string): Promise<string> {
  const input = `FROM ${image}\nLABEL made=${name}\n`;
  await run(["docker", "build", "-q", "-t", name, "-"], { env: bedEngine().env, input });
  return docker("image", "inspect", "--format", "{{.Id}}", name);
}

const imageOf = (container: string) => docker("inspect", "--format", "{{.Image}}", container);

const dropImage = (...names: string[]) => docker("rmi", "-f", ...names);

async function isThere(name: string): Promise<boolean> {
  return (await docker("images", "-q", name)) !== "";
}

/** Directories of the points, oldest first. */
async function pointsOf({ work, stack }: StackWithPoint): Promise<string[]> {
  const unit = join(work.backupDir, "testhost", stack.name);
  const names = await readdir(unit);
  return names
    .filter((name) => name !== "latest")
    .toSorted()
    .map((name) => join(unit, name));
}

/** A file of a point that holds an image. */
async function imageFile(point: string): Promise<string> {
  const [name, more] = (await readdir(point)).filter((each) => each.endsWith(".image.zst"));
  expect(more).toBeUndefined();
  return join(point, name ?? "none");
}

describeWithEngine("images: save", () => {
  it("brings back a stack whose image is nowhere else, in place, as a copy and by hand", async () => {
    const name = own("kept");
    const id = await build(name);
    const part = () => service({ image: name });
    const data = service({ image: name, volumes: ["data:/data"] });
    const compose = composeFile({ one: part(), two: data }, { data: {} });
    await using at = await stackWithPoint(compose, { config });
    const { stack, work } = at;
    const [point = ""] = await pointsOf(at);
    const manifest = JSON.parse(await readFile(join(point, "manifest.json"), "utf8"));
    expect(manifest.coverage.protected).toContain(`image:${name}`);
    expect(manifest.images).toMatchObject([{ id, file: basename(await imageFile(point)) }]);
    expectExit(await work.stackhold(["verify", stack.name, "--deep", "--json"]), 0);
    const scripts = join(work.root, "by hand");
    expectExit(await work.stackhold(["restore", stack.name, "--script", scripts, "--json"]), 0);

    const lose = async () => {
      await dropImage(name, id);
      expect(await isThere(name)).toBe(false);
    };
    const load = `load the image ${name}, which comes from the point`;
    await stack.compose(["down", "-v", "-t", "0"]);
    await lose();
    expectExit(await at.copy(), 0);
    expect(await imageOf(`${at.copyName}-one-1`)).toBe(id);
    await run(["docker", "compose", "-p", at.copyName, "down", "-v", "-t", "0"], {
      env: bedEngine().env,
    });

    await lose();
    expect((await at.restore("--dry-run")).json().actions).toContain(load);
    expect(await isThere(name)).toBe(false);
    expectExit(await at.restore(), 0);
    expect((await stack.ps()).map(({ state }) => state)).toEqual(["running", "running"]);
    expect(await imageOf(`${stack.name}-one-1`)).toBe(id);
    expect(await imageOf(`${stack.name}-two-1`)).toBe(id);

    await stack.compose(["down", "-v", "-t", "0"]);
    await lose();
    expectDone(byHand(join(scripts, "restore.sh"), bedEngine()));
    expect(await imageOf(`${stack.name}-two-1`)).toBe(id);
    await stack.compose(["down", "-v", "-t", "0"]);
    await lose();
  });

  it("finds an image that is damaged, and refuses it before anything is stopped", async () => {
    const name = own("damaged");
    const id = await build(name);
    const kept = service({ volumes: ["data:/data"] });
    const compose = composeFile({ lost: service({ image: name }), kept }, { data: {} });
    await using at = await stackWithPoint(compose, { config });
    const { stack, work } = at;
    const [point = ""] = await pointsOf(at);
    const names = (await readdir(point)).filter((each) => each.endsWith(".image.zst"));
    const file = join(point, names.find((each) => each.includes(id.slice(7))) ?? "none");
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const verify = await work.stackhold(["verify", stack.name, "--json"]);
    expectExit(verify, 1);
    expect(verify.json().problems).toMatchObject([
      { part: "recipe", problem: expect.stringContaining(id.slice(7)) },
    ]);
    await stack.compose(["rm", "-s", "-f", "lost"]);
    await dropImage(name, id);
    const watch = watchEngine(bedEngine());
    const restore = await at.restore();
    expectExit(restore, 1);
    expect(restore.json().error).toMatchObject({
      code: "POINT_DAMAGED",
      message: expect.stringContaining(`the image ${name} in the point is damaged`),
    });
    expect(await watch.happened(stack.name)).toEqual([]);
  });

  it("names one that cannot be kept, and goes on unless it is strict", async () => {
    const engine = bedEngine();
    const name = own("gone");
    await build(name);
    let isWell = false;
    await using front = await openFront(engine.dockerHost, (call, answer) => {
      if (isWell || !/\/images\/.*\/get$/.test(call.url ?? "")) return false;
      // As an engine ends an answer that it cannot finish.
      answer.end(`half of a tar{"error":"the layer is gone"}`);
      return true;
    });
    const compose = composeFile({ gone: service({ image: name }), kept: service() });
    await using stack = await createStack(engine, { files: { "compose.yaml": compose } });
    const docker = { host: front.address };
    await using work = await createWorkspace(engine, {
      stacksDir: stack.root,
      config: { ...config, docker },
    });
    await stack.up();
    const lost = await work.stackhold(["backup", stack.name, "--json"]);
    expectExit(lost, 3);
    expect(lost.json().units[0].coverage.gaps).toEqual(
      [name, image].toSorted().map((each) => ({
        what: `image:${each}`,
        why: expect.stringContaining("the layer is gone"),
        new: true,
      })),
    );
    const watch = watchEngine(engine);
    const strict = ["backup", stack.name, "--strict", "--json"];
    expectExit(await work.stackhold(strict), 1);
    isWell = true;
    await stack.compose(["stop", "-t", "0", "gone"]);
    await dropImage(name);
    const told = await work.stackhold(strict);
    expectExit(told, 1);
    expect(told.json().units[0].error.message).toContain(`image:${name}: the engine has it no`);
    const happened = await watch.happened(`${stack.name}-kept`);
    expect(happened).toEqual([]);
  });

  it("brings back a container without a stack", async () => {
    const name = `kept${process.pid}`;
    const reference = own("alone");
    const id = await build(reference);
    await using lone = loneContainers();
    await using work = await createWorkspace(bedEngine(), { config });
    const options = ["--network", "none", "--init", "--name", name, "-v", "/data"];
    await docker("run", "-d", ...options, reference, "sleep", "infinity");
    expectExit(await work.stackhold(["backup", name, "--json"]), 0);
    await lone.lose([name]);
    await dropImage(reference, id);
    const restore = await work.stackhold(["restore", name, "--yes", "--json"]);
    expectExit(restore, 0);
    expect(await imageOf(name)).toBe(id);
    await lone.lose([name]);
    await dropImage(reference, id);
  });
});
