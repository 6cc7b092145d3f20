import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, image, service } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

/** Nobody listens there, so that asking for it fails at once. */
const nowhere = "127.0.0.1:1/stackhold-test";

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
    for (const name of names) await docker("tag", image, name);
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await stack.compose(["rm", "-s", "-f", "lost0", "lost1"]);
    await docker("rmi", ...names);
    await rm(`${stack.dir}/compose.yaml`);

    const watch = watchEngine(engine);
    const restore = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(restore, 1);
    expect(restore.json().error.code).toBe("IMAGE_MISSING");
    for (const name of names) expect(restore.json().error.message).toContain(name);
    expect(await watch.happened(stack.name)).toEqual([]);
    expect((await run(["ls", "-A", stack.dir])).stdout).toBe("");

    for (const name of names) await docker("tag", image, name);
    expectExit(await work.stackhold(["restore", stack.name, "--yes"]), 0);
    expect((await stack.ps()).map(({ state }) => state)).toEqual(["running", "running", "running"]);
    await docker("rmi", "-f", ...names);
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
