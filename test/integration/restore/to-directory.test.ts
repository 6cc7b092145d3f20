import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { createFullStack } from "../../support/full-stack.ts";
import { createWorkspace } from "../../support/workspace.ts";

const escaped = (path: string) => path.replaceAll("%", "%25").replaceAll("/", "%2F");

describeWithEngine("restore --to directory:DIR", () => {
  it("writes every part with the attributes of its root, and touches nothing else", async () => {
    await using full = await createFullStack(bedEngine());
    const { stack, outside } = full;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    const before = await full.trees();
    const single = describeTree(outside)["./single"];
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);

    const watch = watchEngine(bedEngine());
    const target = join(work.root, "new", "files");
    const to = ["restore", stack.name, "--to", `directory:${target}`, "--json"];
    const restore = await work.stackhold(to);
    expectExit(restore, 0);
    expect(restore.json()).toMatchObject({ status: "succeeded", target: `directory:${target}` });
    expect(await watch.happened(stack.name)).toEqual([]);
    const anonymous = await Promise.all(
      ["app-1", "app-2"].map(async (name) =>
        (await full.place(name, "/anonymous")).split("/").at(-2),
      ),
    );
    expect(readdirSync(target).sort()).toEqual(
      [
        ...[
          "project",
          "recipe",
          "networks",
          "volume-data",
          ...anonymous.map((name) => `volume-${name}`),
        ],
        ...[`bind-${escaped(outside)}%2Fsingle`, `bind-${escaped(outside)}%2Ftree`],
      ].sort(),
    );
    expect(describeTree(join(target, "project"))).toEqual(before.project);
    expect(describeTree(join(target, "volume-data"))).toEqual(before.data);
    expect(describeTree(join(target, `volume-${anonymous[0]}`))).toEqual(before["first anonymous"]);
    expect(describeTree(join(target, `volume-${anonymous[1]}`))).toEqual(
      before["second anonymous"],
    );
    const tree = Object.entries(describeTree(join(target, `bind-${escaped(outside)}%2Ftree`)));
    const inPlace = tree.map(([name, facts]) => [
      name.replace(/^\./, "./tree"),
      facts.replaceAll("./", "./tree/"),
    ]);
    expect({ ...Object.fromEntries(inPlace), "./single": single }).toEqual(before.outside);
    const file = describeTree(join(target, `bind-${escaped(outside)}%2Fsingle`));
    expect(file["./single"]).toBe(single);
  });

  it("refuses a directory that holds anything, and writes nothing", async () => {
    await using full = await createFullStack(bedEngine());
    const { stack } = full;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    const target = join(work.root, "files");
    mkdirSync(target);
    const to = ["restore", stack.name, "--to", `directory:${target}`, "--json"];
    symlinkSync("nowhere", join(target, "other"));
    for (const way of [[], ["--dry-run"], ["--part", "volume:data"]]) {
      const refused = await work.stackhold([...to, ...way]);
      expectExit(refused, 2);
      const { message, hint } = refused.json().error;
      expect(message).toBe(`${target} cannot take the parts: it holds other`);
      expect(hint).toContain("empty or not there yet");
      expect(readdirSync(target)).toEqual(["other"]);
    }
    rmSync(join(target, "other"));
    mkdirSync(join(target, "lost+found"));
    expectExit(await work.stackhold([...to, "--part", "volume:data"]), 0);
    expect(readdirSync(target).sort()).toEqual(["lost+found", "volume-data"]);
    const again = await work.stackhold([...to, "--part", "project"]);
    expectExit(again, 2);
    expect(again.json().error.message).toContain("it holds volume-data");
  });
});
