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
import { describeWithEngine } from "../../bed/bed.ts";
import type { Stack } from "../../bed/compose.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { inOwnSubnet } from "../../support/own-subnet.ts";
import { composeFile, hostNetwork, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";

const compose = composeFile({
  app: service({
    ...hostNetwork,
    volumes: ["./data:/data", "./current:/current", "./app.conf:/app.conf:ro"],
  }),
});

/** `data` leads out of the project, `current` and `app.conf` to places in it. */
async function linkedStack() {
  const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
  await mkdir(join(outside, "big"));
  const linksOf = ({ dir }: Stack) => ({
    data: join(outside, "big"),
    current: "releases/1",
    "app.conf": join(dir, "conf/a"),
  });
  const placesOf = ({ dir }: Stack) => [
    join(outside, "big/file"),
    join(dir, "releases/1/page"),
    join(dir, "conf/a"),
  ];
  const set = async (stack: Stack, text: string) => {
    for (const place of placesOf(stack)) await writeFile(place, text);
  };
  const prepare = async (stack: Stack) => {
    for (const [name, to] of Object.entries(linksOf(stack))) {
      await symlink(to, join(stack.dir, name));
    }
    await set(stack, "first\n");
  };
  const files = { "releases/1/page": "", "conf/a": "" };
  const at = await stackWithPoint(compose, { files, prepare });
  const { stack } = at;
  return {
    ...at,
    set: (text: string) => set(stack, text),
    look: async () => {
      const read = placesOf(stack).map((place) => readFile(place, "utf8"));
      const told = Object.keys(linksOf(stack)).map((name) => readlink(join(stack.dir, name)));
      return { texts: await Promise.all(read), links: await Promise.all(told) };
    },
    [Symbol.asyncDispose]: async () => {
      await at[Symbol.asyncDispose]();
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
    const before = await linked.look();
    await linked.set("second\n");

    expectExit(await linked.restore(...flags), 0);
    expect(await linked.look()).toEqual(before);
    const seen = await stack.exec("app", ["cat", "/data/file", "/current/page", "/app.conf"]);
    expect(seen.stdout).toBe("first\nfirst\nfirst\n");
  });

  it("come back as links where they are gone", async () => {
    await using linked = await linkedStack();
    const { stack } = linked;
    const before = await linked.look();
    await linked.set("second\n");
    await unlink(join(stack.dir, "current"));

    expectExit(await linked.restore(), 0);
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
    const [data, single] = [join(outside, "big"), join(outside, "single")] as const;
    const prepare = async ({ dir }: Stack) => {
      await mkdir(data);
      for (const place of [join(data, "file"), single]) await writeFile(place, "first\n");
      await symlink(data, join(dir, "data"));
      await symlink(single, join(dir, "app.conf"));
    };
    try {
      await using at = await stackWithPoint(leadingOut, { prepare });
      const { stack } = at;
      await stack.down();
      await rm(stack.dir, { recursive: true });
      for (const place of [join(data, "file"), single]) await writeFile(place, "second\n");
      if (loss.outsideIsGone) await rm(outside, { recursive: true });

      const restored = await at.restore();
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
    await mkdir(join(outside, "data"));
    await using at = await stackWithPoint(compose, {
      prepare: ({ dir }) => symlink(outside, join(dir, "disk")),
    });
    const { stack } = at;
    await stack.down();
    await rm(stack.dir, { recursive: true });
    await rm(outside, { recursive: true });

    const refused = await at.restore();
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
