import {
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, service } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

const compose = composeFile({
  app: service({ volumes: ["./data:/data", "./current:/current", "./app.conf:/app.conf:ro"] }),
});

/** `data` leads out of the project, `current` and `app.conf` to places in it. */
async function linkedStack() {
  const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
  const files = { "compose.yaml": compose, "releases/1/page": "first\n", "conf/a": "first\n" };
  const stack = await createStack(bedEngine(), { files });
  await mkdir(join(outside, "big"));
  const links = {
    data: join(outside, "big"),
    current: "releases/1",
    "app.conf": join(stack.dir, "conf/a"),
  };
  for (const [name, to] of Object.entries(links)) await symlink(to, join(stack.dir, name));
  const places = {
    data: join(outside, "big/file"),
    current: join(stack.dir, "releases/1/page"),
    "app.conf": join(stack.dir, "conf/a"),
  };
  return {
    stack,
    set: async (text: string) => {
      for (const place of Object.values(places)) await writeFile(place, text);
    },
    look: async () => {
      const read = Object.values(places).map((place) => readFile(place, "utf8"));
      const told = Object.keys(links).map((name) => readlink(join(stack.dir, name)));
      return { texts: await Promise.all(read), links: await Promise.all(told) };
    },
    [Symbol.asyncDispose]: async () => {
      await stack[Symbol.asyncDispose]();
      await rm(outside, { recursive: true, force: true });
    },
  };
}

describeWithEngine("binds in the project directory that are symbolic links", () => {
  it.each([
    { way: "while the project stays", flags: [] },
    { way: "along with the project", flags: ["--with-project"] },
  ])("are restored in place where they lead, $way", async ({ flags }) => {
    await using linked = await linkedStack();
    const { stack } = linked;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await linked.set("first\n");
    const before = await linked.look();
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await linked.set("second\n");

    const restored = await work.stackhold(["restore", stack.name, "--yes", ...flags, "--json"]);
    expectExit(restored, 0);
    expect(await linked.look()).toEqual(before);
    const seen = await stack.exec("app", ["cat", "/data/file", "/current/page", "/app.conf"]);
    expect(seen.stdout).toBe("first\nfirst\nfirst\n");
  });

  it("come back as links where they are gone", async () => {
    await using linked = await linkedStack();
    const { stack } = linked;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await linked.set("first\n");
    const before = await linked.look();
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await linked.set("second\n");
    await unlink(join(stack.dir, "current"));

    expectExit(await work.stackhold(["restore", stack.name, "--yes", "--json"]), 0);
    expect(await linked.look()).toEqual(before);
  });
});
