import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { inOwnSubnet } from "../../support/own-subnet.ts";
import { composeFile, service } from "../../support/services.ts";
import { standing } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";

const states = async (stack: Stack) =>
  Object.entries(await standing(bedEngine(), { projects: [stack.name] })).map(
    ([name, { state, policy }]) => `${name.slice(stack.name.length + 1)} ${state} ${policy}`,
  );

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

/** What each container of `app` calls its own, sorted. */
async function owned(stack: Stack): Promise<string[]> {
  const containers = (await stack.ps()).filter((each) => each.service === "app");
  const texts = containers.map(({ id }) => docker("exec", id, "cat", "/own/name"));
  return (await Promise.all(texts)).map(({ stdout }) => stdout.trim()).sort();
}

describeWithEngine("restore in place of a stack that was changed since the point", () => {
  it("makes the one replica that is gone, with the data that was its own", async () => {
    const app = service({ restart: "always", deploy: { replicas: 3 }, volumes: ["/own"] });
    const files = { "compose.yaml": composeFile({ app }) };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    for (const { name } of await stack.ps()) {
      await docker("exec", name, "sh", "-c", `echo ${name} > /own/name`);
    }
    const before = await owned(stack);
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    await docker("rm", "-f", "-v", `${stack.name}-app-1`);
    for (const { name } of await stack.ps()) {
      await docker("exec", name, "sh", "-c", "echo spoiled > /own/name");
    }
    const restore = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(restore, 0);
    expect(await owned(stack)).toEqual(before);
    expect((await states(stack)).map((line) => line.slice("app-1 ".length))).toEqual(
      Array(3).fill("running always:0"),
    );
  });

  it("has running what ran at the freeze, and what came later and runs now", async () => {
    const files = {
      "compose.yaml": composeFile({
        ran: service({ restart: "always" }),
        rested: service({ restart: "unless-stopped" }),
      }),
    };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    await stack.compose(["stop", "-t", "1", "rested"]);
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    await stack.compose(["start", "rested"]);
    await stack.compose(["stop", "-t", "1", "ran"]);
    const later = service({ restart: "on-failure" });
    await writeFile(join(stack.dir, "later.yaml"), composeFile({ later }));
    await stack.compose(["-f", "compose.yaml", "-f", "later.yaml", "up", "-d", "later"]);

    expectExit(await work.stackhold(["restore", stack.name, "--yes"]), 0);
    expect(await states(stack)).toEqual([
      "later-1 running on-failure:0",
      "ran-1 running always:0",
      "rested-1 exited unless-stopped:0",
    ]);
  });

  it("keeps and names project files that differ; --with-project replaces them", async () => {
    const files = {
      "compose.yaml": composeFile({ app: service({ volumes: ["./data:/data"] }) }),
      ".env": "A=first\n",
      "data/file": "first\n",
    };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    const read = (name: string) => readFile(join(stack.dir, name), "utf8");
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    await writeFile(join(stack.dir, ".env"), "A=second\n");
    await writeFile(join(stack.dir, "data/file"), "second\n");
    await writeFile(join(stack.dir, "later"), "later\n");

    const kept = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(kept, 3);
    expect(kept.json().warnings).toEqual([expect.stringContaining(".env")]);
    expect([await read(".env"), await read("data/file")]).toEqual(["A=second\n", "first\n"]);

    const whole = ["restore", stack.name, "--yes", "--json", "--with-project"];
    const replaced = await work.stackhold(whole);
    expectExit(replaced, 0);
    expect([await read(".env"), await read("data/file")]).toEqual(["A=first\n", "first\n"]);
    expect(existsSync(join(stack.dir, "later"))).toBe(false);
    const [copy = ""] = replaced.json().safetyCopy;
    expect(await readFile(join(copy, "later"), "utf8")).toBe("later\n");
    expect(await states(stack)).toEqual(["app-1 running :0"]);
  });

  it("--no-start leaves all of it stopped, with its restart policies", async () => {
    const app = service({ restart: "always", volumes: ["data:/data"] });
    const files = { "compose.yaml": inOwnSubnet(composeFile({ app }, { data: {} })) };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    const restore = ["restore", stack.name, "--yes", "--no-start", "--json"];
    const running = await work.stackhold(restore);
    expectExit(running, 0);
    expect(running.json()).toMatchObject({ running: false, status: "succeeded" });
    expect(await states(stack)).toEqual(["app-1 exited always:0"]);
    await stack.down("-v");
    expectExit(await work.stackhold(restore), 0);
    expect(await states(stack)).toEqual(["app-1 created always:0"]);
  });
});
