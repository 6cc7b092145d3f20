import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { treeDifferences } from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import { byHand, expectDone } from "../../support/by-hand.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { createFullStack } from "../../support/full-stack.ts";
import { composeFile, service } from "../../support/services.ts";
import { standing } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";

const sh = (script: string) => execFileSync("sh", ["-euc", script]);

/** Why shellcheck would not let the scripts pass. */
function remarks(directory: string): string {
  const scripts = readdirSync(directory).filter((name) => name.endsWith(".sh"));
  expect(scripts.length).toBeGreaterThan(3);
  return scripts
    .map((name) => spawnSync("shellcheck", [join(directory, name)], { encoding: "utf8" }))
    .map(({ error, stdout }) => error?.message ?? stdout)
    .join("");
}

/** Where the scripts say that they kept what was there. */
function keptIn(directory: string): string[] {
  const text = readFileSync(join(directory, "kept.txt"), "utf8");
  return [...text.matchAll(/ was there is kept in (.*)$/gm)].map(([, place = ""]) => place);
}

function isSpoiled(file: string): boolean {
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return isFile && readFileSync(file, "utf8") === "spoiled\n";
}

describeWithEngine("restore --script", () => {
  it("writes what brings a stack back by itself that is gone, and again while it runs", async () => {
    const engine = bedEngine();
    await using full = await createFullStack(engine);
    const { stack, outside } = full;
    await makeOddTree(join(outside, "tree", "odd"));
    const change = join(stack.root, "change");
    writeFileSync(
      change,
      `#!/bin/sh
      set -e
      cd '${outside}/tree'; mv odd/dir/inner 'odd/dir/inner moved'; rm odd/names/-leading-dash
      setfattr -x user.root odd; rm -r 'odd/empty directory'; echo changed > one; mkfifo 'odd/names/new fifo'
      cd '${stack.dir}'; echo more >> .env; rm -r notes; echo more >> site/deep/page.html`,
    );
    chmodSync(change, 0o700);
    const hooks = { pre_freeze: [change] };
    await using work = await createWorkspace(engine, {
      stacksDir: stack.root,
      config: { units: { [stack.name]: { hooks } } },
    });
    const backup = ["backup", stack.name, "--freeze", "two-phase", "--json"];
    expectExit(await work.stackhold(backup), 0);
    const before = { trees: await full.trees(), states: await full.states() };
    const running = await standing(engine, { projects: [stack.name] });

    const target = join(work.root, "by hand");
    const inside = ["restore", stack.name, "--script", join(stack.dir, "inside")];
    expectExit(await work.stackhold(inside), 2);
    const dry = await work.stackhold(["restore", stack.name, "--script", target, "--dry-run"]);
    expectExit(dry, 0);
    expect(dry.stdout).toContain(`write ${target}/restore.sh`);
    const written = await work.stackhold(["restore", stack.name, "--script", target, "--json"]);
    expectExit(written, 0);
    expect(await standing(engine, { projects: [stack.name] })).toEqual(running);
    const { files } = written.json();
    expect(files).toContain("data/volume-data.list.zst");
    expect(files.some((file: string) => /^data\/bind-.*\.delta\.tar\.zst$/.test(file))).toBe(true);
    expect(files.filter((file: string) => !statSync(join(target, file)).isFile())).toEqual([]);
    const modes = sh(`cd '${target}'; find . -type f ! -name '*.sh' -perm /077; stat -c %a . data`);
    expect(modes.toString()).toBe("700\n700\n");
    expect(remarks(target)).toBe("");

    const there = readdirSync(target);
    expectDone(byHand(join(target, "restore.sh"), engine, ["check"]));
    const helped = byHand(join(target, "restore.sh"), engine, ["--help"]);
    expect(helped).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("restore.sh does not understand: --help\n"),
    });
    expect(readdirSync(target)).toEqual(there);
    expect(await standing(engine, { projects: [stack.name] })).toEqual(running);

    await stack.down("-v");
    await rm(stack.dir, { recursive: true });
    await rm(outside, { recursive: true });
    const restored = byHand(join(target, "restore.sh"), engine);
    expectDone(restored);
    expect({ trees: await full.trees(), states: await full.states() }).toEqual(before);

    sh(`echo spoiled > '${outside}/tree/one'; echo spoiled > '${outside}/single'
        echo spoiled > '${await full.place("app-1", "/data")}/file'; rm '${stack.dir}/.env'`);
    expectDone(byHand(join(target, "restore.sh"), engine));
    const after = { trees: await full.trees(), states: await full.states() };
    const { project, ...others } = after.trees;
    expect({ ...others }).toEqual({ ...before.trees, project: undefined });
    expect(treeDifferences(before.trees.project ?? {}, project ?? {})).toEqual([]);
    expect(after.states).toEqual(before.states);
    const spoiled = keptIn(target).flatMap((place) =>
      [join(place, "file"), join(place, "one"), place].filter(isSpoiled),
    );
    expect(spoiled).toHaveLength(3);
  });

  it("restores one part with odd names over a running stack, and touches nothing else", async () => {
    const engine = bedEngine();
    const odd = `it's a "part" $HOME`;
    const compose = (source: string) =>
      composeFile({
        app: service({ volumes: ["./site:/site", { type: "bind", source, target: "/data" }] }),
        other: service(),
      });
    const files = { "compose.yaml": "services: {}\n", "site/page": "first\n" };
    await using stack = await createStack(engine, { files });
    const bind = join(stack.root, "-odd", odd);
    mkdirSync(bind, { recursive: true });
    writeFileSync(join(bind, "file"), "first\n");
    writeFileSync(join(stack.dir, "compose.yaml"), compose(bind.replaceAll("$", "$$$$")));
    await stack.up();
    await using work = await createWorkspace(engine, { stacksDir: stack.root });
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    const target = join(work.root, "-scripts of it's");
    const parts = ["--part", `bind:${bind}`, "--part", `bind:${stack.dir}/site`];
    const write = ["restore", stack.name, ...parts, "--script", target, "--json"];
    expectExit(await work.stackhold(write), 0);
    expect(remarks(target)).toBe("");
    for (const file of [join(bind, "file"), join(stack.dir, "site", "page")]) {
      writeFileSync(file, "second\n");
    }
    writeFileSync(join(stack.dir, "later"), "of the project\n");
    const before = await standing(engine, { projects: [stack.name] });
    const scripts = readdirSync(target).filter((name) => name.startsWith("restore-bind-"));
    const [[site = ""] = [], [script = ""] = []] = [true, false].map((isSite) =>
      scripts.filter((name) => name.endsWith("-site.sh") === isSite),
    );
    expectDone(byHand(join(target, script), engine));
    expect(readFileSync(join(bind, "file"), "utf8")).toBe("first\n");
    const [kept = ""] = keptIn(target);
    expect(readFileSync(join(kept, "file"), "utf8")).toBe("second\n");
    const copies = await work.stackhold(["list", "safety-copies", stack.name, "--json"]);
    expectExit(copies, 0);
    expect(copies.json()).toMatchObject([
      { unit: stack.name, target: bind, path: kept, state: "kept" },
    ]);
    const after = await standing(engine, { projects: [stack.name] });
    const starts = (of: typeof before, name: string) => of[`${stack.name}-${name}-1`]?.startedAt;
    expect(starts(after, "other")).toBe(starts(before, "other"));
    expect(starts(after, "app")).not.toBe(starts(before, "app"));
    expect(after[`${stack.name}-app-1`]?.state).toBe("running");

    expectDone(byHand(join(target, site), engine));
    expect(readFileSync(join(stack.dir, "site", "page"), "utf8")).toBe("first\n");
    expect(readFileSync(join(stack.dir, "later"), "utf8")).toBe("of the project\n");

    const mv = `case "$*" in */new\\ *) echo no; exit 1 ;; esac; exec "$REAL" "$@"`;
    await using broken = await fakePrograms({ mv });
    writeFileSync(join(bind, "file"), "third\n");
    const failed = byHand(join(target, script), engine, [], broken.path.split(":")[0]);
    expect({ status: failed.status, said: failed.stderr }).toEqual({
      status: 1,
      said: expect.stringContaining(`The old data is at ${bind} again.\nstarting `),
    });
    expect(readFileSync(join(bind, "file"), "utf8")).toBe("third\n");
    const again = await standing(engine, { projects: [stack.name] });
    expect(again[`${stack.name}-app-1`]?.state).toBe("running");

    const [data = ""] = readdirSync(join(target, "data")).filter((name) => name.includes("odd"));
    writeFileSync(join(target, "data", data), "damaged");
    const refused = byHand(join(target, script), engine);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("is damaged: its SHA-256 differs");
    expect(await standing(engine, { projects: [stack.name] })).toEqual(again);
  });
});
