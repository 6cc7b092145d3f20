import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { byHand, expectDone } from "../../support/by-hand.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { loneContainers } from "../../support/lone-containers.ts";
import { composeFile, image, service } from "../../support/services.ts";
import { type StackWithPoint, stackWithPoint } from "../../support/stack-with-point.ts";
import { createWorkspace } from "../../support/workspace.ts";

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
    const again = await work.stackhold(["backup", stack.name, "--json"]);
    expectExit(again, 0);
    expect(again.json().units[0].coverage.protected).toContain(`image:${name}`);
    const [first = "", second = ""] = await pointsOf(at);
    const file = await imageFile(second);
    expect((await stat(file)).ino).toBe((await stat(await imageFile(first))).ino);
    await rm(first, { recursive: true });
    expectExit(await work.stackhold(["verify", stack.name, "--deep", "--json"]), 0);
    const scripts = join(work.root, "by hand");
    expectExit(await work.stackhold(["restore", stack.name, "--script", scripts, "--json"]), 0);

    const lose = async () => {
      await docker("rmi", "-f", name, id);
      expect(await isThere(name)).toBe(false);
    };
    const load = `load the image ${name}, which comes from the point`;
    await stack.compose(["down", "-v"]);
    await lose();
    expect((await at.copy("--dry-run")).json().actions).toContain(load);
    expectExit(await at.copy(), 0);
    expect(await imageOf(`${at.copyName}-one-1`)).toBe(id);
    await run(["docker", "compose", "-p", at.copyName, "down", "-v"], { env: bedEngine().env });

    await lose();
    expect((await at.restore("--dry-run")).json().actions).toContain(load);
    expect(await isThere(name)).toBe(false);
    expectExit(await at.restore(), 0);
    expect((await stack.ps()).map(({ state }) => state)).toEqual(["running", "running"]);
    expect(await imageOf(`${stack.name}-one-1`)).toBe(id);
    expect(await imageOf(`${stack.name}-two-1`)).toBe(id);

    await stack.compose(["down", "-v"]);
    await lose();
    expectDone(byHand(join(scripts, "restore.sh"), bedEngine(), ["check"]));
    expect(await isThere(name)).toBe(false);
    expectDone(byHand(join(scripts, "restore.sh"), bedEngine()));
    expect(await imageOf(`${stack.name}-two-1`)).toBe(id);
    await stack.compose(["down", "-v"]);
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
    await docker("rmi", "-f", name, id);
    const watch = watchEngine(bedEngine());
    const restore = await at.restore();
    expectExit(restore, 1);
    expect(restore.json().error).toMatchObject({
      code: "POINT_DAMAGED",
      message: expect.stringContaining(`the image ${name} in the point is damaged`),
    });
    expect(await watch.happened(stack.name)).toEqual([]);
  });

  it("names one that the engine has lost, and goes on unless it is strict", async () => {
    const name = own("gone");
    await build(name);
    const compose = composeFile({ gone: service({ image: name }), kept: service() });
    const lose = async ({ compose: tell }: StackWithPoint["stack"]) => {
      await tell(["stop", "gone"]);
      await docker("rmi", "-f", name);
    };
    await using at = await stackWithPoint(compose, { config, fill: lose, exit: 3 });
    const [point = ""] = await pointsOf(at);
    await imageFile(point);
    const strict = await at.work.stackhold(["backup", at.stack.name, "--strict", "--json"]);
    expectExit(strict, 1);
    expect(strict.json().units[0].error.message).toContain(
      `image:${name}: the engine has it no more`,
    );
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
    await docker("rmi", "-f", reference, id);
    const restore = await work.stackhold(["restore", name, "--yes", "--json"]);
    expectExit(restore, 0);
    expect(await imageOf(name)).toBe(id);
    await lone.lose([name]);
    await docker("rmi", "-f", reference, id);
  });
});
