import { existsSync } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readdir,
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
import { inOwnSubnet } from "../../support/own-subnet.ts";
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

const leadingOut = inOwnSubnet(
  composeFile({ app: service({ volumes: ["./data:/data", "./app.conf:/app.conf:ro"] }) }),
);

describeWithEngine("binds whose links led out of the project, which is gone", () => {
  it.each([
    { also: "with what they led to", outsideIsGone: true },
    { also: "alone", outsideIsGone: false },
  ])("$also, come back in their own places, and nothing is written outside", async (loss) => {
    const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
    const files = { "compose.yaml": leadingOut };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    const [data, single] = [join(outside, "big"), join(outside, "single")] as const;
    try {
      await mkdir(data);
      for (const place of [join(data, "file"), single]) await writeFile(place, "first\n");
      await symlink(data, join(stack.dir, "data"));
      await symlink(single, join(stack.dir, "app.conf"));
      await stack.up();
      expectExit(await work.stackhold(["backup", stack.name]), 0);
      await stack.down();
      await rm(stack.dir, { recursive: true });
      for (const place of [join(data, "file"), single]) await writeFile(place, "second\n");
      if (loss.outsideIsGone) await rm(outside, { recursive: true });

      const restored = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
      expectExit(restored, 3);
      expect(restored.json()).toMatchObject({ running: true });
      expect(restored.json().warnings).toEqual([
        expect.stringContaining(`app.conf was a symbolic link to ${single}`),
        expect.stringContaining(`data was a symbolic link to ${data}`),
      ]);
      const seen = await stack.exec("app", ["cat", "/data/file", "/app.conf"]);
      expect(seen.stdout).toBe("first\nfirst\n");
      expect((await readdir(stack.dir)).sort()).toEqual(["app.conf", "compose.yaml", "data"]);
      if (loss.outsideIsGone) expect(existsSync(outside)).toBe(false);
      else expect(await readFile(single, "utf8")).toBe("second\n");
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it("are refused before anything is touched where only a link leads to them", async () => {
    const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
    const compose = inOwnSubnet(composeFile({ app: service({ volumes: ["./disk/data:/data"] }) }));
    await using stack = await createStack(bedEngine(), { files: { "compose.yaml": compose } });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await mkdir(join(outside, "data"));
    await symlink(outside, join(stack.dir, "disk"));
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    await stack.down();
    await rm(stack.dir, { recursive: true });
    await rm(outside, { recursive: true });

    const refused = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(refused, 1);
    expect(refused.json().error).toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringContaining(`${stack.dir}/disk is a symbolic link to ${outside}`),
      hint: expect.stringContaining("nothing was touched"),
    });
    expect(await readdir(stack.root)).toEqual([]);
    expect(existsSync(outside)).toBe(false);
  });
});
