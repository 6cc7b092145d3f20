import { existsSync } from "node:fs";
import { mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectRefused } from "../../support/refused.ts";
import { composeFile, hostNetwork, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

const compose = composeFile(
  {
    app: service({ ...hostNetwork, volumes: ["./data:/data"] }),
    other: service({ ...hostNetwork, volumes: ["vol:/vol"] }),
  },
  { vol: {} },
);
const files = {
  "data/dir/a": "first\n",
  "data/dir/sub/b": "first\n",
  "data/file": "first\n",
  "data/kept": "first\n",
  "data/gone/deep/c": "first\n",
};

describeWithEngine("restore --path", () => {
  it("brings single paths back in place, keeps what was there, and touches nothing else", async () => {
    await using at = await stackAtWork(compose, { files });
    const { name, dir } = at.stack;
    const data = (path: string) => join(dir, "data", path);
    const read = (path: string) => readFile(data(path), "utf8");
    await symlink("dir/a", data("link"));
    expectExit(await at.workspace.stackhold(["backup", name]), 0);
    for (const path of ["dir/a", "dir/new", "file", "kept"])
      await writeFile(data(path), "second\n");
    await rm(data("link"));
    await rm(data("gone"), { recursive: true });
    const before = await at.look();
    const restore = (...args: string[]) =>
      at.workspace.stackhold(["restore", name, ...args, "--json"]);
    const part = ["--part", `bind:${dir}/data`];

    const refusals = [
      { args: [...part, "--path", "dirr"], exit: 2, code: "UNKNOWN_PATH", says: 'mean "dir"' },
      { args: ["--path", "dir"], exit: 2, code: "USAGE", says: "one --part" },
      { args: [...part, "--path", ""], exit: 2, code: "USAGE", says: "names no path within" },
      { args: [...part, "--path", "../x"], exit: 2, code: "USAGE", says: "leads out" },
      {
        args: [...part, "--path", "gone/deep/c"],
        exit: 1,
        code: "RESTORE_FAILED",
        says: "gone/deep",
      },
    ];
    for (const { args, ...refusal } of refusals) {
      expectRefused(await restore(...args, "--yes"), { ...refusal, hint: /./ });
    }
    expect(await at.look()).toEqual(before);

    const some = ["--path", "dir", "--path", "file", "--path", "link", "--path", "gone"];
    const done = await restore(...part, ...some, "--yes");
    expectExit(done, 0);
    const { parts, safetyCopy } = done.json();
    expect(parts.map((each: { path: string }) => each.path)).toEqual([
      "dir",
      "file",
      "link",
      "gone",
    ]);
    for (const path of ["dir/a", "dir/sub/b", "file", "gone/deep/c"]) {
      expect([path, await read(path)]).toEqual([path, "first\n"]);
    }
    expect([await readlink(data("link")), await read("kept")]).toEqual(["dir/a", "second\n"]);
    expect(existsSync(data("dir/new"))).toBe(false);
    expect(safetyCopy).toHaveLength(2);
    const after = await at.look();
    expect(after[at.named("other")]).toEqual(before[at.named("other")]);
    expect(after[at.named("app")]?.startedAt).not.toBe(before[at.named("app")]?.startedAt);
    const listed = await at.workspace.stackhold(["list", "safety-copies", name, "--json"]);
    const copies = listed.json().map(({ path }: { path: string }) => path);
    expect(copies.sort()).toEqual(safetyCopy.toSorted());
  });

  it("writes them below their part into a directory", async () => {
    await using at = await stackAtWork(compose, { files });
    const { name, dir } = at.stack;
    const out = await mkdtemp(join(tmpdir(), "stackhold-path-"));
    await using _ = { [Symbol.asyncDispose]: () => rm(out, { recursive: true }) };
    expectExit(await at.workspace.stackhold(["backup", name]), 0);
    const to = ["--part", `bind:${dir}/data`, "--path", "dir/sub", "--path", "file"];
    const command = ["restore", name, ...to, "--to", `directory:${out}/new`, "--json"];
    const place = join(out, "new", `bind-${`${dir}/data`.replaceAll("/", "%2F")}`);
    const planned = await at.workspace.stackhold([...command, "--dry-run"]);
    expect(planned.json().actions.join()).toContain(` to ${place}/dir/sub, ${place}/file`);
    expectExit(await at.workspace.stackhold(command), 0);
    expect(await readFile(join(place, "dir/sub/b"), "utf8")).toBe("first\n");
    expect(await readFile(join(place, "file"), "utf8")).toBe("first\n");
    expect(existsSync(join(place, "kept"))).toBe(false);
  });

  it("brings a file of a volume back, and is refused where the volume is gone", async () => {
    await using at = await stackAtWork(compose, { files });
    const { name } = at.stack;
    const inVolume = (...command: string[]) => at.stack.exec("other", command);
    await inVolume("sh", "-c", "mkdir /vol/d; echo first > /vol/d/a; echo first > /vol/b");
    expectExit(await at.workspace.stackhold(["backup", name]), 0);
    await inVolume("sh", "-c", "echo second > /vol/d/a; echo second > /vol/b");
    const part = ["--part", "volume:vol", "--path", "d/a", "--yes", "--json"];
    expectExit(await at.workspace.stackhold(["restore", name, ...part]), 0);
    await inVolume("sh", "-c", '[ "$(cat /vol/d/a /vol/b | xargs)" = "first second" ]');
    await at.stack.down("-v");
    const refused = await at.workspace.stackhold(["restore", name, ...part]);
    const says = "volume:vol is gone";
    expectRefused(refused, { exit: 1, code: "RESTORE_FAILED", says, hint: "without --path" });
  });
});
