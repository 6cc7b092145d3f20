import { existsSync } from "node:fs";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { restoreResultSchema } from "../../../src/domain/results.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { atTerminal } from "../../support/terminal.ts";
import { createWorkspace } from "../../support/workspace.ts";

const files = {
  "compose.yaml": hostComposeFile({ app: service({ volumes: ["./data:/data"] }) }),
  ".env": "COLOUR=red\nDB_PASSWORD=hunter2\n",
  "conf/app.conf": "speed 1\nsize 2\n",
  "conf/logo.bin": "\0first",
  "conf/same.conf": "same\n",
  "notes/one/deep": "one\n",
  linked: "first\n",
  "turned/file": "first\n",
  "data/file": "first\n",
};

const envDiff = [
  "--- .env (now)",
  "+++ .env (point)",
  "@@ -1,2 +1,2 @@",
  "-COLOUR=blue",
  "-DB_PASSWORD=[secret]",
  "+COLOUR=red",
  "+DB_PASSWORD=[secret, differs]",
];

describeWithEngine("project files that are there at a restore in place", () => {
  it("are compared beforehand, kept unless --with-project, and come back where they are gone", async () => {
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    const at = (name: string) => join(stack.dir, name);
    const read = (name: string) => readFile(at(name), "utf8");
    await symlink("nowhere", at("dangling"));
    await symlink("conf", at("moved"));
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    await writeFile(at(".env"), "COLOUR=blue\nDB_PASSWORD=swordfish\n");
    await writeFile(at("conf/logo.bin"), "\0other");
    await writeFile(at("data/file"), "second\n");
    await rm(at("notes"), { recursive: true });
    await rm(at("linked"));
    await symlink("conf/app.conf", at("linked"));
    await rm(at("moved"));
    await symlink("data", at("moved"));
    await rm(at("turned"), { recursive: true });
    await writeFile(at("turned"), "a file\n");

    const dry = ["restore", stack.name, "--dry-run"];
    const planned = await work.stackhold([...dry, "--json"]);
    expectExit(planned, 0);
    const document = planned.json();
    expect(restoreResultSchema.parse(document)).toEqual(document);
    expect(document.projectFiles).toEqual({
      action: "kept",
      differing: [
        { path: ".env", diff: envDiff },
        { path: "conf/logo.bin", why: "it is not text" },
        { path: "linked", why: "it is something else now" },
        { path: "moved", why: "it is something else now" },
        { path: "turned", why: "it is something else now" },
      ],
      missing: ["notes"],
      notCompared: 0,
    });
    await writeFile(at("conf/extra.conf"), "not in the point\n");
    await writeFile(at("data/new"), "no project file\n");
    const whole = await work.stackhold([...dry, "--with-project"]);
    expect(whole.stdout).toContain("Not in the point, go to the safety copy: conf/extra.conf\n");
    expect(whole.stdout).toContain("These project files differ from the point and are replaced:");
    for (const { stdout } of [planned, whole]) {
      expect(stdout).not.toMatch(/hunter2|swordfish/);
    }

    await using terminal = await atTerminal(work, ["restore", stack.name]);
    await terminal.seen("[y/N]");
    terminal.type("n\r");
    const asked = await terminal.ended;
    expect(asked.text).toContain(`${envDiff.join("\n")}\n`);
    expect(asked.text).toContain("Missing project files come back: notes\nReplace the data of");
    expect(existsSync(at("notes"))).toBe(false);

    const kept = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(kept, 3);
    const told = document.projectFiles.differing.map(({ path }: { path: string }) => path);
    expect(
      kept
        .json()
        .warnings.map((each: string) => each.split(" ")[0])
        .sort(),
    ).toEqual(told);
    expect([await read("notes/one/deep"), await read("data/file")]).toEqual(["one\n", "first\n"]);
    expect(await read(".env")).toContain("COLOUR=blue");

    const replaced = ["restore", stack.name, "--yes", "--with-project", "--json"];
    const done = await work.stackhold(replaced);
    expectExit(done, 0);
    expect(await read(".env")).toBe(files[".env"]);
    expect(await readFile(join(done.json().safetyCopy[0], ".env"), "utf8")).toContain("blue");
    const same = (await work.stackhold([...dry, "--json"])).json().projectFiles;
    expect(same).toEqual({ action: "kept", differing: [], missing: [], notCompared: 0 });
  });
});
